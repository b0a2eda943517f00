"""Whether a webhook comes from whom it says: what the providers' ways of proving it have in common."""

import hmac
from base64 import b64decode
from binascii import Error as EncodingError
from datetime import datetime, timedelta

from nurture.providers.model import Request, UnprovenError

WINDOW = timedelta(minutes=5)
"""How far a signed moment may lie from now: what somebody has overheard is worth nothing after it."""


def fresh(stamp: str, now: datetime) -> None:
    """Raises UnprovenError unless *stamp*, in seconds since 1970, is within the window around *now*."""
    try:
        away = abs(now.timestamp() - float(stamp))
    except (ValueError, OverflowError):
        raise UnprovenError("it carries no moment that its signature is of") from None
    if not away <= WINDOW.total_seconds():  # not a number compares as false
        raise UnprovenError(f"it was signed more than {WINDOW.seconds // 60} minutes away from now")


def same(given: str, expected: str) -> None:
    """Raises UnprovenError unless both are the same; compared in constant time."""
    if not given:
        raise UnprovenError("it carries no signature")
    if not hmac.compare_digest(given.encode("utf-8", "replace"), expected.encode()):
        raise UnprovenError("its signature is not of this body by this key")


def logged_in(request: Request, login: str) -> None:
    """Raises UnprovenError unless the request says *login*: "name:password" as HTTP has it (RFC 7617), or a bearer token."""
    scheme, _, said = request.header("authorization").partition(" ")
    match scheme.lower():
        case "basic":
            given = decoded(said).decode("utf-8", "replace")
        case "bearer":
            given = said.strip()
        case _:
            raise UnprovenError("it carries no name and password")
    if not hmac.compare_digest(given.encode("utf-8", "replace"), login.encode()):
        raise UnprovenError("its name and password are not those that were agreed")


def decoded(text: str) -> bytes:
    """What base64 stands for, or nothing where it is none."""
    try:
        return b64decode(text.strip(), validate=True)
    except (EncodingError, ValueError):
        return b""
