"""What authors have begun and not made live: a text beside the live one, each saved state of it kept, so that it can be undone.

A file has one draft, whoever works on it. Two who save against the same state are told of each other (``DraftOvertakenError``);
one who makes it live is told what became of the file since the draft began (``publish_draft``).
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

import msgspec
from sqlalchemy import Connection, delete, func, select, update

from nurture.content.edit import Edit, apply
from nurture.engine.drift import texts_of
from nurture.engine.editing import OvertakenError, write
from nurture.engine.engine import Engine
from nurture.engine.in_flight import InFlight
from nurture.engine.live import live_number
from nurture.errors import ProgrammeError
from nurture.store.records import draft, revision

KEPT = 200
"""How many saved states a draft keeps; an hour of typing is rarely more."""


class Draft(msgspec.Struct, frozen=True):
    """One saved state.

    number    counts the states of the file's draft from 1.
    based_on  the revision that was live when the draft began.
    """

    path: str
    number: int
    based_on: int
    text: str
    actor: str
    saved_at: datetime


class DraftOvertakenError(ProgrammeError):
    """Somebody else has saved meanwhile; nothing was changed. *newest* is what they saved."""

    def __init__(self, newest: Draft) -> None:
        super().__init__(
            f"{newest.actor} saved this draft while you were editing; nothing of yours was saved: look at what changed, and send "
            "your edit again"
        )
        self.newest = newest


def draft_of(connection: Connection, path: str) -> Draft | None:
    """The newest state of a file's draft; None where nobody has begun one."""
    return _first(connection, _states(path).where(draft.c.is_undone.is_(False)))


def text_of(connection: Connection, path: str, number: int) -> str | None:
    """The text of one saved state; None where the draft has none of that number."""
    found = select(draft.c.text).where(draft.c.path == path, draft.c.number == number)
    return connection.execute(found).scalar()


def drafts(connection: Connection) -> dict[str, Draft]:
    """Every draft, by its path."""
    newest = (
        select(draft.c.path, func.max(draft.c.number).label("number"))
        .where(draft.c.is_undone.is_(False))
        .group_by(draft.c.path)
        .subquery()
    )
    rows = connection.execute(
        select(draft).join(newest, (draft.c.path == newest.c.path) & (draft.c.number == newest.c.number))
    )
    return {row.path: _draft(row) for row in rows}


def save_draft(
    connection: Connection,
    path: str,
    text: str,
    *,
    seeing: int,
    actor: str,
    now: datetime,
    base: int | None = None,
) -> Draft:
    """Keep *text* as the newest state; what was undone is forgotten.

    seeing  the number of the state that the author edited; 0 for the live text.
    base    the revision whose text a new draft was written from; None for the one that is live by now. Whoever typed into a
            page for an hour saw an older one, and is to be told what has gone live since.

    Raises DraftOvertakenError where it is not the newest any more.
    """
    newest = draft_of(connection, path)
    if newest is not None and newest.number != seeing:
        raise DraftOvertakenError(newest)
    if newest is not None and newest.text == text:
        return newest
    connection.execute(delete(draft).where(draft.c.path == path, draft.c.is_undone))
    based_on = newest.based_on if newest is not None else _revision(connection, base)
    number = 1 if newest is None else newest.number + 1
    saved = {"path": path, "number": number, "based_on": based_on, "text": text}
    connection.execute(draft.insert().values(**saved, actor=actor, saved_at=now))
    connection.execute(delete(draft).where(draft.c.path == path, draft.c.number <= number - KEPT))
    found = draft_of(connection, path)
    assert found is not None, "it was just written"
    return found


def edit_draft(engine: Engine, path: str, edits: Sequence[Edit], *, seeing: int, actor: str) -> Draft | None:
    """Apply typed *edits* to the draft, or begin one from the live text; None where that would say what is live.

    Raises ProgrammeError where they do not fit, and as ``save_draft``.
    """
    live = engine.live
    with engine.deciding() as (connection, now):
        newest = draft_of(connection, path)
        text = newest.text if newest is not None else live.catalog.texts.get(path)
        if text is None:
            raise ProgrammeError(f"{path} is not in the live revision; it may have been removed or renamed")
        edited = apply(text, edits)
        if newest is None and edited == text:
            return None
        return save_draft(connection, path, edited, seeing=seeing, actor=actor, now=now)


def undo(connection: Connection, path: str) -> Draft | None:
    """Go back by one state; before the first one the live text is left, and None is returned."""
    newest = draft_of(connection, path)
    if newest is not None:
        _mark(connection, newest, undone=True)
    return draft_of(connection, path)


def redo(connection: Connection, path: str) -> Draft | None:
    """Take the last undo back, if nothing was saved since."""
    undone = _first(connection, _states(path, oldest_first=True).where(draft.c.is_undone))
    if undone is not None:
        _mark(connection, undone, undone=False)
    return draft_of(connection, path)


def can_redo(connection: Connection, path: str) -> bool:
    return _first(connection, _states(path).where(draft.c.is_undone)) is not None


def discard(connection: Connection, path: str) -> None:
    """Forget the draft with all its states; the live text is what there is."""
    connection.execute(delete(draft).where(draft.c.path == path))


def publish_draft(
    engine: Engine, path: str, *, seeing: int, actor: str, reason: str, in_flight: InFlight | None = None
) -> int:
    """Make the draft live and forget it; returns the number of the revision.

    A revision that others published meanwhile is no hindrance where it left this file alone.

    Raises DraftOvertakenError where *seeing* is not the newest state, OvertakenError where the live text is not the one that
    the draft began from, and ProgrammeError where a promise would be broken. Nothing is then changed.
    """
    with engine.database.reading() as connection:
        newest = draft_of(connection, path)
        if newest is None:
            raise ProgrammeError(f"{path} has no draft; it may be live already")
        if newest.number != seeing:
            raise DraftOvertakenError(newest)
        number = live_number(connection)
        assert number is not None, "a draft is based on a revision"
        if number != newest.based_on and began_from(connection, newest) != texts_of(connection, number).get(
            path
        ):
            actor_of = select(revision.c.actor).where(revision.c.number == number)
            raise OvertakenError(number, connection.execute(actor_of).scalar_one())
    published = write(
        engine,
        {path: newest.text},
        expecting=number,
        actor=actor,
        reason=reason,
        in_flight=in_flight,
    )
    with engine.deciding() as (connection, _):
        discard(connection, path)
    return published


def began_from(connection: Connection, state: Draft) -> str | None:
    """The live text from which the draft began; None for a file that was new."""
    return texts_of(connection, state.based_on).get(state.path)


def rebase(connection: Connection, state: Draft, number: int) -> None:
    """The author has seen what went live meanwhile, as revision *number*, and keeps the draft's text."""
    connection.execute(update(draft).where(draft.c.path == state.path).values(based_on=number))


def _revision(connection: Connection, number: int | None) -> int | None:
    """The revision of this number, or the live one where there is none such."""
    known = None if number is None else select(revision.c.number).where(revision.c.number == number)
    found = None if known is None else connection.execute(known).scalar()
    return live_number(connection) if found is None else found


def _states(path: str, *, oldest_first: bool = False) -> Any:
    order = draft.c.number if oldest_first else draft.c.number.desc()
    return select(draft).where(draft.c.path == path).order_by(order).limit(1)


def _first(connection: Connection, statement: Any) -> Draft | None:
    row = connection.execute(statement).first()
    return None if row is None else _draft(row)


def _draft(row: Any) -> Draft:
    return Draft(row.path, row.number, row.based_on, row.text, row.actor, row.saved_at)


def _mark(connection: Connection, state: Draft, *, undone: bool) -> None:
    connection.execute(
        update(draft)
        .where(draft.c.path == state.path, draft.c.number == state.number)
        .values(is_undone=undone)
    )
