"""What a rep may say to a lead: the note of the programme's task where there is one, and the facts in the order of a call."""

from collections.abc import Sequence
from datetime import datetime

import msgspec
from sqlalchemy import Connection, select

from nurture.content.model import Persona
from nurture.insight.inbox import Visit
from nurture.languages.said import plain
from nurture.store.records import task
from nurture.vocabulary.state import LeadState

MOST = 3
PHONES = ("phone", "mobile", "telephone")
"""Declared fields that hold a number to call, the best first."""


class Talk(msgspec.Struct, frozen=True):
    """A talk track.

    notes  what the programme's open tasks say of this lead.
    say    what to begin with, from what the lead did.
    ask    what its persona is known to care about.
    where  the campaign, the track and the newest mail that it comes from; "" for none.
    """

    notes: tuple[str, ...]
    say: tuple[str, ...]
    ask: tuple[str, ...]
    where: str


def talk_track(
    state: LeadState, persona: Persona | None, visits: Sequence[Visit], notes: Sequence[str] = ()
) -> Talk:
    """What there is to say, none of it made up: only what the lead did, had, and what its persona's file says."""
    return Talk(
        notes=tuple(notes),
        say=(*_asked(state), *(_looked(visit) for visit in visits[:MOST]), *_followed(state))[: MOST + 1],
        ask=() if persona is None else (*persona.goals, *persona.triggers),
        where=_where(state),
    )


def notes_for(connection: Connection, lead_id: int) -> tuple[str, ...]:
    """What the open tasks of a lead say, oldest first."""
    rows = connection.execute(
        select(task.c.task, task.c.note)
        .where(task.c.lead_id == lead_id, task.c.done_at.is_(None))
        .order_by(task.c.created_at)
    )
    return tuple(
        f"{plain(row.task).capitalize()}: {row.note}" if row.note else plain(row.task).capitalize()
        for row in rows
    )


def dialled(state: LeadState) -> str | None:
    """The lead's number as a telephone takes it, digits and a plus; None where none is known."""
    for name in PHONES:
        number = "".join(sign for sign in str(state.lead.fields.get(name) or "") if sign in "+0123456789")
        if number.strip("+"):
            return number
    return None


def _asked(state: LeadState) -> tuple[str, ...]:
    return tuple(f"You sent us the form “{plain(name)}”." for name in _newest(state, "submitted:"))


def _followed(state: LeadState) -> tuple[str, ...]:
    links = dict.fromkeys(
        name.rpartition(":")[2] for name in _newest(state, "clicked:") if name.count(":") == 1
    )
    return tuple(f"You followed “{plain(link)}” in our mail." for link in links)


def _looked(visit: Visit) -> str:
    often = "" if visit.times == 1 else f" {visit.times} times"
    return f"You looked at {visit.path}{often}."


def _newest(state: LeadState, prefix: str) -> tuple[str, ...]:
    """What follows *prefix* in the keys of the lead's acts, the newest first."""
    ordered: list[tuple[datetime, str]] = sorted(
        ((at, key.removeprefix(prefix)) for key, at in state.acts.items() if key.startswith(prefix)),
        reverse=True,
    )
    return tuple(name for _, name in ordered)


def _where(state: LeadState) -> str:
    parts = [f"{plain(each.campaign)}, {plain(each.track)}" for each in state.live_enrolments if each.track]
    if not parts:
        parts = [plain(each.campaign) for each in state.enrolments[-1:]]
    if state.had:
        last = max(state.had.items(), key=lambda had: had[1])[0]
        parts.append(f"last mail “{plain(last.rpartition('/')[2])}”")
    return " · ".join(parts)
