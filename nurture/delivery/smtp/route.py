"""How to reach one relay: where it is, how the way is secured, who we are, and how long we wait."""

from enum import StrEnum
from pathlib import Path

import msgspec


class Security(StrEnum):
    """STARTTLS and implicit TLS are verified and never fall back to clear text."""

    STARTTLS = "starttls"
    IMPLICIT = "implicit"
    NONE = "none"


class Timeouts(msgspec.Struct, frozen=True, kw_only=True):
    """Seconds to wait for each thing, as RFC 5321 §4.5.3.2 asks; ``connect`` also bounds a TLS handshake."""

    connect: float = 60
    greeting: float = 300
    command: float = 300
    data: float = 120
    block: float = 180
    dot: float = 600

    @property
    def shortest(self) -> float:
        return min(self.connect, self.greeting, self.command, self.data, self.block, self.dot)


class Login(msgspec.Struct, frozen=True):
    username: str
    password: str

    def __repr__(self) -> str:
        return f"Login({self.username!r}, ...)"


class SmtpRoute(msgspec.Struct, frozen=True, kw_only=True):
    """One relay.

    helo         our own name for EHLO, a domain that resolves.
    ca_file      certificates to trust (None: the system's).
    verify       False accepts any certificate; only for a relay on this machine or a private network.
    connections  how many are kept open at once.
    """

    host: str
    port: int = 587
    helo: str
    security: Security = Security.STARTTLS
    ca_file: Path | None = None
    verify: bool = True
    login: Login | None = None
    connections: int = 8
    timeouts: Timeouts = Timeouts()
