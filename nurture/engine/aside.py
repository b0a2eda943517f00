"""What our own code failed on is set aside: kept where it is, told to a person, and out of the way of everything else.

What becomes of it is in ``aside_ends``: it is tried again, after an upgrade say, or dismissed with a reason.
"""

import traceback
from collections.abc import Callable
from datetime import datetime
from enum import StrEnum
from hashlib import sha256
from pathlib import Path

import msgspec
from sqlalchemy import Connection, bindparam, func, select, update

from nurture.engine.held import HELD
from nurture.engine.sweep_rows import halt, note
from nurture.log import get_log
from nurture.store import records as table
from nurture.store.due import DueKind, requeue
from nurture.store.statements import insert_new
from nurture.store.waiting import EVENT

log = get_log(__name__)

FLOOD = 1_000
"""So many things that wait for a person are no matter of single things any more: then nothing more is set aside, and the work stops."""
ERROR_MAX = 500
DIGEST_LENGTH = 12


class AsideKind(StrEnum):
    """What was set aside; its number is the event's, the lead's for a timer, the touch's, the mail's, the call's, the walk's."""

    EVENT = EVENT
    TIMER = "timer"
    TOUCH = "touch"
    SYSTEM_MAIL = "system mail"
    WEBHOOK = "webhook"
    WALK = "walk"
    HIT = "hit"
    STAGE = "stage"


class Suspect(msgspec.Struct, frozen=True):
    """One thing that may be what raises.

    ref      its number; 0 where it has none.
    part     tells apart what has the same number: of a walk the lead, of a hit its place, of a stage its name.
    lead_id  whose it is; None where nobody knows, or it is no lead's.
    what     the kind of event, the mail, the campaign: what a person knows it by.
    kept     as it came, where it stands nowhere else.
    """

    kind: AsideKind
    ref: int
    part: str = ""
    lead_id: int | None = None
    what: str = ""
    kept: str | None = None


def put_aside(connection: Connection, suspect: Suspect, error: Exception, now: datetime) -> None:
    """Set it aside, and tell so: once, however often it comes again."""
    OUT_OF_THE_WAY[suspect.kind](connection, suspect)
    told = {
        "error": _text(error),
        "place": _place(error),
        "digest": digest_of(error),
        "at": now,
    }
    row = {
        **{name: getattr(suspect, name) for name in suspect.__struct_fields__},
        "kind": suspect.kind.value,
        **told,
    }
    if insert_new(connection, table.set_aside, [row], key="what"):
        log.error(
            "set aside",
            lead=suspect.lead_id,
            kind=suspect.kind.value,
            number=suspect.ref,
            what=suspect.what,
            digest=told["digest"],
            error=error,
        )
    else:
        same = {"of": suspect.kind.value, "number": suspect.ref, "of_it": suspect.part}
        connection.execute(AGAIN, {**same, **{f"new_{name}": value for name, value in told.items()}})


def flooded(connection: Connection) -> bool:
    """Whether so much waits for a person that it is not the fault of single things."""
    return connection.execute(OPEN).scalar_one() >= FLOOD


def digest_of(error: Exception) -> str:
    """Equal for errors that were raised at the same place in the same way, whatever they say of whom."""
    frames = traceback.extract_tb(error.__traceback__)
    way = "\n".join(f"{Path(each.filename).name}:{each.name}:{each.line}" for each in frames)
    return sha256(f"{type(error).__name__}\n{way}".encode()).hexdigest()[:DIGEST_LENGTH]


def _text(error: Exception) -> str:
    said = str(error).replace("\0", "").strip()
    return f"{type(error).__name__}: {said}"[:ERROR_MAX] if said else type(error).__name__


def _place(error: Exception) -> str:
    """The innermost line of ours."""
    frames = traceback.extract_tb(error.__traceback__)
    ours = [each for each in frames if "site-packages" not in each.filename] or list(frames)
    if not ours:
        return ""
    last = ours[-1]
    return f"{Path(last.filename).name}:{last.lineno} {last.name}"


def _waits_for_a_person(kind: DueKind) -> Callable[[Connection, Suspect], None]:
    return lambda connection, suspect: requeue(connection, kind, {suspect.ref: HELD})


def _leave_out(connection: Connection, suspect: Suspect) -> None:
    """The walk passes the lead by; where it is the walk itself, it stops."""
    if suspect.part:
        note(connection, suspect.ref, last_lead_id=int(suspect.part))
    else:
        halt(connection, suspect.ref)


def _nothing(*_: object) -> None:
    """It is left where it is: whoever takes what waits passes it by."""


OUT_OF_THE_WAY: dict[AsideKind, Callable[[Connection, Suspect], None]] = {
    AsideKind.EVENT: _nothing,
    AsideKind.TIMER: _waits_for_a_person(DueKind.TIMER),
    AsideKind.TOUCH: _waits_for_a_person(DueKind.TOUCH),
    AsideKind.SYSTEM_MAIL: _waits_for_a_person(DueKind.MESSAGE),
    AsideKind.WEBHOOK: _waits_for_a_person(DueKind.WEBHOOK),
    AsideKind.WALK: _leave_out,
    AsideKind.HIT: _nothing,
    AsideKind.STAGE: _nothing,
}
_aside = table.set_aside.c
OPEN = select(func.count()).select_from(table.set_aside).where(_aside.dismissed_at.is_(None))
AGAIN = (
    update(table.set_aside)
    .where(
        _aside.kind == bindparam("of"), _aside.ref == bindparam("number"), _aside.part == bindparam("of_it")
    )
    .values(
        error=bindparam("new_error"),
        place=bindparam("new_place"),
        digest=bindparam("new_digest"),
        at=bindparam("new_at"),
        tries=_aside.tries + 1,
        dismissed_at=None,
        dismissed_by=None,
        why=None,
    )
)
