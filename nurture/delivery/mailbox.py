"""Reading the Maildir that ``MaildirTransport`` fills: newest first, a page at a time, by file names alone."""

import re
from datetime import UTC, datetime
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path

import msgspec

FOLDERS = ("tmp", "new", "cur")

NAME = re.compile(r"(\d{10})\.T(\d+)N(\d+)\.nurture(?::2,[A-Z]*)?")
"""Second of writing, touch, which write of that touch it is, and the flags that a mail program may have added."""

HEADER_BYTES_MAX = 16_384


class Stored(msgspec.Struct, frozen=True, order=True):
    """One message in the mailbox. ``write`` is 2 if the touch was sent a second time."""

    at: datetime
    touch_id: int
    write: int
    name: str


class Mailbox:
    """The stored messages; files of other origin in the folder are left alone."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def newest_first(self) -> list[Stored]:
        """Every message, without opening a file; empty where there is no mailbox yet."""
        found = []
        for folder in ("new", "cur"):
            directory = self._path / folder
            if not directory.is_dir():
                continue
            for entry in directory.iterdir():
                match = NAME.fullmatch(entry.name)
                if match:
                    at = datetime.fromtimestamp(int(match[1]), UTC)
                    found.append(Stored(at=at, touch_id=int(match[2]), write=int(match[3]), name=entry.name))
        return sorted(found, reverse=True)

    def page(self, *, number: int, size: int) -> list[Stored]:
        """The messages of page *number*, counted from 1; empty beyond the last."""
        return self.newest_first()[(number - 1) * size : number * size]

    def headers(self, stored: Stored) -> EmailMessage:
        """The header fields, for a list: only the head of the file is read."""
        with self._file(stored.name).open("rb") as file:
            head = file.read(HEADER_BYTES_MAX).partition(b"\r\n\r\n")[0]
        return _parsed(head + b"\r\n\r\n")

    def message(self, name: str) -> EmailMessage:
        """The whole message. Raises FileNotFoundError for a name that is not one of ours or is gone."""
        return _parsed(self._file(name).read_bytes())

    def remove(self, stored: Stored) -> None:
        """Take one message out; one that is gone already is no matter."""
        for folder in ("new", "cur"):
            (self._path / folder / stored.name).unlink(missing_ok=True)

    def _file(self, name: str) -> Path:
        if NAME.fullmatch(name):  # so a name from a URL cannot leave the folder
            for folder in ("new", "cur"):
                if (self._path / folder / name).is_file():
                    return self._path / folder / name
        raise FileNotFoundError(f"the mailbox has no message {name!r}")


def file_name(*, second: int, touch_id: int, write: int) -> str:
    """The name of a message's file; names sort by time."""
    return f"{second:010d}.T{touch_id}N{write}.nurture"


def _parsed(data: bytes) -> EmailMessage:
    message = message_from_bytes(data, policy=policy.default)
    assert isinstance(message, EmailMessage)
    return message
