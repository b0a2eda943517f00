"""The days of a forecast: what leaves, as many as each lead stands for, and never more on a day than the limit."""

from datetime import timedelta
from zoneinfo import ZoneInfo

from nurture.insight.forecast import by_day
from nurture.statemachine.foreseen import Leaving
from nurture.vocabulary.touch import Touch
from nurture.vocabulary.words import MailClass
from tests.statemachine.situation import DAY, MONDAY
from webapp.forecast_chart import columns

BERLIN = ZoneInfo("Europe/Berlin")
OPERATIONAL = MailClass.OPERATIONAL


def leaves(day, weight, campaign="hello", kind=MailClass.MARKETING):
    at = MONDAY + day * DAY
    touch = Touch(1_000_001, 1, 1, 1, campaign, "cold", "one", f"{campaign}/one", kind, at, at, 50)
    return Leaving(at, weight, touch)


def days(*leaving, allowed=None, **more):
    limit = None if allowed is None else lambda _: allowed
    found = by_day(leaving, "hello", first=MONDAY.date(), zone=BERLIN, allowed=limit, **more)
    assert [each.day for each in found] == [MONDAY.date() + timedelta(days=ahead) for ahead in range(14)]
    return found


def test_mails_are_counted_by_the_day_and_apart_from_all_others():
    found = days(leaves(0, 2.5), leaves(0, 2.5), leaves(1, 4, "long-cycle"), leaves(13, 1))
    assert [(each.mails, each.others) for each in found] == [(5, 0), (0, 4), *[(0, 0)] * 11, (1, 0)]
    assert not any(each.is_full for each in found)


def test_what_a_lead_stands_for_beyond_the_limit_leaves_on_the_days_after():
    found = days(leaves(0, 30, "long-cycle"), leaves(2, 25), allowed=20)
    assert [(each.mails, each.others) for each in found][:5] == [(0, 20), (0, 10), (20, 0), (5, 0), (0, 0)]
    assert [each.is_full for each in found][:4] == [True, False, True, False]


def test_nothing_is_put_on_a_day_without_a_window():
    found = days(leaves(4, 30), allowed=20, weekdays=range(5))
    assert [each.mails for each in found][4:8] == [20, 0, 0, 10]  # Friday, the weekend, Monday


def test_operational_mail_is_shown_and_does_not_count_for_the_limit():
    found = days(leaves(0, 50, "orders", OPERATIONAL), leaves(0, 10), allowed=20)
    assert (found[0].mails, found[0].others, found[0].limited, found[0].is_full) == (10, 50, 10, False)
    assert all((each.mails, each.others) == (0, 0) for each in found[1:])


def test_the_columns_fit_the_picture_and_show_a_limit_that_is_near():
    found = columns(days(leaves(0, 30), leaves(0, 10, "long-cycle", OPERATIONAL), leaves(1, 0.6), allowed=30))
    assert [each.limit for each in found] == [25.0] * 14
    assert (found[0].mine.y, found[0].mine.height, found[0].others.y, found[0].others.height) == (
        0,
        75,
        75,
        25,
    )
    assert found[1].mine.height > 0
    assert [each.limit for each in columns(days(leaves(0, 1), allowed=400))] == [None] * 14
    assert all(each.mine.height == each.others.height == 0 for each in columns(days()))
