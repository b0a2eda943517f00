"""What came back, taken in: read once, kept once, and acted on in the same transaction.

    bytes --read--> Feedback --one transaction--> inbound row, event, suppression, touch settled, answer forwarded

Only a message that one of our signatures proves to be about a touch changes anything of a lead: whoever forges a bounce
or a complaint is written down, and that is all.
"""

from datetime import datetime, timedelta
from hashlib import sha256

import msgspec
from sqlalchemy import Connection, insert, select

from nurture.engine.engine import Engine
from nurture.engine.erased import gone
from nurture.engine.feedback_acts import Subject, act
from nurture.feedback.model import Feedback, FeedbackKind
from nurture.feedback.read import read
from nurture.log import get_log
from nurture.store import records as table

log = get_log(__name__)

RAW_MAX = 32 * 1024 * 1024
"""Bytes that are kept of a message; no provider takes a larger one."""
RAW_KEPT = timedelta(days=90)
"""How long: an answer has been passed on within days."""


class Received(msgspec.Struct, frozen=True):
    """What came of one message: *did* in a sentence, *is_new* False if it had been taken in before."""

    kind: FeedbackKind
    did: str
    is_new: bool = True


def receive(engine: Engine, raw: bytes, *, source: str, envelope_to: str = "") -> Received:
    """Take in one message; it is durable when this returns. Taken in twice, it changes nothing the second time.

    source       the way in: "pipe", "maildir", "imap" or "post".
    envelope_to  the recipient of its SMTP envelope, "" where the way in does not know it.
    """
    feedback = _read(raw, engine, envelope_to)
    key = key_of(raw, feedback)
    programme = engine.live.programme
    with engine.deciding() as (connection, now):
        inbound_id = _kept(connection, raw, feedback, key=key, source=source, now=now)
        if inbound_id is None:
            return Received(feedback.kind, "it had been taken in before", is_new=False)
        if gone(connection, [feedback.touch_id]):
            connection.execute(table.inbound.delete().where(table.inbound.c.id == inbound_id))
            return Received(feedback.kind, "it is about a lead that was removed: nothing of it is kept")
        subject = Subject.of(connection, feedback)
        did, code = act(connection, feedback, subject, programme=programme, inbound_id=inbound_id, now=now)
        lead_id = None if subject.lead is None else subject.lead.id
        connection.execute(
            table.inbound.update()
            .where(table.inbound.c.id == inbound_id)
            .values(did=did, code=code, lead_id=lead_id)
        )
    log.info("mail came back", kind=feedback.kind.value, source=source, touch=feedback.touch_id, did=did)
    return Received(feedback.kind, did)


def key_of(raw: bytes, feedback: Feedback) -> str:
    """What makes two deliveries one message: other servers on the way only add fields above it."""
    body = raw.replace(b"\r\n", b"\n").partition(b"\n\n")[2]
    return sha256(feedback.message_id.encode() + b"\x00" + body).hexdigest()


def forget_raw(engine: Engine) -> int:
    """Forget the bytes of messages that came long ago; what they said stays. Returns of how many."""
    with engine.deciding() as (connection, now):
        old = table.inbound.c.received_at < now - RAW_KEPT
        forgotten = connection.execute(
            table.inbound.update().where(old, table.inbound.c.raw.is_not(None)).values(raw=None)
        )
        return forgotten.rowcount


def _read(raw: bytes, engine: Engine, envelope_to: str) -> Feedback:
    try:
        return read(raw, engine.keyring, envelope_to=envelope_to)
    except Exception as error:  # noqa: BLE001 else the one message that meets a bug of ours comes back for ever
        log.error("message not understood", error=error)  # noqa: TRY400 it adds the traceback
        return Feedback(kind=FeedbackKind.OTHER)


def _kept(
    connection: Connection, raw: bytes, feedback: Feedback, *, key: str, source: str, now: datetime
) -> int | None:
    """The number of its new row; None if there is one already."""
    if connection.execute(select(table.inbound.c.id).where(table.inbound.c.key == key)).first() is not None:
        return None
    row = {
        "key": key,
        "received_at": now,
        "source": source,
        "kind": feedback.kind.value,
        "touch_id": feedback.touch_id,
        "sender": feedback.sender,
        "subject": feedback.subject,
        "text": feedback.text,
        "did": "",
        "raw": raw[:RAW_MAX],
    }
    return int(
        connection.execute(insert(table.inbound).values(row).returning(table.inbound.c.id)).scalar_one()
    )
