"""The tracking spool into events: read from the position that the last transaction stored, so that nothing counts twice."""

from collections import defaultdict
from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import datetime, timedelta
from pathlib import Path

import msgspec
from msgspec.structs import replace
from sqlalchemy import Connection, select

from nurture.capture.addresses import normalise
from nurture.content.model import Programme
from nurture.engine.apart import AtOnce, is_ours
from nurture.engine.aside import AsideKind, Suspect, flooded, put_aside
from nurture.engine.intake import NewLead, add_events, enter_leads, identify_all
from nurture.engine.untracked import permitted
from nurture.engine.verdicts import Message, known_hits, recent_clicks
from nurture.log import get_log
from nurture.store import records as table
from nurture.store.database import Database
from nurture.store.mapping import Fetched
from nurture.store.statements import upsert
from nurture.tracking.evidence import SWEEP_LEADS
from nurture.tracking.hits import Hit, HitKind
from nurture.tracking.humanity import CLICKED, Humanity, sweeps
from nurture.tracking.ingest import SOURCE, SpooledHit, event_of, spooled_hits
from nurture.tracking.replay import Position, Record, forget, read
from nurture.vocabulary.event import Event

log = get_log(__name__)

HITS_AT_ONCE = 1_000
KEPT = timedelta(days=7)
FORM_FIELDS = ("first_name", "last_name", "company", "country", "language", "time_zone")
"""Identity that a public form may fill in; of the declared fields it may fill in those of the profile."""


class SpooledTracks:
    """The hits that wait in one directory, for all processes that write there."""

    def __init__(self, directory: Path) -> None:
        self._directory = directory
        self._taken = Position()
        self._at_once = AtOnce()

    @property
    def is_looking(self) -> bool:
        """Whether it looks for what fails, in smaller batches."""
        return self._at_once.is_fewer

    def waits(self) -> bool:
        """Whether hits may wait behind what this worker has taken last; asks the disk, not the store."""
        if not self._directory.exists():
            return False
        batch = read(self._directory, self._taken, 1)
        return bool(batch.records or batch.damaged)

    def take(
        self, database: Database, programme: Programme, now: datetime, *, most: int = HITS_AT_ONCE
    ) -> int:
        """Turn the next hits into events, in one transaction with the new position. Returns how many were read.

        One that our own code fails on is set aside, as it came: as ``apart.Portions`` does it, but that a hit stands in a file.
        """
        if not self._directory.exists():
            return 0
        while True:
            size = self._at_once.of(most)
            try:
                taken = self._take(database, programme, now, size)
            except Exception as error:
                if size == 1 or not is_ours(error):
                    raise
                self._at_once.raised(size)
            else:
                self._at_once.went_well(size, most)
                return taken

    def _take(self, database: Database, programme: Programme, now: datetime, most: int) -> int:
        with database.writing() as connection:
            batch = read(self._directory, _position(connection), most)
            if batch.damaged:
                log.warning("spool damaged", lines=batch.damaged)
            if not batch.records:
                self._taken = batch.position
                return 0
            if most == 1:
                _take_apart(connection, programme, batch.records, now)
            else:
                take_records(connection, programme, batch.records, now)
            position = msgspec.json.encode(batch.position).decode()
            upsert(connection, table.spool_position, [{"name": SOURCE, "position": position}], key=("name",))
        self._taken = batch.position  # only now that it is committed
        return len(batch.records)

    def forget(self, database: Database, now: datetime) -> int:
        """Remove what was taken more than a week ago. Returns how many files went."""
        if not self._directory.exists():
            return 0
        with database.reading() as connection:
            position = _position(connection)
        return forget(self._directory, position, now - KEPT)


def take_records(
    connection: Connection, programme: Programme, records: Sequence[Record], now: datetime
) -> None:
    """Turn what was appended to the spool into events."""
    hits, unreadable = spooled_hits(records)
    if unreadable:
        log.warning("hits unreadable", records=unreadable)
    events = Arrivals(connection, programme, hits, now).events()
    add_events(connection, permitted(connection, events))


def _take_apart(
    connection: Connection, programme: Programme, records: Sequence[Record], now: datetime
) -> None:
    """Each alone, the first of each file; one that raises is kept beside, for the spool forgets it."""
    for each in records:
        try:
            with connection.begin_nested():
                take_records(connection, programme, [each], now)
        except Exception as error:
            if not is_ours(error) or flooded(connection):
                raise
            take_records(connection, programme, [], now)  # what raises with nothing in hand is not its fault
            kept = each.content.decode(errors="replace")
            put_aside(connection, Suspect(AsideKind.HIT, 0, part=each.source_id, kept=kept), error, now)


class Arrivals:
    """One batch of hits, with what the store knows about their mails and visitors."""

    def __init__(
        self, connection: Connection, programme: Programme, hits: Sequence[SpooledHit], now: datetime
    ) -> None:
        self._connection = connection
        self._programme = programme
        self._hits = hits
        self._now = now
        self._touches = _touches(connection, {each.hit.touch_id for each in hits if each.hit.touch_id})
        self._links = _links(connection, {each.hit.mail_revision for each in hits if each.hit.mail_revision})
        self._leads = _leads_of(connection, {each.hit.visitor for each in hits if each.hit.visitor})
        self._known: dict[str, int] = {}  # visitors of whom this batch tells whose they are

    def events(self) -> list[Event]:
        """The event of each hit, as far as its lead is known; a visitor's others wait for the day it is. Then those that
        overturn what earlier hits were taken for.
        """
        verdicts, overturned = self._judge()
        events = (self._event(each, verdicts.get(each.source_id, CLICKED)) for each in self._hits)
        somebodys = [event for event in events if event.lead_id or event.text("visitor")]
        identify_all(self._connection, self._known, self._now)
        if overturned:
            log.info("verdicts overturned", hits=len(overturned))
        return [*somebodys, *overturned]

    def _event(self, spooled: SpooledHit, humanity: Humanity) -> Event:
        hit = spooled.hit
        event = event_of(spooled, humanity, self._now)
        if hit.touch_id:
            if hit.visitor and humanity.is_human:
                self._know(hit.visitor, event.lead_id)
            return replace(event, properties={**event.properties, **self._about(hit)})
        lead_id = self._who_filled_in(spooled) or self._leads.get(hit.visitor, 0)
        told = self._profile(hit)
        # Anybody may post here in anybody's name: it only adds to what is known.
        about = {"fields": told, "fills": True} if told else {}
        return replace(event, lead_id=lead_id, properties={**event.properties, **about})

    def _about(self, hit: Hit) -> dict[str, str | int]:
        """What conditions and people ask about a mail's open or click: which mail, campaign and link."""
        touch = self._touches.get(hit.touch_id)
        about: dict[str, str | int] = (
            {} if touch is None else {"mail": touch.mail, "campaign": touch.campaign}
        )
        names = self._links.get(hit.mail_revision, ())
        if hit.link is not None and 0 < hit.link <= len(names):
            about["link"] = names[hit.link - 1]
        return about

    def _who_filled_in(self, spooled: SpooledHit) -> int:
        """The lead of a form that names an address, made if need be; its visitor is known from then on."""
        hit = spooled.hit
        fields = hit.properties.get("fields") if hit.kind is HitKind.FORM else None
        address = normalise(fields.get("email", "")) if isinstance(fields, Mapping) else None
        if address is None:
            return 0
        fields = {**self._profile(hit), "email": address}
        person = NewLead(reference=spooled.source_id, fields=fields, fills=True)
        (lead_id,) = enter_leads(self._connection, [person], source="form", now=self._now).lead_ids
        if hit.visitor:
            self._know(hit.visitor, lead_id)
        return lead_id

    def _profile(self, hit: Hit) -> dict[str, str]:
        fields = hit.properties.get("fields")
        declared = {name for name, field in self._programme.fields.items() if field.profile}
        given = fields.items() if isinstance(fields, Mapping) else ()
        return {name: value for name, value in given if value and (name in FORM_FIELDS or name in declared)}

    def _know(self, visitor: str, lead_id: int) -> None:
        if self._leads.get(visitor) != lead_id:
            self._leads[visitor] = self._known[visitor] = lead_id

    def _judge(self) -> tuple[dict[str, Humanity], list[Event]]:
        """Who made each hit of a mail, judged together with the earlier hits of that mail; and of which of these it shows
        that they were judged wrongly. A sweep that has begun among earlier hits shows it of other mails too.
        """
        fresh: dict[int, list[SpooledHit]] = defaultdict(list)
        for each in self._hits:
            if each.hit.touch_id:
                fresh[each.hit.touch_id].append(each)
        if not fresh:
            return {}, []
        swept, others = self._sweeps()
        touches = fresh.keys() | others
        known = known_hits(self._connection, touches)
        sent = self._touches | _touches(self._connection, touches - self._touches.keys())
        verdicts: dict[str, Humanity] = {}
        overturned: list[Event] = []
        for touch_id in sorted(touches):
            message, came = known.get(touch_id, Message()), fresh.get(touch_id, [])
            sent_at = sent[touch_id].settled_at if touch_id in sent else None
            before, now = message.judged([each.hit for each in came], sent_at, swept)
            verdicts.update(zip((each.source_id for each in came), now, strict=True))
            overturned += message.overturned(before, self._now)
        return verdicts, overturned

    def _sweeps(self) -> tuple[Callable[[Hit], int], set[int]]:
        """Of how many leads an address clicked mails around a click, and the touches of earlier clicks of such sweeps."""
        clicks = [each.hit for each in self._hits if each.hit.kind is HitKind.CLICK and each.hit.touch_id]
        if not clicks:
            return (lambda _: 1), set()
        recent = recent_clicks(self._connection, min(each.at for each in clicks))
        swept = sweeps([*recent, *clicks])
        return swept, {each.touch_id for each in recent if swept(each) >= SWEEP_LEADS}


def _position(connection: Connection) -> Position:
    text = connection.execute(
        select(table.spool_position.c.position)
        .where(table.spool_position.c.name == SOURCE)
        .with_for_update()  # one worker at a time goes on from here
    ).scalar()
    return Position() if text is None else msgspec.json.decode(text, type=Position)


def _touches(connection: Connection, ids: Collection[int]) -> dict[int, Fetched]:
    rows = connection.execute(select(table.touch).where(table.touch.c.id.in_(sorted(ids)))) if ids else ()
    return {row.id: row for row in rows}


def _links(connection: Connection, numbers: set[int]) -> dict[int, tuple[str, ...]]:
    """The names of each mail revision's links, in the order of their index."""
    if not numbers:
        return {}
    statement = select(table.mail_revision).where(table.mail_revision.c.number.in_(sorted(numbers)))
    return {row.number: tuple(name for name, _ in row.links) for row in connection.execute(statement)}


def _leads_of(connection: Connection, visitors: set[str]) -> dict[str, int]:
    if not visitors:
        return {}
    statement = select(table.visitor).where(table.visitor.c.id.in_(sorted(visitors)))
    return {row.id: row.lead_id for row in connection.execute(statement) if row.lead_id is not None}
