"""What each kind of feedback changes, in the transaction that keeps the message."""

from datetime import datetime
from typing import Any

import msgspec
from sqlalchemy import Connection, select

from nurture.content.model import Programme
from nurture.engine.aliases import by_address as by_merged_address
from nurture.engine.aliases import survivor_of
from nurture.engine.consent import every_address, unsubscribe
from nurture.engine.feedback_forward import forward
from nurture.engine.merge_rows import merged_lead
from nurture.engine.outbox import bounced as system_mail_bounced
from nurture.engine.outcomes import outcome_event
from nurture.engine.reported import RETURNED, WORST_FIRST
from nurture.engine.sender_stops import stop_for_returned
from nurture.engine.suppress import suppress
from nurture.feedback.model import Failure, Feedback, FeedbackKind
from nurture.log import get_log
from nurture.store import records as table
from nurture.store.mapping import touch_of, unpacked
from nurture.store.statements import insert_if_new
from nurture.vocabulary.lead import Lead
from nurture.vocabulary.touch import Touch, outbox_id_of
from nurture.vocabulary.words import BounceKind, EventKind, SuppressionCause, TouchStatus

log = get_log(__name__)

SOURCE = "feedback"
WORDS_KEPT = 2_000


class Subject(msgspec.Struct, frozen=True):
    """Whom a message is about.

    number  what our signature proves: a touch, or a system mail; None where nothing is proven.
    touch   that touch, None if it is none or gone.
    status  of that touch.
    lead    its lead; without proof, the lead whose address the message says it is from. One that was merged, as it was:
            it is its address that a mail comes back from.
    """

    number: int | None
    touch: Touch | None
    status: str
    lead: Lead | None

    @classmethod
    def of(cls, connection: Connection, feedback: Feedback) -> "Subject":
        row = connection.execute(
            select(table.touch).where(table.touch.c.id == (feedback.touch_id or 0)).with_for_update()
        ).first()
        if row is not None:
            lead = _lead(connection, table.lead.c.id == row.lead_id) or merged_lead(connection, row.lead_id)
            return cls(feedback.touch_id, touch_of(row), row.status, lead)
        by_address = _lead(connection, table.lead.c.email == feedback.sender) if feedback.sender else None
        if by_address is None and feedback.sender:
            survivor = by_merged_address(connection, [feedback.sender]).get(feedback.sender)
            by_address = _lead(connection, table.lead.c.id == survivor)
        return cls(feedback.touch_id, None, "", by_address)


def act(
    connection: Connection,
    feedback: Feedback,
    subject: Subject,
    *,
    programme: Programme,
    inbound_id: int,
    now: datetime,
) -> tuple[str, str | None]:
    """Do what the message asks for. Returns what was done, in a sentence, and the code of a bounce."""
    if feedback.kind is FeedbackKind.BOUNCE:
        return bounce(connection, feedback, subject, now)
    if subject.touch is not None and subject.status == TouchStatus.UNKNOWN:
        _settle(connection, subject.touch, TouchStatus.SENT, "", f"it arrived: a {feedback.kind} came back")
    match feedback.kind:
        case FeedbackKind.COMPLAINT:
            return complain(connection, subject, inbound_id, now), None
        case FeedbackKind.UNSUBSCRIBE if subject.touch is not None:
            unsubscribe(connection, subject.touch.lead_id, touch_id=subject.touch.id, now=now, how="by mail")
            return "unsubscribed the lead", None
        case FeedbackKind.REPLY | FeedbackKind.UNSUBSCRIBE:
            return answer(
                connection, feedback, subject, programme=programme, inbound_id=inbound_id, now=now
            ), None
        case FeedbackKind.OTHER if subject.lead is not None and subject.touch is None:
            return answer(
                connection, feedback, subject, programme=programme, inbound_id=inbound_id, now=now
            ), None
        case _:
            return "kept it", None


def bounce(
    connection: Connection, feedback: Feedback, subject: Subject, now: datetime
) -> tuple[str, str | None]:
    """A mail came back. A dead address is suppressed at once; what is only late, or not proven ours, is kept."""
    failure = worst(feedback.failures, "" if subject.lead is None else subject.lead.email or "")
    code = failure.code or None
    if failure.is_delay:
        return "kept it: the server still tries", code
    number = subject.number or 0
    if outbox_id_of(number) is not None:
        log.warning(
            "a system mail came back", message=outbox_id_of(number), code=failure.code, why=failure.text
        )
        system_mail_bounced(connection, number, code=failure.code, text=failure.text, now=now)
        return "noted that the system mail came back", code
    touch, lead = subject.touch, subject.lead
    if touch is None or lead is None:
        return "kept it: no signature of ours names a mail", code
    if subject.status not in (*RETURNED, TouchStatus.SENDING):  # a notice may be quicker than our own commit
        return f"kept it: the mail is {subject.status}", code
    stop_for_returned(connection, failure.code, failure.text, now)
    _settle(connection, touch, TouchStatus.BOUNCED, failure.code, failure.text)
    _tell(
        connection,
        touch,
        EventKind.MAIL_BOUNCED,
        now,
        source_id=f"{touch.id}:{EventKind.MAIL_BOUNCED}:{failure.bounce}",
        bounce=failure.bounce.value,
        code=code,
        why=failure.text,
    )
    if failure.bounce is BounceKind.HARD:
        suppress(connection, [lead.email], SuppressionCause.HARD_BOUNCE, now)
        return "suppressed the address: it is dead", code
    return f"noted a {failure.bounce} bounce", code


def complain(connection: Connection, subject: Subject, inbound_id: int, now: datetime) -> str:
    """A person pressed spam: no more mail, at once."""
    touch, lead = subject.touch, subject.lead
    if touch is None or lead is None:
        return "kept it: no signature of ours names a mail"
    addresses = [lead.email, *every_address(connection, lead.id)]
    suppress(connection, addresses, SuppressionCause.COMPLAINT, now)
    _tell(connection, touch, EventKind.MAIL_COMPLAINED, now, source_id=f"complaint:{inbound_id}")
    return "suppressed the address: it complained"


def answer(
    connection: Connection,
    feedback: Feedback,
    subject: Subject,
    *,
    programme: Programme,
    inbound_id: int,
    now: datetime,
) -> str:
    """A person wrote: the lead's owner gets it; what answers a touch counts for the lead."""
    touch = subject.touch
    if touch is not None:
        _tell(
            connection,
            touch,
            EventKind.MAIL_REPLIED,
            now,
            source_id=f"reply:{inbound_id}",
            subject=feedback.subject,
            said=feedback.text[:WORDS_KEPT],
            by=feedback.sender or None,
        )
    lead = subject.lead
    if lead is not None:  # whoever has the person now gets the answer
        lead = _lead(connection, table.lead.c.id == survivor_of(connection, lead.id))
    to = forward(
        connection,
        feedback,
        programme=programme,
        lead=lead,
        campaign=None if touch is None else touch.campaign,
        inbound_id=inbound_id,
        now=now,
    )
    return f"forwarded it to {to}"


def worst(failures: tuple[Failure, ...], address: str) -> Failure:
    """What a notice says of the lead at *address*.

    One that names other addresses only is about where the lead's mail is sent on to, or about an address that the lead
    has left: then nothing is known to be dead, and the bounce is soft.
    """
    own = [each for each in failures if address.casefold() in _named(each) or not any(_named(each))]
    order = WORST_FIRST.index
    if own:
        return min(own, key=lambda each: (each.is_delay, order(each.bounce)))
    found = min(failures, key=lambda each: (each.is_delay, order(each.bounce)))
    is_hard = found.bounce is BounceKind.HARD
    return msgspec.structs.replace(found, bounce=BounceKind.SOFT) if is_hard else found


def _named(failure: Failure) -> set[str]:
    return {each.casefold() for each in (failure.recipient, failure.original) if each}


def _lead(connection: Connection, wanted: Any) -> Lead | None:
    packed = connection.execute(
        select(table.lead_state.c.state)
        .join(table.lead, table.lead.c.id == table.lead_state.c.lead_id)
        .where(wanted)
    ).scalar()
    return None if packed is None else unpacked(packed).lead


def _settle(connection: Connection, touch: Touch, status: TouchStatus, code: str, answer: str) -> None:
    """What is known now of a mail that had left; when it left stays."""
    connection.execute(
        table.touch.update()
        .where(table.touch.c.id == touch.id, table.touch.c.status.in_(RETURNED))
        .values(status=status.value, code=code or None, answer=answer or None)
    )


def _tell(
    connection: Connection,
    touch: Touch,
    kind: EventKind,
    now: datetime,
    *,
    source_id: str,
    **values: str | None,
) -> None:
    """The event that the lead learns of it by."""
    told = outcome_event(touch, kind, now, now, **values)
    insert_if_new(connection, table.event, [{**told, "source": SOURCE, "source_id": source_id}])
