"""R4: forty faults of a relay, each met by the whole engine: the state is right, nothing lost, nothing doubled, nobody else late.

A table says what the relay does and what shall become of the mails. Each fault meets some leads whose mail is due; then the
relay is well again, time passes, and what was deferred has to arrive.
"""

import socket
import tempfile
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from email import message_from_bytes
from pathlib import Path
from time import monotonic

import msgspec

from nurture.delivery.smtp import Login, Security, SmtpRoute, SmtpTransport, Timeouts, dispatch
from nurture.engine.recover import Journals
from nurture.ports import UNLOGGED, Clock
from nurture.vocabulary.words import TouchStatus
from tests.chaos.figures import Figures, Options, bounds
from tests.delivery.authority import Authority
from tests.delivery.scripted_relay import (
    Act,
    ScriptedRelay,
    Session,
    Taken,
    drops,
    endless_line,
    garbles,
    hangs,
    says,
    says_and_drops,
)
from tests.engine.company import ANY_TIME, Company, campaign, catalog

SENT, DEFERRED, BOUNCED, UNKNOWN = (
    TouchStatus.SENT,
    TouchStatus.DEFERRED,
    TouchStatus.BOUNCED,
    TouchStatus.UNKNOWN,
)

LEADS = 6
CONNECTIONS = 2
DELAY_MAX = 1.0
"""Seconds that the other mails may be later than without the fault."""
ONE_MAIL = campaign(steps="[{mail: first}]", mails=("first",))


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


class Row(msgspec.Struct, frozen=True, kw_only=True):
    """What came of one fault.

    late     seconds by which the other mails came later than without a fault; None where all met it.
    doubled  mails that a relay took twice.
    lost     mails that count as sent and that no relay took, or that never came to an end.
    """

    name: str
    expected: Mapping[str, int]
    found: Mapping[str, int]
    late: float | None
    lost: int
    doubled: int
    mixed: int
    resends: bool = False

    @property
    def is_right(self) -> bool:
        return (
            self.found == self.expected
            and self.lost == 0
            and self.mixed == 0
            and self.doubled <= (1 if self.resends else 0)
        )


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

    def all_at(name: str, verb: str, act: Act, **more) -> Fault:
        return Fault(name=name, everybody=(verb, act), becomes=DEFERRED, victims=LEADS, **more)

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


# ---------------------------------------------------------------- meeting them


class Detour:
    """A way out that leads to whichever transport is set."""

    name = "smtp"
    leaves_machine = True

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._to: SmtpTransport | None = None

    def lead_to(self, route: SmtpRoute) -> None:
        self.close()
        self._to = SmtpTransport(route, clock=self._clock)

    def send(self, messages, log=UNLOGGED):
        assert self._to is not None
        yield from self._to.send(messages, log)

    def close(self) -> None:
        if self._to is not None:
            self._to.close()


class Noted(list):
    """Remembers when each mail was taken."""

    def __init__(self) -> None:
        super().__init__()
        self.at: list[float] = []

    def append(self, taken: Taken) -> None:
        super().append(taken)
        self.at.append(monotonic())


class Always(Mapping):
    """Faults by verb and count, and those that happen at every such verb."""

    def __init__(self, fault: Fault) -> None:
        self._fault = fault

    def get(self, key, default=None):
        verb, _ = key
        if self._fault.everybody is not None and self._fault.everybody[0] == verb:
            return self._fault.everybody[1]
        return self._fault.does.get(key, default)

    def __getitem__(self, key):
        raise KeyError(key)

    def __iter__(self):
        return iter(())

    def __len__(self) -> int:
        return 1


def met(speed: Speed | None = None) -> Iterator[Row]:
    """Meet each fault once, with the whole engine on SQLite, and say what came of it."""
    speed = speed or Speed()
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        authority = Authority(folder)
        ways: dict[bool, Detour] = {}
        companies = {
            resends: stack.enter_context(a_company(folder, ways, resends=resends))
            for resends in (False, True)
        }
        usual = 0.0
        for time in (
            "first",
            "second",
        ):  # the first time the mail is compiled, which no fault is to be blamed for
            well = Fault(name=f"none, {time} time", becomes=SENT, victims=0)
            usual = max(meet(companies[resends], way, well, 0.0).late or 0.0 for resends, way in ways.items())
        for fault in faults(speed, authority):
            yield meet(companies[fault.resends], ways[fault.resends], fault, usual)


@contextmanager
def a_company(folder: Path, ways: dict[bool, Detour], *, resends: bool) -> Iterator[Company]:
    def way_out(clock: Clock) -> Detour:
        ways[resends] = Detour(clock)
        return ways[resends]

    name = "resend" if resends else "hold"
    journals = Journals(folder / name)
    company = Company(f"sqlite:///{folder / name}.sqlite", way_out=way_out, journals=journals)
    company.publish(catalog(ONE_MAIL, sending=f"{ANY_TIME}, unknown: {name}"))
    try:
        yield company
    finally:
        company.engine.close()


def meet(company: Company, way: Detour, fault: Fault, usual: float) -> Row:
    """What becomes of LEADS mails that meet *fault*; *usual* is how long they take without one."""
    slug = "-".join(fault.name.lower().translate(str.maketrans("", "", ":,")).split())
    leads = company.enter(*(f"{slug}-{number}" for number in range(LEADS)))
    with sick(fault) as relay:
        way.lead_to(route_to(relay, fault))
        began = monotonic()
        company.engine.tick()
        found = Counter(company.statuses(lead)[0][1] for lead in leads)
        way.close()
    with ScriptedRelay() as healthy:
        way.lead_to(plain_route(healthy))
        company.later(minutes=7)
        way.close()
    taken = [*relay.taken, *healthy.taken]
    times = Counter(each.rcpt_to for each in taken)
    return Row(
        name=fault.name,
        expected=expected(fault),
        found={str(status): count for status, count in found.items()},
        late=late(relay, fault, began, usual),
        lost=sum(is_lost(company, lead, times) for lead in leads),
        doubled=sum(count > 1 for count in times.values()),
        mixed=sum(not is_whole(each) for each in taken),
        resends=fault.resends,
    )


def late(relay: ScriptedRelay, fault: Fault, began: float, usual: float) -> float | None:
    """How much later than usual the last of the others came."""
    taken = relay.taken
    assert isinstance(taken, Noted)
    others = LEADS - fault.victims
    if others == 0:
        return None
    arrived = sorted(taken.at)[:-1] if fault.is_slow else sorted(taken.at)
    return max(0.0, arrived[-1] - began - usual)


def is_lost(company: Company, lead: int, times: Mapping[str, int]) -> bool:
    """Whether a mail counts as sent and never arrived, or did not come to an end."""
    status = company.statuses(lead)[0][1]
    arrived = times.get(company.state(lead).lead.email or "", 0) > 0
    return status not in (SENT, BOUNCED, UNKNOWN) or (status == SENT and not arrived)


def expected(fault: Fault) -> dict[str, int]:
    counts = Counter({str(fault.becomes): fault.victims, str(SENT): LEADS - fault.victims})
    return (
        {status: count for status, count in counts.items() if count} if fault.victims else {str(SENT): LEADS}
    )


def is_whole(taken: Taken) -> bool:
    """Whether a mail has its body, and stands in its own envelope."""
    message = message_from_bytes(taken.data)
    bodies = [part for part in message.walk() if part.get_content_type() == "text/html"]
    return taken.rcpt_to in message["To"] and bool(bodies) and "Hello" in str(bodies[0].get_payload())


@contextmanager
def sick(fault: Fault) -> Iterator[ScriptedRelay]:
    """A relay with the fault."""
    relay = ScriptedRelay(**fault.relay)
    relay.faults = Always(fault)
    relay.taken = Noted()
    with relay, unresolved() if fault.unresolved else ExitStack():
        yield relay


@contextmanager
def unresolved() -> Iterator[None]:
    """No name is known, for a while."""

    def nobody(host: str, port: int):
        raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")

    real, dispatch.resolve = dispatch.resolve, nobody
    try:
        yield
    finally:
        dispatch.resolve = real


def route_to(relay: ScriptedRelay, fault: Fault) -> SmtpRoute:
    return msgspec.structs.replace(plain_route(relay), **fault.route)


def plain_route(relay: ScriptedRelay) -> SmtpRoute:
    return SmtpRoute(
        host="127.0.0.1",
        port=relay.port,
        helo="chaos.example",
        security=Security.NONE,
        connections=CONNECTIONS,
    )


# ---------------------------------------------------------------- the row of the table


def run(options: Options) -> Iterator[Figures]:
    """R4 of ``make chaos``: a line for each fault, and the sum."""
    rows = []
    for row in met():
        rows.append(row)
        broken = bounds(
            state_right=row.found == row.expected,
            nothing_lost=row.lost == 0,
            nothing_doubled=row.doubled <= (1 if row.resends else 0),
            no_envelope_mixed_up=row.mixed == 0,
            others_not_late=row.late is None or row.late <= DELAY_MAX,
        )
        numbers = {"found": dict(row.found), "lost": row.lost, "doubled": row.doubled}
        if row.late is not None:
            numbers["others late"] = f"{row.late:.2f} s"
        yield Figures(row="R4", what=row.name, seed=options.seed, numbers=numbers, broken=broken)
    right = sum(row.is_right and (row.late is None or row.late <= DELAY_MAX) for row in rows)
    yield Figures(
        row="R4",
        what="all faults",
        seed=options.seed,
        numbers={"right": f"{right} of {len(rows)}"},
        broken=bounds(all_right=right == len(rows) == 40),
    )
