"""A Maildir that a mail server delivers into: messages wait in ``new`` and end in ``cur``, marked as seen."""

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from nurture.engine.feedback import RAW_MAX
from nurture.engine.feedback_inbox import InboxError
from nurture.languages.told import told

SEEN = ":2,S"


class MaildirInbox:
    """*path* is the Maildir, with ``new`` and ``cur``; other programs may read it at the same time."""

    name = "maildir"

    def __init__(self, path: Path) -> None:
        self._path = path

    @contextmanager
    def open(self) -> Iterator["MaildirSession"]:
        if not (self._path / "new").is_dir():
            raise InboxError(
                told(
                    "{path} is no Maildir: it has no folder 'new'; see NURTURE_INBOX_MAILDIR", path=self._path
                )
            )
        try:
            yield MaildirSession(self._path)
        except OSError as error:
            raise InboxError(
                told("the Maildir {path} cannot be read: {quoted}", path=self._path, quoted=error.strerror)
            ) from error


class MaildirSession:
    def __init__(self, path: Path) -> None:
        self._path = path

    def waiting(self) -> list[str]:
        # A file's name begins with the second of its delivery.
        return sorted(file.name for file in (self._path / "new").iterdir() if not file.name.startswith("."))

    def read(self, name: str) -> bytes | None:
        try:
            with (self._path / "new" / name).open("rb") as file:
                return file.read(RAW_MAX)
        except FileNotFoundError:
            return None

    def put_away(self, name: str) -> None:
        (self._path / "cur").mkdir(exist_ok=True)
        with suppress(FileNotFoundError):
            (self._path / "new" / name).rename(self._path / "cur" / (name.partition(":")[0] + SEEN))
