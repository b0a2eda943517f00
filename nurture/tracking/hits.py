"""What a browser, mail client or scanner did, as it stands in the spool: one line of JSON, judged by nobody yet."""

from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum
from urllib.parse import urlsplit

import msgspec


class HitKind(StrEnum):
    OPEN = "open"
    CLICK = "click"
    PAGE = "page"
    FORM = "form"
    DOWNLOAD = "download"


class Hit(msgspec.Struct, frozen=True, omit_defaults=True):
    """One request that we answered.

    touch_id    of a token that was ours; 0 where only a visitor is known.
    visitor     the browser's name for itself; "" without consent or cookie.
    link        index in the mail's revision, HONEYPOT among them; None unless a click.
    prefetch    what the request said of its purpose ("prefetch", "preview"), else "".
    referer     origin and path, never the query: there may be personal data in it.
    path        of the page or file, likewise without query.
    utm         source, medium, campaign, term, content: those that were given.
    properties  of a form or download: its name, and the fields as they were filled in.
    """

    kind: HitKind
    at: datetime
    touch_id: int = 0
    mail_revision: int = 0
    visitor: str = ""
    link: int | None = None
    method: str = "GET"
    user_agent: str = ""
    address: str = ""
    prefetch: str = ""
    referer: str = ""
    path: str = ""
    utm: Mapping[str, str] = {}
    properties: Mapping[str, str | Mapping[str, str]] = {}


_encoder = msgspec.json.Encoder()
_decoder = msgspec.json.Decoder(Hit)


def to_record(hit: Hit) -> bytes:
    """The line of a hit."""
    return _encoder.encode(hit)


def from_record(record: bytes) -> Hit:
    """The hit of a line. Raises msgspec.MsgspecError if it holds none."""
    return _decoder.decode(record)


def without_query(url: str, *, origin: bool) -> str:
    """Path of *url*, after its origin if asked for; "" if it is no URL. Query and fragment may hold personal data."""
    try:
        parts = urlsplit(url)
        host = parts.hostname or ""
        port = f":{parts.port}" if parts.port else ""
    except ValueError:
        return ""
    # The host is taken by name, so that "user:password@" goes too.
    return f"{parts.scheme}://{host}{port}{parts.path}" if origin and host else parts.path
