"""Touches, and every decision about them: why a mail was, or was not, sent. Written when decided, only read here."""

from collections import defaultdict
from collections.abc import Collection, Sequence
from datetime import datetime

import msgspec
from sqlalchemy import Connection, Select, func, or_, select, text

from nurture.engine.aliases import whole
from nurture.store.mapping import Fetched, touch_of
from nurture.store.records import decision, lead, touch
from nurture.vocabulary.touch import Touch
from nurture.vocabulary.words import Gate, TouchStatus, Verdict


class GateLine(msgspec.Struct, frozen=True):
    """What one gate said."""

    gate: Gate
    verdict: Verdict
    why: str


class DecisionLine(msgspec.Struct, frozen=True):
    """One time that the gates were asked.

    gate     the one that did not pass; None where all did.
    next_at  when the touch was to be asked again.
    """

    at: datetime
    verdict: Verdict
    gate: Gate | None
    why: str
    next_at: datetime | None
    checks: tuple[GateLine, ...]


class MailLine(msgspec.Struct, frozen=True):
    """A touch as it stands.

    settled_at  None until it is in a final status.
    code        of the server or the gate that answered; "" for none.
    decisions   newest first; empty until it was first due.
    """

    touch: Touch
    status: TouchStatus
    settled_at: datetime | None
    code: str
    answer: str
    attempts: int
    decisions: tuple[DecisionLine, ...] = ()


class TroubledMail(msgspec.Struct, frozen=True):
    """A mail that somebody may have to look at, and whose it is."""

    mail: MailLine
    lead_name: str
    email: str | None


def mails_of(connection: Connection, lead_id: int) -> tuple[MailLine, ...]:
    """Every touch of a lead with its decisions, newest first; with those of leads that were merged into it."""
    leads = whole(connection, lead_id)
    newest = (touch.c.id.desc(),) if len(leads) == 1 else (touch.c.planned_at.desc(), touch.c.id.desc())
    rows = connection.execute(select(touch).where(touch.c.lead_id.in_(leads)).order_by(*newest)).all()
    decided = _decisions(connection, [row.id for row in rows])
    return tuple(_mail(row, tuple(decided[row.id])) for row in rows)


def recent_mails(
    connection: Connection, lead_ids: Select[tuple[int]], *, most: int
) -> tuple[tuple[MailLine, ...], int]:
    """The newest touches of some leads, without their decisions, and how many mails were sent to them in all."""
    theirs = touch.c.lead_id.in_(lead_ids)
    rows = connection.execute(
        select(touch).where(theirs).order_by(touch.c.due_at.desc(), touch.c.id.desc()).limit(most)
    ).all()
    sent = select(func.count()).where(theirs, touch.c.status == TouchStatus.SENT.value)
    return tuple(_mail(row) for row in rows), connection.execute(sent).scalar_one()


def mail_of(connection: Connection, touch_id: int) -> MailLine | None:
    """One touch; None where there is none."""
    row = connection.execute(select(touch).where(touch.c.id == touch_id)).first()
    return None if row is None else _mail(row, tuple(_decisions(connection, [touch_id])[touch_id]))


def mails_with(
    connection: Connection, statuses: Collection[TouchStatus], *, since: datetime | None = None, most: int
) -> tuple[TroubledMail, ...]:
    """Mails that stand so, newest first; those settled from *since* on if given."""
    statement = (
        select(touch, lead.c.email, lead.c.first_name, lead.c.last_name)
        .join(lead, lead.c.id == touch.c.lead_id)
        .where(
            or_(*(text(f"touch.status = '{status.value}'") for status in statuses))
        )  # spelt out, as the indexes are
        .order_by(touch.c.settled_at.desc(), touch.c.id.desc())
        .limit(most)
    )
    if since is not None:
        statement = statement.where(touch.c.settled_at >= since)
    rows = connection.execute(statement).all()
    decided = _decisions(connection, [row.id for row in rows])
    return tuple(
        TroubledMail(
            _mail(row, tuple(decided[row.id])),
            " ".join(filter(None, (row.first_name, row.last_name))) or row.email or f"Lead {row.lead_id}",
            row.email,
        )
        for row in rows
    )


def _mail(row: Fetched, decisions: tuple[DecisionLine, ...] = ()) -> MailLine:
    return MailLine(
        touch=touch_of(row),
        status=TouchStatus(row.status),
        settled_at=row.settled_at,
        code=row.code or "",
        answer=row.answer or "",
        attempts=row.attempts,
        decisions=decisions,
    )


def _decisions(connection: Connection, touch_ids: Sequence[int]) -> dict[int, list[DecisionLine]]:
    lines: dict[int, list[DecisionLine]] = defaultdict(list)
    if not touch_ids:
        return lines
    rows = connection.execute(
        select(decision).where(decision.c.touch_id.in_(touch_ids)).order_by(decision.c.id.desc())
    )
    for row in rows:
        checks = tuple(GateLine(Gate(gate), Verdict(verdict), why) for gate, verdict, why in row.checks)
        gate = None if row.gate is None else Gate(row.gate)
        lines[row.touch_id].append(
            DecisionLine(row.at, Verdict(row.verdict), gate, row.why, row.next_at, checks)
        )
    return lines
