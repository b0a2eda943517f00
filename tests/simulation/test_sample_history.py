"""The sample is a believable history: it breaks no rule, and a newcomer finds every kind of lead and of trouble in it."""

from collections import Counter
from datetime import UTC, datetime, timedelta

import pytest
from played import shipped
from sqlalchemy import select

from nurture.engine.drift import drift
from nurture.engine.live import load_live
from nurture.identity import Keyring
from nurture.insight.inbox import open_hand_offs
from nurture.scheduling.business_time import between
from nurture.simulation.checks import violations
from nurture.simulation.sample import (
    BROADCAST_BEFORE,
    HISTORY,
    LEADS,
    MACHINES,
    WAITING,
    moments_before,
    play_sample,
)
from nurture.statemachine.calendars import working_hours
from nurture.store import records as table
from nurture.store.mapping import unpacked
from nurture.vocabulary.words import EventKind, Stage, Temperature, TouchStatus

SUNDAY = datetime(2026, 11, 22, 10, tzinfo=UTC)


@pytest.fixture(scope="module")
def told():
    return []


@pytest.fixture(scope="module")
def played(told):
    """The shipped sample, whole, as a newcomer gets it on a Sunday."""
    database = play_sample(
        shipped(),
        keyring=Keyring(b"k" * 32),
        base_url="http://127.0.0.1:8025",
        end=SUNDAY,
        progress=told.append,
    )
    yield database
    database.close()


def column(database, *columns):
    with database.reading() as connection:
        return connection.execute(select(*columns)).all()


def test_it_breaks_no_invariant(played):
    with played.reading() as connection:
        live = load_live(connection, base_url="")
    assert live is not None
    assert violations(played, live.programme) == []


def test_its_leads_came_over_three_months_from_several_sources(played):
    leads = column(
        played, table.lead.c.source, table.lead.c.created_at, table.lead.c.email, table.lead.c.sample
    )
    assert len(leads) == LEADS
    assert all(lead.sample and (lead.email is None or lead.email.endswith(".example")) for lead in leads)
    assert len({lead.source for lead in leads}) >= 6
    weeks = Counter((SUNDAY - lead.created_at).days // 7 for lead in leads)
    assert len(weeks) >= 12
    assert max(weeks.values()) > 2 * min(weeks.values()), "nothing ever happens to bring many at once"
    assert any(lead.email is None for lead in leads)


def test_it_has_every_temperature_and_the_whole_way_to_a_customer(played):
    states = column(played, table.lead_state.c.temperature, table.lead_state.c.stage)
    assert {state.temperature for state in states} == set(Temperature)
    stages = {state.stage for state in states}
    assert stages >= {Stage.INQUIRY, Stage.MQL, Stage.OPPORTUNITY, Stage.CUSTOMER, Stage.RECYCLED}


def test_it_has_what_can_happen_to_a_mail(played):
    statuses = {row.status for row in column(played, table.touch.c.status)}
    assert statuses >= {
        TouchStatus.SENT,
        TouchStatus.BOUNCED,
        TouchStatus.DEFERRED,
        TouchStatus.SKIPPED,
        TouchStatus.PLANNED,
        TouchStatus.CANCELLED,
    }
    gates = {row.gate for row in column(played, table.decision.c.gate)}
    assert gates >= {"holdout", "frequency cap", "send window"}


def test_it_has_what_people_do(played):
    happened = {row.kind for row in column(played, table.event.c.kind)}
    assert happened >= {
        EventKind.MAIL_OPENED,
        EventKind.MAIL_CLICKED,
        EventKind.MAIL_REPLIED,
        EventKind.UNSUBSCRIBED,
        EventKind.PAGE_VISITED,
        EventKind.FILE_DOWNLOADED,
        EventKind.FORM_SUBMITTED,
        EventKind.VARIANT_ASSIGNED,
        EventKind.EXPERIMENT_WEIGHTED,
    }


def test_its_reps_answer_most_leads_in_time_and_give_some_back(played):
    hand_offs = column(played, *table.hand_off.c)
    assert len({each.rep for each in hand_offs if each.rep}) >= 4
    assert sum(each.accepted_at is not None for each in hand_offs) > len(hand_offs) / 3
    assert {each.reason for each in hand_offs if each.reason} >= {"not-now", "no-budget", "wrong-person"}
    breached = [row for row in column(played, table.event.c.kind) if row.kind == EventKind.SLA_BREACHED]
    assert 0 < len(breached) < len(hand_offs) / 2


def test_hot_leads_wait_now_with_running_clocks_and_one_is_late(played):
    with played.reading() as connection:
        waiting = [
            line for line in open_hand_offs(connection, now=SUNDAY, since=SUNDAY) if line.accepted_at is None
        ]
    assert len(waiting) >= len(WAITING)
    assert all(line.clock is not None and line.state.temperature is Temperature.HOT for line in waiting)
    assert 1 <= sum(line.is_late(SUNDAY) for line in waiting) <= 3


def test_nobody_has_waited_for_weeks(played):
    with played.reading() as connection:
        late = [
            line
            for line in open_hand_offs(connection, now=SUNDAY, since=SUNDAY)
            if line.accepted_at is None and line.made_at < SUNDAY - timedelta(days=5)
        ]
    assert late == []


def test_progress_goes_from_the_first_day_to_the_last(played, told):
    assert told == sorted(told)
    assert told[0] - (SUNDAY - HISTORY) < timedelta(days=3)
    assert SUNDAY - told[-1] < timedelta(days=1)
    assert len(told) > HISTORY.days


def test_states_are_those_of_sample_leads_only(played):
    states = [unpacked(row.state) for row in column(played, table.lead_state.c.state)]
    assert {state.lead.id for state in states} == {row.id for row in column(played, table.lead.c.id)}


@pytest.mark.parametrize("day", range(7))
@pytest.mark.parametrize("hour", [0, 8, 12, 22])
def test_buyers_have_waited_for_so_much_working_time_whenever_it_ends(day, hour):
    hours = working_hours(shipped().sound_programme())
    end = SUNDAY + timedelta(days=day, hours=hour - 10)
    moments = list(moments_before(end, hours))
    assert moments == sorted(moments)
    for moment, waited in zip(moments, WAITING, strict=True):
        assert waited <= between(moment, end, hours) <= waited + timedelta(minutes=5)


def test_its_people_come_from_many_firms_and_some_of_them_in_groups(played):
    companies = column(played, table.lead.c.company)
    sizes = Counter(row.company for row in companies if row.company)
    assert 80 <= len(sizes) <= 140
    assert sum(size <= 2 for size in sizes.values()) > len(sizes) / 2
    assert 5 <= max(sizes.values()) <= 12


def test_leads_of_an_occasion_are_tagged_with_it_and_reps_tag_theirs(played):
    tags = Counter(
        name for row in column(played, table.lead_state.c.state) for name in unpacked(row.state).lead.tags
    )
    assert sum(count for name, count in tags.items() if name.startswith(("webinar-", "trade-fair-"))) > 50
    assert tags["partner"]
    assert tags["key account"]


def test_people_send_forms_most_confirm_and_machines_are_held(played):
    submissions = column(
        played, table.submission.c.status, table.submission.c.lead_id, table.submission.c.form
    )
    held = [each for each in submissions if each.status == "held"]
    assert {each.form for each in submissions} == set(shipped().sound_programme().forms)
    assert len(held) == len(MACHINES)
    assert all((each.lead_id is None) == (each.status == "held") for each in submissions)
    asked = column(played, table.opt_in.c.confirmed_at)
    assert len(asked) / 2 < sum(row.confirmed_at is not None for row in asked) < len(asked)


def test_a_broadcast_went_out_and_the_files_are_live_as_they_stand(played):
    (walk,) = (row for row in column(played, *table.sweep.c) if row.kind == "broadcast")
    assert walk.finished_at is not None
    assert (
        SUNDAY - BROADCAST_BEFORE - timedelta(days=7)
        <= walk.starts_at
        <= SUNDAY - BROADCAST_BEFORE + timedelta(days=1)
    )
    assert walk.counts["mailed"] > 40
    with played.reading() as connection:
        found = drift(connection)
        live = load_live(connection, base_url="")
    assert live.catalog.texts == shipped().texts
    assert found.changed == ()
