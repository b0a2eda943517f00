"""Whether anybody reads what comes back."""

from collections.abc import Iterator

from nurture.doctor.checks import STAYS
from nurture.doctor.checks.work import span
from nurture.doctor.facts import Facts, Inbox
from nurture.doctor.finding import Finding, fail, ok, skipped, warn
from nurture.languages.told import quoted, told

GUIDE = "See the guide “Receive replies and bounces”."


def inboxes(facts: Facts) -> Iterator[Finding]:
    ways_in = facts.of(Inbox)
    for each in ways_in:
        what = told("Inbox ({name})", name=each.name)
        yield (
            fail(
                what,
                quoted(each.problem),
                told("Correct its settings, or the rights of the folder. {guide}", guide=GUIDE),
            )
            if each.problem
            else ok(what, told("read"))
        )
    if ways_in:
        return
    piped_at = facts.store.queue.piped_at if facts.store.queue else None
    if piped_at is not None:
        yield ok(
            "Inbox", told("mail is piped or posted in, the last {span} ago", span=span(facts.now - piped_at))
        )
    elif facts.leaves:
        found = "nothing reads what comes back: dead addresses are mailed again and again, and answers are not heard"
        yield warn(
            "Inbox",
            found,
            told(
                "Set NURTURE_INBOX_MAILDIR or NURTURE_IMAP_HOST, or NURTURE_INBOX_TOKEN, or pipe mail into `nurture receive`. "
                "{guide}",
                guide=GUIDE,
            ),
        )
    else:
        yield skipped("Inbox", STAYS)
