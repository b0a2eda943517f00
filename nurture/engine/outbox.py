"""The outbox: system mails that are due are marked, sent, and settled; each leaves once, and what came of it is kept.

    posted --due--> sending (committed first) --> transport --> sent | deferred, tried again | bounced | failed | unknown

They pass no gate and wait for no window: who asked for a new password waits for it. Only an address that must never be
mailed again ends them.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, bindparam, func, select, update

from nurture.engine.live import Live
from nurture.engine.settle import FINAL, GIVE_UP, back_off
from nurture.engine.system_build import Posted, SystemBuilder
from nurture.errors import NurtureError
from nurture.log import get_log
from nurture.ports import Clock, OutgoingMessage, Receipt, ReceiptStatus, Transport
from nurture.store import records as table
from nurture.store.database import Database
from nurture.store.due import DueKind, dequeue, due_rows, lease, requeue
from nurture.store.mapping import unpacked
from nurture.store.types import Moment
from nurture.vocabulary.touch import message_number, outbox_id_of
from nurture.vocabulary.words import TouchStatus

log = get_log(__name__)

MOST_A_TURN = 64
LEASE = timedelta(minutes=15)
"""Beyond any talk with a relay about 64 mails; what is still `sending` then, nobody can know."""
WAITING = (TouchStatus.PLANNED.value, TouchStatus.DEFERRED.value)
LOST = "the worker that was sending it has gone; the mail may have left"
NEVER = "the address must not be mailed any more"


class Outbox:
    """One worker's way to send what was posted.

    builder  of the mails of a revision.
    """

    def __init__(
        self,
        database: Database,
        transport: Transport,
        clock: Clock,
        builder: Callable[[Live], SystemBuilder],
    ) -> None:
        self._database = database
        self._transport = transport
        self._clock = clock
        self._builder = builder

    def turn(self, live: Live) -> Mapping[TouchStatus, int]:
        """Send what is due, at most MOST_A_TURN. Returns how many became what."""
        with self._database.writing() as connection:
            posted, become = take(connection, self._clock.now())
        outcomes: dict[int, Receipt] = {}
        attempts = {message_number(each.id): each for each in posted}
        try:
            for receipt in self._transport.send(self._messages(self._builder(live), posted, outcomes)):
                outcomes[receipt.touch_id] = receipt
        finally:  # whatever breaks, what has been answered is known
            if outcomes:
                answered = [(attempts[number], receipt) for number, receipt in outcomes.items()]
                with self._database.writing() as connection:
                    become += settle(connection, answered, self._clock.now())
        return {status: become.count(status) for status in set(become)}

    def _messages(
        self, builder: SystemBuilder, posted: Sequence[Posted], outcomes: dict[int, Receipt]
    ) -> Iterator[OutgoingMessage]:
        """Each mail as the transport asks for it; one that cannot be written has failed, and the others go on."""
        for each in posted:
            number, now = message_number(each.id), self._clock.now()
            try:
                message = builder.build(each, now)
            except NurtureError as error:
                log.warning("system mail not built", mail=each.mail, message=each.id, why=str(error))
                outcomes[number] = Receipt(number, ReceiptStatus.FAILED, at=now, text=str(error))
            except Exception as error:  # noqa: BLE001 a bug that one mail meets is not the others'
                log.error("system mail not built", message=each.id, error=error)  # noqa: TRY400 it adds the traceback
                outcomes[number] = Receipt(number, ReceiptStatus.FAILED, at=now, text=type(error).__name__)
            else:
                yield message


def take(connection: Connection, now: datetime) -> tuple[list[Posted], list[TouchStatus]]:
    """Mark up to MOST_A_TURN due mails `sending`. Returns them, and what others came to that are not to be sent."""
    due = [row.id for row in due_rows(connection, DueKind.MESSAGE, now, most=MOST_A_TURN)]
    if not due:
        return [], []
    rows = connection.execute(select(table.outbox).where(table.outbox.c.id.in_(due))).all()
    never = _never(connection, [row.to for row in rows])
    ended = [
        _ended(row.id, TouchStatus.UNKNOWN, now, LOST) for row in rows if row.status == TouchStatus.SENDING
    ]
    waiting = [row for row in rows if row.status in WAITING]
    ended += [_ended(row.id, TouchStatus.CANCELLED, now, NEVER) for row in waiting if row.to in never]
    mine = [row for row in waiting if row.to not in never]
    if ended:
        connection.execute(SETTLED, ended)
    if mine:
        connection.execute(TAKEN, {"refs": [row.id for row in mine], "at": now})
    lease(connection, DueKind.MESSAGE, [row.id for row in mine], now + LEASE)
    dequeue(connection, DueKind.MESSAGE, sorted(set(due) - {row.id for row in mine}))
    languages = _languages(connection, mine)
    return [_posted(row, languages, now) for row in mine], [TouchStatus(row["become"]) for row in ended]


def settle(
    connection: Connection, answered: Sequence[tuple[Posted, Receipt]], now: datetime
) -> list[TouchStatus]:
    """Write what came of mails that are still ours: another worker may have taken one for lost. Returns what it was."""
    refs = [posted.id for posted, _ in answered]
    attempts = {
        row.id: row.attempts
        for row in connection.execute(select(table.outbox).where(table.outbox.c.id.in_(refs)))
    }
    again: dict[int, datetime] = {}
    final: list[dict[str, Any]] = []
    deferred: list[dict[str, Any]] = []
    for posted, receipt in answered:
        if attempts.get(posted.id) != posted.attempt:
            continue
        said = {"code": receipt.code or None, "answer": receipt.text or None}
        if receipt.status is ReceiptStatus.DEFERRED and now - posted.first_tried < GIVE_UP:
            again[posted.id] = now + back_off(posted.attempt, message_number(posted.id))
            deferred.append({"ref": posted.id, **said})
        else:
            status, _ = FINAL.get(receipt.status, FINAL[ReceiptStatus.FAILED])
            final.append({"ref": posted.id, "become": status.value, "at": receipt.at, **said})
    if deferred:
        connection.execute(DEFERRED, deferred)
    if final:
        connection.execute(SETTLED, final)
    requeue(connection, DueKind.MESSAGE, again)
    dequeue(connection, DueKind.MESSAGE, [row["ref"] for row in final])
    return [TouchStatus.DEFERRED] * len(deferred) + [TouchStatus(row["become"]) for row in final]


def bounced(connection: Connection, number: int, *, code: str, text: str, now: datetime) -> bool:
    """A system mail came back after it was taken. Returns whether *number*, from a return path, stands for one."""
    outbox_id = outbox_id_of(number)
    if outbox_id is not None:
        row = {"ref": outbox_id, "become": TouchStatus.BOUNCED.value, "at": now, "code": code, "answer": text}
        connection.execute(SETTLED, [row])
        dequeue(connection, DueKind.MESSAGE, [outbox_id])
    return outbox_id is not None


def _posted(row: Any, languages: Mapping[int, tuple[str | None, str | None]], now: datetime) -> Posted:
    address, language = languages.get(row.lead_id, (None, None))
    return Posted(
        id=row.id,
        mail=row.mail,
        to=row.to,
        given=row.given,
        attempt=row.attempts + 1,
        first_tried=row.tried_at or now,
        language=language if address == row.to else None,
    )


def _languages(connection: Connection, rows: Sequence[Any]) -> dict[int, tuple[str | None, str | None]]:
    """Address and language of the leads that the mails are about, some of whom read them."""
    leads = sorted({row.lead_id for row in rows if row.lead_id is not None})
    if not leads:
        return {}
    states = connection.execute(select(table.lead_state).where(table.lead_state.c.lead_id.in_(leads)))
    found = {row.lead_id: unpacked(row.state).lead for row in states}
    return {lead_id: (lead.email, lead.language) for lead_id, lead in found.items()}


def _never(connection: Connection, addresses: Sequence[str]) -> set[str]:
    """Those addresses that no mail may reach, whatever it is."""
    listed = table.suppression.c
    statement = select(listed.address).where(listed.address.in_(addresses), listed.scope == "all")
    return set(connection.execute(statement).scalars())


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
    .values(status=TouchStatus.DEFERRED.value, code=bindparam("code"), answer=bindparam("answer"))
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
