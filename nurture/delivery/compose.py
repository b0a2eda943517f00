"""From a mail's parts and its envelope to the bytes of an RFC 5322 message.

The bodies arrive already encoded (quoted-printable, CRLF), so composing only adds headers: those of the campaign
from a cache, those of the lead afresh.
"""

from datetime import datetime
from email.utils import format_datetime
from functools import lru_cache
from hashlib import blake2b
from typing import Protocol

import msgspec

from nurture.delivery.headers import clean, clean_uri, literal_field, mailbox_field, text_field
from nurture.vocabulary.words import MailClass


class Parts(Protocol):
    """What rendering gives: the subject as text, both bodies quoted-printable with CRLF line ends."""

    @property
    def subject(self) -> str: ...
    @property
    def html(self) -> bytes: ...
    @property
    def text(self) -> bytes: ...


class Envelope(msgspec.Struct, frozen=True, kw_only=True):
    """Who writes to whom, when, and how to stop it.

    message_id          "<...@our-domain>", stable for the touch: sending again carries the same.
    date                aware.
    list_id             the campaign as a domain-like name, "trial-onboarding.example.com" (RFC 2919); None for a mail
                        of no list.
    unsubscribe_url     https, answers the POST of RFC 8058; used for marketing mail only.
    unsubscribe_mailto  "mailto:..."; the second way out, for mail programs without HTTP.
    list_help           a URL that says what this mail is and why it comes (RFC 2369).
    feedback_id         "campaign:mail:...:sender", by which mailbox providers report complaints.
    """

    from_name: str
    from_address: str
    reply_to: str | None = None
    to_name: str | None = None
    to_address: str
    message_id: str
    date: datetime
    list_id: str | None = None
    unsubscribe_url: str | None = None
    unsubscribe_mailto: str | None = None
    list_help: str | None = None
    feedback_id: str | None = None
    mail_class: MailClass


def compose(parts: Parts, envelope: Envelope) -> bytes:
    """The whole message, CRLF only and 7-bit; headers go beyond ASCII only for an address that does (RFC 6532)."""
    # "=_" cannot occur in quoted-printable text, so the boundary is in no body (RFC 2045 §6.7).
    boundary = b"=_" + blake2b(envelope.message_id.encode(), digest_size=12).hexdigest().encode()
    return b"".join(
        (
            _campaign_fields(
                from_name=envelope.from_name,
                from_address=envelope.from_address,
                reply_to=envelope.reply_to,
                list_id=envelope.list_id,
                feedback_id=envelope.feedback_id,
            ),
            mailbox_field("To", envelope.to_name, envelope.to_address),
            text_field("Subject", parts.subject),
            _date_field(envelope.date),
            literal_field("Message-ID", envelope.message_id),
            literal_field("List-Help", f"<{clean_uri(envelope.list_help)}>") if envelope.list_help else b"",
            _unsubscribe_fields(envelope),
            b'Content-Type: multipart/alternative;\r\n boundary="' + boundary + b'"\r\n\r\n',
            b"--" + boundary + TEXT_PART,
            parts.text,
            b"\r\n--" + boundary + HTML_PART,
            parts.html,
            b"\r\n--" + boundary + b"--\r\n",
        )
    )


TEXT_PART = (
    b"\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n"
)
HTML_PART = TEXT_PART.replace(b"text/plain", b"text/html")


@lru_cache(maxsize=256)
def _campaign_fields(
    *,
    from_name: str,
    from_address: str,
    reply_to: str | None,
    list_id: str | None,
    feedback_id: str | None,
) -> bytes:
    """The fields that every mail of a sender and campaign shares."""
    fields = [
        mailbox_field("From", from_name, from_address),
        mailbox_field("Reply-To", None, reply_to) if reply_to else b"",
        b"MIME-Version: 1.0\r\n",
        b"Auto-Submitted: auto-generated\r\n",  # RFC 3834: no vacation note shall answer it
        literal_field("List-ID", f"<{clean_uri(list_id)}>") if list_id else b"",
        literal_field("Feedback-ID", feedback_id) if feedback_id else b"",
    ]
    return b"".join(fields)


def _unsubscribe_fields(envelope: Envelope) -> bytes:
    if envelope.mail_class is not MailClass.MARKETING:
        return b""
    ways = [uri for uri in (envelope.unsubscribe_url, envelope.unsubscribe_mailto) if uri]
    if not ways:
        return b""
    field = b"List-Unsubscribe: " + ",\r\n ".join(f"<{clean_uri(uri)}>" for uri in ways).encode() + b"\r\n"
    if envelope.unsubscribe_url and clean(envelope.unsubscribe_url).startswith("https:"):
        field += b"List-Unsubscribe-Post: List-Unsubscribe=One-Click\r\n"  # RFC 8058 §3.1
    return field


@lru_cache(maxsize=64)
def _date_field(date: datetime) -> bytes:
    return f"Date: {format_datetime(date)}\r\n".encode()
