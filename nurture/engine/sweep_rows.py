"""Walks over leads as rows: asked for, held, let go on, and ended. A due row is the moment of a walk's next batch."""

from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum
from typing import Any

import msgspec
from sqlalchemy import Connection, select, update

from nurture.store import records as table
from nurture.store.due import DueKind, dequeue, enqueue
from nurture.store.mapping import Fetched


class SweepKind(StrEnum):
    """What is done with each lead that a walk comes to."""

    BROADCAST = "broadcast"
    TAGS = "tags"
    SEGMENTS = "segments"
    LISTING = "listing"
    BULK = "bulk"


class Sweep(msgspec.Struct, frozen=True):
    """A walk over leads by their numbers.

    subject       of a broadcast its campaign; "" for what concerns all leads.
    asked         what is to be done, by kind.
    last_lead_id  how far it has come.
    seen          leads that it has looked at; taken, those that it concerned.
    counts        what was counted on the way, by kind.
    """

    id: int
    kind: SweepKind
    subject: str
    asked: Mapping[str, Any]
    actor: str
    asked_at: datetime
    starts_at: datetime
    last_lead_id: int
    seen: int
    taken: int
    counts: dict[str, Any]
    paused_at: datetime | None
    cancelled_at: datetime | None
    finished_at: datetime | None

    @property
    def is_over(self) -> bool:
        return self.finished_at is not None or self.cancelled_at is not None


def ask_for(
    connection: Connection,
    kind: SweepKind,
    *,
    subject: str = "",
    asked: Mapping[str, Any] | None = None,
    actor: str,
    now: datetime,
    starts_at: datetime | None = None,
) -> int:
    """Have a walk begin at *starts_at*, or with the next tick. Returns its number."""
    begins = starts_at or now
    number = int(
        connection.execute(
            table.sweep.insert()
            .values(
                kind=kind.value,
                subject=subject,
                asked=asked or {},
                actor=actor,
                asked_at=now,
                starts_at=begins,
                counts={},
            )
            .returning(table.sweep.c.id)
        ).scalar_one()
    )
    go_on(connection, number, begins)
    return number


def go_on(connection: Connection, number: int, at: datetime) -> None:
    """Let the next batch of a walk be due at a moment."""
    enqueue(connection, DueKind.SWEEP, [(number, 0, at)])


def halt(connection: Connection, number: int) -> None:
    """No further batch."""
    dequeue(connection, DueKind.SWEEP, [number])


def note(connection: Connection, number: int, **columns: Any) -> None:
    """Write columns of a walk."""
    connection.execute(update(table.sweep).where(table.sweep.c.id == number).values(**columns))


def sweep_of(row: Fetched) -> Sweep:
    values = {name: getattr(row, name) for name in Sweep.__struct_fields__}
    return Sweep(**{**values, "kind": SweepKind(row.kind)})


def sweep_numbered(connection: Connection, number: int) -> Sweep | None:
    row = connection.execute(select(table.sweep).where(table.sweep.c.id == number)).first()
    return None if row is None else sweep_of(row)


def running(connection: Connection, kind: SweepKind) -> Sweep | None:
    """The oldest walk of a kind that is not over."""
    row = connection.execute(
        select(table.sweep)
        .where(
            table.sweep.c.kind == kind.value,
            table.sweep.c.finished_at.is_(None),
            table.sweep.c.cancelled_at.is_(None),
        )
        .order_by(table.sweep.c.id)
        .limit(1)
    ).first()
    return None if row is None else sweep_of(row)
