"""What became of touches on the wire, as rows: their status, their place in the queue, and the event that tells the lead."""

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, bindparam, select, update

from nurture.delivery.sender_problems import SenderProblem, problem_of
from nurture.engine.claim import SETTLED, Claim
from nurture.engine.outcomes import outcome_event
from nurture.engine.ramp import give_places_back
from nurture.engine.reported import settle_known
from nurture.engine.sender_stops import stop_for
from nurture.identity import share
from nurture.ports import Receipt, ReceiptStatus
from nurture.store import records as table
from nurture.store.due import DueKind, dequeue, enqueue, enqueue_touches
from nurture.store.statements import insert_if_new
from nurture.vocabulary.words import EventKind, Lane, TouchStatus

FIRST_RETRY = timedelta(minutes=5)
LONGEST_RETRY = timedelta(hours=4)
GIVE_UP = timedelta(hours=72)

LATE = "the worker that was sending it, late"
"""Who says what became of a mail that others had given up as unknown."""

FINAL = {
    ReceiptStatus.SENT: (TouchStatus.SENT, EventKind.MAIL_SENT),
    ReceiptStatus.BOUNCED: (TouchStatus.BOUNCED, EventKind.MAIL_BOUNCED),
    ReceiptStatus.FAILED: (TouchStatus.FAILED, EventKind.MAIL_FAILED),
    ReceiptStatus.UNKNOWN: (TouchStatus.UNKNOWN, EventKind.MAIL_UNKNOWN),
}


LEFT = frozenset((TouchStatus.SENT.value, TouchStatus.UNKNOWN.value, TouchStatus.BOUNCED.value))
"""What a server has seen of us counts for the sender's ramp."""


class Settling:
    """Outcomes gathered for one commit."""

    def __init__(self, now: datetime, *, resend: bool = False) -> None:
        """*resend*: a mail of unknown fate is sent again, under its Message-ID."""
        self._now = now
        self._resend = resend
        self._claims: dict[int, Claim] = {}
        self._rows: dict[int, dict[str, Any]] = {}
        self._events: dict[int, dict[str, Any]] = {}
        self._retries: dict[int, datetime] = {}
        self._put_back: set[int] = set()
        self._problems: dict[int, tuple[SenderProblem, Receipt]] = {}

    def receipt(self, claim: Claim, receipt: Receipt) -> None:
        """The transport's answer; a deferral is tried again later, for three days in all."""
        touch = claim.touch
        status = receipt.status
        is_patient = self._now - claim.first_tried < GIVE_UP
        problem = problem_of(receipt)
        if problem is not None and (problem.mails == 1 or is_patient):
            self._ours(claim, receipt, problem)
            return
        if status is ReceiptStatus.DEFERRED or (status is ReceiptStatus.UNKNOWN and self._resend):
            if is_patient:
                self._retries[touch.id] = next_try(receipt, claim.attempt, self._now)
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

    def _ours(self, claim: Claim, receipt: Receipt, problem: SenderProblem) -> None:
        """We are refused, not the lead: the mail waits as if nobody had tried. Where that may be one server's whim it is tried
        again by itself, until too many say the same.
        """
        touch = claim.touch
        self._problems[touch.id] = problem, receipt
        if problem.mails > 1:
            self._retries[touch.id] = next_try(receipt, claim.attempt, self._now)
            self._note(claim, TouchStatus.DEFERRED, receipt.at, problem.key, receipt.text)
        else:
            self._put_back.add(touch.id)
            self._note(claim, TouchStatus.PLANNED, receipt.at, receipt.code, receipt.text)

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
        """Write what is still ours: a touch that another worker has taken over meanwhile is left to it (fencing).

        What others have given up as unknown is known after all: what did not leave waits again, and the lead learns of it.
        """
        was = {
            row.id: row.status
            for row in connection.execute(STILL, {"refs": sorted(self._rows)})
            if row.attempts == self._claims[row.id].attempt
        }
        again = {ref: until for ref, until in self._retries.items() if ref in was}
        untried = sorted(self._put_back & was.keys())
        again |= dict.fromkeys(untried, self._now)
        given_up = {ref for ref, status in was.items() if status == TouchStatus.UNKNOWN}
        dequeue(connection, DueKind.TOUCH, sorted(was.keys() - again.keys()))
        self._wait(connection, again, given_up)
        rows = [row for ref, row in self._rows.items() if ref in was]
        if rows:
            connection.execute(SETTLED, rows)
        if again:
            connection.execute(ELIGIBLE, [{"ref": ref, "until": until} for ref, until in again.items()])
        if untried:
            connection.execute(UNTRIED, [{"ref": ref} for ref in untried])
        settle_known(connection, [row["ref"] for row in rows if row["to"] == TouchStatus.UNKNOWN])
        for ref in given_up & self._events.keys():
            self._events[ref]["properties"]["by"] = LATE
        lost = [self._lost(self._claims[ref]) for ref in sorted(given_up & again.keys())]
        insert_if_new(
            connection, table.event, [*(row for ref, row in self._events.items() if ref in was), *lost]
        )
        give_places_back(
            connection, [self._claims[row["ref"]].place for row in rows if row["to"] not in LEFT]
        )
        for ref, (problem, receipt) in self._problems.items():
            if ref in was:
                stop_for(connection, problem, receipt.text, self._now)

    def _wait(self, connection: Connection, again: dict[int, datetime], given_up: set[int]) -> None:
        """What is still in the queue keeps its lane; what had been given up has left it."""
        touches = {ref: self._claims[ref].touch for ref in again}
        waiting = [(ref, touches[ref].lead_id, until) for ref, until in again.items() if ref not in given_up]
        enqueue(connection, DueKind.TOUCH, waiting)
        anew = [
            (ref, touches[ref].lead_id, again[ref], Lane.anew(touches[ref].mail_class))
            for ref in sorted(given_up & again.keys())
        ]
        enqueue_touches(connection, anew)

    def _lost(self, claim: Claim) -> dict[str, Any]:
        """That it did not leave after all."""
        return outcome_event(claim.touch, EventKind.MAIL_LOST, self._now, self._now, claim.attempt, by=LATE)

    def _note(self, claim: Claim, status: TouchStatus, at: datetime, code: str, answer: str) -> None:
        self._claims[claim.touch.id] = claim
        self._rows[claim.touch.id] = {
            "ref": claim.touch.id,
            "to": status.value,
            "at": at if status.is_final else None,
            "code": code or None,
            "answer": answer or None,
        }


def next_try(receipt: Receipt, attempt: int, now: datetime) -> datetime:
    """When a message is offered again after its *attempt*: not before its server wants it, and four hours from now at the latest."""
    pause = back_off(attempt, receipt.touch_id)
    if receipt.retry_at is not None:
        pause = max(pause, min(receipt.retry_at - now, LONGEST_RETRY))
    return now + pause


def back_off(attempt: int, touch_id: int) -> timedelta:
    """How long a deferred message waits: 5 minutes, doubled up to 4 hours, jittered by a fifth (RFC 5321 §4.5.4.1)."""
    pause: timedelta = min(FIRST_RETRY * 2 ** min(attempt - 1, 16), LONGEST_RETRY)
    return pause * (1 + share("back off", touch_id, attempt) / 5)


UNTRIED = update(table.touch).where(table.touch.c.id == bindparam("ref")).values(tried_at=None)
ELIGIBLE = update(table.touch).where(table.touch.c.id == bindparam("ref")).values(due_at=bindparam("until"))
STILL = (
    select(table.touch.c.id, table.touch.c.attempts, table.touch.c.status)
    .where(
        table.touch.c.id.in_(bindparam("refs", expanding=True)),
        table.touch.c.status.in_([TouchStatus.SENDING.value, TouchStatus.UNKNOWN.value]),
    )
    .order_by(table.touch.c.id)
    .with_for_update()
)
