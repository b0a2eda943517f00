"""Whether the sender can be one: a domain of one's own, and a postal address."""

from collections.abc import Iterator

from nurture.doctor.checks import STAYS
from nurture.doctor.facts import Facts
from nurture.doctor.finding import Finding, fail, ok, skipped, warn
from nurture.languages.told import told
from nurture.mailboxes import is_free_mail

RESERVED = ("example", "test", "invalid", "localhost", "local", "example.com", "example.net", "example.org")
"""Names that lead nowhere (RFC 2606, RFC 6761, RFC 6762)."""
SET_SENDER = "Set the sender on the settings page “Sender”, or `sender` in campaigns/programme.yaml."


def domain(facts: Facts) -> Iterator[Finding]:
    programme = facts.programme
    if programme is None:
        yield (fail if facts.leaves else warn)(
            "Sender", "no programme is live", "Run `nurture apply campaigns/`."
        )
    elif is_free_mail(programme.sender):
        found = told(
            "{email} is at a free provider: others refuse mail from there that it has not sent itself",
            email=programme.sender,
        )
        yield (fail if facts.leaves else warn)(
            "Sender", found, told("Send from a domain of your own. {remedy}", remedy=SET_SENDER)
        )
    elif any(programme.domain == each or programme.domain.endswith(f".{each}") for each in RESERVED):
        found = told(
            "{domain} is a name for examples, from which no mail is accepted", domain=programme.domain
        )
        yield (
            fail("Sender", found, SET_SENDER)
            if facts.leaves
            else skipped("Sender", told("{found}; {why}", found=found, why=STAYS))
        )
    else:
        yield ok("Sender", told("{email}, on a domain of its own", email=programme.sender))


def postal_address(facts: Facts) -> Iterator[Finding]:
    if facts.programme is None:
        return
    if facts.programme.postal_address.strip():
        yield ok("Postal address", "every marketing mail shows it")
    else:
        yield fail(
            "Postal address",
            "there is none, which the law of most countries asks for in marketing mail",
            SET_SENDER,
        )
