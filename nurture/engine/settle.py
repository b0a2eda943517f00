"""What became of touches on the wire, as rows: their status, their place in the queue, and the event that tells the lead."""

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, bindparam, select, update

from nurture.engine.claim import SETTLED, Claim
from nurture.engine.outcomes import outcome_event
from nurture.identity import share
from nurture.ports import Receipt, ReceiptStatus
from nurture.store import records as table
from nurture.store.due import DueKind, dequeue, requeue
from nurture.store.statements import insert_if_new
from nurture.vocabulary.words import EventKind, TouchStatus

FIRST_RETRY = timedelta(minutes=5)
LONGEST_RETRY = timedelta(hours=4)
GIVE_UP = timedelta(hours=72)

FINAL = {
    ReceiptStatus.SENT: (TouchStatus.SENT, EventKind.MAIL_SENT),
    ReceiptStatus.BOUNCED: (TouchStatus.BOUNCED, EventKind.MAIL_BOUNCED),
    ReceiptStatus.FAILED: (TouchStatus.FAILED, EventKind.MAIL_FAILED),
    ReceiptStatus.UNKNOWN: (TouchStatus.UNKNOWN, EventKind.MAIL_UNKNOWN),
}


class Settling:
    """Outcomes gathered for one commit."""

    def __init__(self, now: datetime, *, resend: bool = False) -> None:
        """*resend*: a mail of unknown fate is sent again, under its Message-ID."""
        self._now = now
        self._resend = resend
        self._attempts: dict[int, int] = {}
        self._rows: dict[int, dict[str, Any]] = {}
        self._events: dict[int, dict[str, Any]] = {}
        self._retries: dict[int, datetime] = {}

    def receipt(self, claim: Claim, receipt: Receipt) -> None:
        """The transport's answer; a deferral is tried again later, for three days in all."""
        touch = claim.touch
        status = receipt.status
        if status is ReceiptStatus.DEFERRED or (status is ReceiptStatus.UNKNOWN and self._resend):
            if self._now - claim.first_tried < GIVE_UP:
                self._retries[touch.id] = self._next_try(claim, receipt)
                self._note(claim, TouchStatus.DEFERRED, receipt.at, receipt.code, receipt.text)
                return
            status = ReceiptStatus.FAILED if status is ReceiptStatus.DEFERRED else status
        final, kind = FINAL[status]
        self._note(claim, final, receipt.at, receipt.code, receipt.text)
        bounce = None if receipt.bounce is None else receipt.bounce.value
        told = claim.attempt if status is ReceiptStatus.UNKNOWN else 1
        self._events[touch.id] = outcome_event(
            touch, kind, receipt.at, self._now, told, code=receipt.code or None, bounce=bounce
        )

    def _next_try(self, claim: Claim, receipt: Receipt) -> datetime:
        """When the message is offered again: not before its server wants it, and four hours from now at the latest."""
        pause = back_off(claim.attempt, claim.touch.id)
        if receipt.retry_at is not None:
            pause = max(pause, min(receipt.retry_at - self._now, LONGEST_RETRY))
        return self._now + pause

    def withdrawn(self, claim: Claim, why: str) -> None:
        """It may not leave any more."""
        self._note(claim, TouchStatus.CANCELLED, self._now, "", why)
        self._events[claim.touch.id] = outcome_event(
            claim.touch, EventKind.MAIL_CANCELLED, self._now, self._now, why=why
        )

    def unbuilt(self, claim: Claim, why: str) -> None:
        """It could not be rendered for this lead."""
        self._note(claim, TouchStatus.FAILED, self._now, "", why)
        self._events[claim.touch.id] = outcome_event(
            claim.touch, EventKind.MAIL_FAILED, self._now, self._now, why=why
        )

    def write(self, connection: Connection) -> None:
        """Write what is still ours: a touch that another worker has taken over meanwhile is left to it (fencing)."""
        mine = {
            row.id: row.status
            for row in connection.execute(
                select(table.touch.c.id, table.touch.c.attempts, table.touch.c.status)
                .where(
                    table.touch.c.id.in_(sorted(self._rows)),
                    table.touch.c.status.in_([TouchStatus.SENDING.value, TouchStatus.UNKNOWN.value]),
                )
                .with_for_update()
            )
            if row.attempts == self._attempts[row.id]
        }
        rows = [row for touch_id, row in self._rows.items() if touch_id in mine]
        again = {touch_id: until for touch_id, until in self._retries.items() if touch_id in mine}
        dequeue(connection, DueKind.TOUCH, sorted(mine.keys() - again.keys()))
        requeue(connection, DueKind.TOUCH, again)
        if rows:
            connection.execute(SETTLED, rows)
        if again:
            connection.execute(ELIGIBLE, [{"ref": ref, "until": until} for ref, until in again.items()])
        for ref, event in self._events.items():
            if mine.get(ref) == TouchStatus.UNKNOWN:
                event["properties"]["before"] = TouchStatus.UNKNOWN.value  # the lead was told of it already
        insert_if_new(connection, table.event, [row for ref, row in self._events.items() if ref in mine])

    def _note(self, claim: Claim, status: TouchStatus, at: datetime, code: str, answer: str) -> None:
        self._attempts[claim.touch.id] = claim.attempt
        self._rows[claim.touch.id] = {
            "ref": claim.touch.id,
            "to": status.value,
            "at": at if status.is_final else None,
            "code": code or None,
            "answer": answer or None,
        }


def back_off(attempt: int, touch_id: int) -> timedelta:
    """How long a deferred message waits: 5 minutes, doubled up to 4 hours, jittered by a fifth (RFC 5321 §4.5.4.1)."""
    pause: timedelta = min(FIRST_RETRY * 2 ** min(attempt - 1, 16), LONGEST_RETRY)
    return pause * (1 + share("back off", touch_id, attempt) / 5)


ELIGIBLE = update(table.touch).where(table.touch.c.id == bindparam("ref")).values(due_at=bindparam("until"))
