"""Two parsers that share no line of code read a mail: Python's own, and Rust's mailparse by way of fast-mail-parser."""

import re
from collections import Counter
from collections.abc import Iterator
from email import message_from_bytes, policy
from email.header import decode_header, make_header
from email.message import EmailMessage
from email.utils import parseaddr

import fast_mail_parser
import msgspec

from tests.wire.mails import Sent

LINE_MAX = 998
"""Characters of a line, CRLF apart (RFC 5322 §2.1.1)."""
ONCE = (
    "From", "To", "Subject", "Date", "Message-ID", "MIME-Version", "Content-Type", "List-ID", "List-Help",
    "List-Unsubscribe", "List-Unsubscribe-Post", "Feedback-ID", "Auto-Submitted",
)  # fmt: skip
"""What a marketing mail has, and has once."""
WAY_OUT = ("List-Unsubscribe", "List-Unsubscribe-Post")
"""What an operational mail has not."""
BARE = re.compile(rb"\r(?!\n)|(?<!\r)\n")


class Read(msgspec.Struct, frozen=True):
    """What a parser finds."""

    names: tuple[str, ...]
    to_name: str
    to_address: str
    subject: str
    text: str
    html: str


def by_python(data: bytes) -> Read:
    message = message_from_bytes(data, policy=policy.default)
    assert isinstance(message, EmailMessage)
    assert not message.defects
    text, html = message.iter_parts()
    # The newer header parser of Python 3.11 joins two encoded words of a phrase with a space; the older one reads them right.
    name, address = parseaddr(unfolded(data, b"To"))
    return Read(
        tuple(message.keys()),
        str(make_header(decode_header(name))),
        address,
        str(make_header(decode_header(unfolded(data, b"Subject")))),
        text.get_content(),
        html.get_content(),
    )


def by_rust(data: bytes) -> Read:
    message = fast_mail_parser.parse_email(data)
    names = tuple(name for name, values in message.headers.items() for _ in values)
    (to,) = message.headers["To"]
    name, _, address = to.rpartition("<")
    (text,), (html,) = message.text_plain, message.text_html
    return Read(names, unquoted(name.strip()), address.rstrip(">"), message.subject, text, html)


def unquoted(name: str) -> str:
    """A phrase without its quotes (RFC 5322 §3.2.4)."""
    if len(name) >= 2 and name[0] == name[-1] == '"':
        return re.sub(r"\\(.)", r"\1", name[1:-1])
    return name


def unfolded(data: bytes, name: bytes) -> str:
    head = data.partition(b"\r\n\r\n")[0].replace(b"\r\n ", b" ").replace(b"\r\n\t", b"\t")
    (line,) = [line for line in head.split(b"\r\n") if line.lower().startswith(name.lower() + b":")]
    return line.partition(b":")[2].strip().decode()


def faults_of(sent: Sent) -> Iterator[str]:
    """What is wrong with a mail, in sentences."""
    data = sent.data
    if BARE.search(data):
        yield "a bare CR or LF"
    if b"\0" in data:
        yield "a NUL"
    if not data.isascii():
        yield "bytes beyond ASCII"
    longest = max(map(len, data.split(b"\r\n")))
    if longest > LINE_MAX:
        yield f"a line of {longest} characters"
    one, other = by_python(data), by_rust(data)
    counts = Counter(name.lower() for name in one.names)
    if again := [name for name, count in counts.items() if count > 1 and name != "dkim-signature"]:
        yield f"more than once: {again}"
    expected = {name: int(sent.marketing or name not in WAY_OUT) for name in ONCE}
    if wrong := [name for name, count in expected.items() if counts[name.lower()] != count]:
        yield f"missing, or there and not wanted: {wrong}"
    if Counter(each.lower() for each in other.names) != counts:
        yield "the parsers find different fields"
    for field in ("to_name", "to_address", "subject", "text", "html"):
        mine, theirs = (lines(getattr(each, field)) for each in (one, other))
        if mine != theirs:
            yield f"the parsers read {field} differently: {mine[:80]!r}, {theirs[:80]!r}"
    if sent.to_name is not None and one.to_name != sent.to_name:
        yield f"To reads {one.to_name[:80]!r}, not {sent.to_name[:80]!r}"
    if sent.greeted is not None:
        if one.subject != f"Hello {sent.greeted}".strip():
            yield f"Subject reads {one.subject[:80]!r}, not {sent.greeted[:80]!r}"
        if spaced(sent.greeted) not in spaced(one.text):
            yield f"the text greets {one.text[:80]!r}, not {sent.greeted[:80]!r}"


def lines(text: str) -> str:
    return text.replace("\r\n", "\n").rstrip("\n")


def spaced(text: str) -> str:
    return " ".join(text.split())
