"""Opens and clicks that providers report, judged like our own: by a person or a machine, and none that we saw ourselves.

They wait until our own pixel and links have told what they saw, and until the provider has told the rest of a burst. So
the verdict does not depend on the order in which webhooks come.
"""

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime, timedelta

from msgspec.structs import replace
from sqlalchemy import Connection, bindparam, select, update

from nurture.engine.engine import Engine
from nurture.engine.intake import add_events
from nurture.engine.provider_touch import link_in
from nurture.engine.untracked import permitted
from nurture.engine.verdicts import Message, known_hits
from nurture.identity import Keyring
from nurture.log import get_log
from nurture.providers.model import ReportKind
from nurture.store import records as table
from nurture.store.mapping import Fetched
from nurture.tracking.hits import Hit, HitKind
from nurture.tracking.humanity import Humanity
from nurture.tracking.ingest import FOREIGN, SOURCE, UNTOLD, SpooledHit, event_of, foreign
from nurture.vocabulary.event import Event

log = get_log(__name__)

GRACE = timedelta(minutes=2)
"""How long a report waits: providers send what belongs together within seconds, and our own hits are in within one tick."""
TWIN = timedelta(minutes=1)
"""What happens twice within it has happened once: the provider's pixel stands beside ours, its link leads through ours."""
AT_ONCE = 1_000
KINDS = {ReportKind.OPENED.value: HitKind.OPEN, ReportKind.CLICKED.value: HitKind.CLICK}


def judge_reported(engine: Engine) -> int:
    """Judge the opens and clicks that have waited. Returns of how many."""
    with engine.deciding() as (connection, now):
        touches = _waiting(connection, now)
        if not touches:
            return 0
        reported = _reported(connection, touches)
        known = known_hits(connection, {each.id for each in touches})
        did: dict[int, str] = {}
        events: list[Event] = []
        for touch in touches:
            message = known.get(touch.id, Message())
            told, said = _judged(engine.keyring, touch, reported[touch.id], message, now)
            did |= told
            events += said
        add_events(connection, permitted(connection, events))
        connection.execute(DONE, [{"ref": ref, "what": what} for ref, what in did.items()])
    log.info("reported opens and clicks judged", reported=len(did), counted=len(events))
    return len(did)


def _judged(
    keyring: Keyring, touch: Fetched, rows: Sequence[Fetched], message: Message, now: datetime
) -> tuple[dict[int, str], list[Event]]:
    """What came of each row that waits, and the events of those that count; then those that overturn earlier verdicts."""
    own = [each.hit for each in message.known if each.event.source == SOURCE]
    told: list[Hit] = []
    fresh: list[tuple[Fetched, Hit]] = []
    did: dict[int, str] = {}
    for row in rows:
        hit = _hit(keyring, row)
        if any(_is_twin(hit, each) for each in own):
            did[row.id] = "kept it: our own pixel or link has told of it"
        elif any(_is_twin(hit, each) for each in told):
            did[row.id] = "kept it: it was told already"
        else:
            told.append(hit)
            if row.did is None:
                fresh.append((row, hit))
    before, verdicts = message.judged([hit for _, hit in fresh], touch.settled_at, lambda _: 1)
    events = []
    for (row, hit), verdict in zip(fresh, verdicts, strict=True):
        did[row.id] = f"counted it: {verdict.pattern or 'a person'}"
        events.append(_event(touch, row, hit, verdict, now))
    waited = {row.id for row in rows if row.did is None}
    return {ref: what for ref, what in did.items() if ref in waited}, [
        *events,
        *message.overturned(before, now),
    ]


def _event(touch: Fetched, row: Fetched, hit: Hit, humanity: Humanity, now: datetime) -> Event:
    """As an event of our own tracking is, but for who says so."""
    event = event_of(SpooledHit(row.key, hit), humanity, now)
    about = {
        "mail": touch.mail,
        "campaign": touch.campaign,
        "user_agent": row.user_agent or None,
        "link": row.url or None,
    }
    said = {name: value for name, value in {**event.properties, **about}.items() if value is not None}
    if hit.link is not None and hit.link >= FOREIGN:
        del said["link_index"]
    return replace(event, source=row.provider, properties=said)


def _hit(keyring: Keyring, row: Fetched) -> Hit:
    link: int | None = None
    revision = 0
    if row.kind == ReportKind.CLICKED:
        ours = link_in(row.url, keyring)
        _, revision, link = ours or (0, 0, foreign(row.url))
    return Hit(
        kind=KINDS[row.kind],
        at=row.occurred_at,
        touch_id=row.touch_id,
        mail_revision=revision,
        link=link,
        user_agent=row.user_agent or UNTOLD,
        address=row.address,
        prefetch="provider" if row.prefetched else "",
    )


def _is_twin(hit: Hit, other: Hit) -> bool:
    """Whether two hits are one act of one reader, seen twice."""
    here, there = hit.link or 0, other.link or 0
    # The provider may name the link that it has put in the place of ours, or where ours leads to.
    is_alike = here == there or (here >= FOREIGN) != (there >= FOREIGN)
    return hit.kind is other.kind and is_alike and abs(hit.at - other.at) <= TWIN


def _waiting(connection: Connection, now: datetime) -> Sequence[Fetched]:
    """The touches of reports that have waited long enough, held until they are judged."""
    found = connection.execute(
        select(table.provider_event.c.touch_id)
        .where(table.provider_event.c.did.is_(None), table.provider_event.c.received_at <= now - GRACE)
        .order_by(table.provider_event.c.received_at)
        .limit(AT_ONCE)
    ).scalars()
    ids = sorted({each for each in found if each is not None})
    return connection.execute(
        select(table.touch).where(table.touch.c.id.in_(ids)).order_by(table.touch.c.id).with_for_update()
    ).all()


def _reported(connection: Connection, touches: Sequence[Fetched]) -> dict[int, list[Fetched]]:
    """All opens and clicks that providers have reported of the touches, in the order in which they happened."""
    rows = connection.execute(
        select(table.provider_event)
        .where(
            table.provider_event.c.touch_id.in_([each.id for each in touches]),
            table.provider_event.c.kind.in_(KINDS),
        )
        .order_by(table.provider_event.c.occurred_at, table.provider_event.c.key)
    )
    found: dict[int, list[Fetched]] = defaultdict(list)
    for row in rows:
        found[row.touch_id].append(row)
    return found


DONE = (
    update(table.provider_event)
    .where(table.provider_event.c.id == bindparam("ref"))
    .values(did=bindparam("what"))
)
