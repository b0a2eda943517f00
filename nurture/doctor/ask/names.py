"""DNS: records by name, within a limit of time for all questions together."""

from collections.abc import Sequence
from time import monotonic
from typing import Any, Protocol

import dns.exception
import dns.resolver
import dns.reversename

from nurture.errors import NurtureError
from nurture.languages.told import told

QUESTION_SECONDS = 2.5
"""How long one question may take, so that one dead server does not use up the time of the others."""


class NamesError(NurtureError):
    """A question had no answer: not "there is none", but nobody said."""


class Names(Protocol):
    """What can be asked. Nothing there is an empty answer; NamesError is no answer."""

    def txt(self, name: str) -> Sequence[str]: ...
    def mx(self, name: str) -> Sequence[str]: ...
    def addresses(self, name: str) -> Sequence[str]: ...
    def reverse(self, address: str) -> Sequence[str]: ...


class Resolver:
    """The servers that this machine asks; *resolver* of dnspython is given by tests."""

    def __init__(self, seconds: float, resolver: dns.resolver.Resolver | None = None) -> None:
        self._until = monotonic() + seconds
        self._resolver = resolver

    def txt(self, name: str) -> Sequence[str]:
        return [b"".join(each.strings).decode("utf-8", "replace") for each in self._ask(name, "TXT")]

    def mx(self, name: str) -> Sequence[str]:
        """Hosts, the preferred first; "" for one that says that it takes no mail (RFC 7505)."""
        found = sorted(self._ask(name, "MX"), key=lambda each: each.preference)
        return [_plain(each.exchange) for each in found]

    def addresses(self, name: str) -> Sequence[str]:
        return [each.address for kind in ("A", "AAAA") for each in self._ask(name, kind)]

    def reverse(self, address: str) -> Sequence[str]:
        return [_plain(each.target) for each in self._ask(str(dns.reversename.from_address(address)), "PTR")]

    def _ask(self, name: str, kind: str) -> Sequence[Any]:
        left = self._until - monotonic()
        if left <= 0:
            raise NamesError(told("no time was left to ask for {kind} of {name}", kind=kind, name=name))
        try:
            if self._resolver is None:
                self._resolver = dns.resolver.Resolver()
            absolute = name.rstrip(".") + "."
            return list(self._resolver.resolve(absolute, kind, lifetime=min(left, QUESTION_SECONDS)))
        except (dns.resolver.NXDOMAIN, dns.resolver.NoAnswer):
            return []
        except dns.resolver.LifetimeTimeout:
            raise NamesError(
                told("no DNS server answered for {kind} of {name} in time", kind=kind, name=name)
            ) from None
        except (dns.exception.DNSException, OSError) as error:
            said = str(error).splitlines()
            raise NamesError(
                told(
                    "{system} failed for {kind} of {name}: {quoted}",
                    system="DNS",
                    kind=kind,
                    name=name,
                    quoted=said[0] if said else type(error).__name__,
                )
            ) from None


def _plain(name: Any) -> str:
    return str(name).rstrip(".").lower()
