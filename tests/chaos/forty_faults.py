"""The forty faults of a relay of R4: what it does, and what shall become of the mails. They are met in ``smtp_faults``."""

from collections.abc import Mapping

import msgspec

from nurture.delivery.smtp import Login, Security, Timeouts
from nurture.vocabulary.words import TouchStatus
from tests.delivery.authority import Authority
from tests.delivery.scripted_relay import (
    Act,
    Session,
    Taken,
    drops,
    endless_line,
    garbles,
    hangs,
    says,
    says_and_drops,
)

SENT, DEFERRED, BOUNCED, UNKNOWN = (
    TouchStatus.SENT,
    TouchStatus.DEFERRED,
    TouchStatus.BOUNCED,
    TouchStatus.UNKNOWN,
)

LEADS = 6
"""Mails that meet each fault."""


class Speed(msgspec.Struct, frozen=True, kw_only=True):
    """How long is waited for a silent relay, and for each byte of a slow one: seconds."""

    patience: float = 3.0
    byte: float = 1.0


class Fault(msgspec.Struct, frozen=True, kw_only=True):
    """What a relay does wrong, and what shall come of it.

    becomes     what the mail that met the fault is afterwards; all the others are sent.
    victims     how many mails meet it.
    does        by verb and count, as a ScriptedRelay takes it.
    everybody   what it does at a verb always.
    relay       how else the relay is made.
    route       how else it is reached.
    resends     whether the programme sends again what is of unknown fate.
    unresolved  whether its name leads nowhere.
    is_slow     whether the mail that met it arrives all the same, last.
    """

    name: str
    becomes: TouchStatus
    victims: int = 1
    does: Mapping[tuple[str, int], Act] = {}
    everybody: tuple[str, Act] | None = None
    relay: Mapping[str, object] = {}
    route: Mapping[str, object] = {}
    resends: bool = False
    unresolved: bool = False
    is_slow: bool = False


def takes_and_drops(session: Session) -> bool:
    """It has the mail, and nobody will know."""
    taken = Taken(session.mail_from or "", session.rcpt_to or "", session.body)
    with session.relay.lock:
        session.relay.taken.append(taken)
    return False


def breaks_off(session: Session) -> bool:
    """It agrees to TLS and hangs up instead of shaking hands."""
    session.say("220 2.0.0 go on")
    return False


def slow(speed: Speed) -> Act:
    """From now on each byte of the session comes alone."""

    def slow_down(session: Session) -> bool:
        session.pace = speed.byte
        return session.take_recipient("<" + session.heard_recipient + ">")

    return slow_down


def faults(speed: Speed, authority: Authority) -> tuple[Fault, ...]:
    """The forty."""
    late = Timeouts(
        connect=speed.patience,
        greeting=speed.patience,
        command=speed.patience,
        data=speed.patience,
        block=speed.patience,
        dot=speed.patience,
    )
    secure = {"security": Security.STARTTLS, "ca_file": authority.file}
    offers_tls = {"tls": authority.server, "offers": ("PIPELINING", "STARTTLS", "AUTH PLAIN")}

    def at(name: str, verb: str, act: Act, becomes: TouchStatus, *, count: int = 2, **more) -> Fault:
        return Fault(name=name, does={(verb, count): act}, becomes=becomes, **more)

    def all_at(name: str, verb: str, act: Act, becomes: TouchStatus = DEFERRED, **more) -> Fault:
        return Fault(name=name, everybody=(verb, act), becomes=becomes, victims=LEADS, **more)

    silent = {"route": {"timeouts": late}}
    return (
        all_at("421 at the greeting", "CONNECT", says_and_drops("421 4.3.2 not now")),
        all_at("450 at EHLO", "EHLO", says("450 4.7.0 not now")),
        at("450 at MAIL", "MAIL", says("450 4.7.1 greylisted"), DEFERRED),
        at("450 at RCPT", "RCPT", says("450 4.2.1 mailbox busy"), DEFERRED),
        at("451 at DATA", "DATA", says("451 4.3.0 not now"), DEFERRED),
        at("452 at the dot", "DOT", says("452 4.3.1 disk full"), DEFERRED),
        all_at("554 at the greeting", "CONNECT", says_and_drops("554 5.3.2 no service")),
        all_at("550 at EHLO", "EHLO", says("550 5.7.1 go away")),
        at("550 at MAIL", "MAIL", says("550 5.7.1 blocked"), BOUNCED),
        at("550 at RCPT", "RCPT", says("550 5.1.1 no such user"), BOUNCED),
        at("554 at DATA", "DATA", says("554 5.7.1 no"), BOUNCED),
        at("554 at the dot", "DOT", says("554 5.6.0 content refused"), BOUNCED),
        all_at("drop at the greeting", "CONNECT", drops),
        all_at("drop at EHLO", "EHLO", drops),
        at("drop at RSET", "RSET", drops, SENT, count=1, victims=0),
        at("drop at MAIL", "MAIL", drops, DEFERRED),
        at("drop at RCPT", "RCPT", drops, DEFERRED),
        at("drop at DATA", "DATA", drops, DEFERRED),
        at("drop in the body", "BODY", drops, UNKNOWN),
        at("drop after the dot", "DOT", takes_and_drops, UNKNOWN),
        at("drop after the dot, sent again", "DOT", takes_and_drops, DEFERRED, resends=True),
        all_at("silence at the greeting", "CONNECT", hangs, **silent),
        at("silence at MAIL", "MAIL", hangs, DEFERRED, **silent),
        at("silence at DATA", "DATA", hangs, DEFERRED, **silent),
        at("silence at the dot", "DOT", hangs, UNKNOWN, **silent),
        at("one byte a second", "RCPT", slow(speed), SENT, victims=0, is_slow=True),
        at("a reply without end", "DOT", endless_line(speed.patience / 50), UNKNOWN, **silent),
        at("garbage at RCPT", "RCPT", garbles, DEFERRED),
        at("garbage at the dot", "DOT", garbles, UNKNOWN),
        at("421 in the middle of a session", "RCPT", says_and_drops("421 4.3.2 shutting down"), DEFERRED),
        at(
            "421 at a limit of messages",
            "MAIL",
            says_and_drops("421 4.7.0 too many messages"),
            DEFERRED,
            count=4,
        ),
        at("452 at a limit of messages", "MAIL", says("452 4.5.3 too many messages"), DEFERRED, count=4),
        Fault(name="a limit of sessions", becomes=SENT, victims=0, relay={"sessions_max": 1}),
        all_at(
            "TLS: a certificate that nobody vouches for",
            "",
            drops,
            relay=offers_tls,
            route={"security": Security.STARTTLS},
        ),
        all_at("TLS: the handshake breaks off", "STARTTLS", breaks_off, relay=offers_tls, route=secure),
        all_at("TLS: STARTTLS is taken away", "", drops, route=secure),
        all_at(
            "the login is refused",
            "AUTH",
            says("535 5.7.8 bad credentials"),
            TouchStatus.PLANNED,  # our own fault: all rests, as if nobody had tried
            relay=offers_tls,
            route={**secure, "login": Login("acme", "wrong")},
        ),
        all_at("the name does not resolve", "", drops, unresolved=True),
        at(
            "refused at the dot, then the next message",
            "DOT",
            says("554 5.6.0 content refused"),
            BOUNCED,
            route={"connections": 1},
        ),
        at(
            "a body is invited for nobody",
            "RCPT",
            says("550 5.1.1 no such user"),
            BOUNCED,
            relay={"lenient": True},
        ),
    )
