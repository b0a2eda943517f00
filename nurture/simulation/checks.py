"""What must hold in every store at any moment. Each check yields one sentence for each violation; a sound store yields none.

Beside the numbers of docs/architecture: 8 and 9 (same seed, same digest; any crash) are properties of runs, not of a store.
"""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterator
from datetime import datetime

from sqlalchemy import select

from nurture.content.model import Programme
from nurture.scheduling.caps import Cap, next_under_caps
from nurture.scheduling.windows import next_opening
from nurture.simulation.refold import scores_differ, states_differ, ways_differ
from nurture.statemachine.calendars import closed_on, send_window, zone
from nurture.statemachine.table import STAGE_TABLE, TEMPERATURE_TABLE
from nurture.store import records as table
from nurture.store.database import Database
from nurture.store.due import DueKind
from nurture.store.mapping import Fetched, unpacked
from nurture.vocabulary.state import LeadState
from nurture.vocabulary.words import EventKind, MailClass, Stage, Temperature, TouchStatus

LEFT = (TouchStatus.SENT, TouchStatus.UNKNOWN, TouchStatus.BOUNCED)
ENDS = (EventKind.UNSUBSCRIBED, EventKind.MAIL_COMPLAINED, EventKind.MAIL_BOUNCED)


class Store:
    """What the checks look at, read once."""

    def __init__(self, database: Database, programme: Programme) -> None:
        self.programme = programme
        with database.reading() as connection:
            self.events = connection.execute(select(table.event).order_by(table.event.c.id)).all()
            self.touches = connection.execute(select(table.touch).order_by(table.touch.c.id)).all()
            self.hand_offs = connection.execute(select(table.hand_off)).all()
            self.notices = connection.execute(select(table.notice)).all()
            self.queued = set(
                connection.execute(
                    select(table.due.c.id).where(table.due.c.kind == DueKind.TOUCH.value)
                ).scalars()
            )
            self.states: dict[int, LeadState] = {
                row.lead_id: unpacked(row.state)
                for row in connection.execute(select(table.lead_state.c.lead_id, table.lead_state.c.state))
            }

    def mails(self) -> Iterator[Fetched]:
        """Marketing touches that left, or may have, in order."""
        left = (row for row in self.touches if row.mail_class == MailClass.MARKETING and row.status in LEFT)
        yield from sorted(left, key=lambda row: (row.claimed_at, row.id))

    def happened(self, *kinds: EventKind) -> Iterator[Fetched]:
        """Events of these kinds, in the order received."""
        yield from (row for row in self.events if row.kind in kinds)


def mailed_against_the_will(store: Store) -> Iterator[str]:
    """1. After unsubscribe, complaint or hard bounce: no marketing mail, until the person agrees or has another address."""
    ended: dict[int, list[tuple[datetime, bool]]] = defaultdict(list)
    for row in store.events:
        if row.kind in ENDS and (
            row.kind != EventKind.MAIL_BOUNCED or row.properties.get("bounce") == "hard"
        ):
            ended[row.lead_id].append((row.received_at, True))
        elif row.kind == EventKind.PREFERENCES_CHANGED or "email" in (row.properties.get("fields") or {}):
            ended[row.lead_id].append((row.received_at, False))
    for touch in store.mails():
        before = [closed for at, closed in ended[touch.lead_id] if at < touch.claimed_at]
        if before and before[-1]:
            yield f"touch {touch.id}: left after the right to mail had ended"


def mailed_twice(store: Store) -> Iterator[str]:
    """2. No two mails for one (enrolment, visit, step); no content twice, unless `repeat: true`."""
    sent = Counter(
        (row.lead_id, *(row.properties.get(name) for name in ("enrolment", "visit", "step")))
        for row in store.happened(EventKind.MAIL_SENT)
    )
    yield from (
        f"lead {step[0]}: step {step[1:]} was sent {count} times" for step, count in sent.items() if count > 1
    )
    repeated = {
        (campaign.key, track.key, step.key)
        for campaign in store.programme.every_campaign()
        for track in campaign.tracks
        for step in track.walk()
        if step.repeat
    }
    had = Counter(
        (row.lead_id, row.mail)
        for row in store.touches
        if row.status in (TouchStatus.SENT, TouchStatus.UNKNOWN)
        and (row.campaign, row.track, row.step) not in repeated
    )
    yield from (
        f"lead {lead}: {mail} was sent {count} times" for (lead, mail), count in had.items() if count > 1
    )


def mailed_outside(store: Store) -> Iterator[str]:
    """3. Every mail left inside its window and caps, in the lead's own wall clock as it stands now."""
    sending = store.programme.sending
    caps = tuple(Cap(amount=cap.mails, per=cap.per) for cap in sending.at_most)
    earlier: dict[int, list[datetime]] = defaultdict(list)
    for touch in store.mails():
        state = store.states.get(touch.lead_id)
        if state is None:
            continue
        at, clock = touch.claimed_at, zone(store.programme, state.lead)
        if next_opening(at, send_window(sending), clock, closed_on(store.programme, state.lead)) > at:
            yield f"touch {touch.id}: left outside the send window, {at}"
        if next_under_caps(at, earlier[touch.lead_id], caps, clock) > at:
            yield f"touch {touch.id}: left over a cap, {at}"
        earlier[touch.lead_id].append(at)


def moved_off_the_table(store: Store) -> Iterator[str]:
    """4. Every move is a row of the tables, from where the lead was; final stages have no way out."""
    for kind, first, rows, stored in (
        (
            EventKind.TEMPERATURE_CHANGED,
            Temperature.COLD.value,
            {(row.source.value, row.target.value) for row in TEMPERATURE_TABLE},
            {lead_id: state.temperature.value for lead_id, state in store.states.items()},
        ),
        (
            EventKind.STAGE_CHANGED,
            Stage.INQUIRY.value,
            {(row.source.value, row.target.value) for row in STAGE_TABLE},
            {lead_id: state.stage.value for lead_id, state in store.states.items()},
        ),
    ):
        at = dict.fromkeys(stored, first)
        for row in store.happened(kind):
            before, after = row.properties["before"], row.properties["after"]
            if (before, after) not in rows or at.get(row.lead_id, before) != before:
                yield f"lead {row.lead_id}: {kind} from {before} to {after} is no move of the table"
            at[row.lead_id] = after
        yield from (
            f"lead {lead_id}: is {stored[lead_id]}, and no event says how"
            for lead_id in stored
            if at[lead_id] != stored[lead_id]
        )


def handed_over_wrongly(store: Store) -> Iterator[str]:
    """6. Each entry to a stage with a hand-off has one; each broken SLA escalates once."""
    handing = {stage.value for stage, policy in store.programme.stages.items() if policy.hand_off}
    entries = Counter(
        row.lead_id for row in store.happened(EventKind.STAGE_CHANGED) if row.properties["after"] in handing
    )
    handed = Counter(row.lead_id for row in store.hand_offs)
    for lead_id in entries.keys() | handed.keys():
        if entries[lead_id] != handed[lead_id]:
            yield f"lead {lead_id}: {entries[lead_id]} entries to a hand-off, {handed[lead_id]} hand-offs"
    escalated = {name for name, sla in store.programme.sla.items() if sla.escalate_to}
    broken = Counter(
        row.lead_id for row in store.happened(EventKind.SLA_BREACHED) if row.properties["sla"] in escalated
    )
    told = Counter(row.lead_id for row in store.notices if row.what == "sla breach")
    for lead_id in broken.keys() | told.keys():
        if broken[lead_id] != told[lead_id]:
            yield f"lead {lead_id}: {broken[lead_id]} broken deadlines, {told[lead_id]} escalations"


def touches_lost(store: Store) -> Iterator[str]:
    """7. Every touch is in one status; what is not final stands in the queue, which is its moment or its lease."""
    for touch in store.touches:
        final = TouchStatus(touch.status).is_final
        if final == (touch.id in store.queued):
            yield f"touch {touch.id}: {touch.status}, and {'still' if final else 'not'} in the queue"
        if final != (touch.settled_at is not None):
            yield f"touch {touch.id}: {touch.status}, settled at {touch.settled_at}"
    yield from (
        f"touch {each}: queued, and not there" for each in store.queued - {row.id for row in store.touches}
    )


CHECKS: tuple[Callable[[Store], Iterator[str]], ...] = (
    mailed_against_the_will,
    mailed_twice,
    mailed_outside,
    moved_off_the_table,
    handed_over_wrongly,
    touches_lost,
)


def violations(database: Database, programme: Programme) -> list[str]:
    """Every violation of the invariants in a store that stands still; *programme* is what was live while it was made."""
    store = Store(database, programme)
    found = [sentence for check in CHECKS for sentence in check(store)]
    return [*found, *scores_differ(database), *states_differ(database), *ways_differ(database)]
