"""Whether the relay takes our mail, and whether the world believes the address that it leaves from."""

from collections.abc import Iterator
from ipaddress import ip_address

from nurture.config import is_local_host
from nurture.doctor.checks import STAYS
from nurture.doctor.checks.certificates import certificate
from nurture.doctor.facts import Facts, Relay, Reverse
from nurture.doctor.finding import Finding, fail, ok, skipped, warn
from nurture.doctor.providers import include_for
from nurture.doctor.records import record

SIZE_MIN = 11_000_000
"""Bytes of the largest mail that we send: an answer of 7 MB that is passed on, encoded."""

REMEDIES = {
    "connect": "Check relay and port on the settings page “Sending”, and that a firewall lets port {port} out: many hosts block 25.",
    "tls": "Choose the encryption that the relay offers on this port, and a name of it that its certificate has: {host} is what we verify.",
    "login": "Check user and password on the settings page “Sending”: many providers want a key of their own instead of the password.",
}
"""What to do, by how far the talk came."""


def reached(facts: Facts) -> Iterator[Finding]:
    settings = facts.settings
    where = f"{settings.smtp_host}:{settings.smtp_port}"
    if not facts.leaves:
        yield skipped("Relay", STAYS)
    for relay in facts.of(Relay):
        if relay.problem:
            remedy = REMEDIES[relay.step].format(host=settings.smtp_host, port=settings.smtp_port)
            yield fail("Relay", f"{where}: {relay.problem}", remedy)
        else:
            how = "and lets us in" if settings.smtp_user else "without a login"
            yield ok("Relay", f"{where} answers {how}")


def encryption(facts: Facts) -> Iterator[Finding]:
    for relay in facts.of(Relay):
        if relay.problem:
            continue
        if facts.settings.smtp_tls != "none":
            yield certificate("Encryption", relay.certificate_until, facts.now, "the relay's certificate")
        elif is_local_host(facts.settings.smtp_host):
            yield ok("Encryption", "none is needed on this machine")
        else:
            can = (
                "It offers STARTTLS: choose it"
                if relay.starttls
                else "Choose TLS from the start, on port 465,"
            )
            yield warn(
                "Encryption", "mail travels in clear to the relay", f"{can} on the settings page “Sending”."
            )


def offers(facts: Facts) -> Iterator[Finding]:
    for relay in facts.of(Relay):
        if relay.problem:
            continue
        if relay.smtputf8:
            yield ok("Addresses beyond ASCII", "taken (SMTPUTF8)")
        else:
            yield warn(
                "Addresses beyond ASCII",
                "the relay does not offer SMTPUTF8: such leads are refused, all others are not concerned",
                "Only if you have such leads: take a relay that offers it.",
            )
        if 0 < relay.size_max < SIZE_MIN:
            found = f"the relay takes {relay.size_max / 1e6:.1f} MB: answers with large attachments cannot be passed on"
            yield warn(
                "Size",
                found,
                f"Raise its limit to {SIZE_MIN // 1_000_000} MB (message_size_limit in Postfix).",
            )
        else:
            yield ok("Size", f"up to {relay.size_max / 1e6:.0f} MB" if relay.size_max else "no limit is told")


def reverse_names(facts: Facts) -> Iterator[Finding]:
    """PTR and forward-confirmed reverse DNS, which large receivers ask for."""
    for relay in facts.of(Relay):
        if include_for(facts.settings.smtp_host):
            yield skipped("Reverse DNS", "the relay's provider answers for the addresses that it sends from")
        elif not relay.addresses:
            yield skipped("Reverse DNS", "the public address that mail leaves from is not known here")
        for each in relay.addresses if not include_for(facts.settings.smtp_host) else ():
            yield _reverse(each, relay.name or facts.settings.smtp_host)


def _reverse(seen: Reverse, relay: str) -> Finding:
    what = f"Reverse DNS of {seen.address}"
    if seen.problem:
        return warn(what, seen.problem, "Run this again; if it stays, see the DNS servers of this machine.")
    if seen.confirmed:
        return ok(what, f"{seen.names[0]}, which leads back to it")
    pointer = ip_address(seen.address).reverse_pointer
    kind = "A" if ip_address(seen.address).version == 4 else "AAAA"
    if not seen.names:
        lines = (record(pointer, "PTR", f"{relay}."), record(relay, kind, seen.address))
        remedy = "Whoever lends you the address sets its name: ask the hosting provider for the first line, publish the second."
        return warn(what, "it has no name: many receivers refuse mail from it", remedy, "\n".join(lines))
    remedy = f"Publish an address for that name, or have the reverse name changed to {relay}."
    return warn(
        what, f"{seen.names[0]} does not lead back to it", remedy, record(seen.names[0], kind, seen.address)
    )
