"""What a person does with outgoing webhooks: tries an endpoint, and has calls that were given up posted again."""

from datetime import datetime

import msgspec
from sqlalchemy import Connection, select, update

from nurture.engine.webhook_calls import CallStatus
from nurture.engine.webhooks_out import post
from nurture.identity import Keyring
from nurture.ports import Answer, Caller
from nurture.store import records as table
from nurture.store.due import DueKind, enqueue

TEST_TYPE = "test"
"""What receivers tell a test by; it is about no lead."""
AGAIN_MAX = 1_000
"""Calls that one press has posted again."""


def try_endpoint(
    caller: Caller, keyring: Keyring, webhook: str, url: str, *, number: str, now: datetime
) -> Answer:
    """Post a signed message about nobody to *url*, and say what it answered, which takes at most ten seconds.

    number  makes its id one of its own.
    """
    message_id = f"test_{number}"
    message = {"id": message_id, "type": TEST_TYPE, "timestamp": now, "data": {"webhook": webhook}}
    body = msgspec.json.encode(message)
    headers = {
        "content-type": "application/json",
        **keyring.webhook_headers(webhook, message_id, now, body),
    }
    return post(caller, url, headers, body)


def call_again(
    connection: Connection, now: datetime, *, webhook: str | None = None, number: int | None = None
) -> int:
    """Let calls that were given up be due now, for another three days: those of *webhook*, or the one with *number*.

    Their ids stay, so that a receiver knows what it has had. Returns how many, AGAIN_MAX at most.
    """
    assert (webhook is None) is not (number is None), "those of a webhook, or one"
    which = call.webhook == webhook if number is None else call.id == number
    failed = select(call.id).where(which, call.status == CallStatus.FAILED.value)
    ids = connection.execute(failed.order_by(call.id.desc()).limit(AGAIN_MAX)).scalars().all()
    again = (
        update(table.webhook_call)
        .where(call.id.in_(ids), call.status == CallStatus.FAILED.value)
        .values(status=CallStatus.WAITING.value, tried_at=None, settled_at=None)
        .returning(call.id, call.lead_id)
    )
    rows = connection.execute(again).all() if ids else []
    enqueue(connection, DueKind.WEBHOOK, [(row.id, row.lead_id, now) for row in rows])
    return len(rows)


call = table.webhook_call.c
