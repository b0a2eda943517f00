"""A message that came back, from its bytes to what it says. The one way in."""

from itertools import islice
from typing import Any

import msgspec

from nurture.feedback import arf, dsn, notices, prose
from nurture.feedback.addresses import addresses_in
from nurture.feedback.answers import is_automatic, wants_no_more
from nurture.feedback.letter import Letter, open_letter
from nurture.feedback.model import Failure, Feedback, FeedbackKind
from nurture.feedback.proof import Proof, Way, proof_of
from nurture.feedback.reply_text import written
from nurture.feedback.systems import is_notice
from nurture.feedback.verdict import verdict
from nurture.identity import Keyring

TEXT_MAX = 10_000


def read(raw: bytes, keyring: Keyring | None = None, *, envelope_to: str = "") -> Feedback:
    """What any bytes say, within a second, never raising.

    keyring      whose signatures prove a touch; None where nothing can be proven.
    envelope_to  the recipient of the SMTP envelope, where the way in knows it.
    """
    letter = open_letter(raw)
    reported = _reported(letter)
    proof = None
    if keyring is not None:
        proof = proof_of(letter, keyring, envelope_to, of_report=reported is not None)
    said = reported or _answered(letter, proof)
    sender = [each.lower() for each in addresses_in(letter.field("From"))][:1]
    own_words = said.kind in (FeedbackKind.REPLY, FeedbackKind.UNSUBSCRIBE)
    feedback = Feedback(
        kind=said.kind,
        failures=said.failures,
        recipients=tuple(sender) if said.kind is FeedbackKind.UNSUBSCRIBE else said.recipients,
        touch_id=None if proof is None else proof.touch_id,
        message_id=letter.field("Message-ID"),
        sender="".join(sender),
        subject=letter.field("Subject"),
        text=(written(letter.words) if own_words else letter.words.strip())[:TEXT_MAX],
    )
    return msgspec.convert(_storable(msgspec.to_builtins(feedback)), Feedback)


def _storable(value: Any) -> Any:
    """Without what no store keeps: NUL, and halves of characters."""
    match value:
        case str():
            return value.replace("\0", "").encode("utf-8", "replace").decode()
        case list():
            return [_storable(each) for each in value]
        case tuple():
            return tuple(_storable(each) for each in value)
        case dict():
            return {name: _storable(each) for name, each in value.items()}
        case _:
            return value


class Said(msgspec.Struct, frozen=True):
    """A kind, and whom it is about."""

    kind: FeedbackKind
    failures: tuple[Failure, ...] = ()
    recipients: tuple[str, ...] = ()


def _reported(letter: Letter) -> Said | None:
    """What a mail system or a provider reports; None if neither wrote it."""
    if (notice := notices.notice(letter)) is not None:
        return _noticed(notice)
    if arf.is_complaint(letter):
        return Said(FeedbackKind.COMPLAINT, recipients=arf.complainers(letter))
    if letter.feedback:
        return Said(FeedbackKind.OTHER, recipients=arf.complainers(letter))
    told = (each for report in letter.reports for each in dsn.statuses(report))
    if statuses := list(islice(told, prose.RECIPIENTS_MAX)):
        failed = tuple(_failure(each, letter) for each in statuses if not each.is_success)
        reached = tuple(each.recipient for each in statuses if each.is_success)
        return Said(FeedbackKind.BOUNCE, failed) if failed else Said(FeedbackKind.OTHER, recipients=reached)
    if is_notice(letter):
        return Said(FeedbackKind.BOUNCE, prose.failures(letter))
    return None


def _noticed(notice: notices.Notice) -> Said:
    if failed := tuple(notices.failures(notice)):
        return Said(FeedbackKind.BOUNCE, failed)
    if complained := notices.complainers(notice):
        return Said(FeedbackKind.COMPLAINT, recipients=complained)
    return Said(FeedbackKind.OTHER, recipients=notices.delivered(notice))


def _answered(letter: Letter, proof: Proof | None) -> Said:
    """Who answers."""
    if proof is not None and proof.way is Way.UNSUBSCRIBE:
        return Said(FeedbackKind.UNSUBSCRIBE)
    if wants_no_more(letter, written(letter.words)):
        return Said(FeedbackKind.UNSUBSCRIBE)
    if is_automatic(letter):
        return Said(FeedbackKind.AUTO_REPLY)
    is_answer = proof is not None or letter.field("In-Reply-To") or letter.field("References")
    return Said(FeedbackKind.REPLY if is_answer else FeedbackKind.OTHER)


def _failure(status: dsn.Status, letter: Letter) -> Failure:
    about = prose.passage(letter.words, status.recipient)
    code = status.code
    if code[1:] in ("", ".0.0"):  # "undefined": what the server said may have a better one
        code = dsn.code_in(status.diagnostic or about) or code
    is_delay = status.action == "delayed"
    return Failure(
        recipient=status.recipient,
        code=code,
        text=prose.one_line(status.diagnostic or about),
        bounce=verdict(code, status.diagnostic, about, stage=letter.words, is_delay=is_delay),
        is_delay=is_delay,
        original=status.original,
    )
