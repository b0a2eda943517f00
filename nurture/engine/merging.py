"""Two leads that turn out to be one person: asked for here as an event, decided and carried out when it is absorbed.

merge    -->  an event of the survivor  -->  the other as it is then goes in, and its rows go
unmerge  -->  an event of the survivor  -->  the survivor without it; the other's rows are back, and what had come for it
                                            is told to it anew
"""

from datetime import datetime

import msgspec
from msgspec.structs import replace
from sqlalchemy import Connection, or_, select

from nurture.content.model import Programme
from nurture.engine import merge_rows
from nurture.engine.audit import audit
from nurture.engine.intake import add_events, micros, say
from nurture.engine.look_back import past_of
from nurture.engine.told_again import SPEAKING, WHOSE, agreed_to, anew
from nurture.engine.untracked import set_tracking
from nurture.errors import NurtureError
from nurture.statemachine.advance import advance
from nurture.statemachine.merge_stage import keeps_hand_off
from nurture.statemachine.past import Merge, Past
from nurture.store import records as table
from nurture.store.mapping import Fetched, event_of, unpacked
from nurture.vocabulary.event import TOLD_AGAIN, Event
from nurture.vocabulary.state import LeadState
from nurture.vocabulary.words import EventKind, Stage, TouchStatus

JOINING = frozenset({EventKind.LEAD_MERGED, EventKind.LEAD_UNMERGED})
HELD = (TouchStatus.CLAIMED.value, TouchStatus.SENDING.value)


class MergeError(NurtureError):
    """The leads cannot be merged, or the merge not undone, and why."""


def merge(connection: Connection, survivor: int, other: int, *, by: str, now: datetime) -> None:
    """Let *other* go into *survivor*, with the next turn of the engine. Raises MergeError."""
    if survivor == other:
        raise MergeError("A lead cannot be merged with itself. Choose another one.")
    mine, theirs = _lead(connection, survivor), _lead(connection, other)
    if mine.sample != theirs.sample:
        raise MergeError("One of the two is a sample lead, which stands for nobody. Choose another one.")
    mine_is, theirs_is = unpacked(mine.state).stage, unpacked(theirs.state).stage
    if theirs_is is Stage.DISQUALIFIED and mine_is is not theirs_is:
        raise MergeError(
            f"Lead {other} is disqualified, which is final. Merge the other way round: it is the one that stays."
        )
    _say(connection, survivor, EventKind.LEAD_MERGED, now, other=other, by=by)
    audit(
        connection,
        actor=by,
        what="merged leads",
        target=f"lead {survivor}",
        detail={"other": other},
        now=now,
    )


def unmerge(connection: Connection, survivor: int, *, by: str, now: datetime) -> int:
    """Undo the latest merge into *survivor*, with the next turn of the engine. Returns who stands again. Raises MergeError."""
    _lead(connection, survivor)
    row = merge_rows.latest(connection, survivor)
    if row is None:
        raise MergeError(f"No merge into lead {survivor} is in force.")
    taken = select(table.lead.c.id).where(table.lead.c.email == row.email, table.lead.c.id != survivor)
    if row.email is not None and (holder := connection.execute(taken).scalar()) is not None:
        raise MergeError(f"Lead {holder} has the address now. Give it another one first.")
    _say(connection, survivor, EventKind.LEAD_UNMERGED, now, merge=row.event_id, other=row.other_id, by=by)
    audit(
        connection,
        actor=by,
        what="undid a merge of leads",
        target=f"lead {survivor}",
        detail={"other": row.other_id},
        now=now,
    )
    return int(row.other_id)


def foreseen(
    connection: Connection, programme: Programme, survivor: int, other: int, now: datetime
) -> "Joined | None":
    """What the merge would make of them now, for whoever only looks; None where there are not two leads."""
    told = Event(survivor, EventKind.LEAD_MERGED, now, now, TOLD_AGAIN, "", {"other": other})
    rows = connection.execute(
        select(table.lead_state.c.lead_id, table.lead_state.c.state).where(
            table.lead_state.c.lead_id.in_([survivor, other])
        )
    )
    states = {row.lead_id: unpacked(row.state) for row in rows}
    past = looked_up(connection, told, states)
    if past is None:
        return None
    before = states[survivor]
    return Joined(told, past, before, advance(programme, before, told, now, past).state)


# ------------------------------------------------------------ when it is absorbed


def looked_up(connection: Connection, event: Event, states: dict[int, LeadState]) -> Past | None:
    """What the turn that merges, or undoes, looks back on; None where that concerns nobody any more."""
    if event.kind is EventKind.LEAD_UNMERGED:
        return _undoing(connection, event)
    other = states.get(int(event.number("other") or 0))
    if other is None or other.lead.id == event.lead_id or event.lead_id not in states:
        return None
    theirs = past_of(connection, other.lead.id)
    held = select(table.touch.c.id, table.touch.c.mail).where(
        table.touch.c.lead_id == other.lead.id, table.touch.c.status.in_(HELD)
    )
    going = Merge(
        other=other,
        entries=tuple(theirs.entries),
        events=tuple(theirs.events),
        leaving={row.id: row.mail for row in connection.execute(held)},
    )
    return replace(past_of(connection, event.lead_id), merge=going)


class Joined(msgspec.Struct, frozen=True):
    """A turn that has merged a lead into another, or undone that."""

    event: Event
    past: Past
    before: LeadState
    after: LeadState

    @property
    def merge(self) -> Merge:
        assert self.past.merge is not None, "it was looked up"
        return self.past.merge

    def carry_out(self, connection: Connection, now: datetime) -> None:
        """Move the rows of the other."""
        event, found = self.event, self.merge
        if self.before.untracked != self.after.untracked:
            set_tracking(connection, event.lead_id, on=not self.after.untracked)
        if event.kind is EventKind.LEAD_MERGED:
            whole = replace(found, before=self.before, after=self.after)
            merge_rows.take_away(connection, event, whole, now)
            return
        row = merge_rows.put_back(connection, int(event.number("merge") or 0), found, now)
        since = [each for each, _ in _since(connection, event.lead_id, row) if each.id != event.id]
        kept = keeps_hand_off(self.before, found)
        _tell_again(connection, event, found, since, sales_keeps=kept, now=now)


def _undoing(connection: Connection, event: Event) -> Past | None:
    number = int(event.number("merge") or 0)
    row = merge_rows.latest(connection, event.lead_id)
    found = merge_rows.merge_of(connection, event)
    if row is None or row.event_id != number or found is None:
        return None  # undone already, or merged again since
    since = _since(connection, event.lead_id, row)
    returned = tuple(each.id for each, came_for in since if came_for in found.leads)
    own = [each for each, came_for in since if came_for not in found.leads]
    agreed = agreed_to(own)
    found = replace(
        found,
        returned=returned,
        spoken=any(each.kind in SPEAKING for each, _ in since),
        agreed=agreed,
        freed=bool(agreed) or any(each.kind is EventKind.SUPPRESSION_LIFTED for each in own),
    )
    return replace(past_of(connection, event.lead_id), merge=found)


def _since(connection: Connection, lead_id: int, row: Fetched) -> list[tuple[Event, int]]:
    """What was absorbed for the survivor after the merge of *row*, each with the merged lead for whom it came, or 0."""
    told = table.event.c
    rows = connection.execute(
        select(table.event, table.rerouted.c.lead_id.label(WHOSE))
        .outerjoin(table.rerouted, table.rerouted.c.event_id == told.id)
        .where(
            told.lead_id == lead_id,
            told.absorbed_at.is_not(None),
            # One that was committed late has a smaller number and is absorbed all the same after it.
            or_(told.id > row.event_id, told.absorbed_at > row.merged_at),
        )
        .order_by(told.id)
    )
    found = [(event_of(each), each.came_for) for each in rows]
    return [(each, came_for or int(each.number(WHOSE) or 0)) for each, came_for in found]


def _tell_again(
    connection: Connection,
    event: Event,
    found: Merge,
    since: list[Event],
    *,
    sales_keeps: bool,
    now: datetime,
) -> None:
    """The other learns that it stands again, and then what it has missed."""
    other = found.other.lead.id
    kept = {"sales_keeps": True} if sales_keeps else {}
    _say(connection, other, EventKind.LEAD_UNMERGED, now, came_from=event.lead_id, **kept)
    returned = [each for each in since if each.id in found.returned]
    others = [each for each in since if each.id not in found.returned]
    add_events(connection, anew(returned, others, other, event.id, now))


def _say(
    connection: Connection, lead_id: int, kind: EventKind, now: datetime, **told: str | int | bool
) -> None:
    source_id = f"{kind}:{lead_id}:{told.get('other', '')}:{micros(now)}"
    say(connection, TOLD_AGAIN, lead_id, kind, now, source_id=source_id, **told)


def _lead(connection: Connection, lead_id: int) -> Fetched:
    row = connection.execute(
        select(table.lead.c.sample, table.lead_state.c.state)
        .join(table.lead_state, table.lead_state.c.lead_id == table.lead.c.id)
        .where(table.lead.c.id == lead_id)
    ).first()
    if row is None:
        raise MergeError(f"There is no lead {lead_id} any more. Reload the page.")
    return row
