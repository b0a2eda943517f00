"""A person of ours says who made an open or click, whatever it looks like: by an event, so that score and state follow.

It holds against every later hit, until somebody says the opposite: then the act is judged as any other again.
"""

from datetime import datetime

from msgspec.structs import replace
from sqlalchemy import Connection, select

from nurture.engine.audit import audit
from nurture.engine.intake import add_events
from nurture.engine.verdicts import VERDICT, KnownHit, known_hits, known_of, overturning, turned
from nurture.errors import NurtureError
from nurture.store import records as table
from nurture.store.mapping import event_of
from nurture.tracking.humanity import CLICKED, Humanity
from nurture.vocabulary.words import EventKind

BY_HAND = "by hand"
"""The pattern of what a person called a machine's."""
ACTS = (EventKind.MAIL_OPENED.value, EventKind.MAIL_CLICKED.value)


class VerdictError(NurtureError):
    """What is not to be judged, or is judged so already."""


def overrule(connection: Connection, event_id: int, *, is_person: bool, by: str, now: datetime) -> None:
    """A person did it, or a machine, says *by*; other acts of the message are judged again beside it.

    Raises VerdictError for what is no open or click of a lead, and for what is judged so already.
    """
    known, judged = _known(connection, event_id)
    if known.humanity.is_human == is_person:
        raise VerdictError(f"It is {'a person' if is_person else 'a machine'}'s already. Reload the page.")
    is_taken_back = known.overruled and judged.is_human == is_person
    if is_taken_back:
        verdict, said_by = judged, None
    else:
        verdict, said_by = _said(known, is_person=is_person), by
    add_events(connection, [overturning(known, verdict, now, by=said_by)])
    _judge_again(connection, known, now)
    audit(
        connection,
        actor=by,
        what="took back who did it" if is_taken_back else "said who did it",
        now=now,
        target=f"lead {known.event.lead_id}",
        detail={
            "act": known.event.kind.value,
            "event": event_id,
            "before": known.humanity.pattern or "a person",
            "now": verdict.pattern or "a person",
        },
    )


def _known(connection: Connection, event_id: int) -> tuple[KnownHit, Humanity]:
    """The act as it is judged now, and as it is judged without us."""
    statement = select(table.event).where(table.event.c.id == event_id, table.event.c.kind.in_(ACTS))
    row = connection.execute(statement.with_for_update()).one_or_none()
    if row is None or row.lead_id is None:
        raise VerdictError("There is no such open or click any more.")
    known = known_of(event_of(row))
    judged = known.humanity
    turns = connection.execute(
        select(table.event)
        .where(
            table.event.c.source == VERDICT,
            table.event.c.source_id >= f"{event_id}:",
            table.event.c.source_id < f"{event_id};",  # the sign after the colon
        )
        .order_by(table.event.c.id)
    )
    for turn in turns:
        known = turned(known, event_of(turn))
        if not known.overruled:
            judged = known.humanity
    return known, judged


def _said(known: KnownHit, *, is_person: bool) -> Humanity:
    if is_person:
        return replace(CLICKED, proxied=known.humanity.proxied)
    return Humanity(0.0, BY_HAND, known.humanity.proxied)


def _judge_again(connection: Connection, known: KnownHit, now: datetime) -> None:
    """The other acts of the message, now that it is known who made this one."""
    touch_id = known.hit.touch_id
    message = known_hits(connection, {touch_id}).get(touch_id)
    if message is None:
        return  # another product's, or the sample's, which it has judged itself
    sent_at = connection.execute(
        select(table.touch.c.settled_at).where(table.touch.c.id == touch_id)
    ).scalar_one_or_none()
    verdicts, _ = message.judged([], sent_at, lambda _: 1)
    add_events(connection, message.overturned(verdicts, now))
