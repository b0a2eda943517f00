"""A message taken apart, whatever its bytes: its fields, its own words, its reports, and the message that it returns."""

import re
from collections.abc import Iterator
from contextlib import suppress
from email import message_from_bytes
from email.errors import MessageError
from email.header import decode_header, make_header
from email.message import Message
from email.parser import BytesHeaderParser, HeaderParser
from itertools import islice

import msgspec

from nurture.feedback.copies import apart
from nurture.feedback.part_text import flat, plain_of, text_of

RAW_MAX = 192 * 1024
"""Bytes that are read of a message: words and reports stand before attachments and returned mail."""
FIELDS_MAX = 64 * 1024
FIELD_MAX = 2_000
TEXT_MAX = 48 * 1024
PARTS_MAX = 60
EMPTY_LINES = re.compile(rb"\n{4,}")
LOOKS_MAX = 600_000
"""How often the parser may look for the end of a part: at each line, for each part that is open."""


class Letter(msgspec.Struct):
    """The parts of a message that matter here, as text.

    fields    of the message itself.
    words     what its author says, plain, before any copy of an earlier message.
    reports   bodies of message/delivery-status.
    feedback  the body of message/feedback-report; "" if there is none.
    returned  fields of the earlier message that it encloses or copies; None if there is none.
    types     the content types of its parts.
    """

    fields: Message
    words: str = ""
    reports: list[str] = []
    feedback: str = ""
    returned: Message | None = None
    types: list[str] = []

    def field(self, name: str) -> str:
        """A field of the message, decoded and on one line."""
        return field(self.fields, name)

    def of_returned(self, name: str) -> str:
        """A field of the earlier message."""
        return "" if self.returned is None else field(self.returned, name)


def open_letter(raw: bytes) -> Letter:
    """Take a message apart; what cannot be parsed is taken for plain words."""
    raw = raw[:RAW_MAX].replace(b"\r\n", b"\n").replace(b"\r", b"\n").lstrip(b"\n")
    if raw.startswith((b">From ", b"From ")):  # an mbox file's first line
        raw = raw.partition(b"\n")[2]
    fields, gap, body = raw.partition(b"\n\n")
    raw = fields[:FIELDS_MAX] + gap + EMPTY_LINES.sub(b"\n\n\n", body)
    if raw.count(b"\n") * raw.lower().count(b"boundary=") > LOOKS_MAX:
        return _plain(raw)
    try:
        return _opened(message_from_bytes(raw))
    except (RecursionError, LookupError, ValueError, MessageError, AttributeError, TypeError):
        return _plain(raw)  # what the standard library's parser cannot do


def field(message: Message, name: str) -> str:
    """The field's text on one line, its encoded words decoded (RFC 2047); "" if it is missing."""
    wanted = name.lower()
    value = next((str(value) for key, value in message.raw_items() if key.lower() == wanted), "")
    text = value[:FIELD_MAX].encode("utf-8", "surrogateescape").decode("utf-8", "replace")
    if "=?" in text:
        with suppress(MessageError, LookupError, ValueError):
            text = str(make_header(decode_header(text)))
    return " ".join(text.split())


def _opened(message: Message) -> Letter:
    letter = Letter(message)
    words: list[str] = []
    for part in islice(_parts(message), PARTS_MAX):
        kind = part.get_content_type()
        letter.types.append(kind)
        if kind in REPORTS:
            letter.reports.append(flat(part))
        elif kind == "message/feedback-report":
            letter.feedback = letter.feedback or flat(part)
        elif kind in RETURNED:
            letter.returned = letter.returned or _returned(part)
        elif words and part.get_content_disposition() == "attachment":
            continue  # a file of the author's, not the words
        elif kind == "text/html":
            words.append(plain_of(text_of(part)))
        elif part.get_content_maintype() in ("text", "multipart"):
            words.append(text_of(part))
    whole = "\n".join(words)[:TEXT_MAX]
    letter.words, copied = apart(whole)
    if not letter.reports and REPORT.search(whole):
        letter.reports.append(whole)
    if letter.returned is None and copied:
        letter.returned = HeaderParser().parsestr(copied)
    return letter


def _parts(message: Message) -> Iterator[Message]:
    """The leaves, in order; of alternatives the plain one. A multipart that has lost its boundary is a leaf."""
    waiting = [message]
    while waiting:
        part = waiting.pop(0)
        payload = part.get_payload()
        if part.get_content_maintype() != "multipart" or not isinstance(payload, list):
            yield part
            continue
        children = [each for each in payload if isinstance(each, Message)]
        if part.get_content_type() == "multipart/alternative":
            plain = [each for each in children if each.get_content_type() == "text/plain"]
            children = plain[:1] or children[:1]
        waiting[:0] = children


def _returned(part: Message) -> Message:
    """The earlier message that a part holds, whole or its fields alone."""
    payload = part.get_payload()
    inner = payload[0] if isinstance(payload, list) and payload else None
    return inner if isinstance(inner, Message) else HeaderParser().parsestr(text_of(part).lstrip())


REPORTS = frozenset(("message/delivery-status", "message/global-delivery-status"))
"""RFC 3464, RFC 6533."""
RETURNED = frozenset(
    (
        *("message/rfc822", "message/global", "message/partial"),
        *("text/rfc822-headers", "message/rfc822-headers", "message/global-headers"),
    )
)
"""The whole message, or its fields (RFC 6522)."""
REPORT = re.compile(r"^[ \t]{0,8}(?:final|original)-recipient[ \t]?:", re.IGNORECASE | re.MULTILINE)
"""The fields of a delivery status that its mailer, or one on the way, has put into plain text."""


def _plain(raw: bytes) -> Letter:
    fields = BytesHeaderParser().parsebytes(raw[:TEXT_MAX])
    body = raw.partition(b"\n\n")[2][:TEXT_MAX].decode("utf-8", "replace")
    words, copied = apart(body)
    reports = [body] if REPORT.search(body) else []
    return Letter(
        fields, words=words, reports=reports, returned=HeaderParser().parsestr(copied) if copied else None
    )
