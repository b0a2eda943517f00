"""Due touches past the gates: taken with a lease, judged on one snapshot, and every verdict written as it is made."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

import msgspec
from sqlalchemy import Connection, bindparam, case, func, select, update

from nurture.engine.aliases import survivors
from nurture.engine.aside import AsideKind, Suspect
from nurture.engine.facts import BatchFacts
from nurture.engine.held import HELD
from nurture.engine.live import Live
from nurture.engine.outcomes import outcome_event
from nurture.engine.ramp import Place
from nurture.engine.reported import settle_known
from nurture.statemachine.gates import Judgement, judge
from nurture.store import records as table
from nurture.store.due import DueKind, dequeue, due_touches, lease, requeue
from nurture.store.mapping import touch_of, unpacked
from nurture.store.statements import insert_if_new
from nurture.store.types import Moment
from nurture.vocabulary.state import LeadState
from nurture.vocabulary.touch import Touch
from nurture.vocabulary.words import EventKind, Gate, Lane, SuppressionCause, TouchStatus, Verdict

SOONEST = timedelta(seconds=1)
"""A deferral is at least this long, so that a tick always ends."""


class Claim(msgspec.Struct, frozen=True):
    """A touch that may leave, held until its lease runs out.

    attempt      which try it is; results of an earlier one are not written (fencing).
    first_tried  when the first try was made, from which the patience with a server counts.
    lease_for    how long it is held; anew from the moment at which it is marked `sending`.
    lane         before which others it leaves.
    place        what it has taken of the sender's ramp; None where there is none.
    """

    touch: Touch
    state: LeadState
    attempt: int
    first_tried: datetime
    lease_for: timedelta = timedelta(minutes=5)
    lane: Lane = Lane.CADENCE
    place: Place | None = None


def claim(
    connection: Connection,
    live: Live,
    now: datetime,
    *,
    most: int,
    lease_for: timedelta,
    leaves: bool = True,
) -> tuple[list[Claim], int]:
    """Take up to *most* due touches. Returns those that may leave, and how many were looked at.

    In the order in which they are to leave: by lane, then by age. A lead has at most one touch in a batch, and its state is
    locked meanwhile, so that no two mails pass the same cap.

    most    0 does all that is done for any touch, and takes none.
    leaves  whether mail leaves the machine; else it warms no sender up.
    """
    due = due_touches(connection, now, most=most)
    if not due and most:
        return [], 0
    states = {
        row.lead_id: unpacked(row.state) for row in connection.execute(_states({row.lead_id for row in due}))
    }
    merged = survivors(connection, {row.lead_id for row in due} - states.keys())
    first_of_lead: dict[int, int] = {}
    for row in due:
        if row.lead_id in states or row.lead_id in merged:
            first_of_lead.setdefault(row.lead_id, row.id)
    touches = connection.execute(_touches(first_of_lead.values())).all()
    verdicts = Verdicts(now, now + lease_for)
    lanes = {row.id: Lane(row.lane) for row in due}
    facts = BatchFacts(connection, live.programme, states, lanes, now, leaves=leaves)
    for row in sorted(touches, key=lambda row: (lanes[row.id], row.due_at, row.id)):
        is_merged = row.lead_id in merged
        if row.status == TouchStatus.SENDING and (is_merged or live.programme.sending.unknown == "hold"):
            verdicts.lost(row)
        elif TouchStatus(row.status).is_final:
            verdicts.gone(row)
        elif is_merged:
            verdicts.withdrawn(touch_of(row), f"merged into lead {merged[row.lead_id]}")
        else:
            touch = touch_of(row)
            known = facts.of(touch)
            judgement = judge(touch, known, now)
            if judgement.verdict is Verdict.PASS:
                passing = Claim(
                    touch=touch,
                    state=states[touch.lead_id],
                    attempt=row.attempts + 1,
                    first_tried=row.tried_at or now,
                    lease_for=lease_for,
                    lane=lanes[touch.id],
                    place=facts.reserve(touch),
                )
                verdicts.passed(passing, judgement)
            else:
                facts.told_to_wait(touch, judgement.gate)
                verdicts.kept(touch, judgement, listed=known.suppressed)
    facts.write(connection)
    verdicts.write(connection)
    return verdicts.claims, len(touches)


def first_claim(connection: Connection, now: datetime) -> Suspect | None:
    """The touch that would be taken first."""
    due = due_touches(connection, now, most=1)
    if not due:
        return None
    mail = connection.execute(select(table.touch.c.mail).where(table.touch.c.id == due[0].id)).scalar()
    return Suspect(AsideKind.TOUCH, due[0].id, lead_id=due[0].lead_id, what=mail or "")


class Verdicts:
    """What was decided about a batch, until it is written."""

    def __init__(self, now: datetime, lease_until: datetime) -> None:
        self.claims: list[Claim] = []
        self._now = now
        self._lease_until = lease_until
        self._decisions: list[dict[str, Any]] = []
        self._deferred: dict[int, datetime] = {}
        self._held: list[int] = []
        self._settled: list[dict[str, Any]] = []
        self._events: list[dict[str, Any]] = []
        self._left: list[int] = []

    def passed(self, claim: Claim, judgement: Judgement) -> None:
        """Every gate let the touch pass."""
        self._decide(claim.touch.id, judgement)
        self.claims.append(claim)

    def kept(self, touch: Touch, judgement: Judgement, *, listed: SuppressionCause | None) -> None:
        """A gate did not let *touch* pass; *listed*: as what its address is suppressed."""
        self._decide(touch.id, judgement)
        match judgement.verdict:
            case Verdict.PASS:
                raise AssertionError("no gate has kept it")
            case Verdict.DEFER if judgement.gate is Gate.PAUSED:
                self._held.append(touch.id)
            case Verdict.DEFER:
                next_at = max(judgement.next_at or self._now, self._now + SOONEST)
                self._deferred[touch.id] = next_at
            case Verdict.SKIP:
                self._settle(touch, TouchStatus.SKIPPED, EventKind.MAIL_SKIPPED, judgement)
            case Verdict.STOP:
                self._settle(touch, TouchStatus.CANCELLED, EventKind.MAIL_CANCELLED, judgement, listed=listed)

    def lost(self, row: Any) -> None:
        """Its lease ran out while it was being sent: nobody can know whether it left."""
        why = "the worker that was sending it has gone; the mail may have left"
        touch = touch_of(row)
        self._finish(
            touch, TouchStatus.UNKNOWN, EventKind.MAIL_UNKNOWN, why=why, gate=None, attempt=row.attempts
        )

    def withdrawn(self, touch: Touch, why: str) -> None:
        """Its lead was merged into another while a worker tried to send it: it is not tried again."""
        self._finish(touch, TouchStatus.CANCELLED, EventKind.MAIL_CANCELLED, why=why, gate=None)

    def gone(self, row: Any) -> None:
        """It is in a final status already; only its place in the queue was left."""
        self._left.append(row.id)

    def write(self, connection: Connection) -> None:
        claimed = [claim.touch.id for claim in self.claims]
        if claimed:
            connection.execute(CLAIMED, {"refs": claimed, "at": self._now})
        lease(connection, DueKind.TOUCH, claimed, self._lease_until)
        requeue(connection, DueKind.TOUCH, self._deferred | dict.fromkeys(self._held, HELD))
        dequeue(connection, DueKind.TOUCH, self._left)
        deferred = [{"ref": ref, "until": until} for ref, until in self._deferred.items()]
        held = [{"ref": ref} for ref in self._held]
        for statement, rows in (
            (table.decision.insert(), self._decisions),
            (DEFERRED, deferred),
            (PAUSED, held),
            (SETTLED, self._settled),
        ):
            if rows:
                connection.execute(statement, rows)
        unknown = [row["ref"] for row in self._settled if row["to"] == TouchStatus.UNKNOWN]
        settle_known(connection, unknown)
        insert_if_new(connection, table.event, self._events)

    def _decide(self, touch_id: int, judgement: Judgement) -> None:
        self._decisions.append(
            {
                "touch_id": touch_id,
                "at": self._now,
                "verdict": judgement.verdict.value,
                "gate": None if judgement.gate is None else judgement.gate.value,
                "why": judgement.why,
                "next_at": judgement.next_at,
                "checks": [[check.gate, check.verdict, check.why] for check in judgement.checks],
            }
        )

    def _settle(
        self,
        touch: Touch,
        status: TouchStatus,
        kind: EventKind,
        judgement: Judgement,
        *,
        listed: SuppressionCause | None = None,
    ) -> None:
        gate = None if judgement.gate is None else judgement.gate.value
        # A cause that only the suppression list knows is told to the lead, which else would plan the mail again.
        cause = listed.value if listed is not None and judgement.gate is Gate.SUPPRESSED else None
        self._finish(touch, status, kind, why=judgement.why, gate=gate, cause=cause)

    def _finish(
        self,
        touch: Touch,
        status: TouchStatus,
        kind: EventKind,
        *,
        why: str,
        gate: str | None,
        cause: str | None = None,
        attempt: int = 1,
    ) -> None:
        self._settled.append(
            {"ref": touch.id, "to": status.value, "at": self._now, "code": gate, "answer": why}
        )
        self._left.append(touch.id)
        told = {"gate": gate, "why": why, "cause": cause}
        self._events.append(outcome_event(touch, kind, self._now, self._now, attempt, **told))


CLAIMED = (
    update(table.touch)
    .where(table.touch.c.id.in_(bindparam("refs", expanding=True)))
    .values(
        status=TouchStatus.CLAIMED.value,
        claimed_at=bindparam("at"),
        tried_at=func.coalesce(table.touch.c.tried_at, bindparam("at", type_=Moment)),
        attempts=table.touch.c.attempts + 1,
    )
)
WAITS_AGAIN = case(
    (table.touch.c.status == TouchStatus.CLAIMED.value, TouchStatus.PLANNED.value), else_=table.touch.c.status
)
"""One that was taken over from a lost worker is held by nobody now: it waits like any other."""
DEFERRED = (
    update(table.touch)
    .where(table.touch.c.id == bindparam("ref"))
    .values(due_at=bindparam("until"), status=WAITS_AGAIN)
)
PAUSED = (
    update(table.touch).where(table.touch.c.id == bindparam("ref")).values(tried_at=None, status=WAITS_AGAIN)
)
"""The patience with its server does not run while it is held."""
SETTLED = (
    update(table.touch)
    .where(table.touch.c.id == bindparam("ref"))
    .values(
        status=bindparam("to"),
        settled_at=bindparam("at"),
        code=bindparam("code"),
        answer=bindparam("answer"),
    )
)


def _touches(refs: Iterable[int]) -> Any:
    """Touches that nobody is at. A worker that settles one holds it and then wants its place in the queue, which is ours now:
    to wait for it would be a deadlock, and it will say itself what became of it.
    """
    return (
        select(table.touch)
        .where(table.touch.c.id.in_(sorted(refs)))
        .order_by(table.touch.c.id)
        .with_for_update(skip_locked=True)
    )


def _states(lead_ids: set[int]) -> Any:
    return (
        select(table.lead_state.c.lead_id, table.lead_state.c.state)
        .where(table.lead_state.c.lead_id.in_(sorted(lead_ids)))
        .order_by(table.lead_state.c.lead_id)
        .with_for_update(skip_locked=True)
    )
