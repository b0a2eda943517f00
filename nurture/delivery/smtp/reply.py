"""Reading an SMTP server's replies from a stream of bytes (RFC 5321 §4.2, RFC 2034)."""

import re
from functools import lru_cache

import msgspec

from nurture.delivery.headers import clean

LINE_MAX = 4_096
"""Bytes of a line that we bear; RFC 5321 §4.5.3.1.5 allows 512."""

LINES_MAX = 200

LINE = re.compile(rb"([2-5]\d\d)(?:([ -])([^\r]*))?\r?")

ENHANCED = re.compile(rb"^([245]\.\d{1,3}\.\d{1,3})(?: |$)")


class GarbledReply(Exception):  # noqa: N818 - it names what came, as Lost and Refused do
    """What the server said is not SMTP; nothing after it can be trusted."""


class Reply(msgspec.Struct, frozen=True):
    """One reply. ``lines`` are the words of each line, without codes."""

    code: int
    lines: tuple[bytes, ...]

    @property
    def enhanced(self) -> str:
        """The enhanced status code of RFC 3463, "5.1.1", or "" where there is none or it contradicts the reply."""
        found = ENHANCED.match(self.lines[0])
        return found[1].decode() if found and found[1][:1] == b"%d" % (self.code // 100) else ""

    @property
    def text(self) -> str:
        """The server's words on one line, cleaned, without the enhanced codes."""
        words = [ENHANCED.sub(b"", line, count=1) for line in self.lines]
        return clean(b" ".join(words).decode("utf-8", "replace"))


class ReplyReader:
    """Takes bytes as they come and gives whole replies."""

    def __init__(self) -> None:
        self._buffer = b""
        self._lines: list[bytes] = []
        self._code = 0

    def feed(self, data: bytes) -> None:
        self._buffer = self._buffer + data if self._buffer else data

    @property
    def is_empty(self) -> bool:
        """Whether nothing has come beyond the replies already given."""
        return not self._buffer and not self._lines

    def next_reply(self) -> Reply | None:
        """The next whole reply, or None until more bytes come. Raises GarbledReply."""
        while True:
            line, end, rest = self._buffer.partition(b"\n")
            if not end:
                if len(line) > LINE_MAX:
                    raise GarbledReply(f"the relay sent a line of more than {LINE_MAX} bytes")
                return None
            self._buffer = rest
            code, mark, words = _read_line(line)
            if (self._lines and code != self._code) or len(self._lines) >= LINES_MAX:
                raise GarbledReply(f"the relay's reply does not end, or changes its code: {line[:60]!r}")
            if mark == b"-":
                self._code = code
                self._lines.append(words)
            elif self._lines:
                lines, self._lines = (*self._lines, words), []
                return Reply(code, lines)
            else:
                return Reply(code, (words,))


@lru_cache(maxsize=256)  # a session hears the same few lines for every message
def _read_line(line: bytes) -> tuple[int, bytes, bytes]:
    """Code, mark and words of one line. Raises GarbledReply."""
    found = LINE.fullmatch(line)
    if found is None:
        raise GarbledReply(f"the relay sent what is not an SMTP reply: {line[:60]!r}")
    code, mark, words = found.groups(b"")
    return int(code), mark, words
