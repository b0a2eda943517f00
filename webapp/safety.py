"""What a browser may do with a page, and by which names it is reached: headers for every answer, and no name of others."""

from base64 import b64encode
from hashlib import sha256
from ipaddress import ip_address
from urllib.parse import urlsplit

from flask import Flask, Response, abort, request

from nurture.engine.engine import Engine
from webapp.rights import Permission, permission_of

PAGE = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; connect-src 'self'; "
    "frame-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
MAIL = (
    "default-src 'none'; img-src * data:; style-src 'unsafe-inline'; form-action 'none'; base-uri 'none'; "
    "sandbox allow-popups allow-popups-to-escape-sandbox"
)
"""A mail brings its own styles and images and never a script; its links open elsewhere."""


def add_to(app: Flask, engine: Engine, public_url: str) -> None:
    """Guard every request and answer of *app*.

    public_url  where people of ours open the pages. The tracking host is for recipients: it shows public pages alone.
    """
    own_host = urlsplit(public_url).hostname or ""
    tracking_host = urlsplit(engine.base_url).hostname or ""

    @app.before_request
    def only_by_names_of_ours() -> None:
        # A page elsewhere can point a name of its own at this machine (DNS rebinding); it cannot take our names.
        name = host()
        if is_this_machine(name) or name == own_host:
            return
        is_public = request.endpoint is not None and (
            permission_of(app, request.endpoint, request.method) is Permission.PUBLIC
        )
        if not (is_public and name == tracking_host):
            abort(404)

    @app.after_request
    def with_headers(response: Response) -> Response:
        headers = response.headers
        headers.setdefault("Content-Security-Policy", PAGE)
        headers.setdefault("Referrer-Policy", "same-origin")
        headers.setdefault("Cache-Control", "no-store")
        headers["X-Content-Type-Options"] = "nosniff"
        headers["X-Robots-Tag"] = "noindex"
        return response


def as_mail(html: str, *, framed: bool, script: str = "") -> Response:
    """A mail's own HTML: its links opening in a new tab, and in a frame of ours only if *framed*.

    script  one of ours, which is all that runs there: the policy names it by its hash, and the frame has no origin.
    """
    head, found, rest = html.partition("<head>")
    ours = f"<script>{script}</script>" if script else ""
    response = Response(f'{head}{found}<base target="_blank">{ours}{rest}' if found else html)
    policy = f"{MAIL}; frame-ancestors {chr(39)}{'self' if framed else 'none'}{chr(39)}"
    if script:
        digest = b64encode(sha256(script.encode()).digest()).decode()
        policy = f"{policy.replace('; sandbox ', '; sandbox allow-scripts ')}; script-src 'sha256-{digest}'"
    response.headers["Content-Security-Policy"] = policy
    return response


def host() -> str:
    """The name by which the browser came, without its port."""
    return urlsplit(f"//{request.host}").hostname or ""


def is_this_machine(host: str) -> bool:
    """Whether *host* is a name by which only this machine is reached."""
    if host == "localhost":
        return True
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False
