"""Where the files and the live programme have parted, because pages edit the one and people the other.

The base is the newest revision that came from files. What pages changed since must be in the files before they go live
again, or it would be lost without a word.
"""

from collections.abc import Mapping
from datetime import datetime

import msgspec
from sqlalchemy import Connection, select, update

from nurture.engine.live import FILES, live_number
from nurture.store.records import content_text, revision, revision_text

Texts = Mapping[str, str]


class Drift(msgspec.Struct, frozen=True):
    """What pages have changed since files last went live.

    base       the texts that came from files, by path.
    live       the live texts.
    is_pulled  whether somebody has written the live ones to files already.
    """

    base: Texts
    live: Texts
    is_pulled: bool

    @property
    def changed(self) -> tuple[str, ...]:
        """The paths whose text pages have changed, added or removed."""
        paths = sorted({*self.base, *self.live})
        return tuple(path for path in paths if self.base.get(path) != self.live.get(path))

    def missing_in(self, files: Texts) -> tuple[str, ...]:
        """The paths at which *files* would undo what pages have done.

        Files that stand as they stood before the edit lack it. Files that were edited since may hold it only if the
        live programme was pulled.
        """
        return tuple(
            path
            for path in self.changed
            if files.get(path) != self.live.get(path)
            and (not self.is_pulled or files.get(path) == self.base.get(path))
        )


def drift(connection: Connection) -> Drift | None:
    """The drift of a store; None in one that has no programme."""
    number = live_number(connection)
    if number is None:
        return None
    from_files = connection.execute(
        select(revision.c.number)
        .where(revision.c.origin == FILES)
        .order_by(revision.c.number.desc())
        .limit(1)
    ).scalar()
    pulled = connection.execute(select(revision.c.pulled_at).where(revision.c.number == number)).scalar_one()
    return Drift(
        base={} if from_files is None else texts_of(connection, from_files),
        live=texts_of(connection, number),
        is_pulled=pulled is not None,
    )


def texts_of(connection: Connection, number: int) -> dict[str, str]:
    """The texts of a revision, by path."""
    rows = connection.execute(
        select(revision_text.c.path, content_text.c.body)
        .join(content_text, content_text.c.sha256 == revision_text.c.sha256)
        .where(revision_text.c.revision == number)
    )
    return {row.path: row.body for row in rows}


class Pulled(msgspec.Struct, frozen=True):
    """How files become what is live.

    written    texts to write, by path.
    removed    files to remove.
    conflicts  paths that both sides have changed: a person must merge them.
    """

    written: Texts
    removed: tuple[str, ...]
    conflicts: tuple[str, ...]


def pull(drift: Drift, files: Texts) -> Pulled:
    """What to write where *files* stand, so that they say what is live; what people edited meanwhile is left alone."""
    behind = [path for path in drift.changed if files.get(path) != drift.live.get(path)]
    untouched = [path for path in behind if files.get(path) == drift.base.get(path)]
    return Pulled(
        written={path: drift.live[path] for path in untouched if path in drift.live},
        removed=tuple(path for path in untouched if path not in drift.live),
        conflicts=tuple(path for path in behind if path not in untouched),
    )


def note_pulled(connection: Connection, now: datetime) -> None:
    """Remember that the live programme stands in files."""
    number = live_number(connection)
    connection.execute(update(revision).where(revision.c.number == number).values(pulled_at=now))
