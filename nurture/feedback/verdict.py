"""What a notice's code and words mean for the address: dead (hard), not now (soft), or refused by policy (block).

A live answer to SMTP commands is judged by ``delivery.outcome``; notices quote such answers, and add the words of the
server that gave up. Only words or codes that speak of the address or its domain, and of nothing else, are hard.
"""

import re
from functools import lru_cache

from nurture.delivery.outcome import CLASSES, HARD
from nurture.feedback.causes import BLOCK, CAUSES, DEAD, SOFT
from nurture.vocabulary.words import BounceKind

TEXT_MAX = 4_000


def verdict(code: str, *texts: str, stage: str = "", is_delay: bool = False) -> BounceKind:
    """The class of a failure.

    code   RFC 3463, or "".
    texts  what may tell why, the most telling first: the first that says anything decides.
    stage  the whole notice, where it may stand at which command the server refused.
    """
    lasting = not is_delay and code[:1] != "4"
    for text in texts:
        kind, told = _spoken(" ".join(text.split())[:TEXT_MAX])
        if kind is DEAD:
            alive = any(FULL.search(each) for each in texts)
            of_address = bool(OF_DOMAIN.search(told)) or _of_mailbox(code, text, stage)
            return DEAD if lasting and of_address and not alive else SOFT
        if kind is not None:
            return kind
    if not lasting:
        return SOFT
    if code in HARD | MORE_HARD and code not in AT_RCPT_ONLY:
        return DEAD
    return BLOCK if _by_code(code) is BLOCK else SOFT


@lru_cache(maxsize=64)
def _spoken(text: str) -> tuple[BounceKind | None, str]:
    """What a text says, and with which words. The recipients of one notice are often told one text."""
    said = IRONPORT.sub("", text)
    for kind, words in CAUSES:
        if found := words.search(said):
            return kind, found[0]
    return None, ""


MORE_HARD = frozenset(("5.4.310",))
"""Exchange Online's 'DNS domain does not exist'."""


IRONPORT = re.compile(r"unknown address error", re.IGNORECASE)
"""What one mailer says before whatever the other server said."""

FULL = re.compile(
    r"not enough (?:disk |storage )?space|mail ?box (?:is )?full|over ?quota|quota exceeded", re.IGNORECASE
)
"""A full mailbox lives, whatever else is said of it."""

AT_RCPT_ONLY = frozenset(("5.2.1",))
"""Servers say 'mailbox disabled' of mail that their filter does not like, too; but not before they have seen it."""

REPLY = re.compile(r"(?<![\d.])5\d\d(?=[ :-])")
AT_RCPT = re.compile(r"\bRCPT\b|recipient address rejected|doesn[’']t have an? ", re.IGNORECASE)
AT_DATA = re.compile(r">>> DATA|in reply to (?:end of )?DATA", re.IGNORECASE)
OF_DOMAIN = re.compile(
    r"host|domain|server|dns|name service|nxdomain|\bmx\b|5\.3\.2|accept|rout", re.IGNORECASE
)


def _of_mailbox(code: str, text: str, stage: str) -> bool:
    """Whether 'user unknown' was said of the recipient: a filter says it of a message too, after DATA."""
    if code in HARD - AT_RCPT_ONLY:
        return True
    if AT_RCPT.search(text) or AT_RCPT.search(stage):
        return not AT_DATA.search(stage)
    if code in AT_RCPT_ONLY or AT_DATA.search(stage):
        return False
    return "@" in text or not REPLY.search(text)


def _by_code(code: str) -> BounceKind | None:
    code = "5" + code[1:]
    return CLASSES.get(code) or CLASSES.get(code.rpartition(".")[0])
