"""A store whose disk is full, at every so manieth write: by a limit of its own, or because something fills the disk for real."""

import os
import sqlite3
import subprocess
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from pathlib import Path
from tempfile import TemporaryDirectory

from sqlalchemy import Connection
from sqlalchemy.exc import OperationalError

from tests.chaos.dying import DyingDatabase

DISK = "64m"
NO_PAGE_MORE, UNLIMITED = 1, 4_294_967_294
"""Of ``PRAGMA max_page_count``; SQLite takes the size that the file has for the least."""


class FullDatabase(DyingDatabase):
    """An SQLite store that takes nothing more at every *every*th write: from that write on, until one is refused.

    ballast  a file on its disk that grows until nothing fits beside it: ENOSPC, mostly at COMMIT. None for a limit of SQLite,
             which bites where a page more is needed.
    """

    def __init__(self, url: str, every: int, ballast: Path | None = None) -> None:
        super().__init__(url)
        self._every = every
        self._ballast = ballast
        self._begun = 0
        self._is_full = False

    @contextmanager
    def writing(self) -> Iterator[Connection]:
        self._begun += 1
        self._is_full = self._is_full or self._begun % self._every == 0
        if not self._is_full:
            with super().writing() as connection:
                yield connection
            return
        with self._filled(), super().writing() as connection, self._limited(connection):
            yield connection

    @contextmanager
    def _filled(self) -> Iterator[None]:
        if self._ballast is not None:
            # What the log has grown to is not given back by itself, and would take writes for a long time yet.
            with closing(sqlite3.connect(str(self.url.database))) as other:
                other.execute("PRAGMA wal_checkpoint(TRUNCATE)")
            fill_up(self._ballast)
        try:
            yield
        except (OperationalError, OSError):  # the journal, which may share the disk, is written within
            self._is_full = False
            raise
        finally:
            if self._ballast is not None:
                self._ballast.unlink()

    @contextmanager
    def _limited(self, connection: Connection) -> Iterator[None]:
        if self._ballast is None:
            connection.exec_driver_sql(f"PRAGMA max_page_count={NO_PAGE_MORE}")
        try:
            yield
        finally:
            connection.exec_driver_sql(f"PRAGMA max_page_count={UNLIMITED}")


def fill_up(ballast: Path) -> None:
    """Let nothing more fit on the disk."""
    file = os.open(ballast, os.O_WRONLY | os.O_CREAT | os.O_APPEND)
    with suppress(OSError):
        while os.write(file, bytes(1 << 16)):
            pass
    with suppress(OSError):
        while os.write(file, bytes(1)):
            pass
    os.close(file)


@contextmanager
def small_disk() -> Iterator[Path]:
    """A disk of its own in memory; needs root."""
    with TemporaryDirectory(prefix="nurture-chaos-disk-") as name:
        subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={DISK}", "none", name], check=True)
        try:
            yield Path(name)
        finally:
            subprocess.run(["umount", name], check=True)
