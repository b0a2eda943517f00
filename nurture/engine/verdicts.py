"""What a message's earlier hits were, and the events that overturn their verdicts when a later hit shows who made them.

    hits that came  +  known_hits  --judge_message-->  verdicts  -->  events of the new ones,
                                                                      overturned: events about the earlier ones

The event of a hit is never changed. What a person has said of one holds whatever comes later.
"""

from collections import defaultdict
from collections.abc import Callable, Collection, Iterator, Sequence
from datetime import datetime
from typing import Any

import msgspec
from msgspec.structs import replace
from sqlalchemy import Connection, Select, bindparam, func, select

from nurture.engine.aliases import survivors
from nurture.providers.known import KNOWN
from nurture.store import records as table
from nurture.store.mapping import event_of as stored_event
from nurture.tracking.evidence import SWEEP, SWEEP_LEADS
from nurture.tracking.hits import Hit
from nurture.tracking.humanity import NEIGHBOURS, Humanity, judge_message
from nurture.tracking.ingest import SOURCE, hit_of
from nurture.vocabulary.event import Event, PropertyValue
from nurture.vocabulary.touch import lead_of
from nurture.vocabulary.words import EventKind

VERDICT = "verdict"
"""The source of events that overturn."""
JUDGED = (SOURCE, *KNOWN)
"""Whose opens and clicks are judged; what another product or a simulation tells of, it has judged itself."""
OF_A_LEAD = 400
"""The newest hits and verdicts of a lead that are looked at."""
OF_A_MESSAGE = 2 * NEIGHBOURS
"""The newest hits of a message. The older half is only looked at to judge the newer: a hit is judged beside its neighbours."""
RECENT = 1_000
"""The newest events among which a sweep over many leads is looked for."""
ABOUT_THE_ACT = ("visitor", "humanity", "machine_pattern")
"""What the event of a hit says, and the one that overturns its verdict says otherwise, or not at all."""


class KnownHit(msgspec.Struct, frozen=True):
    """A hit that was judged before.

    humanity   how it is judged now.
    turns      how often it has been judged otherwise.
    overruled  whether a person has said so.
    """

    event: Event
    hit: Hit
    humanity: Humanity
    turns: int = 0
    overruled: bool = False


class Message(msgspec.Struct, frozen=True):
    """The newest known hits of one message, in the order in which they came; *whole* if it had no others."""

    known: Sequence[KnownHit] = ()
    whole: bool = True

    def judged(
        self, fresh: Sequence[Hit], sent_at: datetime | None, swept_leads: Callable[[Hit], int]
    ) -> tuple[list[Humanity], list[Humanity]]:
        """The verdicts on the known hits and on *fresh* ones, all judged together."""
        said = {place: each.humanity for place, each in enumerate(self.known) if each.overruled}
        swept = {_origin(each.hit) for each in self.known if each.humanity.pattern == "sweep"}

        def leads(hit: Hit) -> int:
            # The other leads' hits have passed by; that they were there was written down.
            return max(swept_leads(hit), SWEEP_LEADS if _origin(hit) in swept else 1)

        verdicts = judge_message([*(each.hit for each in self.known), *fresh], sent_at, leads, said)
        return verdicts[: len(self.known)], verdicts[len(self.known) :]

    def overturned(self, verdicts: Sequence[Humanity], now: datetime) -> Iterator[Event]:
        """An event for each known hit that was a person's and is a machine's now, or the other way round; the last first, so
        that of each it can be told what it alone had answered.
        """
        order = sorted(range(len(self.known)), key=lambda place: self.known[place].hit.at)
        # Of the oldest not all neighbours are known.
        surely = order if self.whole else order[NEIGHBOURS:]
        for place in reversed(surely):
            known, verdict = self.known[place], verdicts[place]
            if known.humanity.is_human != verdict.is_human and not known.overruled:
                yield overturning(known, verdict, now)


def overturning(known: KnownHit, verdict: Humanity, now: datetime, *, by: str | None = None) -> Event:
    """The event that says who made a hit after all, with all that the hit's own event says of it.

    by  the person who says so; None where a later hit showed it.
    """
    event = known.event
    said = {name: value for name, value in event.properties.items() if name not in ABOUT_THE_ACT}
    told: dict[str, PropertyValue] = {
        "overturned": event.id,
        "act": event.kind.value,
        "happened_at": event.occurred_at.isoformat(),
        "before": known.humanity.pattern or "a person",
        "humanity": verdict.score,
    }
    if verdict.pattern is not None:
        told["machine_pattern"] = verdict.pattern
    if by is not None:
        told["by"] = by
    return Event(
        lead_id=event.lead_id,
        kind=EventKind.VERDICT_OVERTURNED,
        occurred_at=now,
        received_at=now,
        source=VERDICT,
        source_id=f"{event.id}:{known.turns + 1}",
        properties={**said, **told},
    )


def known_hits(connection: Connection, touch_ids: Collection[int]) -> dict[int, Message]:
    """What is known of each message that has hits already."""
    leads = {lead_of(each) for each in touch_ids}
    into = survivors(connection, leads)  # what came since for a lead that was merged
    rows = connection.execute(NEWEST, {"leads": sorted(leads | set(into.values()))}).all()
    hits: dict[int, KnownHit] = {}
    seen: dict[int, int] = defaultdict(int)
    for row in rows:
        event = stored_event(row)
        seen[event.lead_id] += 1
        if event.kind is EventKind.VERDICT_OVERTURNED:
            act = int(event.number("overturned") or 0)
            if act in hits:
                hits[act] = turned(hits[act], event)
        elif event.number("touch") in touch_ids:
            hits[event.id] = known_of(event)
    messages: dict[int, list[KnownHit]] = defaultdict(list)
    for each in hits.values():
        messages[each.hit.touch_id].append(each)
    return {
        touch_id: Message(
            each[-OF_A_MESSAGE:],
            len(each) <= OF_A_MESSAGE
            and all(seen[of] < OF_A_LEAD for of in {lead_of(touch_id), into.get(lead_of(touch_id), 0)}),
        )
        for touch_id, each in messages.items()
    }


def recent_clicks(connection: Connection, since: datetime) -> list[Hit]:
    """Our links that were clicked from a sweep's length before *since* on, as far as they are among the newest events."""
    newest = select(func.coalesce(func.max(table.event.c.id), 0)).scalar_subquery()
    rows = connection.execute(
        select(table.event).where(
            table.event.c.id > newest - RECENT,
            table.event.c.kind == EventKind.MAIL_CLICKED.value,
            table.event.c.source == SOURCE,
            table.event.c.occurred_at >= since - SWEEP,
        )
    )
    return [hit_of(stored_event(row)) for row in rows]


def _origin(hit: Hit) -> tuple[datetime, str, str]:
    return hit.at, hit.address, hit.user_agent


def known_of(event: Event) -> KnownHit:
    """The hit of *event*, as it was judged at first."""
    return KnownHit(event, hit_of(event), _humanity(event))


def turned(known: KnownHit, event: Event) -> KnownHit:
    """The hit as *event*, which is about it, says that it is judged from then on."""
    overruled = event.text("by") is not None
    return replace(known, humanity=_humanity(event), turns=known.turns + 1, overruled=overruled)


def _humanity(event: Event) -> Humanity:
    score = event.number("humanity")
    pattern, proxied = event.text("machine_pattern"), bool(event.properties.get("proxied"))
    return Humanity(1.0 if score is None else score, pattern, proxied)


def _newest() -> Select[Any]:
    """The newest OF_A_LEAD of each lead, in the order in which they came."""
    judged = (EventKind.MAIL_OPENED.value, EventKind.MAIL_CLICKED.value, EventKind.VERDICT_OVERTURNED.value)
    place = func.row_number().over(partition_by=table.event.c.lead_id, order_by=table.event.c.id.desc())
    theirs = (
        select(table.event, place.label("place"))
        .where(
            table.event.c.lead_id.in_(bindparam("leads", expanding=True)),
            table.event.c.kind.in_(judged),
            table.event.c.source.in_((VERDICT, *JUDGED)),
        )
        .subquery()
    )
    return select(theirs).where(theirs.c.place <= OF_A_LEAD).order_by(theirs.c.id)


NEWEST = _newest()
