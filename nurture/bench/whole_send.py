"""Row 1: the whole send, from the due queue to the relay and back into the store, against Postfix's smtp-source, which builds
and stores nothing.
"""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from time import perf_counter

from nurture.bench.figures import Figure, Scale, interleaved
from nurture.bench.programs import free_port, output, program, serving
from nurture.bench.rig import Rig, rig, wake
from nurture.bench.samples import claims_of
from nurture.bench.turns import absorb_all, deliver_all
from nurture.delivery.smtp import Security, SmtpRoute, SmtpTransport
from nurture.ports import Clock

MESSAGES = {Scale.SMALL: 500, Scale.USUAL: 10_000, Scale.FULL: 100_000}
SESSIONS = (5, 10, 20, 40)
PROBED_MESSAGES = 3_000
CONNECTIONS = 8
"""As many as an installation keeps unless it is told otherwise."""
POSTFIX = (
    "apt-get install --no-install-recommends postfix"  # its server may stay off: two of its programs are used
)


def measure(scale: Scale, runs: int) -> list[Figure]:
    """Sends the same mails to the same sink, in turn with smtp-source."""
    count = MESSAGES[scale]
    with rig(count) as filled, sink(filled.directory) as port:
        size = size_of_mail(filled)
        probes = {
            sessions: source(port, min(count, PROBED_MESSAGES), size, sessions) for sessions in SESSIONS
        }
        best = max(probes, key=probes.__getitem__)
        absorbed: list[float] = []
        ours, yardstick = interleaved(
            runs,
            lambda: send(filled, port, absorbed),
            lambda: source(port, count, size, best),
        )
    against = f"smtp-source, {best} sessions"
    what = f"whole send, {count:,} mails of {size / 1000:.1f} kB, unsigned"
    return [
        Figure(
            row=1,
            what=what,
            unit="mails/s",
            ours=ours,
            against=against,
            yardstick=yardstick,
            floor=0.5,
            goal=1.0,
        ),
        Figure(
            row=1,
            what="then absorbing that they were sent",
            unit="events/s",
            ours=tuple(absorbed),
            against=against,
            yardstick=yardstick,
        ),
    ]


def send(filled: Rig, port: int, absorbed: list[float]) -> float:
    """Mails a second, claimed, judged, built, sent and committed; the rate of absorbing them is added to *absorbed*."""

    def transport(clock: Clock) -> SmtpTransport:
        route = SmtpRoute(
            host="127.0.0.1",
            port=port,
            helo="bench.example",
            security=Security.NONE,
            connections=CONNECTIONS,
        )
        return SmtpTransport(route, clock=clock)

    with filled.engine(transport) as engine:
        wake(engine, range(1, filled.leads + 1))
        began = perf_counter()
        sent = deliver_all(engine)
        took = perf_counter() - began
        assert sent == filled.leads, f"{sent} of {filled.leads} mails were sent"
        began = perf_counter()
        absorbed.append(absorb_all(engine) / (perf_counter() - began))
        return sent / took


def source(port: int, count: int, size: int, sessions: int) -> float:
    """Mails a second of smtp-source, over *sessions* connections that stay open."""
    command = [program("smtp-source", POSTFIX), "-d", "-s", str(sessions), "-m", str(count), "-l", str(size)]
    began = perf_counter()
    output([*command, "-f", "bench@bench.example", "-t", "lead@company.example", f"127.0.0.1:{port}"])
    return count / (perf_counter() - began)


@contextmanager
def sink(directory: Path) -> Iterator[int]:
    """smtp-sink, which accepts every mail and keeps none. Yields its port."""
    port = free_port()
    as_whom = ["-u", "nobody"] if os.geteuid() == 0 else []  # it refuses to serve as root
    with serving([program("smtp-sink", POSTFIX), *as_whom, f"127.0.0.1:{port}", "1000"], port, directory):
        yield port


def size_of_mail(filled: Rig) -> int:
    """Bytes of one of the mails."""
    with filled.engine() as engine:
        builder, claims = claims_of(engine, 1)
        return len(builder.build(claims[0]).data)
