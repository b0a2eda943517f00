"""Zones by their names: those that a list offers, and those that only browsers still say."""

from zoneinfo import ZoneInfo, available_timezones

import pytest

from nurture.scheduling.zone_names import offered_names, todays_name, zone_named


@pytest.mark.parametrize(
    ("said", "name"),
    [
        ("Asia/Calcutta", "Asia/Kolkata"),
        ("Europe/Kiev", "Europe/Kyiv"),
        ("US/Eastern", "America/New_York"),
        ("america/new york", "America/New_York"),
        ("Europe/Oslo", "Europe/Oslo"),  # a link of Berlin's, and Norway's own nevertheless
        ("UTC", "UTC"),
        ("Etc/GMT+5", "Etc/GMT+5"),
        ("Europe/Atlantis", None),
        ("Europe", None),
        ("../../etc/passwd", None),
        ("", None),
    ],
)
def test_a_zone_is_called_as_it_is_today(said, name):
    assert todays_name(said) == name


def test_every_zone_that_is_known_can_be_named_and_keeps_its_clock():
    for name in available_timezones():
        assert todays_name(name)
    assert all(zone_named(name) == ZoneInfo(name) for name in offered_names())


def test_nobody_s_choice_and_a_zone_that_has_gone_are_no_zone():
    assert zone_named(None) is None
    assert zone_named("Mars/Olympus") is None
