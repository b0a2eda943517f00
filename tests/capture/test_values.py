"""What a cell means."""

from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nurture.capture.columns import Column, DateOrder, Target
from nurture.capture.dates import date_order, date_reader, moment_reader
from nurture.capture.numbers import decimal_comma, integer_reader, number_reader
from nurture.capture.places import country, language, time_zone
from nurture.capture.spreadsheet import neutral
from nurture.capture.text import tidy
from nurture.capture.values import BadValue, Cleaner

POINT, COMMA = False, True
ISO, DAY, MONTH = DateOrder.ISO, DateOrder.DAY_FIRST, DateOrder.MONTH_FIRST


def cleaned(cell: str, **column) -> object:
    bad: list[BadValue] = []
    column.setdefault("target", Target.NEW)
    cleaner = Cleaner(Column(column="C", **column), bad)
    first, again = cleaner[cell], cleaner[cell]
    assert first == again
    assert len(bad) in (0, 2)
    return bad[0].reason if bad else first


@pytest.mark.parametrize(
    ("cell", "text"),
    [
        ("", None),
        ("   ", None),
        ("\u00a0\u200b\t", None),
        ("Jane", "Jane"),
        ("  Jane \n  Doe ", "Jane Doe"),
        ("Jane\u00a0Doe", "Jane Doe"),
        ("Jo\x00an\x07", "Joan"),
        ("Jose\u0301", "José"),
        ("'=1+1", "=1+1"),
        ("'quoted'", "'quoted'"),
        ("Select", None),
        (" SELECT ", None),
        ("Selected", "Selected"),
    ],
)
def test_text_is_trimmed_and_placeholders_are_missing(cell: str, text: str | None) -> None:
    assert cleaned(cell, missing=("Select",)) == text


def test_text_that_was_read_in_the_wrong_encoding_is_left_out() -> None:
    assert "do not fit the file's encoding" in cleaned("M\ufffdller")
    assert "longer than 10,000" in cleaned("x" * 10_001)


@given(st.text())
def test_tidy_text_is_tidy(text: str) -> None:
    once = tidy(text)
    assert tidy(once) == once or once.startswith("'")
    assert once == once.strip()
    assert "\x00" not in once
    assert "  " not in once


@given(st.text())
def test_a_formula_neutralised_for_spreadsheets_comes_back(text: str) -> None:
    assert not neutral(text).startswith(("=", "+", "-", "@", "\t", "\r"))
    plain = tidy(text)
    if not plain.startswith("'"):
        assert tidy(neutral(plain)) == plain


@pytest.mark.parametrize("cell", ["Yes", "y", "TRUE", "1", "ja", "Oui", "sí", "x"])
def test_yes(cell: str) -> None:
    assert cleaned(cell, type="boolean") is True


@pytest.mark.parametrize("cell", ["No", "n", "False", "0", "nein", "non"])
def test_no(cell: str) -> None:
    assert cleaned(cell, type="boolean") is False


def test_neither_yes_nor_no() -> None:
    assert cleaned("maybe", type="boolean") == "'maybe' is neither yes nor no"


def test_a_choice_is_spelled_as_declared() -> None:
    choices = ("Google", "Olark Chat")
    assert cleaned("google", type="choice", choices=choices) == "Google"
    assert cleaned("Bing", type="choice", choices=choices) == "'Bing' is not one of Google, Olark Chat"


@pytest.mark.parametrize(
    ("text", "comma", "number"),
    [
        ("0", POINT, 0),
        ("-3.5", POINT, -3.5),
        ("1,234,567.5", POINT, 1_234_567.5),
        ("1'234", POINT, 1234),
        ("1 234.5", POINT, 1234.5),
        ("$1,200", POINT, 1200),
        ("1,50", COMMA, 1.5),
        ("1.234,50", COMMA, 1234.5),
        ("1.234", COMMA, 1234),
        ("12 €", COMMA, 12),
    ],
)
def test_numbers(text: str, comma: bool, number: float) -> None:
    assert number_reader(comma=comma)(text) == number


@pytest.mark.parametrize(
    ("text", "comma"),
    [(t, POINT) for t in ("1,50", "12,34,567", "1.2.3", "nan", "inf", "1e5", "0x1f", "--1", "5 people", "٣")]
    + [("1.5", COMMA), ("9" * 400, POINT)],
)
def test_what_is_no_number(text: str, comma: bool) -> None:
    with pytest.raises(ValueError, match=r"is not a number|too large"):
        number_reader(comma=comma)(text)


def test_whole_numbers() -> None:
    read = integer_reader(comma=POINT)
    assert [read("50.0"), read("1,200"), read("-7")] == [50, 1200, -7]
    with pytest.raises(ValueError, match="not a whole number"):
        read("1.5")


def test_the_decimal_sign_is_judged_from_the_whole_column() -> None:
    assert decimal_comma(["1.234", "1,5"])
    assert not decimal_comma(["1.234", "1,234"])
    assert not decimal_comma(["1,5", "1.5"])
    assert not decimal_comma([])


@pytest.mark.parametrize(
    ("text", "order", "day"),
    [
        ("2026-03-31", ISO, "2026-03-31"),
        ("2026/3/1", ISO, "2026-03-01"),
        ("31.03.2026", ISO, "2026-03-31"),
        ("1. 4. 2026", ISO, "2026-04-01"),
        ("2026-03-31 14:30:00", ISO, "2026-03-31"),
        ("03/04/2026", DAY, "2026-04-03"),
        ("03/04/2026", MONTH, "2026-03-04"),
        ("3-4-2026 10:15", DAY, "2026-04-03"),
    ],
)
def test_dates(text: str, order: DateOrder, day: str) -> None:
    assert date_reader(order)(text) == day


@pytest.mark.parametrize(
    ("text", "order", "why"),
    [
        ("03/04/2026", ISO, "say which in the mapping"),
        ("2026-02-30", ISO, "not a day of the calendar"),
        ("31/12/2026", MONTH, "not a day of the calendar"),
        ("01.01.26", ISO, "not a date"),
        ("yesterday", ISO, "not a date"),
        ("2026-03-31 at noon", ISO, "not a time"),
        ("43922", ISO, "not a date"),
    ],
)
def test_what_is_no_date(text: str, order: DateOrder, why: str) -> None:
    with pytest.raises(ValueError, match=why):
        date_reader(order)(text)


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("2026-03-31", datetime(2026, 3, 31, tzinfo=UTC)),
        ("2026-03-31 14:30:05", datetime(2026, 3, 31, 14, 30, 5, tzinfo=UTC)),
        ("2026-03-31T14:30:05.123+02:00", datetime(2026, 3, 31, 12, 30, 5, tzinfo=UTC)),
        ("2026-03-31T14:30:05Z", datetime(2026, 3, 31, 14, 30, 5, tzinfo=UTC)),
        ("1/5/2026, 12:12 AM", datetime(2026, 1, 5, 0, 12, tzinfo=UTC)),
        ("1/5/2026 1:12 pm", datetime(2026, 1, 5, 13, 12, tzinfo=UTC)),
    ],
)
def test_moments_are_utc(text: str, moment: datetime) -> None:
    assert moment_reader(MONTH)(text) == moment


@pytest.mark.parametrize(
    "text",
    ["2026-03-31 25:00:00", "2026-03-31 13:00 PM", "0001-01-01 00:00 +02:00", "2026-03-31 1:00 +29:00"],
)
def test_moments_that_never_were(text: str) -> None:
    with pytest.raises(ValueError, match="is not"):
        moment_reader(ISO)(text)


@given(st.dates())
def test_a_date_in_iso_form_is_itself(day: date) -> None:
    assert date_reader(ISO)(day.isoformat()) == day.isoformat()


@given(
    st.lists(st.dates(date(1000, 1, 1)), min_size=1),
    st.sampled_from([("%d/%m/%Y", DAY), ("%m/%d/%Y", MONTH)]),
)
def test_the_order_is_believed_only_where_it_is_proved(days: list[date], form: tuple[str, DateOrder]) -> None:
    written = [day.strftime(form[0]) for day in days]
    order, why = date_order(written)
    assert order is (form[1] if any(day.day > 12 for day in days) else ISO)
    assert why


def test_dates_that_prove_both_orders_prove_none() -> None:
    assert date_order(["31/01/2026", "01/31/2026"])[0] is ISO


@given(
    st.text(max_size=30) | st.from_regex(r"[0-9./: -]{1,25}", fullmatch=True),
    st.sampled_from(DateOrder),
    st.booleans(),
)
def test_any_text_is_a_value_or_a_reason(text: str, order: DateOrder, comma: bool) -> None:
    for kind in ("text", "integer", "number", "boolean", "date"):
        cleaned(text, type=kind, dates=order, comma=comma)
    for key in ("email", "country", "time_zone", "language", "owner", "first_name"):
        cleaned(text, target=Target.IDENTITY, key=key)
    cleaned(text, target=Target.CREATED_AT, dates=order)


@pytest.mark.parametrize(
    ("name", "code"),
    [
        *(("DE", "DE"), ("deu", "DE"), ("Germany", "DE"), ("Deutschland", "DE"), ("ALLEMAGNE", "DE")),
        *(
            ("USA", "US"),
            ("U.S.A.", "US"),
            ("United States of America", "US"),
            ("UK", "GB"),
            ("England", "GB"),
        ),
        *(("South Korea", "KR"), ("Türkiye", "TR"), ("Czechia", "CZ"), ("Côte d'Ivoire", "CI"), ("na", "NA")),
    ],
)
def test_countries(name: str, code: str) -> None:
    assert country(name) == code


def test_places_that_we_do_not_know() -> None:
    for read, text in (
        (country, "Atlantis"),
        (time_zone, "Mars/Olympus"),
        (language, "Elvish"),
        (language, "xx-DE"),
    ):
        with pytest.raises(ValueError, match="is not a"):
            read(text)


def test_time_zones_and_languages() -> None:
    assert time_zone("europe/berlin") == "Europe/Berlin"
    assert time_zone("America/New York") == "America/New_York"
    assert [language(text) for text in ("de", "DE_at", "en-gb", "Deutsch", "French")] == [
        "de",
        "de-AT",
        "en-GB",
        "de",
        "fr",
    ]


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("2024-03-05 09:15:02.123456 +0000 UTC", datetime(2024, 3, 5, 9, 15, 2, tzinfo=UTC)),
        ("2024-03-05 09:15:02 +0530 IST", datetime(2024, 3, 5, 3, 45, 2, tzinfo=UTC)),
        ("2024-03-05 09:15:02.5 +0100 +0100", datetime(2024, 3, 5, 8, 15, 2, tzinfo=UTC)),
    ],
)
def test_moments_as_go_prints_them(text, moment):
    assert moment_reader(ISO)(text) == moment


def test_the_name_of_a_zone_alone_says_no_offset():
    with pytest.raises(ValueError, match="is not a time"):
        moment_reader(ISO)("2024-03-05 09:15:02 CET")
