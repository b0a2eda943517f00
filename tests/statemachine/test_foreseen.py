"""The mails of the days to come: the same turns and gates as when they come."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from nurture.statemachine.entering import gone_live
from nurture.statemachine.foreseen import Played, Waiting
from nurture.vocabulary.lead import Lead
from nurture.vocabulary.state import LeadState
from tests.statemachine.situation import DAY, MONDAY, programme

DRAFT = ("name: Long-cycle nurture\n", "name: Long-cycle nurture\ndraft: true\n")
BERLIN = ZoneInfo("Europe/Berlin")


def lead(number=1, **fields):
    known = {"email": f"kim{number}@north.example", "country": "DE", **fields}
    return LeadState(lead=Lead(id=number, created_at=MONDAY, fields={"plan": "none"}, **known))


def leaving(*leads, now=MONDAY, days=14, allowed=None, weight=1.0):
    """When which mail leaves, as 'Mon 2 10:00 mail' on Berlin's clock."""
    waiting = [Waiting(state, weight) for state in leads]
    played = Played(
        gone_live(programme(DRAFT), "long-cycle"),
        waiting,
        now,
        allowed=None if allowed is None else lambda _: allowed,
        zone=BERLIN,
    )
    found = played.until(now + days * DAY)
    assert [each.at for each in found] == sorted(each.at for each in found)
    return [f"{each.at.astimezone(BERLIN):%a %-d %H:%M} {each.touch.mail}" for each in found]


def test_the_mails_of_a_track_leave_at_its_cadence():
    assert leaving(lead()) == ["Mon 2 10:00 long-cycle/checklist", "Mon 9 10:00 long-cycle/case-study"]


@pytest.mark.parametrize(
    ("now", "first"),
    [
        (datetime(2026, 3, 7, 12, tzinfo=UTC), "Mon 9 09:00 long-cycle/checklist"),  # a Saturday
        (datetime(2026, 3, 3, 20, tzinfo=UTC), "Wed 4 09:00 long-cycle/checklist"),  # in the evening
        (
            datetime(2026, 4, 3, 9, tzinfo=UTC),
            "Tue 7 09:00 long-cycle/checklist",
        ),  # Good Friday, before Easter Monday
    ],
)
def test_what_may_not_leave_now_waits_for_the_window(now, first):
    assert leaving(lead(), now=now, days=7)[:1] == [first]


def test_a_limit_lets_the_rest_leave_on_the_days_after():
    found = leaving(lead(1), lead(2), lead(3), days=4, allowed=1)
    assert [each[:3] for each in found] == ["Mon", "Tue", "Wed"]


def test_a_lead_that_stands_for_several_uses_up_as_many_places():
    found = leaving(lead(1), lead(2), days=7, allowed=4, weight=10.0)
    assert [each[:3] for each in found] == [
        "Mon",
        "Wed",
    ]  # 10 of 4 + 4 + 4: on the third day there are 2 left


def test_who_has_no_address_gets_nothing():
    assert leaving(lead(email=None)) == []


def test_what_left_lately_counts_for_the_caps():
    state = lead()
    recent = [MONDAY - timedelta(hours=hour) for hour in (1, 20, 40, 60)]
    played = Played(
        gone_live(programme(DRAFT), "long-cycle"),
        [Waiting(state, recent=recent)],
        MONDAY,
        allowed=None,
        zone=BERLIN,
    )
    first = played.until(MONDAY + 14 * DAY)[0]
    assert first.at > MONDAY
