"""Several workers, and workers that end or stand still: each mail leaves once."""

import pytest

from tests.chaos.endings import ended
from tests.chaos.several import skewed, stopped

SHORT_MILLISECONDS = 30


@pytest.mark.parametrize(("backend", "workers"), [("sqlite", 1), ("postgresql", 2)])
def test_told_to_end_workers_leave_nothing_unknown(backend, workers, request):
    figures = ended(
        request.getfixturevalue(f"{backend}_url"),
        backend,
        workers=workers,
        messages=90,
        rounds=3,
        seed=1,
        delay_milliseconds=SHORT_MILLISECONDS,
    )
    assert figures.passes, figures


def test_clocks_five_minutes_apart_double_nothing(postgresql_url):
    figures = skewed(postgresql_url, workers=2, messages=150, seed=1, delay_milliseconds=SHORT_MILLISECONDS)
    assert figures.passes, figures


def test_a_worker_that_stood_still_for_longer_than_its_lease_doubles_nothing(postgresql_url):
    figures = stopped(
        postgresql_url,
        workers=2,
        messages=200,
        seed=1,
        stops=2,
        lease_seconds=1,
        delay_milliseconds=SHORT_MILLISECONDS,
    )
    assert figures.passes, figures
