"""Following an SPF record (RFC 7208) through its includes, counting what it costs a receiver."""

from collections.abc import Iterator
from ipaddress import ip_address

from nurture.doctor.ask.names import Names, NamesError
from nurture.doctor.facts import Spf
from nurture.languages.told import text_of

VERSION = "v=spf1"
LOOKUPS_MAX = 10
QUALIFIERS = "+-~?"


def spf_of(domain: str, names: Names) -> Spf:
    """The record of *domain* with everything that it lets pass."""
    walk = _Walk(names)
    try:
        records = walk.records(domain)
        if len(records) == 1:
            walk.follow(domain, records[0])
    except NamesError as error:
        return Spf(domain=domain, problem=text_of(error))
    return Spf(
        domain=domain,
        records=tuple(records),
        networks=tuple(walk.networks),
        includes=tuple(walk.includes),
        lookups=walk.lookups,
        ending=walk.ending,
        opaque=walk.opaque,
    )


def is_spf(text: str) -> bool:
    return text.lower().split(" ", 1)[0] == VERSION


class _Walk:
    def __init__(self, names: Names) -> None:
        self.networks: list[str] = []
        self.includes: list[str] = []
        self.lookups = 0
        self.ending = ""
        self.opaque = False
        self._names = names

    def records(self, domain: str) -> list[str]:
        return [text for text in self._names.txt(domain) if is_spf(text)]

    def follow(self, domain: str, record: str, *, outermost: bool = True) -> None:
        for qualifier, name, value in terms(record):
            if name == "all":
                if outermost and not self.ending:
                    self.ending = qualifier + "all"
            elif self.lookups <= LOOKUPS_MAX:  # beyond it the record is void, whatever else it says
                self._term(qualifier, name, value, domain, outermost=outermost)

    def _term(self, qualifier: str, name: str, value: str, domain: str, *, outermost: bool) -> None:
        passes = qualifier == "+"
        if "%" in value or name in ("exists", "ptr"):
            self.lookups += 1
            self.opaque = True
        elif name in ("ip4", "ip6"):
            self.networks += [value] if passes else []
        elif name in ("a", "mx"):
            self.lookups += 1
            host, _, bits = value.partition("/")
            found = self._addresses(name, host or domain)
            self.networks += [_with_bits(address, bits) for address in found if passes]
        elif name in ("include", "redirect"):
            self.lookups += 1
            self.includes.append(value)
            for record in self.records(value)[:1]:
                self.follow(value, record, outermost=outermost and name == "redirect")

    def _addresses(self, name: str, host: str) -> list[str]:
        hosts = [host] if name == "a" else list(self._names.mx(host))[:LOOKUPS_MAX]
        return [address for each in hosts for address in self._names.addresses(each)]


def terms(record: str) -> Iterator[tuple[str, str, str]]:
    """Qualifier, name and value of each term after the version; of a redirect too."""
    for word in record.split()[1:]:
        qualifier, rest = (word[0], word[1:]) if word[0] in QUALIFIERS else ("+", word)
        at = next((at for at, each in enumerate(rest) if each in ":=/"), len(rest))
        name, value = rest[:at].lower(), rest[at:]
        yield qualifier, name, value if value.startswith("/") else value[1:].lower()


def _with_bits(address: str, bits: str) -> str:
    """'192.0.2.1' with the prefix length of 'a/24//64' that is meant for its family (§5.6)."""
    four, _, six = bits.partition("//")
    length = four if ip_address(address).version == 4 else six.strip("/")
    return f"{address}/{length}" if length else address
