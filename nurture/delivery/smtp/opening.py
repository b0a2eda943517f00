"""The way in: greeting, EHLO, STARTTLS, login (RFC 5321 §3.1 and §3.2, RFC 3207, RFC 4954)."""

from base64 import b64encode

import msgspec

from nurture.delivery.smtp.reply import Reply
from nurture.delivery.smtp.route import Login, Security, SmtpRoute
from nurture.delivery.smtp.script import UPGRADE, Refused, Script, Step


class Extensions(msgspec.Struct, frozen=True, kw_only=True):
    """What the relay offers. ``size_max`` is in bytes, 0 where it sets no limit."""

    pipelining: bool = False
    smtputf8: bool = False
    eight_bit: bool = False
    starttls: bool = False
    size_max: int = 0
    logins: frozenset[str] = frozenset()


def opening(route: SmtpRoute) -> Script[Extensions]:
    """From the connection to readiness for mail. Raises Refused with the remedy."""
    if route.security is Security.IMPLICIT:
        yield UPGRADE
    _expect(220, (yield Step(b"", route.timeouts.greeting)), "our connection")
    extensions = yield from _hello(route)
    if route.security is Security.STARTTLS:
        if not extensions.starttls:
            raise Refused(
                f"{route.host}:{route.port} does not offer STARTTLS, so no mail was sent: it may be stripped on the way. "
                "Use the relay's TLS port with security 'implicit', or 'none' on a network that you trust"
            )
        _expect(220, (yield Step(b"STARTTLS\r\n", route.timeouts.command)), "STARTTLS")
        yield UPGRADE
        extensions = yield from _hello(route)  # what was offered in clear is forgotten (RFC 3207 §4.2)
    if route.login is not None:
        yield from _log_in(route, route.login, extensions)
    return extensions


def _hello(route: SmtpRoute) -> Script[Extensions]:
    reply = yield Step(f"EHLO {route.helo}\r\n".encode(), route.timeouts.command)
    if reply.code in (500, 502):
        # A server older than RFC 1869 knows HELO only, and offers nothing.
        _expect(250, (yield Step(f"HELO {route.helo}\r\n".encode(), route.timeouts.command)), "HELO")
        return Extensions()
    _expect(250, reply, "EHLO")
    return read_extensions(reply)


def read_extensions(reply: Reply) -> Extensions:
    """What a reply to EHLO offers; its first line is the server's name."""
    offers = [line.decode("ascii", "replace").upper().split() for line in reply.lines[1:]]
    words = {offer[0]: offer[1:] for offer in offers if offer}
    size = words.get("SIZE", [])
    return Extensions(
        pipelining="PIPELINING" in words,
        smtputf8="SMTPUTF8" in words,
        eight_bit="8BITMIME" in words,
        starttls="STARTTLS" in words,
        size_max=int(size[0]) if size and size[0].isdecimal() else 0,
        logins=frozenset(words.get("AUTH", [])),
    )


def _log_in(route: SmtpRoute, login: Login, extensions: Extensions) -> Script[None]:
    assert route.security is not Security.NONE, (
        "a login never travels in clear; SmtpTransport refuses such a route"
    )
    wait = route.timeouts.command
    if "PLAIN" in extensions.logins:
        secret = _base64(f"\0{login.username}\0{login.password}")
        reply = yield Step(b"AUTH PLAIN " + secret + b"\r\n", wait)
    elif "LOGIN" in extensions.logins:
        _expect(334, (yield Step(b"AUTH LOGIN\r\n", wait)), "AUTH LOGIN")
        _expect(334, (yield Step(_base64(login.username) + b"\r\n", wait)), "the user name")
        reply = yield Step(_base64(login.password) + b"\r\n", wait)
    else:
        offered = ", ".join(sorted(extensions.logins)) or "none"
        raise Refused(f"{route.host} offers no login that we speak (PLAIN, LOGIN); it offers {offered}")
    _expect(235, reply, f"the login of {login.username!r}")


def _expect(code: int, reply: Reply, subject: str) -> None:
    if reply.code != code:
        raise Refused(f"the relay answered {reply.code} to {subject}: {reply.text}")


def _base64(text: str) -> bytes:
    return b64encode(text.encode())
