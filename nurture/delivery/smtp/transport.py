"""The SMTP transport: kept connections to one relay."""

import ssl
from collections.abc import Iterable, Iterator

from nurture.delivery.smtp.connection import Connection
from nurture.delivery.smtp.dispatch import Dispatch
from nurture.delivery.smtp.route import Security, SmtpRoute
from nurture.errors import SetupError
from nurture.ports import UNLOGGED, Clock, OutgoingMessage, Receipt, SendLog


class SmtpTransport:
    """Sends by the relay of *route*, over up to ``route.connections`` connections that stay open between runs.

    One run at a time: neither two threads nor two unfinished iterators may share a transport.
    """

    name = "smtp"
    leaves_machine = True

    def __init__(self, route: SmtpRoute, *, clock: Clock) -> None:
        """Raises SetupError for a route that would show its login to the network, or trusts an unreadable file."""
        if route.login is not None and route.security is Security.NONE:
            raise SetupError(
                f"{route.host}: a login would travel in clear text; set security to 'starttls' or 'implicit', "
                "or remove the login"
            )
        self._route = route
        self._clock = clock
        self._tls = _tls_context(route)
        self._kept: list[Connection] = []

    def send(self, messages: Iterable[OutgoingMessage], log: SendLog = UNLOGGED) -> Iterator[Receipt]:
        """One receipt for each message. A caller that stops early leaves the fate of those under way unknown."""
        dispatch = Dispatch(
            self._route,
            messages,
            clock=self._clock,
            tls=self._tls,
            log=log,
            kept=self._kept,
        )
        yield from dispatch.run()

    def close(self) -> None:
        for connection in self._kept:
            connection.close()
        self._kept.clear()


def _tls_context(route: SmtpRoute) -> ssl.SSLContext | None:
    if route.security is Security.NONE:
        return None  # Reading the system's certificates takes a tenth of a second.
    try:
        context = ssl.create_default_context(cafile=route.ca_file)
    except OSError as error:
        raise SetupError(
            f"{route.ca_file}: cannot be read as certificates to trust ({error.strerror})"
        ) from error
    if not route.verify:
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
    return context
