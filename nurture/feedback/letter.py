"""A message taken apart, whatever its bytes: its fields, its own words, its reports, and the message that it returns."""

import re
from contextlib import suppress
from email import message_from_bytes
from email.errors import HeaderParseError
from email.header import decode_header, make_header
from email.message import Message
from email.parser import BytesHeaderParser, HeaderParser
from html import unescape

import msgspec

RAW_MAX = 256 * 1024
"""Bytes that are read of a message: words and reports stand before attachments and returned mail."""
FIELDS_MAX = 64 * 1024
FIELD_MAX = 2_000
TEXT_MAX = 48 * 1024
PARTS_MAX = 60
NESTED_MAX = 40
"""Multiparts within multiparts that no mail program makes; a parser's cost grows with their square."""


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
    raw = fields[:FIELDS_MAX] + gap + body
    if raw.lower().count(b"boundary=") > NESTED_MAX:
        return _plain(raw)
    try:
        return _opened(message_from_bytes(raw))
    except (RecursionError, LookupError, ValueError, HeaderParseError, AttributeError, TypeError):
        return _plain(raw)  # what the standard library's parser cannot do


def field(message: Message, name: str) -> str:
    """The field's text on one line, its encoded words decoded (RFC 2047); "" if it is missing."""
    wanted = name.lower()
    value = next((str(value) for key, value in message.raw_items() if key.lower() == wanted), "")
    text = value[:FIELD_MAX].encode("utf-8", "surrogateescape").decode("utf-8", "replace")
    if "=?" in text:
        with suppress(HeaderParseError, LookupError, ValueError):
            text = str(make_header(decode_header(text)))
    return " ".join(text.split())


def _opened(message: Message) -> Letter:
    letter = Letter(message)
    words: list[str] = []
    waiting = [message]
    seen = 0
    while waiting and seen < PARTS_MAX:
        part = waiting.pop(0)
        seen += 1
        kind = part.get_content_type()
        letter.types.append(kind)
        payload = part.get_payload()
        if kind in ("message/delivery-status", "message/global-delivery-status"):
            letter.reports.append(_flat(part))
        elif kind == "message/feedback-report":
            letter.feedback = letter.feedback or _flat(part)
        elif kind in ("text/rfc822-headers", "message/rfc822-headers", "message/global-headers"):
            letter.returned = letter.returned or HeaderParser().parsestr(_text(part).lstrip())
        elif kind in ("message/rfc822", "message/global", "message/partial"):
            if letter.returned is None:
                inner = payload[0] if isinstance(payload, list) and payload else None
                letter.returned = (
                    inner if isinstance(inner, Message) else HeaderParser().parsestr(_text(part).lstrip())
                )
        elif isinstance(payload, list):
            children = [each for each in payload if isinstance(each, Message)]
            if kind == "multipart/alternative":
                plain = [each for each in children if each.get_content_type() == "text/plain"]
                children = plain[:1] or children[:1]
            waiting[:0] = children
        elif kind == "text/html":
            words.append(plain_of(_text(part)))
        elif part.get_content_maintype() in (
            "text",
            "multipart",
        ):  # a multipart without parts has lost its boundary
            words.append(_text(part))
    whole = "\n".join(words)[:TEXT_MAX]
    letter.words, copied = apart(whole)
    if not letter.reports and REPORT.search(whole):
        letter.reports.append(whole)
    if letter.returned is None and copied:
        letter.returned = HeaderParser().parsestr(copied)
    return letter


def _plain(raw: bytes) -> Letter:
    fields = BytesHeaderParser().parsebytes(raw[:TEXT_MAX])
    body = raw.partition(b"\n\n")[2][:TEXT_MAX].decode("utf-8", "replace")
    words, copied = apart(body)
    reports = [body] if REPORT.search(body) else []
    return Letter(
        fields, words=words, reports=reports, returned=HeaderParser().parsestr(copied) if copied else None
    )


def _text(part: Message) -> str:
    """The part's text, in the character set that it names, else as UTF-8."""
    if part.is_multipart():
        return _flat(part)
    payload = part.get_payload(decode=True)
    if not isinstance(payload, bytes):
        return ""
    payload = payload[: 4 * TEXT_MAX]
    charset = part.get_content_charset("utf-8")
    if b"\x1b$" in payload:  # RFC 1468, whatever the label says
        charset = "iso-2022-jp"
    try:
        return payload.decode(charset, "replace").replace("\x00", "")
    except (LookupError, ValueError):
        return payload.decode("utf-8", "replace").replace("\x00", "")


def _flat(part: Message) -> str:
    """The part's lines as they stand, whatever structure the parser has given them."""
    payload = part.get_payload()
    encoding = str(part.get("Content-Transfer-Encoding", "")).strip().lower()
    if not isinstance(payload, list):
        return _text(part)
    blocks = [
        "\n".join(f"{name}: {value}" for name, value in each.items()) + "\n\n" + _inner(each)
        for each in payload
        if isinstance(each, Message)
    ]
    flat = "\n\n".join(blocks)[:TEXT_MAX]
    if encoding in ("base64", "quoted-printable"):
        # The standard library parses such a report without decoding it.
        inner = Message()
        inner["Content-Transfer-Encoding"] = encoding
        inner.set_payload(flat.strip())
        return _text(inner)
    return flat


def _inner(part: Message) -> str:
    payload = part.get_payload()
    return payload if isinstance(payload, str) else ""


REPORT = re.compile(r"^[ \t]{0,8}(?:final|original)-recipient[ \t]?:", re.IGNORECASE | re.MULTILINE)
"""The fields of a delivery status that its mailer, or one on the way, has put into plain text."""

BREAKS = re.compile(r"<(?:br|/?p|/?div|/?tr|/?li|/?h\d|/?table|/?blockquote|/?pre)\b[^<>]*>", re.IGNORECASE)
HIDDEN = re.compile(r"<(style|script|head|title)\b[^<>]*>", re.IGNORECASE)
TAG = re.compile(r"</?[A-Za-z!][^<>]*>")


def plain_of(html: str) -> str:
    """The words of an HTML part, a line for each block."""
    html = html[: 4 * TEXT_MAX]
    lowered, kept, at = html.lower(), [], 0
    while found := HIDDEN.search(html, at):
        kept.append(html[at : found.start()])
        end = lowered.find(f"</{found[1].lower()}", found.end())
        at = len(html) if end < 0 else end
    html = "".join((*kept, html[at:]))
    lines = (" ".join(line.split()) for line in unescape(TAG.sub(" ", BREAKS.sub("\n", html))).split("\n"))
    return "\n".join(lines)


MARKER = re.compile(
    r"^[\s>*=-]*(?:-+\s*)?(?:"
    r"below this line is a copy of the message|this is a copy of (?:the|your) message|included is a copy of the message"
    r"|(?:the )?(?:original|returned|unsent|undelivered|bounced|rejected) (?:e-?mail|message|mail)\b(?! was)"
    r"|message (?:text|headers?|body) follows|(?:the )?(?:headers?|text) of (?:the|your) (?:original )?message|header (?:of|from) "
    r"|start of (?:the )?(?:returned|original)|your (?:original )?message (?:reads|follows)|message header"
    r")[^\n]{0,80}$",
    re.IGNORECASE,
)
FIELD = re.compile(r"^[A-Za-z][A-Za-z0-9_-]{1,50}:(?!//)")
OF_A_COPY = re.compile(
    r"^(?:received|message-id|return-path|mime-version|x-[a-z-]+|dkim-signature):", re.IGNORECASE
)


def apart(text: str) -> tuple[str, str]:
    """The words, and the copy of an earlier message that follows them ("" if none does)."""
    lines = text.split("\n")
    for at, line in enumerate(lines):
        if at and MARKER.match(line):
            below = next((n for n in range(at + 1, len(lines)) if FIELD.match(lines[n])), None)
            copied = "\n".join(lines[below:]) if below is not None and below - at < 12 else ""
            return "\n".join(lines[:at]), copied
        if FIELD.match(line) and _begins_copy(lines, at):
            return "\n".join(lines[:at]), "\n".join(lines[at:])
    return text, ""


def _begins_copy(lines: list[str], at: int) -> bool:
    """Whether a header of a message stands here, rather than a summary such as 'To: ..., Subject: ...'."""
    block: list[str] = []
    for line in lines[at : at + 40]:
        if not FIELD.match(line) and not (block and line[:1] in (" ", "\t") and line.strip()):
            break
        block.append(line)
    return len(block) >= 3 and any(OF_A_COPY.match(line) for line in block)
