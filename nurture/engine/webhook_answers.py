"""What came of the calls of webhooks, as rows: where they are now, when they are tried again, what the lead's history says."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, bindparam, select, update

from nurture.engine.settle import GIVE_UP, back_off
from nurture.engine.webhook_calls import THESE, WAITING, Call, CallStatus
from nurture.ports import Answer
from nurture.store import records as table
from nurture.store.due import DueKind, dequeue, requeue
from nurture.store.mapping import event_row
from nurture.store.statements import insert_if_new
from nurture.vocabulary.event import Event
from nurture.vocabulary.words import EventKind

GONE = 410
"""The endpoint asks never to be called again (RFC 9110 §15.5.11)."""


def settle_calls(
    connection: Connection, answers: Sequence[tuple[Call, Answer]], now: datetime
) -> dict[int, CallStatus]:
    """Write what came of calls that are still ours, and let the others go to who has taken them over.

    Returns where each of ours is now.
    """
    wanted = {"refs": [call.id for call, _ in answers]}
    attempts = {row.id: row.attempts for row in connection.execute(OURS, wanted)}
    mine = [(call, answer) for call, answer in answers if attempts.get(call.id) == call.attempt]
    become = {call.id: outcome(call, answer, now) for call, answer in mine}
    if mine:
        connection.execute(
            SETTLE,
            [
                {
                    "ref": call.id,
                    "to": become[call.id].value,
                    "at": None if become[call.id] is CallStatus.WAITING else now,
                    "answer": f"{answer.status or ''} {answer.text}".strip(),
                }
                for call, answer in mine
            ],
        )
    again = {
        call.id: now + back_off(call.attempt, call.id)
        for call, _ in mine
        if become[call.id] is CallStatus.WAITING
    }
    requeue(connection, DueKind.WEBHOOK, again)
    dequeue(connection, DueKind.WEBHOOK, sorted(become.keys() - again.keys()))
    called = [called_event(call, now) for call, answer in mine if answer.is_taken]
    insert_if_new(connection, table.event, called)
    return become


def outcome(call: Call, answer: Answer, now: datetime) -> CallStatus:
    """Taken is delivered; anything else is tried again for three days, unless the endpoint is gone."""
    if answer.is_taken:
        return CallStatus.DELIVERED
    if answer.status == GONE or now - call.first_tried >= GIVE_UP:
        return CallStatus.FAILED
    return CallStatus.WAITING


def called_event(call: Call, now: datetime) -> dict[str, Any]:
    """The row of the event that tells the lead's history of it."""
    return event_row(
        Event(
            lead_id=call.lead_id,
            kind=EventKind.WEBHOOK_CALLED,
            occurred_at=now,
            received_at=now,
            source="webhook",
            source_id=str(call.id),
            properties={"webhook": call.webhook, "step": call.step},
        )
    )


OURS = select(table.webhook_call.c.id, table.webhook_call.c.attempts).where(THESE, WAITING).with_for_update()
SETTLE = (
    update(table.webhook_call)
    .where(table.webhook_call.c.id == bindparam("ref"))
    .values(status=bindparam("to"), settled_at=bindparam("at"), answer=bindparam("answer"))
)
