"""What the leads of a rig did with their first mail: opens, a click, then a page, or for some the form."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from msgspec.structs import replace

from nurture.bench.rig import START
from nurture.tracking.hits import Hit, HitKind
from nurture.tracking.humanity import Humanity
from nurture.tracking.ingest import SpooledHit, event_of
from nurture.vocabulary.event import Event
from nurture.vocabulary.touch import touch_id

ROUNDS = 5
A_FORM_EVERY = 4
BROWSER = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"
HUMANITY = {HitKind.OPEN: Humanity(0.9)} | dict.fromkeys(
    (HitKind.CLICK, HitKind.PAGE, HitKind.FORM), Humanity(1.0)
)
"""What the tracker finds: an open in a browser is very likely a person's, a click surely."""
SCANNER = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/120.0.0.0 Safari/537.36"
A_BURST_LATER = timedelta(seconds=2.9)
ABOUT_MAIL = {"mail": "guide/long", "campaign": "guide"}


def hits_of(leads: int) -> list[Hit]:
    """The hits of leads 1 to *leads* in the order of time: 60 % opens, 20 % clicks, 15 % visits, 5 % forms."""
    return [_hit(lead, turn) for turn in range(ROUNDS) for lead in range(1, leads + 1)]


def scanned_hits_of(leads: int) -> list[Hit]:
    """As many, of leads whose mail a scanner clicks: a fifth of them come after a click that looked like a person's until
    then. With a thousand leads or more that click has been judged in an earlier batch.
    """
    hits = hits_of(leads)
    for place in range(leads):
        click = replace(
            hits[3 * leads + place],
            at=hits[leads + place].at,
            user_agent=SCANNER,
        )
        hits[leads + place] = click
        other = replace(click, at=click.at + A_BURST_LATER, link=1 + (click.link or 0) % 7)
        hits[2 * leads + place] = other
        hits[3 * leads + place] = replace(hits[place], at=hits[3 * leads + place].at)
    return sorted(hits, key=lambda hit: hit.at)


def as_events(hits: Sequence[Hit], received_at: datetime) -> list[Event]:
    """The events that the engine makes of *hits*, which look like people's."""
    events = []
    for place, hit in enumerate(hits):
        event = event_of(SpooledHit(f"bench:{place}", hit), HUMANITY[hit.kind], received_at)
        about = dict(ABOUT_MAIL) if hit.touch_id else {}
        if hit.link:
            about["link"] = f"chapter-{hit.link}"
        events.append(replace(event, lead_id=_lead_of(hit.visitor), properties={**event.properties, **about}))
    return events


def _hit(lead: int, turn: int) -> Hit:
    at = START + timedelta(hours=1 + turn, milliseconds=lead)
    visitor = f"visitor-{lead:08}"
    # An address of its own for each, so that no two look like one scanner that clicks through many people's mail.
    hit = Hit(
        kind=HitKind.OPEN, at=at, visitor=visitor, user_agent=BROWSER, address=f"2001:db8::{lead:x}"[:39]
    )
    match turn:
        case 0 | 1 | 2:
            return replace(hit, touch_id=touch_id(lead, 1), mail_revision=1)
        case 3:
            link = 1 + lead % 7
            return replace(hit, kind=HitKind.CLICK, touch_id=touch_id(lead, 1), mail_revision=1, link=link)
        case _ if lead % A_FORM_EVERY == 0:
            return replace(hit, kind=HitKind.FORM, path="/demo", properties={"form": "demo"})
        case _:
            return replace(hit, kind=HitKind.PAGE, path="/pricing")


def _lead_of(visitor: str) -> int:
    return int(visitor.rpartition("-")[2])
