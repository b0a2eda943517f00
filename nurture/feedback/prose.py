"""Failures in notices that keep to no standard: the words of mailers, from sendmail of 1999 to Google of today."""

import re

from nurture.feedback.addresses import ADDRESS, same
from nurture.feedback.dsn import CODE
from nurture.feedback.letter import Letter
from nurture.feedback.model import Failure
from nurture.feedback.named import recipients
from nurture.feedback.phrases import DELAYED, GIVEN_UP
from nurture.feedback.verdict import verdict

REASON = re.compile(r"\(reason: ([^\n]{1,400})", re.IGNORECASE)
"""Sendmail's summary of a transcript that has other refusals in it."""
NEAR = 400
"""Characters behind an address that speak of it rather than of mail in general."""
RECIPIENTS_MAX = 20
TEXT_MAX = 500
REPLY = re.compile(r"(?<![\d.])([45]\d\d)(?=[ -]|$)", re.MULTILINE)


def failures(letter: Letter) -> tuple[Failure, ...]:
    """The recipients that the notice's words name, each with why; one without a recipient where they name nobody."""
    words = letter.words
    is_delay = bool(DELAYED.search(f"{letter.field('Subject')}\n{words}")) and not GIVEN_UP.search(words)
    found = []
    for recipient in recipients(letter)[:RECIPIENTS_MAX] or [""]:
        about = re.sub(rf"^\s*<?{re.escape(recipient)}>?:?", "", passage(words, recipient))
        first, _, below = about.partition("\n")
        lines = "\n".join((first, *(line for line in below.split("\n") if recipient and recipient in line)))
        reason = REASON.search(about)
        code = CODE.search(lines) or CODE.search(about)
        reply = REPLY.search(about)
        found.append(
            Failure(
                recipient=recipient,
                code=code[1] if code else (reply[1] if reply else ""),
                text=one_line(about),
                bounce=verdict(
                    code[1] if code else "",
                    reason[1] if reason else "",
                    lines,
                    about[:NEAR],
                    about,
                    words,
                    stage=words,
                    is_delay=is_delay,
                ),
                is_delay=is_delay,
            )
        )
    return tuple(found)


def passage(words: str, recipient: str) -> str:
    """The words about one recipient: from where it is first named to where another is; all if it is not named."""
    at = words.lower().find(recipient.lower()) if recipient else -1
    if at < 0:
        return words
    start = words.rfind("\n", 0, at) + 1
    following = ADDRESS.finditer(words, at + len(recipient))
    end = next((each.start() for each in following if not same(each[0], recipient)), len(words))
    return words[start:end]


def one_line(text: str) -> str:
    """A server's words as they are shown."""
    return " ".join(text.split())[:TEXT_MAX]
