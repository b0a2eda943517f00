"""A webhook as it came, and what it reports."""

from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum
from typing import Any

import msgspec

from nurture.errors import NurtureError
from nurture.vocabulary.words import BounceKind

RAW_MAX = 65_536
"""Characters that are kept of one event, as JSON."""


class UnprovenError(NurtureError):
    """A webhook carries no proof that it comes from the provider whose name it uses."""


class ReportKind(StrEnum):
    """What happened to a mail, as its provider saw it."""

    QUEUED = "queued"
    SENT = "sent"
    DELIVERED = "delivered"
    DEFERRED = "deferred"
    BOUNCED = "bounced"
    REJECTED = "rejected"
    FAILED = "failed"
    COMPLAINED = "complained"
    UNSUBSCRIBED = "unsubscribed"
    SUBSCRIBED = "subscribed"
    OPENED = "opened"
    CLICKED = "clicked"
    AUTORESPONDED = "autoresponded"
    UNKNOWN = "unknown"


class Reason(StrEnum):
    """Why a mail did not arrive, in the provider's eyes."""

    INVALID = "invalid"
    BOUNCED = "bounced"
    TIMED_OUT = "timed_out"
    BLOCKED = "blocked"
    SPAM = "spam"
    UNSUBSCRIBED = "unsubscribed"
    OTHER = "other"


class Request(msgspec.Struct, frozen=True, kw_only=True):
    """One webhook.

    headers  by name in lower case.
    url      as the provider was told it: one of them signs it too.
    """

    body: bytes
    headers: Mapping[str, str] = {}
    content_type: str = "application/json"
    url: str = ""

    def header(self, name: str) -> str:
        return self.headers.get(name.lower(), "")


class Report(msgspec.Struct, frozen=True, kw_only=True):
    """One event of one recipient.

    at           when it happened; None where the provider does not say.
    event_id     the provider's own number of the event, "" if it gives none.
    fact         what the event is known by when it is told again; "" for the event_id.
    message_id   the provider's number of the mail, or the mail's Message-ID, as it gives it.
    recipient    the address alone.
    bounce       the class of a bounce where the provider tells it; None where code and words must.
    code         RFC 3463, else SMTP, else "".
    response     the words of the receiving server.
    description  the words of the provider.
    prefetched   whether the provider itself says that a machine fetched it.
    raw          the event as it came, as JSON.
    """

    kind: ReportKind
    at: datetime | None = None
    event_id: str = ""
    fact: str = ""
    message_id: str = ""
    recipient: str = ""
    reason: Reason | None = None
    bounce: BounceKind | None = None
    code: str = ""
    response: str = ""
    description: str = ""
    tags: tuple[str, ...] = ()
    metadata: Mapping[str, Any] = {}
    url: str = ""
    user_agent: str = ""
    address: str = ""
    prefetched: bool = False
    raw: str = ""


Meaning = tuple[ReportKind, Reason | None, BounceKind | None]
"""What an event's name says by itself."""
