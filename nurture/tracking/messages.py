"""The endpoint of the script: who may post there (CORS), what is answered, which hit a message becomes."""

from collections.abc import Callable, Collection
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from nurture.identity import new_visitor_id
from nurture.tracking import request
from nurture.tracking.answers import EMPTY, NEVER_KEPT, Answer, Header, Reply
from nurture.tracking.hits import Hit, without_query
from nurture.tracking.script import KINDS, Message, read_message, utm_of

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIEnvironment

METHODS = ("POST", "OPTIONS")
MESSAGE_BYTES_MAX = 8 * 1024

_SOURCE = Path(__file__).with_name("nurture.js").read_bytes()
SCRIPT = Answer(
    "200 OK",
    (
        ("Content-Type", "text/javascript; charset=utf-8"),
        ("Cache-Control", "public, max-age=3600"),
        ("Cross-Origin-Resource-Policy", "cross-origin"),
        ("X-Content-Type-Options", "nosniff"),
        ("Content-Length", str(len(_SOURCE))),
    ),
    _SOURCE,
)


def hear(
    environ: "WSGIEnvironment", now: datetime, origins: Collection[str], random_bytes: Callable[[int], bytes]
) -> Reply:
    """What to say to a POST of the script or to the question that a browser asks before it (Fetch §3.2.2)."""
    origin = environ.get("HTTP_ORIGIN", "")
    if origin not in origins:
        return Reply(_answer("403 Forbidden"))
    allowed: tuple[Header, ...] = (
        ("Access-Control-Allow-Origin", origin),
        ("Access-Control-Allow-Credentials", "true"),
        ("Vary", "Origin"),
    )
    if environ["REQUEST_METHOD"] == "OPTIONS":
        asked = (("Access-Control-Allow-Methods", "POST"), ("Access-Control-Allow-Headers", "Content-Type"))
        return Reply(_answer("204 No Content", *allowed, *asked))
    length = environ.get("CONTENT_LENGTH", "")
    if not (length.isascii() and length.isdigit()):
        return Reply(_answer("411 Length Required", *allowed))
    if int(length) > MESSAGE_BYTES_MAX:
        return Reply(_answer("413 Content Too Large", *allowed))
    message = read_message(environ["wsgi.input"].read(int(length)))
    if message is None:
        return Reply(_answer("400 Bad Request", *allowed))
    visitor = request.visitor(environ) if message.consent else ""
    if message.consent and not visitor:
        visitor = new_visitor_id(random_bytes)
        allowed += (request.visitor_cookie(environ, visitor),)
    return Reply(_answer("204 No Content", *allowed), _hit_of(environ, message, now, visitor))


def _hit_of(environ: "WSGIEnvironment", message: Message, now: datetime, visitor: str) -> Hit:
    seen = request.hit_of(environ, KINDS[message.kind], at=now, touch_id=0, mail_revision=0, visitor=visitor)
    named = {
        "form": message.form,
        "fields": message.fields,
        "file": without_query(message.file, origin=False),
    }
    return msgspec.structs.replace(
        seen,
        path=without_query(message.page, origin=False),
        referer=without_query(message.referrer, origin=True),
        utm=utm_of(message),
        properties={name: value for name, value in named.items() if value},
    )


def _answer(status: str, *headers: Header) -> Answer:
    # A 204 has no content to describe (RFC 9110 §8.6).
    content = () if status.startswith("204") else EMPTY
    return Answer(status, (NEVER_KEPT, *headers, *content))
