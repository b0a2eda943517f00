"""What becomes of what was set aside: a person has it tried again, after an upgrade say, or dismisses it with a reason."""

from collections.abc import Callable, Sequence
from datetime import datetime

import msgspec
from sqlalchemy import Connection, delete, select, update

from nurture.engine.apart import is_ours
from nurture.engine.aside import AsideKind, Suspect, put_aside
from nurture.engine.audit import audit
from nurture.engine.claim import SETTLED
from nurture.engine.live import Live
from nurture.engine.outbox_rows import SETTLED as MAIL_SETTLED
from nurture.engine.outcomes import outcome_event
from nurture.engine.sweep_rows import go_on, halt, note, sweep_numbered
from nurture.engine.sweeps import take_one
from nurture.engine.track import take_records
from nurture.engine.webhook_calls import CallStatus
from nurture.store import records as table
from nurture.store.due import DueKind, dequeue, requeue
from nurture.store.mapping import Fetched, touch_of
from nurture.store.statements import insert_if_new
from nurture.tracking.replay import Record
from nurture.vocabulary.words import EventKind, TouchStatus

_aside = table.set_aside.c


class Tried(msgspec.Struct, frozen=True):
    """How many go on, and how many have failed again at once."""

    go_on: int
    failed: int


def try_again(connection: Connection, live: Live, numbers: Sequence[int], *, by: str, now: datetime) -> Tried:
    """Let these be worked on once more, the oldest first; what fails again is set aside again, and told again."""
    rows = _open(connection, numbers)
    went = sum(_again(connection, live, row, now) for row in rows)
    if rows:
        what = "had what was set aside tried again"
        audit(connection, actor=by, what=what, now=now, target=_target(rows))
    return Tried(went, len(rows) - went)


def dismiss(connection: Connection, numbers: Sequence[int], *, why: str, by: str, now: datetime) -> int:
    """Leave these for good: they are kept, with the reason, and nobody works on them. Returns how many."""
    rows = _open(connection, numbers)
    for row in rows:
        LEFT[AsideKind(row.kind)](connection, row, why, now)
    if rows:
        left = {"dismissed_at": now, "dismissed_by": by, "why": why}
        connection.execute(
            update(table.set_aside).where(_aside.id.in_([row.id for row in rows])).values(left)
        )
        what = "dismissed what was set aside"
        audit(connection, actor=by, what=what, now=now, target=_target(rows), detail={"why": why})
    return len(rows)


def _open(connection: Connection, numbers: Sequence[int]) -> Sequence[Fetched]:
    """Those of *numbers* that still wait for a person, in the order in which they were set aside."""
    waiting = select(table.set_aside).where(_aside.id.in_(numbers), _aside.dismissed_at.is_(None))
    return connection.execute(waiting.order_by(_aside.id).with_for_update()).all()


def _again(connection: Connection, live: Live, row: Fetched, now: datetime) -> bool:
    """Let it be worked on. Returns whether it goes on, for all that can be seen at once."""
    connection.execute(delete(table.set_aside).where(_aside.id == row.id))
    try:
        with connection.begin_nested():
            AGAIN[AsideKind(row.kind)](connection, live, row, now)
    except Exception as error:
        if not is_ours(error):
            raise
        same = {name: getattr(row, name) for name in Suspect.__struct_fields__}
        put_aside(connection, Suspect(**{**same, "kind": AsideKind(row.kind)}), error, now)
        return False
    return True


def _target(rows: Sequence[Fetched]) -> str:
    """What the audit log calls them."""
    first = rows[0]
    return f"{first.kind} {first.ref or first.part}" if len(rows) == 1 else f"{len(rows)} things"


# ------------------------------------------------------------ tried again


def _by_itself(*_: object) -> None:
    """The next turn takes it with what waits."""


def _due(kind: DueKind) -> Callable[[Connection, Live, Fetched, datetime], None]:
    return lambda connection, _live, row, now: requeue(connection, kind, {row.ref: now})


def _walks(connection: Connection, live: Live, row: Fetched, now: datetime) -> None:
    """The walk goes on; a lead that it has passed by is taken alone."""
    if row.part:
        take_one(connection, live, row.ref, int(row.part), now)
    elif (sweep := sweep_numbered(connection, row.ref)) is not None and not sweep.is_over:
        go_on(connection, row.ref, now)


def _hit(connection: Connection, live: Live, row: Fetched, now: datetime) -> None:
    """It is taken in as it came, under its place in the spool."""
    take_records(connection, live.programme, [Record(row.part, str(row.kept).encode())], now)


AGAIN: dict[AsideKind, Callable[[Connection, Live, Fetched, datetime], None]] = {
    AsideKind.EVENT: _by_itself,
    AsideKind.TIMER: _due(DueKind.TIMER),
    AsideKind.TOUCH: _due(DueKind.TOUCH),
    AsideKind.SYSTEM_MAIL: _due(DueKind.MESSAGE),
    AsideKind.WEBHOOK: _due(DueKind.WEBHOOK),
    AsideKind.WALK: _walks,
    AsideKind.HIT: _hit,
    AsideKind.STAGE: _by_itself,
}


# ------------------------------------------------------------ dismissed


def _stays(*_: object) -> None:
    """Its row keeps it from being taken."""


def _no_timer(connection: Connection, row: Fetched, _why: str, _now: datetime) -> None:
    dequeue(connection, DueKind.TIMER, [row.ref])


def _no_mail(connection: Connection, row: Fetched, why: str, now: datetime) -> None:
    """It has failed, and its lead's track goes on."""
    found = connection.execute(select(table.touch).where(table.touch.c.id == row.ref).with_for_update())
    touch = found.first()
    dequeue(connection, DueKind.TOUCH, [row.ref])
    if touch is None or TouchStatus(touch.status).is_final:
        return
    become = {"ref": row.ref, "to": TouchStatus.FAILED.value, "at": now, "code": None, "answer": why}
    connection.execute(SETTLED, [become])
    told = outcome_event(touch_of(touch), EventKind.MAIL_FAILED, now, now, why=why)
    insert_if_new(connection, table.event, [told])


def _no_system_mail(connection: Connection, row: Fetched, why: str, now: datetime) -> None:
    become = TouchStatus.CANCELLED.value
    connection.execute(
        MAIL_SETTLED, [{"ref": row.ref, "become": become, "at": now, "code": None, "answer": why}]
    )
    dequeue(connection, DueKind.MESSAGE, [row.ref])


def _no_call(connection: Connection, row: Fetched, _why: str, now: datetime) -> None:
    call = table.webhook_call
    become = {"status": CallStatus.FAILED.value, "settled_at": now}
    connection.execute(
        update(call).where(call.c.id == row.ref, call.c.status == CallStatus.WAITING.value).values(become)
    )
    dequeue(connection, DueKind.WEBHOOK, [row.ref])


def _no_walk(connection: Connection, row: Fetched, _why: str, now: datetime) -> None:
    if not row.part:
        halt(connection, row.ref)
        note(connection, row.ref, cancelled_at=now)


LEFT: dict[AsideKind, Callable[[Connection, Fetched, str, datetime], None]] = {
    AsideKind.EVENT: _stays,
    AsideKind.TIMER: _no_timer,
    AsideKind.TOUCH: _no_mail,
    AsideKind.SYSTEM_MAIL: _no_system_mail,
    AsideKind.WEBHOOK: _no_call,
    AsideKind.WALK: _no_walk,
    AsideKind.HIT: _stays,
    AsideKind.STAGE: _stays,
}
