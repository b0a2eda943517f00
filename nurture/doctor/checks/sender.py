"""Whether the sender can be one: a domain of one's own, and a postal address."""

from collections.abc import Iterator

from nurture.doctor.checks import STAYS
from nurture.doctor.facts import Facts
from nurture.doctor.finding import Finding, fail, ok, skipped, warn
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
        found = f"{programme.sender} is at a free provider: others refuse mail from there that it has not sent itself"
        yield (fail if facts.leaves else warn)(
            "Sender", found, f"Send from a domain of your own. {SET_SENDER}"
        )
    elif any(programme.domain == each or programme.domain.endswith(f".{each}") for each in RESERVED):
        found = f"{programme.domain} is a name for examples, from which no mail is accepted"
        yield fail("Sender", found, SET_SENDER) if facts.leaves else skipped("Sender", f"{found}; {STAYS}")
    else:
        yield ok("Sender", f"{programme.sender}, on a domain of its own")


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
