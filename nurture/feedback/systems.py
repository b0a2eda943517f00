"""Which messages a mail system wrote, and which of them say that mail did not arrive."""

from nurture.feedback.absence import ABSENT
from nurture.feedback.addresses import addresses_in
from nurture.feedback.letter import Letter
from nurture.feedback.phrases import ARRIVED, DAEMONS, FAILED, NAMES, STRANDED, SUBJECTS


def is_notice(letter: Letter) -> bool:
    """Whether a mail system wrote it, about mail that did not arrive."""
    subject = letter.field("Subject")
    speaks, titled = bool(FAILED.search(letter.words)), bool(SUBJECTS.search(subject))
    if ABSENT.match(subject) or "message/disposition-notification" in letter.types or has_arrived(letter):
        return False
    if "message/delivery-status" in letter.types:  # with a report that cannot be read
        return True
    if letter.field("X-Failed-Recipients") or is_daemon(letter):
        return speaks or titled
    if is_from_nobody(letter):  # as vacation notes are, which say "cannot be reached" too
        return speaks and (titled or letter.returned is not None)
    unsigned = "<" not in letter.field("From") or letter.returned is not None
    is_answer = letter.field("In-Reply-To") or letter.field("References")
    return speaks and titled and unsigned and not is_answer


def has_arrived(letter: Letter) -> bool:
    """Whether it says that a mail did arrive: notices of success warn of "delivery errors" to come, too."""
    if ARRIVED.search(letter.field("Subject")):
        return True
    beginning = letter.words[:1_000]
    return bool(ARRIVED.search(beginning)) and not STRANDED.search(beginning)


def is_daemon(letter: Letter) -> bool:
    """Whether a mail system names itself as the sender."""
    if DAEMONS.match(letter.field("Return-Path").strip("<> ")):
        return True
    for name in ("From", "Sender"):
        text = letter.field(name)
        if NAMES.search(text) or any(
            DAEMONS.match(each) for each in (*addresses_in(text), text.strip("<> "))
        ):
            return True
    return False


def is_from_nobody(letter: Letter) -> bool:
    """Whether it has the null sender of RFC 5321 §4.5.5: nothing may answer it."""
    return "Return-Path" in letter.fields and not letter.field("Return-Path").strip("<> ")
