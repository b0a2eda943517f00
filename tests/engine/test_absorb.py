"""Facts in: each once, in the order received, of whoever it concerns."""

from datetime import timedelta

import pytest
from company import MONDAY, Company
from sqlalchemy import delete

from nurture.engine.absorb import absorb
from nurture.engine.intake import NewLead, identify
from nurture.simulation.refold import states_differ
from nurture.store import records as table
from nurture.vocabulary.event import Event
from nurture.vocabulary.words import EventKind, TouchStatus

DAY = timedelta(days=1)


def event(lead_id, source_id, kind=EventKind.PAGE_VISITED, **properties):
    return Event(
        lead_id=lead_id,
        kind=kind,
        occurred_at=MONDAY,
        received_at=MONDAY,
        source="provider",
        source_id=source_id,
        properties=properties,
    )


def test_a_fact_that_is_told_twice_is_one_fact(company):
    (ann,) = company.enter("ann")
    company.engine.record([event(ann, "e1"), event(ann, "e1")])
    company.engine.record([event(ann, "e1")])
    company.engine.tick()
    company.engine.record([event(ann, "e1")])
    company.engine.tick()
    assert len(company.events(EventKind.PAGE_VISITED)) == 1
    assert [each.value for each in company.state(ann).accumulators] == [30.0]


def test_a_lead_that_is_entered_twice_is_one_lead(company):
    assert company.enter("ann") == company.enter("ann")
    company.engine.tick()
    assert len(company.rows(table.lead)) == 1
    assert company.mailed() == ["ann"]


def test_people_of_one_batch_with_one_address_are_one_lead(company):
    entered = company.engine.enter_leads(
        [
            NewLead(reference="1", fields={"email": "ann@x.example", "first_name": "Ann"}),
            NewLead(reference="2", fields={"email": "ann@x.example", "size": 300}),
        ],
        source="import",
    )
    company.engine.tick()
    assert (entered.created, entered.changed) == (1, 1)
    state = company.state(entered.lead_ids[0])
    assert (state.lead.first_name, state.lead.fields["size"], state.fit_score) == ("Ann", 300, 60)


def test_events_of_a_lead_are_taken_in_the_order_received(company):
    (ann,) = company.enter("ann")
    company.happens(ann, EventKind.LEAD_CHANGED, fields={"plan": "trial"}, at=MONDAY)
    company.happens(ann, EventKind.LEAD_CHANGED, fields={"plan": "paid"}, at=MONDAY - DAY)
    company.engine.tick()
    assert company.state(ann).lead.fields["plan"] == "paid"


def test_every_event_says_under_which_revision_it_was_absorbed_and_when(company):
    company.enter("ann")
    company.engine.tick()
    assert {(row.revision, row.absorbed_at) for row in company.rows(table.event)} == {(1, MONDAY)}


def test_a_late_visit_is_worth_what_is_left_of_it(company):
    (ann,) = company.enter("ann")
    company.later(days=5)
    company.happens(ann, EventKind.PAGE_VISITED, at=MONDAY)  # its half-life has passed
    company.engine.tick()
    assert company.rows(table.lead_state)[0].interest_score == 15.0
    assert company.rows(table.score_entry)[0].at == MONDAY


def test_a_late_receipt_of_a_step_that_is_past_changes_no_plan(company):
    (ann,) = company.enter("ann")
    company.engine.tick()
    company.later(days=2)
    first, second = company.touches(ann)
    before = company.state(ann)
    company.happens(
        ann,
        EventKind.MAIL_BOUNCED,
        at=MONDAY,
        touch=first.id,
        mail=first.mail,
        bounce="soft",
    )
    company.engine.tick()
    assert second.status == TouchStatus.SENT
    assert company.state(ann).enrolments == before.enrolments


def test_what_a_visitor_did_waits_for_the_day_it_is_known(company):
    company.engine.record([event(0, "v1", visitor="cookie")])
    company.engine.tick()
    assert company.rows(table.event)[0].absorbed_at is None
    (ann,) = company.enter("ann")
    company.engine.tick()
    with company.database.writing() as connection:
        identify(connection, "cookie", ann, company.clock.now())
    company.engine.tick()
    assert company.state(ann).accumulators[0].value == 30.0


def test_a_click_of_somebody_who_was_removed_holds_nobody_up(company):
    ann, bob = company.enter("ann", "bob")
    company.engine.tick()
    with company.database.writing() as connection:
        connection.execute(delete(table.lead).where(table.lead.c.id == ann))
    company.happens(ann, EventKind.PAGE_VISITED)
    company.happens(bob, EventKind.PAGE_VISITED)
    company.engine.tick()
    assert company.state(bob).accumulators[0].value == 30.0
    assert company.rows(table.event, table.event.c.absorbed_at.is_(None)) == []


def test_a_change_of_a_person_shows_in_lists(company):
    (ann,) = company.enter("ann")
    company.engine.tick()
    company.happens(ann, EventKind.LEAD_CHANGED, fields={"company": "Fjord", "email": "anna@x.example"})
    company.engine.tick()
    (row,) = company.rows(table.lead)
    assert (row.first_name, row.company, row.email) == ("ann", "Fjord", "anna@x.example")


def test_an_address_that_another_lead_has_stays_that_leads(company):
    _, bob = company.enter("ann", "bob")
    company.happens(bob, EventKind.LEAD_CHANGED, fields={"email": "ann@x.example"})
    company.engine.tick()
    assert [row.email for row in company.rows(table.lead)] == ["ann@x.example", "bob@x.example"]
    assert company.state(bob).lead.email == "ann@x.example"


def test_a_batch_that_fails_leaves_every_event_waiting(company, monkeypatch):
    ids = company.enter("ann", "bob")

    def fail(*_):
        raise RuntimeError

    monkeypatch.setattr("nurture.engine.apply.Changes._write_queue", fail)
    with pytest.raises(RuntimeError):
        company.engine.tick()
    monkeypatch.undo()
    assert all(row.absorbed_at is None for row in company.rows(table.event))
    company.engine.tick()
    assert [company.statuses(each)[0] for each in ids] == [("first", "sent"), ("first", "sent")]


def test_one_worker_absorbs_while_another_sees_nothing_to_do(postgres_database_url):
    first = Company(postgres_database_url)
    first.publish()
    second = Company(postgres_database_url)
    first.enter("ann")
    with first.database.writing() as one, second.database.writing() as two:
        assert absorb(one, first.engine.live, MONDAY, keyring=first.engine.keyring, most=10) == 1
        assert absorb(two, second.engine.live, MONDAY, keyring=second.engine.keyring, most=10) == 0
    first.engine.close()
    second.engine.close()


# ---------------------------------------------------------------- timers


def timers(company):
    return {row.id: row.due_at for row in company.rows(table.due, table.due.c.kind == 1)}


def warm(company):
    """A lead that will be cold when its interest has decayed: 30 points fall below 18 in 3.68 days."""
    (ann,) = company.enter("ann")
    company.happens(ann, EventKind.PAGE_VISITED)
    company.engine.tick()
    assert company.state(ann).temperature == "warm"
    return ann


def test_a_timer_fires_once_and_at_its_time(company):
    ann = warm(company)
    due_at = timers(company)[ann]
    company.clock.turn_to(due_at - timedelta(microseconds=1))
    assert company.engine.tick().timers == 0
    company.clock.turn_to(due_at)
    assert company.engine.tick().timers == 1
    assert company.engine.tick().timers == 0
    assert company.state(ann).temperature == "cold"
    (changed,) = company.events(EventKind.TEMPERATURE_CHANGED)[1:]
    assert changed.occurred_at == due_at


def test_a_timer_that_nobody_fired_in_time_fires_late_and_once(company):
    ann = warm(company)
    due_at = timers(company)[ann]
    company.later(days=30)
    fired = [row.occurred_at for row in company.events(EventKind.TIMER_DUE)]
    assert fired.count(due_at) == 1
    assert company.state(ann).temperature == "cold"


def test_a_timer_is_set_anew_by_what_happens_before_it(company):
    ann = warm(company)
    before = timers(company)[ann]
    company.clock.turn_to(MONDAY + DAY)
    company.happens(ann, EventKind.PAGE_VISITED)
    company.engine.tick()
    assert timers(company)[ann] != before
    assert len(timers(company)) == 1


def test_a_timer_that_a_slow_clock_sets_again_is_not_lost(company):
    ann = warm(company)
    due_at = timers(company)[ann]
    company.clock.turn_to(due_at)
    company.engine.tick()
    assert len(company.events(EventKind.TIMER_DUE)) == 1
    with company.database.writing() as connection:  # what a machine does whose clock is behind
        connection.execute(delete(table.due).where(table.due.c.kind == 1))
        connection.execute(table.due.insert(), [{"kind": 1, "id": ann, "due_at": due_at, "lead_id": ann}])
    company.later(minutes=5)
    assert len(company.events(EventKind.TIMER_DUE)) == 2


def test_a_lead_without_a_reason_to_wake_has_no_timer(company):
    (ann,) = company.enter("ann")
    company.engine.tick()
    assert ann not in timers(company)


def test_what_is_planned_for_many_leads_is_cancelled_together(company):
    leads = company.enter("ann", "bob", "cleo")
    company.engine.tick()
    for lead_id in leads:
        company.happens(lead_id, EventKind.UNSUBSCRIBED)
    company.engine.tick()
    for lead_id in leads:
        assert company.statuses(lead_id) == [("first", "sent"), ("second", "cancelled")]
    assert not [row for row in company.rows(table.due) if row.kind == 2]


def test_what_workers_with_other_clocks_absorb_is_the_fold_of_what_was_told(company, database_url):
    (lead_id,) = company.enter("ann")
    company.later(minutes=5)
    company.happens(lead_id, EventKind.FORM_SUBMITTED, form="demo")
    company.later(minutes=5)
    behind = Company(database_url, now=MONDAY + timedelta(minutes=6))
    behind.engine.record([event(lead_id, "e1")])
    behind.engine.tick()
    behind.engine.close()
    (first, second) = company.events(EventKind.FORM_SUBMITTED, EventKind.PAGE_VISITED)
    assert first.absorbed_at > second.absorbed_at
    assert list(states_differ(company.database)) == []
