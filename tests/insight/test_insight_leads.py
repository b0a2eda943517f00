"""The list of leads: every filter, every order, and pages that neither lose nor repeat a lead."""

import pytest

from nurture.insight.leads import LeadFilter, Order, lead_page, temperature_counts
from nurture.vocabulary.words import Grade, Stage, Temperature
from tests.webapp.stand import Stand

EVERYONE = LeadFilter()


def names(
    company: Stand, wanted: LeadFilter = EVERYONE, order: Order = Order.NEWEST, size: int = 50
) -> list[str]:
    """First names over all pages of *size*."""
    found, after = [], None
    with company.engine.database.reading() as connection:
        while True:
            page = lead_page(connection, wanted, order, after, size=size, now=company.clock.now())
            found += [line.state.lead.first_name for line in page.lines]
            after = page.next_key
            if after is None:
                return found


@pytest.mark.parametrize(
    ("wanted", "expected"),
    [
        (LeadFilter(search="ad"), ["Ada"]),
        (LeadFilter(search="NOWAK"), ["Ada"]),
        (LeadFilter(search="norr"), ["Bob"]),
        (LeadFilter(search="%"), []),
        (LeadFilter(unmailable=True), ["Nameless"]),
        (LeadFilter(persona="champion"), ["Ada"]),
        (LeadFilter(grade=Grade.D, stage=Stage.INQUIRY), ["Bob"]),
        (LeadFilter(temperature=Temperature.HOT), ["Ada"]),
        (LeadFilter(owner="karla@tarewell.example"), ["Ada"]),
    ],
)
def test_a_filter_lets_its_leads_through(company: Stand, wanted: LeadFilter, expected: list[str]):
    assert names(company, wanted) == expected


def test_hottest_first_then_by_interest(company: Stand):
    assert names(company, order=Order.HOTTEST)[:2] == ["Ada", "Bob"]


@pytest.mark.parametrize("order", Order)
@pytest.mark.parametrize("size", [1, 2, 3, 7])
def test_pages_neither_lose_nor_repeat(company: Stand, order: Order, size: int):
    found = names(company, order=order, size=size)
    assert sorted(found) == sorted(names(company))
    assert len(set(found)) == 13


def test_a_key_that_is_none_of_ours_starts_from_the_beginning(company: Stand):
    with company.engine.database.reading() as connection:
        page = lead_page(
            connection, LeadFilter(), Order.NEWEST, "hot:nine:x", size=9, now=company.clock.now()
        )
    assert len(page.lines) == 9


def test_counts_ask_every_other_filter(company: Stand):
    with company.engine.database.reading() as connection:
        everyone = temperature_counts(connection, LeadFilter(temperature=Temperature.COLD))
        mailable = temperature_counts(connection, LeadFilter(search="ada"))
    assert everyone == {Temperature.COLD: 12, Temperature.WARM: 0, Temperature.HOT: 1}
    assert mailable == {Temperature.COLD: 0, Temperature.WARM: 0, Temperature.HOT: 1}
