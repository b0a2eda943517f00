"""A seeded world breaks none of the invariants, on either engine; and each check finds a violation that is planted."""

from contextlib import nullcontext
from datetime import timedelta

import pytest
from msgspec.structs import replace
from played import played
from sqlalchemy import delete, insert, select, update

from nurture.simulation.checks import violations
from nurture.store import records as table
from nurture.store.mapping import packed, unpacked
from nurture.vocabulary.words import EventKind

HOUR = timedelta(hours=1)


def test_a_seeded_world_breaks_no_invariant(database_url):
    engine = played(database_url, seed=8, edit=True)
    with engine.database.reading() as connection:
        happened = set(connection.execute(select(table.event.c.kind)).scalars())
        revisions = set(connection.execute(select(table.event.c.revision)).scalars())
    assert happened >= {
        EventKind.MAIL_SENT,
        EventKind.MAIL_CLICKED,
        EventKind.TEMPERATURE_CHANGED,
        EventKind.STAGE_CHANGED,
        EventKind.HAND_OFF_ACCEPTED,
        EventKind.TIMER_DUE,
        EventKind.PROGRAMME_APPLIED,
    }
    assert revisions == {1, 2}
    assert violations(engine.database, engine.live.programme) == []
    engine.close()


# ---------------------------------------------------------------- planted


@pytest.fixture(scope="module")
def sound(tmp_path_factory):
    """A played world; whatever a test plants is rolled back."""
    engine = played(f"sqlite:///{tmp_path_factory.mktemp('world') / 'nurture.sqlite'}", seed=8)
    assert violations(engine.database, engine.live.programme) == []
    yield engine
    engine.close()


class Planted:
    """A store as one transaction sees it that will be rolled back."""

    def __init__(self, connection):
        self.connection = connection

    def reading(self):
        return nullcontext(self.connection)


@pytest.fixture
def planted(sound):
    connection = sound.database.engine.connect().execution_options(nurture_writes=True)
    with connection.begin() as transaction:
        yield Planted(connection), lambda: violations(Planted(connection), sound.live.programme)
        transaction.rollback()
    connection.close()


def first(store, statement):
    return store.connection.execute(statement.limit(1)).one()


def a_mail(store):
    """One that marketing sent; mail about a trial goes on whatever happens."""
    sent = select(table.touch).where(table.touch.c.status == "sent", table.touch.c.mail_class == "marketing")
    return first(store, sent.order_by(table.touch.c.id))


def tell(store, lead_id, kind, at, **properties):
    store.connection.execute(
        insert(table.event).values(
            lead_id=lead_id,
            kind=kind.value,
            occurred_at=at,
            received_at=at,
            source="engine",
            source_id=f"planted {kind} {properties}",
            properties=properties,
            revision=1,
            absorbed_at=at,
        )
    )


def mail_after_unsubscription(store):
    mail = a_mail(store)
    tell(store, mail.lead_id, EventKind.UNSUBSCRIBED, mail.claimed_at - HOUR)


def content_twice(store):
    mail = a_mail(store)
    again = {**mail._mapping, "id": mail.id + 900, "visit": mail.visit + 9}
    store.connection.execute(insert(table.touch).values(again))


def step_twice(store):
    sent = first(store, select(table.event).where(table.event.c.kind == "mail.sent"))
    tell(store, sent.lead_id, EventKind.MAIL_SENT, sent.occurred_at, **sent.properties)


def mail_at_night(store):
    mail = a_mail(store)
    night = mail.claimed_at.replace(hour=1)
    store.connection.execute(update(table.touch).where(table.touch.c.id == mail.id).values(claimed_at=night))


def mail_over_a_cap(store):
    mail = a_mail(store)
    again = {**mail._mapping, "id": mail.id + 900, "visit": mail.visit + 9, "mail": "long-cycle/another"}
    store.connection.execute(insert(table.touch).values(again))


def move_off_the_table(store):
    moved = first(store, select(table.event).where(table.event.c.kind == "stage.changed"))
    wrong = {**moved.properties, "before": "customer", "after": "inquiry"}
    store.connection.execute(update(table.event).where(table.event.c.id == moved.id).values(properties=wrong))


def way_out_of_a_final_stage(store):
    mail = a_mail(store)
    for before, after in (("inquiry", "disqualified"), ("disqualified", "mql")):
        tell(store, mail.lead_id, EventKind.STAGE_CHANGED, mail.claimed_at, before=before, after=after)


def points_from_nowhere(store):
    entry = first(store, select(table.score_entry))
    store.connection.execute(
        update(table.score_entry)
        .where(table.score_entry.c.id == entry.id)
        .values(credited=entry.credited + 1)
    )


def state_that_nobody_decided(store):
    row = first(store, select(table.lead_state))
    other = packed(replace(unpacked(row.state), unreceived=99))
    store.connection.execute(
        update(table.lead_state).where(table.lead_state.c.lead_id == row.lead_id).values(state=other)
    )


def event_that_was_not_absorbed(store):
    row = first(store, select(table.event).where(table.event.c.kind == "mail.clicked"))
    store.connection.execute(delete(table.event).where(table.event.c.id == row.id))


def hand_off_that_was_not_made(store):
    row = first(store, select(table.hand_off))
    store.connection.execute(delete(table.hand_off).where(table.hand_off.c.lead_id == row.lead_id))


def breach_that_nobody_heard_of(store):
    mail = a_mail(store)
    tell(store, mail.lead_id, EventKind.SLA_BREACHED, mail.claimed_at, sla="accept", stage="mql")


def touch_out_of_the_queue(store):
    row = first(store, select(table.touch).where(table.touch.c.status == "planned"))
    store.connection.execute(delete(table.due).where(table.due.c.kind == 2, table.due.c.id == row.id))


def finished_touch_in_the_queue(store):
    mail = a_mail(store)
    row = {"kind": 2, "id": mail.id, "due_at": mail.claimed_at, "lead_id": mail.lead_id}
    store.connection.execute(insert(table.due).values(row))


@pytest.mark.parametrize(
    ("plant", "told"),
    [
        (mail_after_unsubscription, "left after the right to mail had ended"),
        (content_twice, "was sent 2 times"),
        (step_twice, "was sent 2 times"),
        (mail_at_night, "outside the send window"),
        (mail_over_a_cap, "over a cap"),
        (move_off_the_table, "is no move of the table"),
        (way_out_of_a_final_stage, "from disqualified to mql is no move"),
        (points_from_nowhere, "not the fold of its ledger"),
        (state_that_nobody_decided, "not the fold of its events"),
        (event_that_was_not_absorbed, "not the fold of its events"),
        (hand_off_that_was_not_made, "entries to a hand-off, 0 hand-offs"),
        (breach_that_nobody_heard_of, "broken deadlines"),
        (touch_out_of_the_queue, "planned, and not in the queue"),
        (finished_touch_in_the_queue, "still in the queue"),
    ],
    ids=lambda value: value.__name__ if callable(value) else "",
)
def test_a_violation_is_found(planted, plant, told):
    store, found = planted
    assert found() == []
    plant(store)
    assert any(told in sentence for sentence in found()), found()
