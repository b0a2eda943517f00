"""The text of one part of a message: decoded as far as its labels are true, HTML as plain lines."""

import re
from email.message import Message
from html import unescape

PART_MAX = 192 * 1024
"""Bytes of a part that are decoded."""


def text_of(part: Message) -> str:
    """The part's text, in the character set that it names, else as UTF-8."""
    if part.is_multipart():
        return flat(part)
    payload = part.get_payload(decode=True)
    if not isinstance(payload, bytes):
        return ""
    payload = payload[:PART_MAX]
    charset = part.get_content_charset("utf-8")
    if b"\x1b$" in payload:  # RFC 1468, whatever the label says
        charset = "iso-2022-jp"
    try:
        return payload.decode(charset, "replace").replace("\x00", "")
    except (LookupError, ValueError):
        return payload.decode("utf-8", "replace").replace("\x00", "")


def flat(part: Message) -> str:
    """The part's lines as they stand, whatever structure the parser has given them."""
    payload = part.get_payload()
    encoding = str(part.get("Content-Transfer-Encoding", "")).strip().lower()
    if not isinstance(payload, list):
        return text_of(part)
    blocks = [
        "\n".join(f"{name}: {value}" for name, value in each.items()) + "\n\n" + _inner(each)
        for each in payload
        if isinstance(each, Message)
    ]
    flat = "\n\n".join(blocks)[:PART_MAX]
    if encoding in ("base64", "quoted-printable"):
        # The standard library parses such a report without decoding it.
        inner = Message()
        inner["Content-Transfer-Encoding"] = encoding
        inner.set_payload(flat.strip())
        return text_of(inner)
    return flat


def _inner(part: Message) -> str:
    payload = part.get_payload()
    return payload if isinstance(payload, str) else ""


def plain_of(html: str) -> str:
    """The words of an HTML part, a line for each block."""
    html = html[:PART_MAX]
    lowered, kept, at = html.lower(), [], 0
    while found := HIDDEN.search(html, at):
        kept.append(html[at : found.start()])
        end = lowered.find(f"</{found[1].lower()}", found.end())
        at = len(html) if end < 0 else end
    html = "".join((*kept, html[at:]))
    lines = (" ".join(line.split()) for line in unescape(TAG.sub("", BREAKS.sub("\n", html))).split("\n"))
    return "\n".join(lines)


BREAKS = re.compile(
    r"<(?:br|/?p|/?div|/?tr|/?li|/?h\d|/?table|/?blockquote|/?pre|/?td|/?th|/?ul|/?ol)\b[^<>]*>",
    re.IGNORECASE,
)
HIDDEN = re.compile(r"<(style|script|head|title)\b[^<>]*>", re.IGNORECASE)
TAG = re.compile(r"</?[A-Za-z!][^<>]*>")
