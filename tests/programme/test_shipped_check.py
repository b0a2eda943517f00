"""The shipped programme breaks no promise of `check`."""

from nurture.check.promises import check


def test_no_promise_is_broken(catalog):
    assert [str(problem) for problem in check(catalog)] == []
