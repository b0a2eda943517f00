"""A copy of a store, with the settings of a real installation: it works, and sends nothing until it is armed."""

import pytest

from tests.chaos.copies import restored


@pytest.mark.parametrize("where", ["on another machine", "over the store it was taken of"])
def test_a_restored_copy_sends_nothing_until_it_is_armed(sqlite_url, tmp_path, where):
    figures = restored(sqlite_url, where, messages=30, seed=1, directory=tmp_path)
    assert figures.passes, figures
