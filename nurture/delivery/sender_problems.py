"""Refusals that speak of us and not of the lead: what is wrong with the sender, and how it is mended.

More mail would only make it worse, and no lead is to blame for it: sending stops, the mails wait, and a person is told.
"""

import re

import msgspec

from nurture.delivery.outcome import OURS
from nurture.ports import Receipt, ReceiptStatus


class SenderProblem(msgspec.Struct, frozen=True):
    """One of them.

    key     names it in rows.
    what    what is wrong, in a sentence.
    remedy  what a person does about it.
    mails   how many mails must meet it at a time before sending stops; one private list blocks any sender now and then.
    """

    key: str
    what: str
    remedy: str
    mails: int = 1


_DNS = "The page Health checks the records and shows those to copy; resume when it is content."
LOGIN = SenderProblem(
    "login",
    "The relay refuses our login.",
    "Correct user and password on the page Sending, or renew the key with the provider; then resume.",
)
PROVIDER = SenderProblem(
    "provider",
    "The mail provider refuses us: key, account, quota or sender address.",
    "Its own words say which. Mend it in the provider's account or on the page Sending, then resume.",
)
BLOCKED = SenderProblem(
    "blocked",
    "Our address is on a block list.",
    "Find the cause first: a bought list, a hacked form, complaints. Then ask the list that the server names to take us off; resume after it has.",
    mails=10,
)
PROBLEMS = {
    each.key: each
    for each in (
        LOGIN,
        PROVIDER,
        BLOCKED,
        SenderProblem("5.7.25", "Our sending address has no name (reverse DNS).", f"Give it a PTR record. {_DNS}"),
        SenderProblem("5.7.26", "Our mail proves no origin (SPF and DKIM both fail).", f"Mend SPF or DKIM. {_DNS}"),
        SenderProblem("5.7.27", "Our sending address is not in the domain's SPF record.", f"Add it. {_DNS}"),
        SenderProblem("5.7.28", "A provider finds that we send too much at once.", "Lower its rate in `per_domain`, or `warm_up`, and wait a day; then resume."),
        SenderProblem("5.7.29", "Our mail was not encrypted on its way.", "Let the relay use TLS towards others; then resume."),
        SenderProblem("5.7.30", "Our signature (DKIM) is missing or does not verify.", f"Mend DKIM. {_DNS}"),
        SenderProblem("5.7.515", "Microsoft asks for SPF, DKIM and DMARC of us, and one fails.", f"Mend them. {_DNS}"),
    )
}  # fmt: skip
assert PROBLEMS.keys() >= OURS, "every code that is ours has a remedy"

LOGIN_CODES = frozenset(("530", "534", "535", "538", "5.7.8", "5.7.9"))
"""RFC 4954 §6, as a reply to a command of ours or to the login itself."""
LOGIN_REFUSED = re.compile(
    r"the relay answered 53[0458] to the login|\b53[045][ -]5\.7\.[089]\b|authentication required"
)
ON_A_LIST = re.compile(
    r"spamhaus|spamcop|barracuda|sorbs|dnsbl|\brbl\b|block.?list|black.?list|blocked using"
    r"|(?:\bip\b|client host|your (?:host|server|address)|\[[0-9a-f.:]+\])[^\n]{0,40}\b(?:blocked|listed|banned)\b",
    re.IGNORECASE,
)
MARKED_OURS = "ours to mend"
"""How a transport begins what it knows to be our fault (``delivery.outcome``, ``delivery.http.answers``)."""


def problem_of(receipt: Receipt) -> SenderProblem | None:
    """What a transport's answer says of the sender; None where it says nothing of us."""
    if receipt.status not in (ReceiptStatus.BOUNCED, ReceiptStatus.DEFERRED):
        return None
    if receipt.code in OURS:
        return PROBLEMS[receipt.code]
    if receipt.status is ReceiptStatus.DEFERRED and (
        receipt.code in LOGIN_CODES or LOGIN_REFUSED.search(receipt.text)
    ):
        return LOGIN
    if receipt.text.startswith(MARKED_OURS):
        return PROVIDER
    if receipt.status is ReceiptStatus.BOUNCED and ON_A_LIST.search(receipt.text):
        return BLOCKED
    return None


def problem_of_code(code: str) -> SenderProblem | None:
    """The same of the code in a message that came back."""
    return PROBLEMS[code] if code in OURS else None
