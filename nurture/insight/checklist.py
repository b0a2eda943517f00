"""From the sample to a programme of one's own, in five steps; each ticks itself off by what is there."""

from enum import StrEnum
from urllib.parse import urlsplit

import msgspec

from nurture.content.model import Programme

SHIPPED_PERSONAS = frozenset({"Transport manager", "Procurement lead", "Finance director", "Freight clerk"})
SHIPPED_CAMPAIGNS = frozenset(
    {"advocacy", "customer-onboarding", "long-cycle", "product-note", "trial-onboarding", "win-back"}
)
NOBODYS = ("example", "test", "invalid", "localhost", "example.com", "example.net", "example.org")
"""Domains that belong to nobody (RFC 2606 §2 and §3): a sender there is a placeholder."""
THIS_MACHINE = ("localhost", "127.0.0.1", "::1", "0.0.0.0")  # noqa: S104 compared, not listened on


class Setup(StrEnum):
    """The steps, in the order in which they are taken."""

    SENDER = "sender"
    PERSONAS = "personas"
    TRACKS = "tracks"
    IMPORT = "import"
    LIVE = "live"


class Step(msgspec.Struct, frozen=True):
    """One step, and whether it is done."""

    step: Setup
    is_done: bool


class Checklist(msgspec.Struct, frozen=True):
    """All steps."""

    steps: tuple[Step, ...]

    @property
    def done(self) -> int:
        return sum(step.is_done for step in self.steps)

    @property
    def is_done(self) -> bool:
        return self.done == len(self.steps)

    @property
    def next(self) -> Setup | None:
        """The first step that is not done."""
        return next((step.step for step in self.steps if not step.is_done), None)


def checklist(
    programme: Programme, *, has_real_leads: bool, leaves_machine: bool, tracking_url: str
) -> Checklist:
    """What is done of the way to a programme of one's own.

    leaves_machine  whether mail given to the transport can reach a person.
    tracking_url    the public base of links.
    """
    done = {
        Setup.SENDER: not _is_nobodys(programme.sender.address.rpartition("@")[2]),
        Setup.PERSONAS: bool(programme.personas)
        and {persona.name for persona in programme.personas} != SHIPPED_PERSONAS,
        Setup.TRACKS: any(
            key not in SHIPPED_CAMPAIGNS and not campaign.draft
            for key, campaign in programme.campaigns.items()
        ),
        Setup.IMPORT: has_real_leads,
        Setup.LIVE: leaves_machine and not _is_local(tracking_url),
    }
    return Checklist(tuple(Step(step, done[step]) for step in Setup))


def leads_nowhere(host: str) -> bool:
    """Whether a link to *host* reaches no site of anybody: this machine, or a domain that is a placeholder."""
    return _is_nobodys(host) or host in THIS_MACHINE or host.endswith(".localhost")


def _is_nobodys(domain: str) -> bool:
    return any(domain == name or domain.endswith(f".{name}") for name in NOBODYS)


def _is_local(url: str) -> bool:
    host = urlsplit(url).hostname or ""
    return host in THIS_MACHINE or host.endswith(".localhost")
