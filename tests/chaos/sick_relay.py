"""A relay with one of the forty faults, the way to it, and the way to one that is well."""

import socket
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from time import monotonic

import msgspec

from nurture.delivery.smtp import Security, SmtpRoute, SmtpTransport, dispatch
from nurture.ports import UNLOGGED, Clock
from tests.chaos.forty_faults import Fault
from tests.delivery.scripted_relay import ScriptedRelay, Taken

CONNECTIONS = 2


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
