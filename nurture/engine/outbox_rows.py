"""The rows of the outbox: due ones are marked before they leave, and what came of them is written after."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

import msgspec
from sqlalchemy import Connection, bindparam, func, select, update

from nurture.capture.addresses import normalise
from nurture.content.system_mails import SYSTEM_MAILS
from nurture.delivery.sender_problems import problem_of
from nurture.engine.aside import AsideKind, Suspect
from nurture.engine.sender_stops import stop_for
from nurture.engine.settle import FINAL, GIVE_UP, next_try
from nurture.engine.system_build import Posted
from nurture.ports import Receipt, ReceiptStatus
from nurture.store import records as table
from nurture.store.due import DueKind, dequeue, due_rows, enqueue, lease
from nurture.store.mapping import unpacked
from nurture.store.types import Moment
from nurture.vocabulary.words import TouchStatus

MOST_A_TURN = 64
LEASE = timedelta(minutes=15)
"""Beyond any talk with a relay about 64 mails; what is still `sending` then, nobody can know."""
WAITING = (TouchStatus.PLANNED.value, TouchStatus.DEFERRED.value)
UNSETTLED = (TouchStatus.SENDING.value, TouchStatus.UNKNOWN.value)
LOST = "the worker that was sending it has gone; the mail may have left"
NEVER = "the address must not be mailed any more"
SAMPLE = "it is about a sample lead, of whom nobody outside this machine is told"


def take(
    connection: Connection, now: datetime, *, leaves: bool = False, most: int = MOST_A_TURN
) -> tuple[list[Posted], list[TouchStatus]]:
    """Mark up to *most* due mails `sending`. Returns them, and what others came to that are not to be sent.

    leaves  whether mail can reach a person, who is not to be told of leads that were made up for the sample.
    """
    due = [row.id for row in due_rows(connection, DueKind.MESSAGE, now, most=most)]
    if not due:
        return [], []
    rows = connection.execute(select(table.outbox).where(table.outbox.c.id.in_(due))).all()
    ended = [
        _ended(row.id, TouchStatus.UNKNOWN, now, LOST) for row in rows if row.status == TouchStatus.SENDING
    ]
    waiting = [row for row in rows if row.status in WAITING]
    kept = _kept(connection, waiting, leaves=leaves)
    ended += [_ended(outbox_id, TouchStatus.CANCELLED, now, why) for outbox_id, why in kept.items()]
    mine = [row for row in waiting if row.id not in kept]
    if ended:
        connection.execute(SETTLED, ended)
    if mine:
        connection.execute(TAKEN, {"refs": [row.id for row in mine], "at": now})
    lease(connection, DueKind.MESSAGE, [row.id for row in mine], now + LEASE)
    dequeue(connection, DueKind.MESSAGE, sorted(set(due) - {row.id for row in mine}))
    readers = _readers(connection, mine)
    return [_posted(row, readers, now) for row in mine], [TouchStatus(row["become"]) for row in ended]


def first_mail(connection: Connection, now: datetime) -> Suspect | None:
    """The mail that would be taken first."""
    due = due_rows(connection, DueKind.MESSAGE, now, most=1)
    if not due:
        return None
    mail = connection.execute(select(table.outbox.c.mail).where(table.outbox.c.id == due[0].id)).scalar()
    return Suspect(AsideKind.SYSTEM_MAIL, due[0].id, lead_id=due[0].lead_id or None, what=mail or "")


def settle(
    connection: Connection, answered: Sequence[tuple[Posted, Receipt]], now: datetime
) -> list[TouchStatus]:
    """Write what came of mails that are still ours. Returns what it was.

    What another worker has given up as unknown is known after all: what did not leave waits again, with what it says.
    """
    refs = [posted.id for posted, _ in answered]
    tries = {
        row.id: (row.attempts, row.lead_id or 0)
        for row in connection.execute(select(table.outbox).where(table.outbox.c.id.in_(refs)))
        if row.status in UNSETTLED
    }
    again: list[tuple[int, int, datetime]] = []
    final: list[dict[str, Any]] = []
    deferred: list[dict[str, Any]] = []
    for posted, receipt in answered:
        attempt, lead_id = tries.get(posted.id, (None, 0))
        if attempt != posted.attempt:
            continue
        said = {"code": receipt.code or None, "answer": receipt.text or None}
        ours = problem_of(receipt)
        if ours is not None:
            stop_for(connection, ours, receipt.text, now)
        if (
            ours is not None or receipt.status is ReceiptStatus.DEFERRED
        ) and now - posted.first_tried < GIVE_UP:
            again.append((posted.id, lead_id, next_try(receipt, posted.attempt, now)))
            deferred.append({"ref": posted.id, "said": dict(posted.given), **said})
        else:
            status, _ = FINAL.get(receipt.status, FINAL[ReceiptStatus.FAILED])
            final.append({"ref": posted.id, "become": status.value, "at": receipt.at, **said})
    if deferred:
        connection.execute(DEFERRED, deferred)
    if final:
        connection.execute(SETTLED, final)
    enqueue(connection, DueKind.MESSAGE, again)
    dequeue(connection, DueKind.MESSAGE, [row["ref"] for row in final])
    return [TouchStatus.DEFERRED] * len(deferred) + [TouchStatus(row["become"]) for row in final]


class Reader(msgspec.Struct, frozen=True):
    """What somebody who is mailed has chosen; None for what they have not."""

    language: str | None = None
    time_zone: str | None = None


def _posted(row: Any, readers: Mapping[tuple[bool, str], Reader], now: datetime) -> Posted:
    """The mail as it is to leave. Who is a lead and has an account too reads as the one to whom the mail speaks."""
    first = SYSTEM_MAILS[row.mail].to_lead if row.mail in SYSTEM_MAILS else False
    spoken = (readers.get((is_lead, row.to), Reader()).language for is_lead in (first, not first))
    return Posted(
        id=row.id,
        mail=row.mail,
        to=row.to,
        given=row.given,
        attempt=row.attempts + 1,
        first_tried=row.tried_at or now,
        language=next(filter(None, spoken), row.language),
        time_zone=None if first else readers.get((False, row.to), Reader()).time_zone,
    )


def _readers(connection: Connection, rows: Sequence[Any]) -> dict[tuple[bool, str], Reader]:
    """What the readers have chosen: leads (True) that the mails are about, and accounts (False), by address."""
    leads = sorted({row.lead_id for row in rows if row.lead_id is not None})
    found: dict[tuple[bool, str], Reader] = {}
    if leads:
        states = connection.execute(select(table.lead_state).where(table.lead_state.c.lead_id.in_(leads)))
        for lead in (unpacked(row.state).lead for row in states):
            if lead.email is not None:
                found[True, lead.email] = Reader(lead.language)
    addresses = {row.to: normalise(row.to) or row.to for row in rows}
    account = table.account.c
    statement = select(account.email, account.language, account.time_zone).where(
        account.email.in_(set(addresses.values()))
    )
    chosen = {row.email: Reader(row.language, row.time_zone) for row in connection.execute(statement)}
    return found | {(False, to): chosen.get(address, Reader()) for to, address in addresses.items()}


def _kept(connection: Connection, rows: Sequence[Any], *, leaves: bool) -> dict[int, str]:
    """Those that may not leave, and why: for an address that no mail may reach, or about a lead that there is not."""
    listed, leads = table.suppression.c, table.lead.c
    addresses = {row.to for row in rows}
    statement = select(listed.address).where(listed.address.in_(addresses), listed.scope == "all")
    never = set(connection.execute(statement).scalars())
    about = {row.lead_id for row in rows if row.lead_id is not None} if leaves else set()
    samples = select(leads.id).where(leads.id.in_(about), leads.sample)
    made_up = set(connection.execute(samples).scalars()) if about else set()
    return {row.id: SAMPLE for row in rows if row.lead_id in made_up} | {
        row.id: NEVER for row in rows if row.to in never
    }


def _ended(outbox_id: int, status: TouchStatus, at: datetime, answer: str) -> dict[str, Any]:
    return {"ref": outbox_id, "become": status.value, "at": at, "code": None, "answer": answer}


TAKEN = (
    update(table.outbox)
    .where(table.outbox.c.id.in_(bindparam("refs", expanding=True)))
    .values(
        status=TouchStatus.SENDING.value,
        attempts=table.outbox.c.attempts + 1,
        tried_at=func.coalesce(table.outbox.c.tried_at, bindparam("at", type_=Moment)),
    )
)
DEFERRED = (
    update(table.outbox)
    .where(table.outbox.c.id == bindparam("ref"))
    .values(
        status=TouchStatus.DEFERRED.value,
        settled_at=None,
        code=bindparam("code"),
        answer=bindparam("answer"),
        given=bindparam("said"),
    )
)
SETTLED = (
    update(table.outbox)
    .where(table.outbox.c.id == bindparam("ref"))
    .values(
        status=bindparam("become"),
        settled_at=bindparam("at"),
        code=bindparam("code"),
        answer=bindparam("answer"),
        given={},
    )
)
