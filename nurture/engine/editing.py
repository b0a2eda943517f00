"""Edits of the live programme from the pages: checked, then a revision of their own. ``pull`` brings them back to the files."""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from datetime import datetime

from sqlalchemy import Connection, select

from nurture.check import check, report
from nurture.content.catalog import load_texts
from nurture.content.edit import Edit, apply
from nurture.content.problems import Problem
from nurture.engine.engine import Engine
from nurture.engine.in_flight import InFlight
from nurture.engine.live import PAGES, publish
from nurture.errors import ProgrammeError
from nurture.store.records import revision


class OvertakenError(ProgrammeError):
    """Somebody else has published meanwhile; nothing was changed.

    number  the revision that is live now.
    """

    def __init__(self, number: int, actor: str) -> None:
        super().__init__(
            f"revision {number} by {actor} went live while you were editing; nothing of yours was saved: look at what "
            "changed, and send your edit again"
        )
        self.number = number


def edit(
    engine: Engine,
    path: str,
    edits: Sequence[Edit],
    *,
    expecting: int,
    actor: str,
    reason: str,
) -> int:
    """Apply typed *edits* to the text at *path* and make it live; see ``write``."""
    text = engine.live.catalog.texts.get(path)
    if text is None:
        raise ProgrammeError(f"{path} is not in the live revision; it may have been removed or renamed")
    return write(engine, {path: apply(text, edits)}, expecting=expecting, actor=actor, reason=reason)


def broken(before: Iterable[Problem], after: Iterable[Problem]) -> tuple[Problem, ...]:
    """The promises that are broken *after* an edit and were kept *before* it: with these nothing goes live."""
    known = {(problem.file, problem.message) for problem in before}
    return tuple(
        each for each in after if each.severity == "error" and (each.file, each.message) not in known
    )


def write(
    engine: Engine,
    texts: Mapping[str, str],
    *,
    expecting: int,
    actor: str,
    reason: str,
    in_flight: InFlight | None = None,
    removed: Collection[str] = (),
    before_it: Callable[[Connection, datetime], None] = lambda *_: None,
) -> int:
    """Put *texts*, by their paths, in place of the live ones or beside them; returns the number of the revision.

    expecting  the revision that the person saw when the edit began.
    in_flight  see ``live.publish``.
    removed    paths that are no more.
    before_it  what else is written with the revision, right before it, at the moment it is given.

    Raises OvertakenError where another one is live by now, ProgrammeError with every problem where a promise would be
    broken that is kept now. Nothing is then changed.
    """
    before = engine.live.catalog
    kept = {path: text for path, text in before.texts.items() if path not in removed}
    after = load_texts({**kept, **texts})
    found = broken(check(before), check(after))
    if found:
        raise ProgrammeError(report(found))
    with engine.database.writing() as connection:
        newest = connection.execute(select(revision).order_by(revision.c.number.desc()).limit(1)).one()
        if newest.number != expecting:
            raise OvertakenError(newest.number, newest.actor)
        now = engine.clock.now()
        before_it(connection, now)
        return publish(
            connection,
            after,
            now=now,
            actor=actor,
            reason=reason,
            origin=PAGES,
            in_flight=in_flight,
        )
