"""What each kind of report changes, in the transaction that keeps it, and so before the provider gets its answer."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, select

from nurture.capture.addresses import normalise
from nurture.delivery.outcome import CLASSES
from nurture.delivery.sender_problems import problem_of_code
from nurture.engine.aliases import addresses_of, by_address
from nurture.engine.consent import every_address
from nurture.engine.feedback_acts import SOURCE
from nurture.engine.intake import add_events
from nurture.engine.outbox import bounced as system_mail_bounced
from nurture.engine.outcomes import outcome_event
from nurture.engine.reported import FAILED, settle_reported
from nurture.engine.sender_stops import stop_for
from nurture.engine.suppress import suppress
from nurture.feedback.verdict import verdict
from nurture.log import get_log
from nurture.providers.model import Reason, Report, ReportKind
from nurture.store import records as table
from nurture.store.mapping import Fetched, touch_of
from nurture.store.statements import insert_if_new
from nurture.vocabulary.event import Event
from nurture.vocabulary.touch import outbox_id_of
from nurture.vocabulary.words import BounceKind, EventKind, SuppressionCause, TouchStatus

log = get_log(__name__)

Row = dict[str, Any]

BEFORE = {Reason.SPAM.value: ReportKind.COMPLAINED, Reason.UNSUBSCRIBED.value: ReportKind.UNSUBSCRIBED}
"""A provider that refuses a mail because of what its reader said before tells us what was said."""

CAUSES = {
    ReportKind.COMPLAINED: (SuppressionCause.COMPLAINT, EventKind.MAIL_COMPLAINED),
    ReportKind.UNSUBSCRIBED: (SuppressionCause.UNSUBSCRIBED, EventKind.UNSUBSCRIBED),
}


def class_of(report: Report) -> BounceKind | None:
    """The class of a failure; None where there is none. Hard is only what provider and code do not contradict."""
    if report.kind not in FAILED:
        return None
    if report.kind is ReportKind.FAILED:
        return BounceKind.BLOCK  # the provider could not make the mail: nothing is known of the address
    said, words = report.bounce, report.response or report.description
    if said is not None and said is not BounceKind.HARD:
        return said
    told = verdict(report.code if "." in report.code else "", words)
    if said is None:
        return told
    code = "5" + report.code[1:]
    is_elsewhere = report.code[:1] == "4" or bool(CLASSES.get(code) or CLASSES.get(code.rpartition(".")[0]))
    return told if told is BounceKind.BLOCK or (is_elsewhere and told is not BounceKind.HARD) else said


def act(connection: Connection, rows: Sequence[Row], now: datetime) -> None:
    """Do what new events ask for. Touches are held in the order of their ids, so that no two webhooks hold each other up."""
    by_touch: dict[int, list[Row]] = {}
    for row in rows:
        by_touch.setdefault(row["touch_id"] or 0, []).append(row)
    touches = _held(connection, by_touch)
    for touch_id in sorted(by_touch):
        found = touches.get(touch_id)
        for row in sorted(by_touch[touch_id], key=lambda each: (each["occurred_at"], each["key"])):
            _end_the_right(connection, row, found, now)
            if found is None and row["kind"] in FAILED and outbox_id_of(touch_id) is not None:
                system_mail_bounced(connection, touch_id, code=row["code"], text=row["text"], now=now)
        # Of nearly all mails it is only told that they have arrived, which changes nothing.
        failed = any(row["bounce"] is not None for row in by_touch[touch_id])
        if found is not None and (failed or found.status == TouchStatus.UNKNOWN):
            settle_reported(connection, found.id)


def _end_the_right(connection: Connection, row: Row, found: Fetched | None, now: datetime) -> None:
    """What ends the right to mail: the address is suppressed, and the lead learns of it."""
    kind = ReportKind(row["kind"])
    if kind in FAILED:
        kind = BEFORE.get(row["reason"] or "", kind)
    addresses = _addresses(connection, row, found)
    if kind in CAUSES:
        cause, told = CAUSES[kind]
        suppress(connection, _all_of(connection, addresses, found), cause, now)
        if found is not None:
            how = f"told by {row['provider']}"
            _tell(connection, found, told, row, now, source_id=f"{found.id}:{told}", how=how)
        elif told is EventKind.UNSUBSCRIBED:
            _tell_whoever_it_is(connection, addresses, row, now)
    if kind not in FAILED:
        return
    if row["bounce"] == BounceKind.HARD:
        suppress(connection, addresses, SuppressionCause.HARD_BOUNCE, now)
    if (problem := problem_of_code(row["code"])) is not None:
        stop_for(connection, problem, row["text"], now)
    if found is None:
        return
    _tell(
        connection,
        found,
        EventKind.MAIL_BOUNCED,
        row,
        now,
        # One mail that comes back twice in one way, by webhook and as a notice, has come back once.
        source_id=f"{found.id}:{EventKind.MAIL_BOUNCED}:{row['bounce']}",
        source=SOURCE,
        bounce=row["bounce"],
        code=row["code"] or None,
        why=row["text"],
    )


def _addresses(connection: Connection, row: Row, found: Fetched | None) -> list[str]:
    """Whom an event is about: the address that was written to, and where none is told the lead's."""
    if address := normalise(row["recipient"]):
        return [address]
    if found is None:
        return []
    email = connection.execute(select(table.lead.c.email).where(table.lead.c.id == found.lead_id)).scalar()
    email = email or addresses_of(connection, [found.lead_id]).get(found.lead_id)
    return [email] if email else []


def _all_of(connection: Connection, addresses: Sequence[str], found: Fetched | None) -> list[str]:
    """With every other address of the person where it was merged: what it says of our mail it says of all of it."""
    every = [] if found is None else every_address(connection, found.lead_id)
    return [*addresses, *(every if len(every) > 1 else [])]


def _held(connection: Connection, ids: Iterable[int]) -> dict[int, Fetched]:
    wanted = sorted(each for each in ids if each)
    rows = connection.execute(
        select(table.touch).where(table.touch.c.id.in_(wanted)).order_by(table.touch.c.id).with_for_update()
    )
    return {row.id: row for row in rows}


def _tell(
    connection: Connection,
    found: Fetched,
    kind: EventKind,
    row: Row,
    now: datetime,
    *,
    source_id: str,
    source: str | None = None,
    **values: str | None,
) -> None:
    """The event that the lead learns of it by; each fact of a touch is told once."""
    told = outcome_event(touch_of(found), kind, row["occurred_at"], now, **values)
    row = {**told, "source": source or row["provider"], "source_id": source_id}
    insert_if_new(connection, table.event, [row])


def _tell_whoever_it_is(connection: Connection, addresses: Sequence[str], row: Row, now: datetime) -> None:
    """The lead with the address has unsubscribed, though nothing says from which mail."""
    named = select(table.lead.c.id).where(table.lead.c.email.in_(addresses))
    leads = {*connection.execute(named).scalars(), *by_address(connection, addresses).values()}
    events = [
        Event(
            lead_id=lead_id,
            kind=EventKind.UNSUBSCRIBED,
            occurred_at=row["occurred_at"],
            received_at=now,
            source=row["provider"],
            source_id=row["key"],
            properties={"how": f"told by {row['provider']}"},
        )
        for lead_id in sorted(leads)
    ]
    add_events(connection, events)
