"""The table of checks, under the headings that people see; and going through it."""

from collections.abc import Callable, Iterator, Sequence

from msgspec.structs import replace

from nurture.doctor.checks import api, domain, inbox, machine, relay, reputation, sender, sites, store, work
from nurture.doctor.facts import Facts
from nurture.doctor.finding import Finding

Check = Callable[[Facts], Iterator[Finding]]

CHECKS: Sequence[tuple[str, tuple[Check, ...]]] = (
    ("Work", (work.worker, work.queues, work.set_aside)),
    ("Database", (store.reachable, store.sound, store.journal, store.clock)),
    ("Sender", (sender.domain, sender.postal_address)),
    ("DNS", (domain.spf, domain.dkim, domain.dmarc, domain.aligned, domain.mail_servers)),
    ("Relay", (api.provider, relay.reached, relay.encryption, relay.offers, relay.reverse_names)),
    ("Reputation", (reputation.bounces, reputation.complaints)),
    ("What comes back", (inbox.inboxes,)),
    ("Addresses", (sites.sites,)),
    ("Machine", (machine.disk, machine.zones, machine.secret_key, machine.webhooks)),
)
"""What is looked at. A new check is a function and a word here."""


def examine(facts: Facts) -> tuple[Finding, ...]:
    """Every finding, in the order of the table."""
    return tuple(
        replace(finding, area=area) for area, checks in CHECKS for check in checks for finding in check(facts)
    )
