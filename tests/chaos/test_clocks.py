"""What clocks do, in a few hours of the year that are hard: each mail once, at the right local hour, and no burst."""

from datetime import timedelta

import pytest

from tests.chaos.clocks import LEAP_DAY, NEVER_WAS, ZONES, changes, jumped, stepped_back, through_the_year


def test_every_zone_changes_both_ways():
    found = changes()
    hard = {change.zone for change in found if change.day not in (LEAP_DAY, NEVER_WAS)}
    assert hard == ZONES.keys()
    assert all(sum(change.zone == zone for change in found) >= 3 for zone in ZONES)


def test_in_the_hours_that_are_skipped_or_doubled_each_day_has_its_mail():
    hardest = [change for change in changes() if change.zone in ("Australia/Lord_Howe", "Pacific/Apia")]
    figures = through_the_year(hardest, "in the hours that change", "00:00", "03:30", seed=1)
    assert figures.passes, figures


@pytest.mark.parametrize("happens", [jumped, stepped_back])
def test_a_clock_that_is_set_by_a_year_makes_no_burst(happens):
    figures = happens(timedelta(days=365), 1, leads=8)
    assert figures.passes, figures
