"""Timelines, hand-offs, the day and the steps, asked on both engines."""

from datetime import timedelta
from zoneinfo import ZoneInfo

import pytest

from nurture.insight.campaigns import step_numbers
from nurture.insight.consent import standing
from nurture.insight.inbox import open_hand_offs, visits_of
from nurture.insight.mails import mail_of, mails_of, mails_with
from nurture.insight.shown import Shown
from nurture.insight.tasks import open_tasks
from nurture.insight.timeline import open_moves, person, timeline
from nurture.insight.today import Trouble, today
from nurture.scheduling.zones import local_day
from nurture.vocabulary.words import EventKind, Gate, Stage, TouchStatus, Verdict
from tests.webapp.stand import MONDAY, Stand, shipped


def test_a_timeline_gives_each_event_its_points_and_mail(company: Stand):
    with company.engine.database.reading() as connection:
        story = timeline(connection, company.lead_id("ada"), before=None, size=100)
    by_kind = {entry.event.kind: entry for entry in story.entries}
    assert [entry.rule for entry in by_kind[EventKind.FORM_SUBMITTED].points] == ["asked-for-demo"]
    sent = by_kind[EventKind.MAIL_SENT].mail
    assert sent
    assert [check.gate for check in sent.decisions[0].checks] == list(Gate)
    assert story.older_than is None
    assert [entry.event.id for entry in story.entries] == sorted(
        (entry.event.id for entry in story.entries), reverse=True
    )


def test_a_timeline_goes_on_where_it_stopped(company: Stand):
    found, before = [], None
    with company.engine.database.reading() as connection:
        whole = timeline(connection, company.lead_id("ada"), before=None, size=100)
        while True:
            page = timeline(connection, company.lead_id("ada"), before=before, size=3)
            found += page.entries
            before = page.older_than
            if before is None:
                break
    assert [entry.event.id for entry in found] == [entry.event.id for entry in whole.entries]


def test_why_a_mail_was_sent(company: Stand):
    with company.engine.database.reading() as connection:
        mails = mails_of(connection, company.lead_id("bob"))
        same = mail_of(connection, company.first_touch("bob"))
    first = mails[-1]
    assert same == first
    assert first.status is TouchStatus.SENT
    assert first.decisions[0].verdict is Verdict.PASS
    assert first.decisions[0].gate is None


def test_sales_sees_who_waits_and_why(company: Stand):
    now = company.clock.now()
    with company.engine.database.reading() as connection:
        (line,) = open_hand_offs(connection, now=now, since=now - timedelta(days=1))
        visits = visits_of(connection, company.lead_id("ada"))
        tasks = open_tasks(connection, most=10)
    assert (line.name, line.team, line.rep) == ("Ada Nowak", "team-dach", "karla@tarewell.example")
    assert [reason.rule for reason in line.reasons][:2] == ["asked-for-demo", "pricing"]
    assert line.clock
    assert not line.is_late(now)
    assert line.is_late(line.clock.due_at)
    assert [visit.path for visit in visits] == ["/pricing"]
    assert [(task.name, task.who) for task in tasks] == [("Ada Nowak", "karla@tarewell.example")]


@pytest.mark.parametrize(("zone", "is_today"), [("America/New_York", True), ("Asia/Kolkata", False)])
def test_what_a_lead_did_today_is_that_of_the_reader_s_day(company: Stand, zone: str, is_today: bool):
    night = MONDAY.replace(hour=3) + timedelta(
        days=1
    )  # 22:00 of Monday in New York, 08:30 of Tuesday in Kolkata
    began, _ = local_day(night, ZoneInfo(zone))
    with company.engine.database.reading() as connection:
        (line,) = open_hand_offs(connection, now=night, since=began)
    assert (line.points_today > 0) == is_today


def test_the_day_is_counted_and_late_mail_is_a_trouble(company: Stand):
    now = company.clock.now()
    with company.engine.database.reading() as connection:
        fine = today(connection, now=now, day=now.date(), whom=Shown.REAL)
        in_a_month = now + timedelta(days=30)
        late = today(connection, now=in_a_month, day=in_a_month.date(), whom=Shown.REAL)
    assert fine.sent > 0
    assert fine.problems == ()
    assert fine.live
    assert fine.live.number == 1
    assert [problem.trouble for problem in late.problems] == [Trouble.NOT_SENDING, Trouble.BREACHED]


def test_steps_count_what_people_clicked(company: Stand):
    with company.engine.database.reading() as connection:
        numbers = step_numbers(connection, "long-cycle")
    cold = numbers["cold", "six-lines"]
    assert cold.sent > 0
    assert cold.clicked == 1
    assert numbers["cold-decision-maker", "margin-page"].clicked == 1


def test_nothing_is_unknown_until_it_is(company: Stand):
    with company.engine.database.reading() as connection:
        assert mails_with(connection, [TouchStatus.UNKNOWN], most=10) == ()
        assert len(mails_with(connection, [TouchStatus.SENT], most=3)) == 3


def test_nobody_is_nobody(company: Stand):
    programme = shipped().sound_programme()
    with company.engine.database.reading() as connection:
        assert person(connection, 999, company.clock.now()) is None
        assert standing(connection, programme, 999, company.clock.now()) is None


def test_moves_are_those_of_the_table():
    programme = shipped().sound_programme()
    assert open_moves(programme, Stage.MQL) == (Stage.DISQUALIFIED,)
    assert set(open_moves(programme, Stage.OPPORTUNITY)) == {Stage.CUSTOMER, Stage.LOST, Stage.DISQUALIFIED}
    assert open_moves(programme, Stage.DISQUALIFIED) == ()
