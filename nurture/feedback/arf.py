"""Complaints: reports of feedback loops (RFC 5965), and the one large provider that sends none but the mail itself."""

import re

from nurture.feedback.addresses import addresses_in
from nurture.feedback.dsn import blocks
from nurture.feedback.letter import Letter

NOT_COMPLAINTS = frozenset(("not-spam", "auth-failure", "dmarc"))
"""RFC 6430 (it was no spam after all) and RFC 6591 (a signature did not hold): nobody complains."""

MICROSOFT = re.compile(r"^complaint about message from\b", re.IGNORECASE)


def is_complaint(letter: Letter) -> bool:
    """Whether a person reported our mail as spam."""
    if letter.feedback:
        kinds = {block.get("feedback-type", "abuse").strip().lower() for block in blocks(letter.feedback)}
        return bool(kinds) and not kinds & NOT_COMPLAINTS
    return letter.returned is not None and bool(
        MICROSOFT.match(letter.field("Subject")) or letter.of_returned("X-HmXmrOriginalRecipient")
    )


def complainers(letter: Letter) -> tuple[str, ...]:
    """Who complained, where the report does not hide it."""
    for block in blocks(letter.feedback):
        for name in ("original-rcpt-to", "removal-recipient"):
            if found := addresses_in(block.get(name, "")):
                return tuple(found[:1])
    for name in ("X-HmXmrOriginalRecipient", "To"):
        if found := addresses_in(letter.of_returned(name)):
            return tuple(found)
    return ()
