"""One bad thing never delays the others: what our own code fails on is set aside, once, and told; the rest goes on in its order."""

import pytest
from company import Company, campaign, catalog
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import text, update

from nurture.engine import aside
from nurture.engine.aside_ends import dismiss, try_again
from nurture.engine.sweep_rows import SweepKind, ask_for
from nurture.simulation.refold import states_differ
from nurture.store import records as table
from nurture.store.database import Database
from nurture.store.mapping import packed
from nurture.vocabulary.words import EventKind, TouchStatus

BROKEN = '{"path":'
"""A payload that ends in the middle, as no code of ours writes it: whatever reads it raises."""


def spoil(company, *numbers, whole=BROKEN):
    """Let what stands in these events be unreadable. Returns what stood there."""
    with company.database.writing() as connection:
        was = dict(
            connection.execute(
                text("SELECT id, properties FROM event WHERE id IN ({})".format(", ".join(map(str, numbers))))
            ).all()
        )
        for number in numbers:
            connection.execute(
                text("UPDATE event SET properties = :whole WHERE id = :id"), {"whole": whole, "id": number}
            )
    return was


def mend(company, was):
    with company.database.writing() as connection:
        for number, whole in was.items():
            connection.execute(
                text("UPDATE event SET properties = :whole WHERE id = :id"), {"whole": whole, "id": number}
            )


def spoil_state(company, lead_id):
    """Let the state of a lead be unreadable. Returns how it was."""
    state = packed(company.state(lead_id))
    keep_state(company, lead_id, b"\xc1")
    return state


def keep_state(company, lead_id, state):
    of = table.lead_state.c.lead_id == lead_id
    with company.database.writing() as connection:
        connection.execute(update(table.lead_state).where(of).values(state=state))


def visits(company, *leads):
    for lead_id in leads:
        company.happens(lead_id, EventKind.PAGE_VISITED)
    return sorted(row.id for row in company.rows(table.event, table.event.c.absorbed_at.is_(None)))


def set_aside(company):
    return company.rows(table.set_aside)


def again(company, *numbers):
    with company.engine.deciding() as (connection, now):
        return try_again(connection, company.engine.live, numbers, by="ida@small.example", now=now)


def left(company, *numbers):
    with company.engine.deciding() as (connection, now):
        return dismiss(connection, numbers, why="nobody misses it", by="ida@small.example", now=now)


def test_one_of_a_thousand_events_is_set_aside_and_all_others_are_taken_in_the_same_turn(company, caplog):
    leads = company.enter(*(f"lead{number}" for number in range(20)))
    company.engine.tick()
    numbers = visits(company, *(leads[number % 20] for number in range(1_000)))
    bad = numbers[617]
    spoil(company, bad)
    ticked = company.engine.tick()
    assert ticked.set_aside == 1
    waiting = company.rows(table.event, table.event.c.absorbed_at.is_(None), table.event.c.id != bad)
    assert waiting == []
    (row,) = set_aside(company)
    assert (row.kind, row.ref, row.lead_id, row.what) == ("event", bad, leads[617 % 20], "page.visited")
    assert row.error.startswith("DecodeError: ")
    assert row.place.startswith("types.py:")
    assert (len(row.digest), row.tries, row.dismissed_at) == (12, 1, None)
    company.later(minutes=5)
    assert company.engine.tick().is_idle
    assert len(set_aside(company)) == 1
    told = [each for each in caplog.messages if each.startswith("set aside")]
    assert len(told) == 1


def test_tried_again_it_is_taken_once_it_is_mended_and_until_then_it_is_set_aside_again(company):
    (ann,) = company.enter("ann")
    company.engine.tick()
    was = spoil(company, *visits(company, ann))
    company.engine.tick()
    (row,) = set_aside(company)
    assert again(company, row.id).go_on == 1
    company.engine.tick()
    (row,) = set_aside(company)
    mend(company, was)
    again(company, row.id)
    company.engine.tick()
    assert set_aside(company) == []
    assert [each.value for each in company.state(ann).accumulators] == [30.0]
    assert list(states_differ(company.database)) == []
    assert [each.what for each in company.rows(table.audit_entry)].count(
        "had what was set aside tried again"
    ) == 2


def test_dismissed_it_is_kept_with_the_reason_and_never_taken(company):
    (ann,) = company.enter("ann")
    company.engine.tick()
    (bad,) = visits(company, ann)
    was = spoil(company, bad)
    company.engine.tick()
    (row,) = set_aside(company)
    assert left(company, row.id) == 1
    assert left(company, row.id) == 0
    assert again(company, row.id).go_on == 0
    mend(company, was)
    assert company.engine.tick().is_idle
    (row,) = set_aside(company)
    assert (row.why, row.dismissed_by) == ("nobody misses it", "ida@small.example")
    assert company.rows(table.event, table.event.c.id == bad)[0].absorbed_at is None
    assert company.state(ann).accumulators == ()


def test_a_lead_whose_state_cannot_be_read_delays_nobody(company):
    ann, bob = company.enter("ann", "bob")
    company.engine.tick()
    was = spoil_state(company, ann)
    visits(company, ann, bob, ann, bob)
    company.later(days=2)  # the timers and the second mails of both are due, too
    company.later(days=2)
    assert [each.value for each in company.state(bob).accumulators] != []
    assert company.mailed() == ["ann", "bob", "bob"]
    assert {row.lead_id for row in set_aside(company)} == {ann}
    keep_state(company, ann, was)
    again(company, *(row.id for row in set_aside(company)))
    company.engine.tick()
    company.later(days=2)
    assert set_aside(company) == []
    assert sorted(company.mailed()) == ["ann", "ann", "bob", "bob"]
    assert list(states_differ(company.database)) == []


def test_a_mail_that_cannot_be_judged_is_put_off_alone_and_dismissed_its_track_goes_on(company):
    ann, _ = company.enter("ann", "bob")
    company.engine.tick()
    first = company.touches(ann)[-1]
    with company.database.writing() as connection:
        of = table.touch.c.id == first.id
        connection.execute(update(table.touch).where(of).values(mail_class="no such class"))
    company.later(days=2)
    assert company.mailed() == ["ann", "bob", "bob"]
    (row,) = set_aside(company)
    assert (row.kind, row.ref, row.what) == ("touch", first.id, first.mail)
    with company.database.writing() as connection:
        connection.execute(update(table.touch).where(of).values(mail_class="marketing"))
    left(company, row.id)
    company.engine.tick()
    assert company.statuses(ann)[-1] == ("second", TouchStatus.FAILED)
    assert company.state(ann).enrolments[0].planned is None


def test_what_fails_with_nothing_in_hand_is_nobodys_fault_and_keeps_only_its_own_stage(company):
    """The weights of the day cannot be read: no event can be taken in, and none is to blame."""
    learning = "[{mail: first, experiment: {variants: {a: 1, b: 1}, method: thompson}}, {mail: second}]"
    company.publish(catalog(campaign(steps=learning)))
    (ann,) = company.enter("ann")
    company.engine.tick()
    visits(company, ann)
    with company.database.writing() as connection:
        spoiled = {"kind": "experiment.weighted", "source": "experiment", "source_id": "2026-03-01 a/b"}
        moments = {"occurred_at": company.clock.now(), "received_at": company.clock.now()}
        connection.execute(table.event.insert().values(**spoiled, **moments, properties={}))
        connection.execute(text("UPDATE event SET properties = '{' WHERE source = 'experiment'"))
    with pytest.raises(Exception, match="truncated"):
        company.later(days=2)
    assert company.mailed() == ["ann", "ann"]
    (row,) = set_aside(company)
    assert (row.kind, row.part) == ("stage", "events")


def test_a_walk_passes_by_the_lead_that_it_fails_on_and_takes_it_when_it_is_mended(company):
    _, bob, _ = company.enter("ann", "bob", "cid")
    company.engine.tick()
    was = spoil_state(company, bob)
    with company.engine.deciding() as (connection, now):
        number = ask_for(connection, SweepKind.LISTING, actor="a test", now=now)
    company.engine.tick()
    (walk,) = company.rows(table.sweep, table.sweep.c.id == number)
    assert (walk.seen, walk.finished_at is not None) == (2, True)
    (row,) = set_aside(company)
    assert (row.kind, row.ref, row.part, row.lead_id) == ("walk", number, str(bob), bob)
    assert again(company, row.id).failed == 1
    (row,) = set_aside(company)
    keep_state(company, bob, was)
    assert again(company, row.id).go_on == 1
    assert set_aside(company) == []


def test_a_walk_that_fails_itself_stops_and_no_other_waits_for_it(company):
    company.enter("ann")
    company.engine.tick()
    with company.engine.deciding() as (connection, now):
        bad = ask_for(connection, SweepKind.LISTING, actor="a test", now=now)
        good = ask_for(connection, SweepKind.LISTING, actor="a test", now=now)
        connection.execute(update(table.sweep).where(table.sweep.c.id == bad).values(kind="no such walk"))
    company.engine.tick()
    assert [(row.kind, row.ref, row.part) for row in set_aside(company)] == [("walk", bad, "")]
    assert company.rows(table.sweep, table.sweep.c.id == good)[0].finished_at is not None


def test_where_everything_fails_the_work_stops_instead_and_nothing_is_lost(company, monkeypatch):
    monkeypatch.setattr(aside, "FLOOD", 3)
    (ann,) = company.enter("ann")
    company.engine.tick()
    numbers = visits(company, *[ann] * 8)
    was = spoil(company, *numbers)
    with pytest.raises(Exception, match="truncated"):
        company.engine.tick()
    assert [row.ref for row in set_aside(company) if row.kind == "event"] == numbers[:3]
    mend(company, was)
    again(company, *(row.id for row in set_aside(company)))
    company.engine.tick()
    assert [each.value for each in company.state(ann).accumulators] == [60.0]
    assert list(states_differ(company.database)) == []


@pytest.fixture(scope="module")
def one_store(tmp_path_factory):
    """Leads of whom each has visits waiting, kept to be copied."""
    file = tmp_path_factory.mktemp("aside") / "nurture.sqlite"
    company = Company(f"sqlite:///{file}")
    company.publish(catalog(campaign()))
    leads = company.enter("ann", "bob", "cid", "dan")
    company.engine.tick()
    numbers = visits(company, *(leads * 6))
    company.engine.close()
    return file, numbers


@given(bad=st.sets(st.integers(0, 23)), batch=st.integers(1, 30))
@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_whichever_events_fail_the_others_come_to_what_they_would_without_them(one_store, bad, batch):
    file, numbers = one_store

    def played(act):
        company = Company("sqlite://")
        source = Database(f"sqlite:///{file}")
        with source.engine.connect() as there, company.database.engine.connect() as here:
            there.connection.driver_connection.backup(here.connection.driver_connection)
        source.close()
        company.engine._batch = batch
        failing = [numbers[place] for place in sorted(bad)]
        if failing:
            act(company, failing)
        company.engine.tick()
        states = [(row.lead_id, row.state) for row in company.rows(table.lead_state)]
        found = sorted(row.ref for row in set_aside(company))
        company.engine.close()
        return states, found

    def without(company, failing):
        with company.database.writing() as connection:
            connection.execute(table.event.delete().where(table.event.c.id.in_(failing)))

    spoiled = played(lambda company, failing: spoil(company, *failing))
    gone = played(without)
    assert spoiled[0] == gone[0]
    assert spoiled[1] == [numbers[place] for place in sorted(bad)]


def test_while_what_a_lead_said_about_our_mail_is_set_aside_it_gets_no_marketing_mail(company):
    ann, _ = company.enter("ann", "bob")
    company.engine.tick()
    company.happens(ann, EventKind.PREFERENCES_CHANGED, topics={"news": False})
    (said,) = company.rows(table.event, table.event.c.kind == "preferences.changed")
    spoil(company, said.id)
    company.later(days=2)
    assert company.mailed() == ["ann", "bob", "bob"]
    assert company.decisions(company.touches(ann)[-1].id)[-1].why == (
        "the lead has said something about our mail that could not be taken in yet"
    )
    (row,) = set_aside(company)
    left(company, row.id)
    company.later(minutes=10)
    assert company.mailed() == ["ann", "bob", "bob", "ann"]
