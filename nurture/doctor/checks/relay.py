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
from nurture.languages.told import told

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
            remedy = told(REMEDIES[relay.step], host=settings.smtp_host, port=settings.smtp_port)
            yield fail("Relay", told("{host}: {quoted}", host=where, quoted=relay.problem), remedy)
        else:
            answers = (
                "{host} answers and lets us in" if settings.smtp_user else "{host} answers without a login"
            )
            yield ok("Relay", told(answers, host=where))


def encryption(facts: Facts) -> Iterator[Finding]:
    for relay in facts.of(Relay):
        if relay.problem:
            continue
        if facts.settings.smtp_tls != "none":
            yield certificate("Encryption", relay.certificate_until, facts.now, "the relay's certificate")
        elif is_local_host(facts.settings.smtp_host):
            yield ok("Encryption", "none is needed on this machine")
        else:
            remedy = (
                "It offers STARTTLS: choose it on the settings page “Sending”."
                if relay.starttls
                else "Choose TLS from the start, on port 465, on the settings page “Sending”."
            )
            yield warn("Encryption", "mail travels in clear to the relay", remedy)


def offers(facts: Facts) -> Iterator[Finding]:
    for relay in facts.of(Relay):
        if relay.problem:
            continue
        if relay.smtputf8:
            yield ok("Addresses beyond ASCII", told("taken ({name})", name="SMTPUTF8"))
        else:
            yield warn(
                "Addresses beyond ASCII",
                "the relay does not offer SMTPUTF8: such leads are refused, all others are not concerned",
                "Only if you have such leads: take a relay that offers it.",
            )
        if 0 < relay.size_max < SIZE_MIN:
            found = told(
                "the relay takes {size:.1f} MB: answers with large attachments cannot be passed on",
                size=relay.size_max / 1e6,
            )
            yield warn(
                "Size",
                found,
                told(
                    "Raise its limit to {size} MB (message_size_limit in Postfix).",
                    size=SIZE_MIN // 1_000_000,
                ),
            )
        else:
            yield ok(
                "Size",
                told("up to {size:.0f} MB", size=relay.size_max / 1e6)
                if relay.size_max
                else "no limit is told",
            )


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
    what = told("Reverse DNS of {address}", address=seen.address)
    if seen.problem:
        return warn(what, seen.problem, "Run this again; if it stays, see the DNS servers of this machine.")
    if seen.confirmed:
        return ok(what, told("{name}, which leads back to it", name=seen.names[0]))
    pointer = ip_address(seen.address).reverse_pointer
    kind = "A" if ip_address(seen.address).version == 4 else "AAAA"
    if not seen.names:
        lines = (record(pointer, "PTR", f"{relay}."), record(relay, kind, seen.address))
        remedy = "Whoever lends you the address sets its name: ask the hosting provider for the first line, publish the second."
        return warn(what, "it has no name: many receivers refuse mail from it", remedy, "\n".join(lines))
    remedy = told("Publish an address for that name, or have the reverse name changed to {host}.", host=relay)
    return warn(
        what,
        told("{name} does not lead back to it", name=seen.names[0]),
        remedy,
        record(seen.names[0], kind, seen.address),
    )
