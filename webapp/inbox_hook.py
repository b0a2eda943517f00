"""Where mail that comes back is posted: by a mail server's curl, or by a provider that parses incoming mail for us.

POST /hooks/mail   200 taken in (again, too); 401 not proven; 404 not set up; 413 too large; 422 no message in it;
429 too many without proof; 503 it cannot be kept now, to be sent again

The body is the message as it came (RFC 5322), or a form with the whole message in one of its fields. It is answered after
the commit. Addresses stand in headers and fields, never in the URL.
"""

import hmac
from collections.abc import Callable

import msgspec
from flask import Response, request
from werkzeug.exceptions import RequestEntityTooLarge

from nurture.engine.feedback import RAW_MAX
from nurture.log import get_log
from nurture.ports import Clock
from nurture.store.database import STORE_AWAY
from webapp.provider_hooks import PREFIX, Refusals
from webapp.rights import Area, Permission, area

log = get_log(__name__)

PATH = f"{PREFIX}mail"
MESSAGE_FIELDS = ("email", "body-mime", "message")
"""The field with the message as it came: SendGrid's Inbound Parse ("raw"), Mailgun's routes ("mime"), anybody else's."""
FORM_MAX = RAW_MAX + 1024 * 1024
"""Bytes of a form: its other fields are small."""

Take = Callable[[bytes, str], object]
"""Takes in a message and the recipient of its envelope; durable when it returns."""


def pages(take: Take, token: str | None, clock: Clock) -> Area:
    """*token* proves who posts, as a bearer token or as the password of any name; None: nothing is taken."""
    pages = area("inbox_hook", see=Permission.PUBLIC)
    refusals = Refusals()

    @pages.post(PATH)
    @pages.post(f"{PATH}/mime")  # Mailgun posts whole messages only where the address ends so
    def receive() -> Response:
        if token is None:
            return _answer(404)
        now, client = clock.now(), request.remote_addr or ""
        if refusals.are_too_many(client, now):
            return _answer(429)
        if not _proves(token):
            count = refusals.add("mail", client, now)
            log.warning("mail refused", why="the token is not ours", refused=count)
            return _answer(401, **{"WWW-Authenticate": 'Basic realm="mail"'})
        request.max_content_length = request.max_form_memory_size = FORM_MAX
        raw, envelope_to = _form() if _is_form() else _body()
        if not raw:
            return _answer(422)
        try:
            take(raw, envelope_to)
        except Exception as error:  # noqa: BLE001 whatever it is, who sent it keeps it and tries again
            log.error("message not taken in", inbox="post", error=error)  # noqa: TRY400 it adds the traceback
            return _again()
        return _answer(200)

    @pages.errorhandler(RequestEntityTooLarge)
    def too_large(_: RequestEntityTooLarge) -> Response:
        return _answer(413)

    def store_is_away(error: Exception) -> Response:
        log.error("message not taken in", inbox="post", error=error)
        return _again()

    for each in STORE_AWAY:
        pages.register_error_handler(each, store_is_away)
    return pages


def _proves(token: str) -> bool:
    said = request.authorization
    given = (said.token if said.type == "bearer" else said.password) if said else None
    return hmac.compare_digest((given or "").encode(), token.encode())


def _is_form() -> bool:
    return request.mimetype in ("multipart/form-data", "application/x-www-form-urlencoded")


def _body() -> tuple[bytes, str]:
    raw = request.get_data(cache=False, parse_form_data=False)
    if len(raw) > RAW_MAX:
        raise RequestEntityTooLarge
    return raw, request.headers.get("X-Envelope-To", "")


def _form() -> tuple[bytes, str]:
    """The message of a provider's form."""
    for name in MESSAGE_FIELDS:
        if name in request.files:
            return request.files[name].read(), _recipient()
        if name in request.form:
            return request.form[name].encode(), _recipient()
    return b"", ""


def _recipient() -> str:
    if "recipient" in request.form:
        return request.form["recipient"]
    try:
        envelope = msgspec.json.decode(request.form.get("envelope", "{}"), type=Envelope)
    except msgspec.MsgspecError:
        return ""
    return envelope.to[0] if envelope.to else ""


class Envelope(msgspec.Struct):
    """What SendGrid says of the SMTP envelope."""

    to: list[str] = []


def _again() -> Response:
    return _answer(503, **{"Retry-After": "60"})


def _answer(status: int, **headers: str) -> Response:
    return Response(status=status, headers=headers, mimetype="text/plain")
