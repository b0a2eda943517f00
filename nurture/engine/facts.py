"""What the gates need, loaded for a batch with a handful of queries."""

from collections import defaultdict
from collections.abc import Callable, Collection, Mapping
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, exists, or_, select

from nurture.content.model import Programme
from nurture.engine.aliases import aliases_of
from nurture.engine.domains import Domains
from nurture.engine.ramp import Place, Ramp
from nurture.engine.stops import Stops, put_off
from nurture.statemachine.gates import Facts, Rival
from nurture.store import records as table
from nurture.store.waiting import EVENT
from nurture.vocabulary.state import LeadState
from nurture.vocabulary.touch import Touch
from nurture.vocabulary.words import EventKind, Gate, Lane, MailClass, SuppressionCause, TouchStatus

REMEMBERED = timedelta(days=8)
COUNTING = (
    TouchStatus.CLAIMED,
    TouchStatus.SENDING,
    TouchStatus.SENT,
    TouchStatus.UNKNOWN,
    TouchStatus.BOUNCED,
)
WAITING = (TouchStatus.PLANNED, TouchStatus.DEFERRED)
LESS_MAIL = (
    EventKind.UNSUBSCRIBED,
    EventKind.MAIL_COMPLAINED,
    EventKind.PREFERENCES_CHANGED,
    EventKind.SNOOZED,
    EventKind.SUPPRESSED,
)
"""What may say that a person wants less mail."""


class BatchFacts:
    """The facts of one batch; balances go down as touches pass, and ``write`` puts them back."""

    def __init__(
        self,
        connection: Connection,
        programme: Programme,
        states: Mapping[int, LeadState],
        lanes: Mapping[int, Lane],
        now: datetime,
        *,
        leaves: bool = True,
    ) -> None:
        """*lanes* of the touches that are asked about, by touch; *leaves*: whether mail leaves the machine."""
        self._programme = programme
        self._states = states
        self._now = now
        self._suppressed = _suppressed(connection, states)
        self._unheard = frozenset(connection.execute(UNHEARD).scalars())
        self._stops = Stops(connection, lanes, now, lock=True)
        self._recent, self._rivals = _other_touches(connection, states, now, self._stops.paused)
        self._domains = Domains(
            connection, programme.sending.per_domain, set(map(_domain, states.values())), now
        )
        self._at_once = {touch_id for touch_id, lane in lanes.items() if lane < Lane.CADENCE}
        if self._domains.is_waited_for:
            self._at_once |= put_off(connection, lanes, Gate.THROTTLE)
        self._ramp = Ramp(connection, programme, now, leaves=leaves)

    def of(self, touch: Touch) -> Facts:
        """What the gates need to know about *touch*, as the batch stands now."""
        state = self._states[touch.lead_id]
        return Facts(
            programme=self._programme,
            state=state,
            suppressed=self._suppressed.get((state.lead.email or "", touch.mail_class)),
            recent=[at for other, at in self._recent.get(touch.lead_id, ()) if other != touch.id],
            rivals=[rival for rival in self._rivals.get(touch.lead_id, ()) if rival.touch_id != touch.id],
            domain_free=self._domains.free_at(_domain(state), at_once=touch.id in self._at_once),
            warm_up_left=self._ramp.left,
            warm_up_free=self._ramp.tomorrow,
            away=self._stops.away(touch),
            paused=self._stops.paused(touch.campaign),
            unheard=touch.lead_id in self._unheard,
        )

    def reserve(self, touch: Touch) -> Place | None:
        """*touch* has passed: it uses up its domain's token and a place in the day's ramp, which is returned."""
        self._domains.take(_domain(self._states[touch.lead_id]))
        if touch.mail_class is MailClass.OPERATIONAL:
            return None
        self._ramp.take()
        return self._ramp.place

    def told_to_wait(self, touch: Touch, gate: Gate | None) -> None:
        """*gate* has put *touch* off: whoever waits for a domain as well, waits for this one too."""
        if gate is Gate.THROTTLE:
            self._domains.wait(_domain(self._states[touch.lead_id]), at_once=touch.id in self._at_once)

    def write(self, connection: Connection) -> None:
        self._domains.write(connection)
        self._ramp.write(connection)


def standing_facts(
    connection: Connection, programme: Programme, state: LeadState, touch: Touch, now: datetime
) -> Facts:
    """What the gates would know of *touch*, for whoever only looks: nothing is locked, and the sender's limits are left out."""
    states = {state.lead.id: state}
    stops = Stops(connection, [touch.id], now)
    recent, rivals = _other_touches(connection, states, now, stops.paused)
    return Facts(
        programme=programme,
        state=state,
        suppressed=_suppressed(connection, states).get((state.lead.email or "", touch.mail_class)),
        recent=[at for other, at in recent.get(touch.lead_id, ()) if other != touch.id],
        rivals=[rival for rival in rivals.get(touch.lead_id, ()) if rival.touch_id != touch.id],
        away=stops.away(touch),
        paused=stops.paused(touch.campaign),
        unheard=touch.lead_id in connection.execute(UNHEARD).scalars().all(),
    )


def _domain(state: LeadState) -> str:
    return (state.lead.email or "").rpartition("@")[2]


def _suppressed(
    connection: Connection, states: Mapping[int, LeadState]
) -> dict[tuple[str, MailClass], SuppressionCause]:
    """The cause for which each address may not get mail of each class."""
    addresses = sorted(state.lead.email for state in states.values() if state.lead.email)
    found: dict[tuple[str, MailClass], SuppressionCause] = {}
    rows = connection.execute(select(table.suppression).where(table.suppression.c.address.in_(addresses)))
    for row in sorted(rows, key=lambda row: SuppressionCause(row.cause).gravity):  # the gravest is told
        found[row.address, MailClass.MARKETING] = SuppressionCause(row.cause)
        if row.scope == "all":
            found[row.address, MailClass.OPERATIONAL] = SuppressionCause(row.cause)
    return found


def _other_touches(
    connection: Connection, lead_ids: Collection[int], now: datetime, paused: Callable[[str], str | None]
) -> tuple[dict[int, list[tuple[int, datetime]]], dict[int, list[Rival]]]:
    """The leads' counting marketing touches with when they were claimed, and which touches wait for their moment, but not for a person."""
    merged = aliases_of(connection, lead_ids)  # what a lead had before it was merged counts for the person
    touch: Any = table.touch.c
    columns = (touch.id, touch.lead_id, touch.campaign, touch.status, touch.priority, touch.due_at)
    rows = connection.execute(
        select(*columns, touch.claimed_at).where(
            touch.lead_id.in_(sorted({*lead_ids, *merged})),
            touch.mail_class == MailClass.MARKETING.value,
            or_(
                touch.status.in_([status.value for status in WAITING]),
                touch.claimed_at > now - REMEMBERED,
            ),
        )
    )
    recent: dict[int, list[tuple[int, datetime]]] = defaultdict(list)
    rivals: dict[int, list[Rival]] = defaultdict(list)
    for row in rows:
        if row.status in WAITING:
            if paused(row.campaign) is not None or row.lead_id in merged:
                continue
            rivals[row.lead_id].append(Rival(row.id, row.priority, row.due_at))
        elif row.claimed_at is not None and row.status in COUNTING:
            recent[merged.get(row.lead_id, row.lead_id)].append((row.id, row.claimed_at))
    return recent, rivals


_dismissed = exists().where(
    table.set_aside.c.kind == EVENT,
    table.set_aside.c.ref == table.event.c.id,
    table.set_aside.c.dismissed_at.is_not(None),
)
UNHEARD = (
    select(table.event.c.lead_id)
    .where(
        table.event.c.absorbed_at.is_(None),
        table.event.c.lead_id.is_not(None),
        table.event.c.kind.in_([kind.value for kind in LESS_MAIL]),
        ~_dismissed.correlate(table.event),
    )
    .order_by(table.event.c.id)
)
"""Whose word about our mail waits to be taken in, or was set aside: among the few events that wait, found by their index."""
