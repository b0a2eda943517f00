"""What a server's refusal means: the address is dead (hard), the moment is bad (soft), or the refusal is policy (block).

Only a hard bounce suppresses a lead, so it takes a code or words that speak of the mailbox and of nothing else; all
doubt is soft. Codes: RFC 3463, RFC 7372, RFC 7505 and the IANA registry of enhanced status codes.
"""

import re

import msgspec

from nurture.delivery.headers import clean
from nurture.ports import ReceiptStatus
from nurture.vocabulary.words import BounceKind

TEXT_MAX = 500

HARD = frozenset(("5.1.1", "5.1.2", "5.1.3", "5.1.6", "5.1.10", "5.2.1"))

OURS = frozenset((*(f"5.7.{detail}" for detail in range(25, 31)), "5.7.515"))
"""Reverse DNS, SPF, DKIM, DMARC, TLS or rate of the sender: every lead of that provider is refused until we mend it."""

BLOCK, SOFT = BounceKind.BLOCK, BounceKind.SOFT

CLASSES = {
    "5.1.7": BLOCK,  # bad sender's mailbox address
    "5.1.8": BLOCK,  # bad sender's system address
    "5.1.9": BLOCK,  # message relayed to non-compliant mailer
    "5.2": SOFT,  # mailbox full, message too long for it, list expansion
    "5.3": SOFT,  # mail system full, message too big for it
    "5.4": SOFT,  # network and routing
    "5.5": SOFT,  # protocol
    "5.6": BLOCK,  # content
    "5.7": BLOCK,  # security and policy
}
"""By whole code, else by its first two numbers."""

TALK_REPLIES = frozenset((500, 502, 503, 530, 534, 535, 538))
"""About our commands and our login (RFC 5321 §4.2.2, RFC 4954 §6), whichever message it was that met them."""

# Asked in this order of refusals whose code says too little. What names the sender or a filter is never the lead's.
WORDS = (
    (
        SOFT,
        re.compile(
            r"at a rate|too (?:quickly|fast|many)|rate.?limit|try (?:again )?later|temporar", re.IGNORECASE
        ),
    ),
    (
        BLOCK,
        re.compile(
            r"\b(?:spam|spamhaus|blocked|block.?list(?:ed)?|black.?list(?:ed)?|dnsbl|rbl|reputation|polic(?:y|ies)"
            r"|spf|dkim|dmarc|ptr|reverse dns|virus|content|sender|relay(?:ing)?)\b",
            re.IGNORECASE,
        ),
    ),
    (
        SOFT,
        re.compile(
            r"quota|(?:mailbox|inbox|disk) (?:is )?full|insufficient|storage|too (?:large|big)", re.IGNORECASE
        ),
    ),
    (
        BounceKind.HARD,
        re.compile(
            r"(?:user|recipient|mailbox|address|account) (?:is )?(?:unknown|not found|does(?: not|n't) exist|disabled)"
            r"|(?:unknown|no such|invalid|non.?existent) (?:local )?(?:user|recipient|mailbox|address|account|person)"
            r"|no mailbox (?:here )?by that name|unrouteable address|no longer (?:in use|valid|exists|employed)",
            re.IGNORECASE,
        ),
    ),
)


class Outcome(msgspec.Struct, frozen=True):
    """A receipt in the making: all but whose it is and when."""

    status: ReceiptStatus
    code: str
    text: str
    bounce: BounceKind | None = None


def judge(reply_code: int, enhanced: str, text: str) -> Outcome:
    """What a reply to MAIL, RCPT, DATA or the final dot makes of the message.

    enhanced  "5.1.1", or "" where the server gave none.
    """
    code = enhanced or str(reply_code)
    words = clean(text)[:TEXT_MAX]
    if reply_code < 400:
        return Outcome(ReceiptStatus.SENT, code, words)
    if reply_code < 500 or reply_code in TALK_REPLIES:
        return Outcome(ReceiptStatus.DEFERRED, code, words)
    if is_ours(code):
        words = f"ours to mend, not the lead's: {words}"
    return Outcome(ReceiptStatus.BOUNCED, code, words, classify(enhanced, words))


def classify(enhanced: str, text: str) -> BounceKind:
    """The class of a permanent refusal. A first number other than 5 is read as 5: the reply code has decided that."""
    enhanced = "5" + enhanced[1:] if enhanced else ""
    spoken = next((bounce for bounce, words in WORDS if words.search(text)), None)
    if enhanced in HARD:
        # Gmail answers 5.2.1 to a mailbox that gets mail too quickly, filters answer 5.1.1 to what they take for spam.
        return spoken if spoken in (SOFT, BLOCK) else BounceKind.HARD
    by_code = CLASSES.get(enhanced) or CLASSES.get(enhanced.rpartition(".")[0])
    return by_code or spoken or SOFT


def is_ours(code: str) -> bool:
    """Whether a refusal with this code asks a person to mend the sender; more mail would only make it worse."""
    return code in OURS
