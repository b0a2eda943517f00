"""A sample that is asked for on a page: one row, which says how far it is, and who plays it.

loading --> loaded
  | ^
  | +--- a process that was killed, or told to end, leaves it to the next one
  +--> stopped by a person, or failed
"""

from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

import msgspec
from sqlalchemy import Connection, delete, or_, select, update

from nurture.errors import SetupError
from nurture.store.records import lead, sample_load

LEASE = timedelta(minutes=1)
"""Well beyond what a second of its days, or putting it in, takes; after that somebody else plays it from its first day."""
BEGUN_MOST = 3
"""So often it is begun after it was broken off; a machine that has no room for it would try for ever."""
IN_USE = "There are leads here already. Demo data goes only where there are none, so that nobody takes one for the other."


class Phase(StrEnum):
    LOADING = "loading"
    LOADED = "loaded"
    STOPPED = "stopped"
    FAILED = "failed"


class SampleLoad(msgspec.Struct, frozen=True):
    """The last sample that was asked for; the columns are those of its row."""

    id: int
    asked_by: str
    asked_at: datetime
    phase: Phase
    share: float
    begun: int
    problem: str | None
    claimed_by: str | None
    lease_until: datetime | None


def ask_for_sample(connection: Connection, *, by: str, now: datetime) -> None:
    """Have a sample played; one that is loading already goes on. Raises SetupError where there are leads."""
    last = last_load(connection)
    if last is not None and last.phase is Phase.LOADING:
        return
    if connection.execute(select(lead.c.id).limit(1)).first() is not None:
        raise SetupError(IN_USE)
    connection.execute(delete(sample_load))
    row = {"asked_by": by, "asked_at": now, "phase": Phase.LOADING.value}
    connection.execute(sample_load.insert().values(row))


def last_load(connection: Connection) -> SampleLoad | None:
    row = connection.execute(select(sample_load).order_by(_of.id.desc()).limit(1)).first()
    if row is None:
        return None
    values = {name: getattr(row, name) for name in SampleLoad.__struct_fields__}
    return SampleLoad(**{**values, "phase": Phase(row.phase)})


def stop_load(connection: Connection) -> None:
    """Let whoever plays it end; nothing of it is kept."""
    connection.execute(
        update(sample_load).where(_of.phase == Phase.LOADING.value).values(phase=Phase.STOPPED.value, **FREE)
    )


def waits(connection: Connection, now: datetime) -> bool:
    """Whether a sample is to be played, and nobody does."""
    return connection.execute(select(_of.id).where(*_waits(now))).first() is not None


def is_played(connection: Connection, now: datetime) -> bool:
    """Whether somebody plays one."""
    return connection.execute(select(_of.id).where(_of.lease_until >= now)).first() is not None


def claim_load(connection: Connection, *, by: str, now: datetime) -> SampleLoad | None:
    """Take the sample that waits, if there is one. One that was broken off too often has failed.

    by  a word that nobody else has.
    """
    if not waits(connection, now):
        return None
    load = last_load(connection)
    assert load is not None, "one waits"
    if load.begun >= BEGUN_MOST:
        why = f"It was broken off {load.begun} times while it was played. The log of the worker may say by what."
        _change(connection, load, phase=Phase.FAILED.value, problem=why, **FREE)
        return None
    claimed = {"claimed_by": by, "lease_until": now + LEASE, "begun": load.begun + 1, "share": 0.0}
    connection.execute(update(sample_load).where(_of.id == load.id, *_waits(now)).values(claimed))
    taken = last_load(connection)
    return taken if taken is not None and taken.claimed_by == by else None


def tell_load(connection: Connection, mine: SampleLoad, share: float, now: datetime) -> bool:
    """Say how far it is. Returns whether it goes on: not if it is stopped, or somebody else's by now."""
    return _change(connection, mine, share=share, lease_until=now + LEASE)


def settle_load(connection: Connection, mine: SampleLoad, phase: Phase, problem: str | None = None) -> bool:
    """It is over. Returns whether it was still ours."""
    return _change(connection, mine, phase=phase.value, problem=problem, **FREE)


def leave_load(connection: Connection, by: str, *, told: bool) -> None:
    """Leave it to whoever comes next.

    told  whether its player was told to end, which says nothing against playing it again.
    """
    values: dict[str, Any] = {**FREE, **({"begun": _of.begun - 1} if told else {})}
    connection.execute(update(sample_load).where(_of.claimed_by == by).values(values))


def broken_by(error: Exception) -> str:
    """What is said of a sample that our own code failed on."""
    return f"Our own code failed on it: {type(error).__name__}. The log of the worker says where."


def forget_load(connection: Connection) -> None:
    connection.execute(delete(sample_load))


FREE: dict[str, Any] = {"claimed_by": None, "lease_until": None}
_of = sample_load.c


def _waits(now: datetime) -> tuple[Any, ...]:
    return _of.phase == Phase.LOADING.value, or_(_of.lease_until.is_(None), _of.lease_until < now)


def _change(connection: Connection, load: SampleLoad, **values: Any) -> bool:
    ours = _of.claimed_by.is_(None) if load.claimed_by is None else _of.claimed_by == load.claimed_by
    theirs = (_of.id == load.id, _of.phase == Phase.LOADING.value, ours)
    return bool(connection.execute(update(sample_load).where(*theirs).values(values)).rowcount)
