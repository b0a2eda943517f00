"""What people do with a mail, and reps with a lead. Shares are assumptions, printed with every result; not measurements."""

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta

import msgspec

from nurture.simulation.chance import Chance
from nurture.vocabulary.event import Event, PropertyValue
from nurture.vocabulary.touch import Touch, lead_of
from nurture.vocabulary.words import EventKind

MINUTE, DAY = timedelta(minutes=1), timedelta(days=1)


class Habits(msgspec.Struct, frozen=True, kw_only=True):
    """How likely people do what.

    opens         a mail is opened by its reader.
    clicks        a mail that was opened is clicked.
    visits        a click is followed by a visit of the pricing page.
    asks          a visitor of the pricing page asks for a demo.
    unsubscribes  a mail ends the wish for more.
    machines      a mail is opened by a privacy proxy on delivery.
    answers       a rep answers a lead that is handed over; the others go past their SLA.
    accepts       a rep who answers takes the lead.
    wins          a lead that was taken becomes a customer.
    answer_within how long a rep may leave a lead waiting.
    """

    opens: float = 0.38
    clicks: float = 0.30
    visits: float = 0.45
    asks: float = 0.30
    unsubscribes: float = 0.004
    machines: float = 0.15
    answers: float = 1.0
    accepts: float = 0.65
    wins: float = 0.30
    answer_within: timedelta = 2 * DAY


def reactions(
    chance: Chance, habits: Habits, touch: Touch, sent_at: datetime, links: Sequence[str]
) -> Iterator[Event]:
    """What follows a mail that arrived at *sent_at*, in no order."""
    if chance.happens(habits.machines, "machine", touch.id):
        yield _of_mail(touch, EventKind.MAIL_OPENED, sent_at, humanity=0.05, machine_pattern="privacy proxy")
    if chance.happens(habits.unsubscribes, "unsubscribes", touch.id):
        yield _of_mail(touch, EventKind.UNSUBSCRIBED, sent_at + 20 * MINUTE, how="one-click")
    keen = 0.4 + 1.2 * chance.lot("keen", touch.lead_id)  # some people read everything, some nothing
    if not chance.happens(habits.opens * keen, "opens", touch.id):
        return
    opened_at = sent_at + chance.between(2 * MINUTE, 2 * DAY, "opened at", touch.id)
    yield _of_mail(touch, EventKind.MAIL_OPENED, opened_at, humanity=0.9)
    if not links or not chance.happens(habits.clicks * keen, "clicks", touch.id):
        return
    clicked_at = opened_at + MINUTE
    link = chance.pick(links, "link", touch.id)
    yield _of_mail(touch, EventKind.MAIL_CLICKED, clicked_at, humanity=1.0, link=link)
    if chance.happens(habits.visits, "visits", touch.id):
        yield _of_web(touch, EventKind.PAGE_VISITED, clicked_at + 2 * MINUTE, path="/pricing")
        if chance.happens(habits.asks, "asks", touch.id):
            yield _of_web(touch, EventKind.FORM_SUBMITTED, clicked_at + 9 * MINUTE, form="demo")


def answer(
    chance: Chance, habits: Habits, lead_id: int, made_at: datetime, reasons: Sequence[str]
) -> Event | None:
    """What the rep does with a lead that was handed over at *made_at*; None for nothing."""
    if not chance.happens(habits.answers, "answers at all", lead_id, made_at.isoformat()):
        return None
    at = made_at + chance.between(30 * MINUTE, habits.answer_within, "answers", lead_id, made_at.isoformat())
    if not reasons or chance.happens(habits.accepts, "accepts", lead_id, made_at.isoformat()):
        return _of_sales(lead_id, EventKind.HAND_OFF_ACCEPTED, at)
    reason = chance.pick(reasons, "reason", lead_id, made_at.isoformat())
    return _of_sales(lead_id, EventKind.HAND_OFF_REJECTED, at, reason=reason)


def outcome(chance: Chance, habits: Habits, lead_id: int, accepted_at: datetime) -> Iterator[Event]:
    """What comes of a lead that a rep has taken: a first call, and for some a deal."""
    called_at = accepted_at + chance.between(timedelta(hours=1), 2 * DAY, "calls", lead_id)
    yield _of_sales(lead_id, EventKind.CONTACTED, called_at)
    if chance.happens(habits.wins, "wins", lead_id):
        won_at = called_at + chance.between(5 * DAY, 30 * DAY, "won at", lead_id)
        yield _of_sales(lead_id, EventKind.STAGE_SET, won_at, stage="customer")


def _of_mail(touch: Touch, kind: EventKind, at: datetime, **values: PropertyValue) -> Event:
    about: dict[str, PropertyValue] = {"touch": touch.id, "mail": touch.mail, "campaign": touch.campaign}
    return _event(touch.lead_id, kind, at, f"{touch.id}:{kind}", {**about, **values})


def _of_web(touch: Touch, kind: EventKind, at: datetime, **values: PropertyValue) -> Event:
    return _event(lead_of(touch.id), kind, at, f"{touch.id}:{kind}", values)


def _of_sales(lead_id: int, kind: EventKind, at: datetime, **values: PropertyValue) -> Event:
    return _event(lead_id, kind, at, f"{lead_id}:{kind}:{at.isoformat()}", {"by": "a rep", **values})


def _event(
    lead_id: int, kind: EventKind, at: datetime, source_id: str, properties: dict[str, PropertyValue]
) -> Event:
    return Event(
        lead_id=lead_id,
        kind=kind,
        occurred_at=at,
        received_at=at,
        source="simulation",
        source_id=source_id,
        properties=properties,
    )
