"""Hand-offs as rows: the rep who gets the lead, and what sales answered."""

from datetime import datetime

from sqlalchemy import Connection, bindparam, func, select, update

from nurture.content.model import Programme
from nurture.engine.reps import pick
from nurture.engine.sales_mails import tell_of_hand_off
from nurture.statemachine.effects import CloseHandOff, HandOver, MoveHandOff, ReopenHandOff
from nurture.store import records as table
from nurture.store.mapping import event_row
from nurture.store.statements import insert_if_new
from nurture.vocabulary.event import Event
from nurture.vocabulary.state import LeadState
from nurture.vocabulary.words import EventKind


def hand_over(
    connection: Connection, programme: Programme, state: LeadState, handed: HandOver, now: datetime
) -> None:
    """To the lead's own rep where it has one, else to the next of the team; the rep is told by mail, the lead by an event."""
    lead_id = state.lead.id
    rep = handed.owner
    team = programme.teams.get(handed.team)
    if rep is None and team is not None:
        upsert_turn = {"team": handed.team, "turn": 0}
        insert_if_new(connection, table.team_turn, [upsert_turn])
        turn = connection.execute(NEXT_TURN, {"of": handed.team}).scalar_one()
        rep = pick(team, open_leads(connection), turn - 1)
    hand_off = {
        "lead_id": lead_id,
        "serial": handed.serial,
        "team": handed.team,
        "rep": rep,
        "made_at": now,
    }
    insert_if_new(connection, table.hand_off, [hand_off])
    if rep is not None:
        tell_of_hand_off(
            connection, programme, state, rep=rep, team=handed.team, serial=handed.serial, now=now
        )
    if rep is not None and rep != handed.owner:
        owned = Event(
            lead_id=lead_id,
            kind=EventKind.LEAD_CHANGED,
            occurred_at=now,
            received_at=now,
            source="routing",
            source_id=f"{lead_id}:{handed.serial}",
            properties={"fields": {"owner": rep}},
        )
        insert_if_new(connection, table.event, [event_row(owned)])


def close(connection: Connection, lead_id: int, answer: CloseHandOff, now: datetime) -> None:
    """Sales has accepted, or is done with the lead."""
    changed = (
        {"accepted_at": now, "rep": answer.rep}
        if answer.accepted
        else {"closed_at": now, "reason": answer.reason}
    )
    connection.execute(
        update(table.hand_off)
        .where(table.hand_off.c.lead_id == lead_id, table.hand_off.c.serial == answer.serial)
        .values(**changed)
    )


def move(connection: Connection, moved: MoveHandOff) -> None:
    """It is another lead's now."""
    (lead_id, serial), (new_lead, new_serial) = moved.source, moved.target
    connection.execute(
        update(table.hand_off)
        .where(table.hand_off.c.lead_id == lead_id, table.hand_off.c.serial == serial)
        .values(lead_id=new_lead, serial=new_serial)
    )


def reopen(connection: Connection, reopened: ReopenHandOff) -> None:
    """Sales has it again, as if it had never been closed."""
    connection.execute(
        update(table.hand_off)
        .where(table.hand_off.c.lead_id == reopened.lead_id, table.hand_off.c.serial == reopened.serial)
        .values(closed_at=None, reason=None)
    )


def open_leads(connection: Connection) -> dict[str, int]:
    """How many leads each rep has waiting or in work."""
    rows = connection.execute(
        select(table.hand_off.c.rep, func.count().label("leads"))
        .where(table.hand_off.c.closed_at.is_(None), table.hand_off.c.rep.is_not(None))
        .group_by(table.hand_off.c.rep)
    )
    return {row.rep: row.leads for row in rows}


NEXT_TURN = (
    update(table.team_turn)
    .where(table.team_turn.c.team == bindparam("of"))
    .values(turn=table.team_turn.c.turn + 1)
    .returning(table.team_turn.c.turn)
)
