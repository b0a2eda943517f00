"""From hits to events: which lead, which kind, what it says; and back, to judge old hits again beside a new one."""

from collections.abc import Iterable
from datetime import datetime
from zlib import crc32

import msgspec

from nurture.tracking.hits import Hit, HitKind, from_record
from nurture.tracking.humanity import Humanity
from nurture.tracking.replay import Record
from nurture.vocabulary.event import Event, PropertyValue
from nurture.vocabulary.touch import lead_of
from nurture.vocabulary.words import EventKind

SOURCE = "tracking"
UNTOLD = "Mozilla/5.0 (X11; Linux x86_64)"
"""Stands for a browser that a provider keeps to itself: that it says nothing tells nothing."""
FOREIGN = 10_000
"""From here on count links that are not tracked by us, told apart by a checksum."""

EVENT_KINDS = {
    HitKind.OPEN: EventKind.MAIL_OPENED,
    HitKind.CLICK: EventKind.MAIL_CLICKED,
    HitKind.PAGE: EventKind.PAGE_VISITED,
    HitKind.FORM: EventKind.FORM_SUBMITTED,
    HitKind.DOWNLOAD: EventKind.FILE_DOWNLOADED,
}
HIT_KINDS = {event: hit for hit, event in EVENT_KINDS.items()}

PLAIN = ("visitor", "method", "user_agent", "address", "prefetch", "referer", "path", "mail_revision")
"""Fields of a hit that are properties of its event under the same name, where they say something."""


class SpooledHit(msgspec.Struct, frozen=True):
    """A hit and where it stands in the spool."""

    source_id: str
    hit: Hit


def spooled_hits(records: Iterable[Record]) -> tuple[list[SpooledHit], int]:
    """The hits of *records* in the order in which they happened, and how many records were none."""
    hits, unreadable = [], 0
    for record in records:
        try:
            hits.append(SpooledHit(record.source_id, from_record(record.content)))
        except msgspec.MsgspecError:
            unreadable += 1
    return sorted(hits, key=lambda each: each.hit.at), unreadable


def event_of(spooled: SpooledHit, humanity: Humanity, received_at: datetime) -> Event:
    """The event of a hit: lead 0 where only its visitor is known, who may be merged with a lead later.

    Idempotent, since a place in the spool never names anything else.
    """
    hit = spooled.hit
    properties: dict[str, PropertyValue] = {
        name: getattr(hit, name) for name in PLAIN if getattr(hit, name) not in ("", None)
    }
    if hit.touch_id:
        properties |= {"touch": hit.touch_id, "humanity": humanity.score}
        if hit.link is not None:
            properties["link_index"] = hit.link  # "link" is its name, which the mail's revision knows
        if humanity.pattern is not None:
            properties["machine_pattern"] = humanity.pattern
        if humanity.proxied:
            properties["proxied"] = True
    else:
        del properties["mail_revision"]
    if hit.utm:
        properties["utm"] = dict(hit.utm)
    properties |= hit.properties
    return Event(
        lead_id=lead_of(hit.touch_id),
        kind=EVENT_KINDS[hit.kind],
        occurred_at=hit.at,
        received_at=received_at,
        source=SOURCE,
        source_id=spooled.source_id,
        properties=properties,
    )


def hit_of(event: Event) -> Hit:
    """The hit that an open or click was made of, our own or one that a provider told; what it is judged by, that is."""
    said = event.properties
    link, url = said.get("link_index"), event.text("link")
    if link is None and url is not None:
        link = foreign(url)
    return msgspec.convert(
        {
            "kind": HIT_KINDS[event.kind],
            "at": event.occurred_at,
            "touch_id": said.get("touch", 0),
            "link": link,
            "utm": event.table("utm"),
            **({} if event.source == SOURCE else {"user_agent": UNTOLD}),
            **{name: said[name] for name in PLAIN if name in said},
        },
        Hit,
    )


def foreign(url: str) -> int:
    """What stands for the index of a link that we do not track."""
    return FOREIGN + crc32(url.encode())
