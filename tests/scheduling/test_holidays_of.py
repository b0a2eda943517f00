"""Which days are free where."""

from datetime import date

import pytest

from nurture.scheduling.holidays_of import is_holiday


@pytest.mark.parametrize(
    ("country", "day", "name"),
    [
        ("DE", "2026-10-03", "German Unity Day"),
        ("de", "2026-04-03", "Good Friday"),
        ("DE", "2026-01-06", None),
        ("US", "2026-11-26", "Thanksgiving Day"),
        ("US", "2026-07-03", "Independence Day (observed)"),
        ("US", "2026-07-04", "Independence Day"),
        ("US", "2021-12-31", "New Year's Day (observed)"),
        ("US", "2026-10-03", None),
        ("AU", "2026-04-25", "ANZAC Day"),
        ("AU", "2026-11-26", None),
        ("JP", "2026-12-25", None),
        ("IN", "2040-01-26", "Republic Day"),
        ("XX", "2026-12-25", None),
        ("", "2026-12-25", None),
        ("constants", "2026-12-25", None),
        (None, "2026-12-25", None),
    ],
)
def test_a_public_holiday_has_a_name(country, day, name):
    assert is_holiday(country, date.fromisoformat(day)) == name


@pytest.mark.parametrize(
    ("subdivision", "name"), [("BY", "Epiphany"), ("BE", None), ("ZZ", None), (None, None)]
)
def test_a_subdivision_adds_its_own(subdivision, name):
    assert is_holiday("DE", date(2026, 1, 6), subdivision) == name


def test_names_do_not_depend_on_the_language_of_the_process(monkeypatch):
    monkeypatch.setenv("LANGUAGE", "de")
    assert is_holiday("DE", date(2031, 12, 25)) == "Christmas Day"


@pytest.mark.parametrize(
    ("country", "name"), [("DE", "Erster Weihnachtstag"), ("AT", "Christtag"), ("SE", "Christmas Day")]
)
def test_a_day_is_named_in_the_language_asked_for_where_its_country_has_one(country: str, name: str):
    assert is_holiday(country, date(2026, 12, 25), language="de") == name
