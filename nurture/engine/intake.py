"""How facts arrive: leads from files and forms, events from the world, timers from the due queue."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime

import msgspec
from sqlalchemy import Connection, bindparam, or_, select, update

from nurture.engine.aliases import survivors
from nurture.engine.list_keys import list_keys
from nurture.engine.plain import plain_event, plain_fields
from nurture.engine.suppress import suppress
from nurture.engine.ways import begun
from nurture.store import records as table
from nurture.store.database import take_numbers
from nurture.store.due import DueKind, dequeue, due_rows
from nurture.store.mapping import event_row, state_row
from nurture.store.statements import insert_if_new, upsert
from nurture.store.types import EPOCH, MICROSECOND
from nurture.vocabulary.event import Event, PropertyValue
from nurture.vocabulary.lead import IDENTITY_FIELDS, FieldValue, Lead
from nurture.vocabulary.state import LeadState
from nurture.vocabulary.words import EventKind, SuppressionCause

LEADS = "lead"


class NewLead(msgspec.Struct, frozen=True, kw_only=True):
    """A person as a file or a form describes it.

    reference   the source's own id, by which a lead without an address is known again.
    fact        what makes this telling a fact of its own ("file:line"); told again, it changes nothing.
    fields      identity and declared fields that are known, cleaned.
    created_at  when the source made it; None for now.
    opted_out   whether the source says that this person wants no marketing mail.
    fills       whether it may only add to what is known of a lead: nobody has proved that the address is theirs.
    unconfirmed whether a lead that it makes gets no marketing mail until the address has agreed.
    tags        labels that the lead gets beside those that it has.
    """

    reference: str
    fields: Mapping[str, FieldValue]
    fact: str = ""
    created_at: datetime | None = None
    opted_out: bool = False
    fills: bool = False
    tags: tuple[str, ...] = ()
    unconfirmed: bool = False

    @property
    def email(self) -> str | None:
        value = self.fields.get("email")
        return value if isinstance(value, str) else None


class Entered(msgspec.Struct, frozen=True):
    """What became of a batch of people; *lead_ids* in their order."""

    created: int
    changed: int
    lead_ids: tuple[int, ...]


def enter_leads(
    connection: Connection, people: Sequence[NewLead], *, source: str, now: datetime, sample: bool = False
) -> Entered:
    """Make leads of *people*, or change those that are leads already: known by address, else by reference, also by those
    of a lead that was merged since.

    Idempotent on (source, fact): entering the same people again changes nothing.
    """
    people = [_plain(person) for person in people]
    take_numbers(
        connection, LEADS, 0
    )  # on PostgreSQL: who enters the same people meanwhile waits, and then finds them
    known = known_leads(connection, people, source)
    merged = merged_leads(connection, people, source)
    known |= {key: survivor for key, (_, survivor) in merged.items() if key not in known}
    fresh: dict[str, NewLead] = {}
    for person in people:
        if key_of(person, source) not in known:
            fresh.setdefault(key_of(person, source), person)
    ids = dict(zip(fresh, take_numbers(connection, LEADS, len(fresh)), strict=True)) if fresh else {}
    if fresh:
        leads = [Lead(id=ids[key], created_at=person.created_at or now) for key, person in fresh.items()]
        connection.execute(
            table.lead.insert(),
            [
                _lead_row(lead, person, source, sample=sample)
                for lead, person in zip(leads, fresh.values(), strict=True)
            ],
        )
        connection.execute(
            table.lead_state.insert(), [state_row(LeadState(lead=lead), now) for lead in leads]
        )
        connection.execute(table.lead_way.insert(), begun(leads))
    lead_ids = tuple(ids.get(key_of(person, source)) or known[key_of(person, source)] for person in people)
    events: list[Event] = []
    for person, lead_id in zip(people, lead_ids, strict=True):
        key = key_of(person, source)
        came_for, survivor = merged.get(key, (0, 0))
        told = person if lead_id != survivor else _of_a_merged(person)
        created = fresh.get(key) is person
        events += _told(told, lead_id, source=source, now=now, created=created, came_for=came_for)
    add_events(connection, events)
    gone = [person.email for person in people if person.opted_out]
    suppress(connection, gone, SuppressionCause.UNSUBSCRIBED, now)
    return Entered(created=len(fresh), changed=len(people) - len(fresh), lead_ids=lead_ids)


def _plain(person: NewLead) -> NewLead:
    known = {name: value for name, value in plain_fields(person.fields).items() if value is not None}
    return msgspec.structs.replace(person, fields=known)


def _of_a_merged(person: NewLead) -> NewLead:
    """What is told of a lead that was merged only adds to the survivor, which keeps its own address."""
    fields = {name: value for name, value in person.fields.items() if name != "email"}
    return msgspec.structs.replace(person, fields=fields, fills=True)


def _told(
    person: NewLead, lead_id: int, *, source: str, now: datetime, created: bool, came_for: int = 0
) -> Iterator[Event]:
    """The facts that a telling consists of.

    came_for  the merged lead by whose address or reference the lead was found; 0 for its own.
    """
    fact = person.fact or person.reference
    whose = {"came_for": came_for} if came_for else {}
    yield Event(
        lead_id=lead_id,
        kind=EventKind.LEAD_CREATED if created else EventKind.LEAD_CHANGED,
        occurred_at=now,
        received_at=now,
        source=source,
        source_id=fact,
        properties={
            "fields": {"source": source, **person.fields} if created else person.fields,
            **({"fills": True} if person.fills else {}),
            **({"unconfirmed": True} if created and person.unconfirmed else {}),
            **whose,
        },
    )
    if person.tags:
        yield Event(
            lead_id=lead_id,
            kind=EventKind.LEAD_TAGGED,
            occurred_at=now,
            received_at=now,
            source=source,
            source_id=f"{fact}:tags",
            properties={"tags": dict.fromkeys(person.tags, True), **whose},
        )
    if person.opted_out:
        yield Event(
            lead_id=lead_id,
            kind=EventKind.UNSUBSCRIBED,
            occurred_at=now,
            received_at=now,
            source=source,
            source_id=f"{fact}:opted out",
            properties={"how": "the source says so", **whose},
        )


def add_events(connection: Connection, events: Iterable[Event]) -> None:
    """Append events; one that is already there, by (source, source id), is the same fact told twice."""
    insert_if_new(connection, table.event, [event_row(plain_event(event)) for event in events])


def say(
    connection: Connection,
    source: str,
    lead_id: int,
    kind: EventKind,
    now: datetime,
    *,
    source_id: str = "",
    **properties: PropertyValue,
) -> None:
    """Append what a person has just said of a lead, or a lead of itself; what was left empty is left out.

    source_id  tells it from what else is said of the lead at that moment; by default, all of one kind is the same.
    """
    event = Event(
        lead_id=lead_id,
        kind=kind,
        occurred_at=now,
        received_at=now,
        source=source,
        source_id=source_id or f"{kind}:{lead_id}:{now.isoformat()}",
        properties={name: value for name, value in properties.items() if value is not None},
    )
    add_events(connection, [event])


def identify(connection: Connection, visitor: str, lead_id: int, now: datetime) -> None:
    """An anonymous visitor turns out to be this lead: what it did before becomes the lead's own history."""
    identify_all(connection, {visitor: lead_id}, now)


def identify_all(connection: Connection, leads: Mapping[str, int], now: datetime) -> None:
    """Each of these visitors turns out to be its lead."""
    if not leads:
        return
    upsert(
        connection,
        table.visitor,
        [{"id": visitor, "lead_id": lead_id, "seen_at": now} for visitor, lead_id in leads.items()],
        key=("id",),
    )
    connection.execute(THEIR_OWN, [{"who": visitor, "lead": lead_id} for visitor, lead_id in leads.items()])


THEIR_OWN = (
    update(table.event)
    .where(table.event.c.visitor == bindparam("who"), table.event.c.lead_id.is_(None))
    .values(lead_id=bindparam("lead"))
)


def fire_timers(connection: Connection, now: datetime, *, most: int) -> int:
    """Turn up to *most* due timers into events. Returns how many."""
    rows = due_rows(connection, DueKind.TIMER, now, most=most)
    if rows:
        add_events(
            connection,
            [
                Event(
                    lead_id=row.id,
                    kind=EventKind.TIMER_DUE,
                    occurred_at=row.due_at,
                    received_at=now,
                    source="timer",
                    # A timer that is set again to the same moment, by a clock that went back, is another fact.
                    source_id=f"{row.id}:{micros(row.due_at)}:{micros(now)}",
                )
                for row in rows
            ],
        )
        dequeue(connection, DueKind.TIMER, [row.id for row in rows])
    return len(rows)


def micros(moment: datetime) -> int:
    """Microseconds since 1970."""
    return (moment - EPOCH) // MICROSECOND


def key_of(person: NewLead, source: str) -> str:
    """What makes two people of a batch the same."""
    return person.email or f"{source}:{person.reference}"


def known_leads(connection: Connection, people: Sequence[NewLead], source: str) -> dict[str, int]:
    """The leads among *people* that exist, by ``key_of``."""
    keys = sorted({key_of(person, source) for person in people})
    rows = connection.execute(
        select(table.lead.c.id, table.lead.c.email, table.lead.c.reference).where(
            or_(table.lead.c.email.in_(keys), table.lead.c.reference.in_(keys))
        )
    )
    return {row.email or row.reference: row.id for row in rows}


def merged_leads(
    connection: Connection, people: Sequence[NewLead], source: str
) -> dict[str, tuple[int, int]]:
    """Those of *people* whose address or reference was one of a lead that was merged: that lead and the survivor."""
    keys = sorted({key_of(person, source) for person in people})
    merges = table.lead_merge.c
    rows = connection.execute(
        select(merges.other_id, merges.email, merges.reference).where(
            or_(merges.email.in_(keys), merges.reference.in_(keys)), merges.undone_at.is_(None)
        )
    ).all()
    now = survivors(connection, [row.other_id for row in rows])
    return {
        key: (row.other_id, now[row.other_id]) for row in rows for key in (row.email, row.reference) if key
    }


def _lead_row(lead: Lead, person: NewLead, source: str, *, sample: bool) -> dict[str, object]:
    named = {name: person.fields.get(name) for name in IDENTITY_FIELDS if name in table.lead.c}
    first, last, company = (_text(named[name]) for name in ("first_name", "last_name", "company"))
    return {
        **named,
        **list_keys(email=person.email, first_name=first, last_name=last, company=company),
        "id": lead.id,
        "reference": None if person.email else f"{source}:{person.reference}",
        "source": source,
        "created_at": lead.created_at,
        "sample": sample,
    }


def _text(value: FieldValue | None) -> str | None:
    return value if isinstance(value, str) else None
