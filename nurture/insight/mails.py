"""Touches, and every decision about them: why a mail was, or was not, sent. Written when decided, only read here."""

from collections import defaultdict
from collections.abc import Collection, Sequence
from datetime import datetime

import msgspec
from sqlalchemy import Connection, Select, func, or_, select, text

from nurture.engine.aliases import whole
from nurture.store.mapping import Fetched, touch_of
from nurture.store.records import decision, event, lead, touch
from nurture.vocabulary.touch import Touch
from nurture.vocabulary.words import EventKind, Gate, TouchStatus, Verdict


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
    moved_by    who had moved the lead to the mail's track by hand; None where persona, temperature and stage had.
    """

    touch: Touch
    status: TouchStatus
    settled_at: datetime | None
    code: str
    answer: str
    attempts: int
    decisions: tuple[DecisionLine, ...] = ()
    moved_by: str | None = None


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
    movers = moved_by(connection, [touch_of(row) for row in rows])
    return tuple(_mail(row, tuple(decided[row.id]), movers.get(row.id)) for row in rows)


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
    if row is None:
        return None
    movers = moved_by(connection, [touch_of(row)])
    return _mail(row, tuple(_decisions(connection, [touch_id])[touch_id]), movers.get(touch_id))


def moved_by(connection: Connection, touches: Sequence[Touch]) -> dict[int, str]:
    """Of the *touches* that a lead has because it was moved by hand, by id, who moved it."""
    happened = event.c
    rows = connection.execute(
        select(happened.lead_id, happened.properties)
        .where(
            happened.kind == EventKind.TRACK_ENTERED.value,
            happened.lead_id.in_({each.lead_id for each in touches}),
        )
        .order_by(happened.id)
    )
    visits: dict[tuple[int, int], list[tuple[int, str | None]]] = defaultdict(list)
    for row in rows:
        said = row.properties
        visits[row.lead_id, said.get("enrolment", 0)].append((said.get("visit", 0), said.get("by_hand")))
    found = {}
    for each in touches:
        begun = [who for visit, who in visits[each.lead_id, each.enrolment] if visit <= each.visit]
        if begun and begun[-1] is not None:
            found[each.id] = begun[-1]
    return found


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


def _mail(row: Fetched, decisions: tuple[DecisionLine, ...] = (), mover: str | None = None) -> MailLine:
    return MailLine(
        touch=touch_of(row),
        status=TouchStatus(row.status),
        settled_at=row.settled_at,
        code=row.code or "",
        answer=row.answer or "",
        attempts=row.attempts,
        decisions=decisions,
        moved_by=mover,
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
