"""What people do with a mail. Shares are assumptions, printed with every result; not measurements."""

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta

import msgspec

from nurture.simulation.chance import Chance
from nurture.vocabulary.event import Event, PropertyValue
from nurture.vocabulary.touch import Touch
from nurture.vocabulary.words import EventKind

MINUTE, DAY = timedelta(minutes=1), timedelta(days=1)


class Habits(msgspec.Struct, frozen=True, kw_only=True):
    """How likely people do what.

    opens         a mail is opened by its reader.
    clicks        a mail that was opened is clicked.
    visits        a click is followed by a visit of the pricing page.
    asks          a visitor of the pricing page asks for a demo.
    downloads     a click is followed by a visit of the documentation and a download.
    replies       a mail that was opened is answered.
    unsubscribes  a mail ends the wish for more.
    complains     a mail is called spam.
    machines      a mail is opened by a privacy proxy on delivery.
    answers       a rep answers a lead that is handed over; the others go past their SLA.
    accepts       a rep who answers takes the lead.
    agrees        a lead that was called is worth the rep's time; the others are given back.
    wins          a lead that is worth it becomes a customer in the end.
    loses         it buys elsewhere.
    answer_within working time that a rep may leave a lead waiting.
    """

    opens: float = 0.38
    clicks: float = 0.30
    visits: float = 0.45
    asks: float = 0.30
    downloads: float = 0.10
    replies: float = 0.01
    unsubscribes: float = 0.004
    complains: float = 0.0004
    machines: float = 0.15
    answers: float = 1.0
    accepts: float = 0.65
    agrees: float = 0.70
    wins: float = 0.40
    loses: float = 0.25
    answer_within: timedelta = timedelta(hours=16)


def reactions(
    chance: Chance, habits: Habits, touch: Touch, sent_at: datetime, links: Sequence[str]
) -> Iterator[Event]:
    """What follows a mail that arrived at *sent_at*, in no order."""
    if chance.happens(habits.machines, "machine", touch.id):
        yield _of_mail(touch, EventKind.MAIL_OPENED, sent_at, humanity=0.05, machine_pattern="privacy proxy")
    if chance.happens(habits.unsubscribes, "unsubscribes", touch.id):
        yield _of_mail(touch, EventKind.UNSUBSCRIBED, sent_at + 20 * MINUTE, how="one-click")
    elif chance.happens(habits.complains, "complains", touch.id):
        yield _of_mail(touch, EventKind.MAIL_COMPLAINED, sent_at + 3 * 60 * MINUTE)
    keen = 0.4 + 1.2 * chance.lot("keen", touch.lead_id)  # some people read everything, some nothing
    if not chance.happens(habits.opens * keen, "opens", touch.id):
        return
    opened_at = sent_at + chance.between(2 * MINUTE, 2 * DAY, "opened at", touch.id)
    yield _of_mail(touch, EventKind.MAIL_OPENED, opened_at, humanity=0.9)
    if chance.happens(habits.replies * keen, "replies", touch.id):
        yield _of_mail(touch, EventKind.MAIL_REPLIED, opened_at + 12 * MINUTE)
    if links and chance.happens(habits.clicks * keen, "clicks", touch.id):
        link = chance.pick(links, "link", touch.id)
        yield _of_mail(touch, EventKind.MAIL_CLICKED, opened_at + MINUTE, humanity=1.0, link=link)
        yield from _on_the_site(chance, habits, touch, opened_at + 3 * MINUTE)


def comes_to_buy(lead_id: int, at: datetime, *, why: str) -> Iterator[Event]:
    """Somebody looks at the prices twice and asks for a demo; *why* tells this coming from others."""
    for minutes, kind, values in (
        (0, EventKind.PAGE_VISITED, {"path": "/pricing"}),
        (4, EventKind.PAGE_VISITED, {"path": "/pricing"}),
        (6, EventKind.FORM_SUBMITTED, {"form": "demo"}),
    ):
        yield event(lead_id, kind, at + minutes * MINUTE, f"{lead_id}:{why}:{minutes}", **values)


def _on_the_site(chance: Chance, habits: Habits, touch: Touch, at: datetime) -> Iterator[Event]:
    if chance.happens(habits.visits, "visits", touch.id):
        yield _of_web(touch, EventKind.PAGE_VISITED, at, path="/pricing")
        if chance.happens(habits.asks, "asks", touch.id):
            yield _of_web(touch, EventKind.FORM_SUBMITTED, at + 7 * MINUTE, form="demo")
    elif chance.happens(habits.downloads, "downloads", touch.id):
        yield _of_web(touch, EventKind.PAGE_VISITED, at, path="/docs")
        yield _of_web(touch, EventKind.FILE_DOWNLOADED, at + 2 * MINUTE, file="audit-worksheet.xlsx")


def _of_mail(touch: Touch, kind: EventKind, at: datetime, **values: PropertyValue) -> Event:
    about: dict[str, PropertyValue] = {"touch": touch.id, "mail": touch.mail, "campaign": touch.campaign}
    name = f"{touch.id}:{kind}" if "machine_pattern" not in values else f"{touch.id}:{kind}:machine"
    return event(touch.lead_id, kind, at, name, **{**about, **values})


def _of_web(touch: Touch, kind: EventKind, at: datetime, **values: PropertyValue) -> Event:
    return event(touch.lead_id, kind, at, f"{touch.id}:{kind}", **values)


def event(lead_id: int, kind: EventKind, at: datetime, name: str, **values: PropertyValue) -> Event:
    """Something that a person does at *at*; *name* makes it a fact of its own."""
    return Event(
        lead_id=lead_id,
        kind=kind,
        occurred_at=at,
        received_at=at,
        source="simulation",
        source_id=name,
        properties=values,
    )
