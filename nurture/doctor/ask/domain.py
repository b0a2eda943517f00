"""What DNS says about the domains that mail is from, and about the addresses that it leaves from."""

from collections.abc import Iterable
from ipaddress import ip_address

from nurture.doctor.ask.key import published_form
from nurture.doctor.ask.names import Names, NamesError
from nurture.doctor.facts import Dkim, Dmarc, Mx, Reverse
from nurture.doctor.records import parents, tags
from nurture.errors import SetupError
from nurture.languages.told import text_of, told

ADDRESSES_MAX = 4
"""A relay of more addresses than these is a provider's, who answers for them."""


def dmarc_of(domain: str, names: Names) -> Dmarc:
    """Its own records, else those of the nearest domain above it, which speak for it too (RFC 7489 §6.6.3)."""
    try:
        for each in parents(domain):
            found = [text for text in names.txt(f"_dmarc.{each}") if tags(text).get("v") == "DMARC1"]
            if found:
                return Dmarc(domain=domain, at=each, records=tuple(found))
    except NamesError as error:
        return Dmarc(domain=domain, problem=text_of(error))
    return Dmarc(domain=domain)


def dkim_of(name: str, key_pem: bytes | None, names: Names) -> Dkim:
    """What stands at *name*, and what should; *key_pem* None where the file cannot be read."""
    record, key_problem = "", told("the file cannot be read")
    if key_pem is not None:
        try:
            record, key_problem = published_form(key_pem, domain=name), ""
        except SetupError as error:
            key_problem = text_of(error)
    try:
        published = tuple(names.txt(name))
    except NamesError as error:
        return Dkim(name=name, record=record, key_problem=key_problem, problem=text_of(error))
    return Dkim(name=name, record=record, key_problem=key_problem, published=published)


def mx_of(domain: str, names: Names) -> Mx:
    """Its mail servers. A domain without MX that has an address takes its mail itself (RFC 5321 §5.1)."""
    try:
        hosts = tuple(names.mx(domain)) or ((domain,) if names.addresses(domain) else ())
        return Mx(
            domain=domain,
            hosts=hosts,
            missing=tuple(host for host in hosts if host and not names.addresses(host)),
        )
    except NamesError as error:
        return Mx(domain=domain, problem=text_of(error))


def reverses_of(hosts: Iterable[str], names: Names) -> tuple[Reverse, ...]:
    """The public addresses of the first of *hosts* that has any, each with its names."""
    for host in hosts:
        try:
            found = [each for each in addresses_of(host, names) if ip_address(each).is_global]
        except NamesError as error:
            return (Reverse(address=host, problem=text_of(error)),)
        if found:
            return tuple(_reverse(address, names) for address in found[:ADDRESSES_MAX])
    return ()


def addresses_of(host: str, names: Names) -> list[str]:
    """Those of a name, or the address itself."""
    try:
        return [str(ip_address(host))]
    except ValueError:
        return list(names.addresses(host)) if "." in host else []


def _reverse(address: str, names: Names) -> Reverse:
    try:
        known_as = tuple(names.reverse(address))
        back = any(address in names.addresses(name) for name in known_as)
    except NamesError as error:
        return Reverse(address=address, problem=text_of(error))
    return Reverse(address=address, names=known_as, confirmed=back)
