"""A few of the leads that `make chaos CHAOS=r8` tells of in every order."""

from tests.chaos.webhook_orders import orders


def test_however_it_is_told_the_ends_are_alike(tmp_path):
    found = orders(f"sqlite:///{tmp_path / 'nurture.sqlite'}", what="quick", leads=6, seed=1)
    assert found.broken == (), found
