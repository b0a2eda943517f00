"""When broadcasts begin: each revision sets, moves or calls off those that have not begun."""

from datetime import datetime
from zoneinfo import ZoneInfo

from sqlalchemy import Connection, delete, select

from nurture.content.model import Broadcast, Campaign, Programme
from nurture.engine.sweep_rows import Sweep, SweepKind, ask_for, go_on, halt, note, sweep_of
from nurture.store import records as table


def begins_at(programme: Programme, broadcast: Broadcast) -> datetime:
    return broadcast.at.moment(ZoneInfo(programme.time_zone))


def is_written(programme: Programme, campaign: str) -> bool:
    """Whether the programme has this broadcast, and it is no draft."""
    found = programme.campaigns.get(campaign)
    return found is not None and found.broadcast is not None and not found.draft


def is_too_late(programme: Programme, campaign: Campaign, now: datetime) -> bool:
    """Whether a broadcast's moment passed so long ago that it is old news: one published now is never sent."""
    assert campaign.broadcast is not None
    return begins_at(programme, campaign.broadcast) < now - programme.sending.max_lateness.elapsed


def schedule(connection: Connection, programme: Programme, *, by: str, now: datetime) -> None:
    """Have the broadcasts of a revision begin at their moments; one that has begun keeps its course."""
    known = {each.subject: each for each in sweeps_of_broadcasts(connection)}
    for campaign in programme.campaigns.values():
        if campaign.broadcast is None or campaign.draft:
            continue
        moment, sweep = begins_at(programme, campaign.broadcast), known.pop(campaign.key, None)
        if sweep is None:
            if not is_too_late(programme, campaign, now):
                ask_for(
                    connection,
                    SweepKind.BROADCAST,
                    subject=campaign.key,
                    actor=by,
                    now=now,
                    starts_at=max(moment, now),
                )
        elif sweep.starts_at > now and not sweep.is_over and moment != sweep.starts_at:
            note(connection, sweep.id, starts_at=max(moment, now))
            if sweep.paused_at is None:
                go_on(connection, sweep.id, max(moment, now))
    for sweep in known.values():  # their files are gone, or drafts again
        if not sweep.is_over:
            halt(connection, sweep.id)
            if sweep.starts_at > now:
                connection.execute(delete(table.sweep).where(table.sweep.c.id == sweep.id))
            else:
                note(connection, sweep.id, cancelled_at=now)


def sweeps_of_broadcasts(connection: Connection, campaign: str | None = None) -> list[Sweep]:
    """The walks of all broadcasts, or of one: locked until the transaction ends."""
    statement = select(table.sweep).where(table.sweep.c.kind == SweepKind.BROADCAST.value).with_for_update()
    if campaign is not None:
        statement = statement.where(table.sweep.c.subject == campaign)
    return [sweep_of(row) for row in connection.execute(statement)]
