"""A composed message taken apart again, for providers that take fields instead of MIME and compose it themselves."""

import re
from base64 import b64encode
from email import message_from_bytes
from email.header import Header, decode_header, make_header
from email.message import Message
from email.utils import parseaddr

import msgspec

from nurture.delivery.headers import PHRASE, ascii_domain
from nurture.ports import OutgoingMessage

FOLD = re.compile(r"\r\n(?=[ \t])")
SPECIALS = re.compile(r'[()<>\[\]:;@\\,."]')

STRUCTURE = frozenset(
    ("from", "to", "subject", "reply-to", "date", "mime-version", "content-type", "dkim-signature")
)
"""What has a field of its own, or is the provider's to make: the others are handed over as headers."""


class Mailbox(msgspec.Struct, frozen=True):
    """A name, "" for none, and an address."""

    name: str
    address: str

    def written(self) -> str:
        """As a header has it; a name that RFC 5322 would quote is an encoded word, which every provider understands."""
        if not self.name:
            return self.address
        plain = PHRASE.fullmatch(self.name) and "=?" not in self.name
        name = self.name if plain else Header(self.name, "utf-8").encode(maxlinelen=0)
        return f"{name} <{self.address}>"

    def plain_name(self) -> str:
        """The name without the characters that some providers do not quote."""
        return " ".join(SPECIALS.sub(" ", self.name).split())


class Attached(msgspec.Struct, frozen=True):
    """A file that a message carries."""

    name: str
    media_type: str
    data: bytes

    @property
    def base64(self) -> str:
        return b64encode(self.data).decode()


class Fields(msgspec.Struct, frozen=True, kw_only=True):
    """What a message says.

    recipient  the address of the envelope, with the name of the To field.
    headers    all that has no field of its own, in the message's order: List-*, Feedback-ID, Auto-Submitted, Message-ID.
    number     the signed number that its Message-ID begins with, which a webhook is told by.
    """

    sender: Mailbox
    recipient: Mailbox
    reply_to: str
    subject: str
    text: str
    html: str
    headers: dict[str, str]
    attached: tuple[Attached, ...]

    @property
    def message_id(self) -> str:
        return self.headers.get("Message-ID", "")

    @property
    def number(self) -> str:
        return number_in(self.message_id)

    def headers_but(self, *names: str) -> dict[str, str]:
        """The headers without some."""
        return {name: value for name, value in self.headers.items() if name not in names}


def fields_of(message: OutgoingMessage) -> Fields:
    """What *message* says, as our own composer wrote it. Raises ValueError where it is none."""
    head = head_of(message.data)
    mime = message_from_bytes(message.data)
    text, html = (_body(mime, kind) for kind in ("text/plain", "text/html"))
    to_name, _ = _mailbox(head.get("To", ""))
    return Fields(
        sender=Mailbox(*_mailbox(head.get("From", ""))),
        recipient=Mailbox(to_name, ascii_domain(message.rcpt_to)),
        reply_to=_mailbox(head.get("Reply-To", ""))[1],
        subject=_decoded(head.get("Subject", "")),
        text=text,
        html=html,
        headers={name: value for name, value in head.items() if name.lower() not in STRUCTURE},
        attached=tuple(_attached(mime)),
    )


def head_of(data: bytes) -> dict[str, str]:
    """The header fields, unfolded. Raises ValueError where a line is no field."""
    head = data.partition(b"\r\n\r\n")[0].decode()
    pairs = (line.split(":", 1) for line in FOLD.sub("", head).split("\r\n"))
    return {name: value.strip() for name, value in pairs}


def number_in(message_id: str) -> str:
    """What stands before the @ of a Message-ID."""
    return message_id.strip("<> ").partition("@")[0]


def _decoded(value: str) -> str:
    return str(make_header(decode_header(value)))


def _mailbox(value: str) -> tuple[str, str]:
    name, address = parseaddr(value)
    return _decoded(name), address


def _body(mime: Message, kind: str) -> str:
    for part in mime.walk():
        if part.get_content_type() == kind and part.get_filename() is None:
            return _bytes(part).decode(part.get_content_charset("utf-8"), "replace").replace("\r\n", "\n")
    return ""


def _attached(mime: Message) -> list[Attached]:
    return [
        Attached(part.get_filename("file"), part.get_content_type(), _bytes(part))
        for part in mime.walk()
        if part.get_filename() is not None
    ]


def _bytes(part: Message) -> bytes:
    data = part.get_payload(decode=True)
    assert isinstance(data, bytes), "only parts without parts are asked"
    return data
