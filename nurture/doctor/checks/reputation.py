"""Whether receivers go on believing us: the shares of mails that bounced or were called spam, over thirty days."""

from collections.abc import Iterator

from nurture.doctor.checks import STAYS
from nurture.doctor.facts import Facts
from nurture.doctor.finding import Finding, Level, ok, skipped
from nurture.languages.told import told

SENT_MIN = 500
"""Of fewer mails, one bounce more or less would change the light."""
BOUNCED_WARN, BOUNCED_FAIL = 0.02, 0.05
"""At 5 percent large providers look into an account (Amazon SES calls it under review)."""
COMPLAINED_WARN, COMPLAINED_FAIL = 0.001, 0.003
"""Gmail's guidelines for bulk senders: stay below 0.1 percent, and never reach 0.3."""
STALE = "Mail only those who asked for it and still answer: set `sending: sunset:` in the programme, and look where the addresses came from."
UNWANTED = "Stop the broadcast or campaign that it comes from, and mail only those who asked for it: every complaint counts for weeks."


def bounces(facts: Facts) -> Iterator[Finding]:
    yield from _share(facts, "Bounce rate", "bounced", warns=BOUNCED_WARN, fails=BOUNCED_FAIL, remedy=STALE)


def complaints(facts: Facts) -> Iterator[Finding]:
    yield from _share(
        facts, "Complaint rate", "complained", warns=COMPLAINED_WARN, fails=COMPLAINED_FAIL, remedy=UNWANTED
    )


def _share(facts: Facts, what: str, of: str, *, warns: float, fails: float, remedy: str) -> Iterator[Finding]:
    month = facts.store.month
    if not facts.leaves:
        yield skipped(what, STAYS)
    elif month is None or month.sent < SENT_MIN:
        yield skipped(what, told("fewer than {count} mails have left in thirty days", count=SENT_MIN))
    else:
        count: int = getattr(month, of)
        share = count / month.sent
        found = told(
            "{share}: {count} of {sent} mails in thirty days",
            share=f"{share:.2%}",
            count=f"{count:,}",
            sent=f"{month.sent:,}",
        )
        if share < warns:
            yield ok(what, found)
        else:
            yield Finding(Level.FAIL if share >= fails else Level.WARN, what, found, remedy)
