"""What a WSGI request says of who sent it, cut to the length that one request may cost."""

import re
from datetime import datetime
from typing import TYPE_CHECKING

from nurture.tracking.hits import Hit, HitKind, without_query

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIEnvironment

HEADER_CHARACTERS_MAX = 512

VISITOR_COOKIE = "nv"
VISITOR_SECONDS = 180 * 86_400
_VISITOR = re.compile(rf"(?:^|; ?){VISITOR_COOKIE}=([\w-]{{16}})(?=;|$)", re.ASCII)

PURPOSE_HEADERS = ("HTTP_SEC_PURPOSE", "HTTP_PURPOSE", "HTTP_X_PURPOSE", "HTTP_X_MOZ")
"""The one of the Fetch standard, then what Chrome, Safari and Firefox sent before it."""


def hit_of(
    environ: "WSGIEnvironment",
    kind: HitKind,
    *,
    at: datetime,
    touch_id: int,
    mail_revision: int,
    link: int | None = None,
    visitor: str = "",
) -> Hit:
    """The hit that a request for a pixel or link is.

    Its address is that of the peer; behind a proxy of our own, werkzeug's ProxyFix has put the visitor's there.
    """
    given = environ.get
    referer = given("HTTP_REFERER")
    return Hit(
        kind=kind,
        at=at,
        touch_id=touch_id,
        mail_revision=mail_revision,
        link=link,
        visitor=visitor,
        method=environ["REQUEST_METHOD"],
        user_agent=given("HTTP_USER_AGENT", "")[:HEADER_CHARACTERS_MAX],
        address=given("REMOTE_ADDR", ""),
        prefetch=next((environ[name][:40].lower() for name in PURPOSE_HEADERS if name in environ), ""),
        referer=without_query(referer, origin=True)[:HEADER_CHARACTERS_MAX] if referer else "",
    )


def visitor(environ: "WSGIEnvironment") -> str:
    """The browser's name for itself, from its cookie, or ""."""
    cookies = environ.get("HTTP_COOKIE")
    found = _VISITOR.search(cookies) if cookies else None
    return found[1] if found else ""


def visitor_cookie(environ: "WSGIEnvironment", visitor: str) -> tuple[str, str]:
    """The header that makes the browser keep its name, where no script can read it (RFC 6265 §4.1.2.6)."""
    secure = "; Secure" if environ.get("wsgi.url_scheme") == "https" else ""
    limits = f"Max-Age={VISITOR_SECONDS}; Path=/; HttpOnly; SameSite=Lax{secure}"
    return "Set-Cookie", f"{VISITOR_COOKIE}={visitor}; {limits}"
