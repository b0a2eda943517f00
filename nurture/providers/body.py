"""The fields of a webhook, which may be anything: a field that is not what it should be reads as if it were missing."""

import math
import re
from datetime import UTC, datetime
from io import BytesIO
from typing import Any

import msgspec
from werkzeug.datastructures import MultiDict
from werkzeug.exceptions import RequestEntityTooLarge
from werkzeug.formparser import FormDataParser
from werkzeug.http import parse_options_header

from nurture.providers.model import RAW_MAX

TEXT_MAX = 4_000
EVENTS_MAX = 10_000
"""More than any provider puts into one request."""
FIELDS_MAX = 1_000
LATEST = datetime(2200, 1, 1, tzinfo=UTC).timestamp()

# What no store takes: NUL, and halves of surrogate pairs.
UNSTORABLE = re.compile(r"[\x00\ud800-\udfff]")
ENHANCED = re.compile(r"(?<![\d.])([245]\.\d{1,3}\.\d{1,3})(?![\d.])")
REPLY = re.compile(r"(?<![\d.])([245]\d\d)(?=[ \-:]|$)")


def json_of(body: bytes | str) -> Any:
    """The JSON, or None where it is none, or nested deeper than anybody means."""
    try:
        return msgspec.json.decode(body)
    except (ValueError, RecursionError):
        return None


def form_of(body: bytes, content_type: str) -> MultiDict[str, str]:
    """The fields of a form, of either encoding; empty where it is none."""
    mimetype, options = parse_options_header(content_type)
    parser = FormDataParser(max_form_parts=FIELDS_MAX)
    try:
        _, fields, _ = parser.parse(BytesIO(body), mimetype, len(body), options)
    except (ValueError, LookupError, RecursionError, OSError, RequestEntityTooLarge):
        return MultiDict()
    return fields


def is_form(content_type: str) -> bool:
    return content_type.lower().startswith(("multipart/form-data", "application/x-www-form-urlencoded"))


def table(value: Any) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}


def tables(value: Any) -> list[dict[str, Any]]:
    """The events of a body: those of a list, or the one that stands alone."""
    each = value if isinstance(value, list) else [value]
    return [event for event in each[:EVENTS_MAX] if isinstance(event, dict)]


def text(value: Any) -> str:
    """A text or number, as text that a store takes; "" for anything else."""
    if isinstance(value, bool) or not isinstance(value, (str, int, float)):
        return ""
    return UNSTORABLE.sub("", str(value)[:TEXT_MAX])


def whole(value: Any) -> str:
    """A text of any length, such as JSON within JSON; "" for anything else."""
    return value if isinstance(value, str) else ""


def texts(value: Any) -> tuple[str, ...]:
    """The texts of a list, however it is nested once; the one text that stands alone."""
    each = value if isinstance(value, list) else [value]
    flat = [inner for outer in each[:FIELDS_MAX] for inner in (outer if isinstance(outer, list) else [outer])]
    return tuple(said for said in map(text, flat[:FIELDS_MAX]) if said)


def moment(value: Any, *, per_second: int = 1) -> datetime | None:
    """A moment that is written as a number since 1970 or as RFC 3339; None where it is neither.

    per_second  how many of the number's units make a second.
    """
    if isinstance(value, bool):
        return None
    try:
        number = float(value) / per_second
    except (TypeError, ValueError, OverflowError):
        return _written(value) if isinstance(value, str) else None
    if not math.isfinite(number) or not 0 < number < LATEST:
        return None
    return datetime.fromtimestamp(number, UTC)


def _written(value: str) -> datetime | None:
    try:
        at = datetime.fromisoformat(value.strip()[:64])
        return (at if at.tzinfo else at.replace(tzinfo=UTC)).astimezone(UTC)
    except (ValueError, OverflowError):
        return None


def code_in(*said: str) -> str:
    """The RFC 3463 code that the texts name first, else the reply code, else ""."""
    for pattern in (ENHANCED, REPLY):
        for each in said:
            if found := pattern.search(each):
                return found[1]
    return ""


def kept(event: Any) -> str:
    """An event as JSON, the same for the same event however its fields are ordered."""
    try:
        written = msgspec.json.encode(event, order="sorted").decode()
    except (TypeError, ValueError, RecursionError):
        return ""
    return UNSTORABLE.sub("", written)[:RAW_MAX]
