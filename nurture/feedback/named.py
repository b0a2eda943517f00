"""Whom a notice names: the addresses in its words, told apart."""

import re
from collections.abc import Callable
from email.message import Message
from logging import CRITICAL, getLogger

from flufl.bounce import all_failures

from nurture.feedback.addresses import addresses_in, without
from nurture.feedback.letter import Letter

FLUFL_MAX = 16 * 1024


def recipients(letter: Letter) -> list[str]:
    """Whom a notice in words says that mail did not reach, as far as it can be told from whom else it names.

    In this order: a field for it, where mailers write them, whom the returned mail was for, the commands that were
    refused, any address that is neither ours nor the mail system's.
    """
    if told := addresses_in(letter.field("X-Failed-Recipients")):
        return told
    theirs = _in_fields(letter.field, "To", "From", "Sender", "Return-Path", "Delivered-To", "Reply-To")
    ours = _in_fields(letter.of_returned, "From", "Sender", "Return-Path", "Reply-To", "Message-ID")
    known = without(flufl(letter), *theirs, *ours)
    placed = list(dict.fromkeys(without(in_place(letter.words), *theirs, *ours)))
    if known or placed:
        return placed if set(known) <= set(placed) else known
    asked = RCPT.findall(letter.words)
    written = _in_fields(letter.of_returned, "To", "Cc")
    in_words = without(addresses_in(letter.words), *theirs, *ours)
    meant = [each for each in written if each.casefold() in {one.casefold() for one in in_words}]
    if meant:
        return meant
    if asked:
        return list(dict.fromkeys(each for each in asked if addresses_in(each)))
    in_words = [each for each in in_words if not NOBODYS.match(each)] or in_words
    return in_words or without(written, *theirs)[:1] or without(addresses_in(letter.words), *theirs)[:1]


def in_place(words: str) -> list[str]:
    """Addresses where mailers put the failed ones: at the beginning of a line, after 'Recipient:', before '...'."""
    return [next(filter(None, found.groups())) for found in NAMED.finditer(words)]


def _in_fields(field: Callable[[str], str], *names: str) -> list[str]:
    return [each for name in names for each in addresses_in(field(name))]


def flufl(letter: Letter) -> list[str]:
    """What Mailman's readers find. They raise on ordinary mail, and take seconds for a long one, so they get its words."""
    message = Message()
    for name in ("From", "To", "Subject", "X-Mailer"):
        message[name] = letter.field(name)
    message.set_payload(letter.words[:FLUFL_MAX].encode("ascii", "replace").decode())
    try:
        temporary, permanent = all_failures(message)
    except Exception:  # noqa: BLE001 whatever it met, it found nothing
        return []
    found = sorted(each.decode("ascii", "replace") for each in {*temporary, *permanent})
    return [each for each in found if addresses_in(each) == [each]]


# Its log tells every exception that it meets, with a traceback.
getLogger("flufl.bounce").setLevel(CRITICAL + 1)

RCPT = re.compile(r"RCPT TO:[ ]{0,2}<?([^\s<>]{1,320})>?", re.IGNORECASE)
NOBODYS = re.compile(
    r"^(?:postmaster|mailer-daemon|abuse|support|help(?:desk)?|admin(?:istrator)?|noc|info|webmaster|hostmaster|no-?reply|mail-?admin)@",
    re.IGNORECASE,
)
A = r"<?([^\s<>,;:\"()]{1,80}@[\w.-]{1,200}\w)>?"
NAMED = re.compile(
    rf"^(?:[45]\d\d[ -](?:[45]\.\d+\.\d+ )?{A}\.\.\.|[ \t]{{0,12}}{A}(?=[ \t]*(?::|\.\.\.|$|\()|[ \t]))"
    rf"|(?:recipients?(?: address)?|failed|affected|delivered to|user|attempts|target mail address|address)(?:\(s\))?[ \t]{{0,3}}:[ \t]{{0,3}}{A}",
    re.IGNORECASE | re.MULTILINE,
)
