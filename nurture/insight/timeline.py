"""One lead: who it is now, and everything that happened to it, newest first, each with the points that it earned."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime

import msgspec
from sqlalchemy import Connection, select

from nurture.content.model import Programme
from nurture.engine.aliases import survivor_of, whole
from nurture.insight.mails import MailLine, mails_of
from nurture.insight.verdicts import as_judged, verdicts_on
from nurture.scoring.ledger import interest_score
from nurture.statemachine.table import SETTING, STAGE_TABLE, StageQuestion
from nurture.store.mapping import entry_of, event_of, unpacked
from nurture.store.records import event, lead, lead_state, score_entry
from nurture.vocabulary.event import Event
from nurture.vocabulary.points import ScoreEntry
from nurture.vocabulary.state import LeadState
from nurture.vocabulary.words import EventKind, Stage

UNSEEN = (EventKind.TIMER_DUE, EventKind.PROGRAMME_APPLIED)
"""What happens to every lead and tells nothing about this one."""


SHOWN = {
    "acts": ("mail.opened", "mail.clicked", "verdict.", "mail.replied", "page.", "file.", "form."),
    "mails": ("mail.", "broadcast."),
    "moves": ("temperature.", "grade.", "persona.", "stage.", "campaign.", "track."),
    "sales": ("hand_off.", "contact", "note.", "sla.", "task.", "stage."),
    "consent": (
        "unsubscribed",
        "suppress",
        "sunset.",
        "preferences.",
        "snoozed",
        "consent.",
        "mail.complained",
        "mail.bounced",
    ),
    "profile": ("lead.",),
}
"""Kinds of events that can be looked at alone, by how they begin."""


class TimelineEntry(msgspec.Struct, frozen=True):
    """Something that happened.

    event    an open or click as it is judged now, however it was judged when it was told.
    points   what it did to the interest score.
    mail     the touch that it is about, with its decisions; None where it is about none.
    waiting  whether it is recorded and not yet taken in: its consequences are still to come.
    """

    event: Event
    points: tuple[ScoreEntry, ...]
    mail: MailLine | None
    waiting: bool


class Person(msgspec.Struct, frozen=True):
    """A lead as it is now: its state, its interest as it has decayed, and whether it was made for show."""

    state: LeadState
    interest: float
    sample: bool

    @property
    def name(self) -> str:
        """What people call the lead: its name, else its address, else its number."""
        return name_of(self.state)


class Timeline(msgspec.Struct, frozen=True):
    """A page of what happened.

    mails       every touch of the lead, newest first.
    older_than  the event before which the next page begins; None on the last.
    """

    entries: tuple[TimelineEntry, ...]
    mails: tuple[MailLine, ...]
    older_than: int | None


def person(connection: Connection, lead_id: int, now: datetime) -> Person | None:
    """The lead, or the one into which it was merged; None where there is none of this number."""
    row = connection.execute(
        select(lead_state.c.state, lead.c.sample)
        .join(lead, lead.c.id == lead_state.c.lead_id)
        .where(lead_state.c.lead_id == survivor_of(connection, lead_id))
    ).first()
    if row is None:
        return None
    state = unpacked(row.state)
    return Person(state, interest_score(state.accumulators, now), row.sample)


def timeline(
    connection: Connection, lead_id: int, *, before: int | None, size: int, show: str = ""
) -> Timeline:
    """The *size* newest entries of a lead, with those of leads that were merged into it, those before event *before* if given, of the kinds that *show* names (all)."""
    kinds, leads = SHOWN.get(show), whole(connection, lead_id)
    of_kind = (
        event.c.kind.not_in([kind.value for kind in UNSEEN])
        if kinds is None
        else event.c.kind.in_([kind.value for kind in EventKind if kind.value.startswith(kinds)])
    )
    statement = select(event).where(event.c.lead_id.in_(leads), of_kind)
    if before is not None:
        statement = statement.where(event.c.id < before)
    rows = connection.execute(statement.order_by(event.c.id.desc()).limit(size + 1)).all()
    shown = rows[:size]
    points = _points(connection, leads, [row.id for row in shown])
    verdicts = verdicts_on(connection, [row.id for row in shown])
    mails = mails_of(connection, lead_id)
    by_touch = {mail.touch.id: mail for mail in mails}
    entries = tuple(
        TimelineEntry(
            event=happened,
            points=tuple(points[row.id]),
            mail=by_touch.get(int(happened.number("touch") or 0)),
            waiting=row.absorbed_at is None,
        )
        for row in shown
        for happened in (as_judged(event_of(row), verdicts.get(row.id)),)
    )
    return Timeline(entries, mails, shown[-1].id if len(rows) > size else None)


def name_of(state: LeadState) -> str:
    known = state.lead
    name = " ".join(part for part in (known.first_name, known.last_name) if part)
    return name or known.email or f"Lead {known.id}"


def open_moves(programme: Programme, stage: Stage) -> tuple[Stage, ...]:
    """The stages to which a person may move a lead that is at *stage*, in the order of the path."""
    triggers = {trigger: target for target, trigger in SETTING.items()}
    return tuple(
        row.target
        for row in STAGE_TABLE
        if row.source is stage
        and triggers.get(row.trigger) is row.target
        and row.guard(StageQuestion(source=stage, target=programme.stages.get(row.target)))
    )


def _points(
    connection: Connection, leads: Sequence[int], event_ids: Sequence[int]
) -> dict[int, list[ScoreEntry]]:
    found: dict[int, list[ScoreEntry]] = defaultdict(list)
    if event_ids:
        rows = connection.execute(
            select(score_entry)
            .where(
                score_entry.c.lead_id.in_(leads),
                score_entry.c.event_id.between(min(event_ids), max(event_ids)),
            )
            .order_by(score_entry.c.id)
        )
        for row in rows:
            found[row.event_id].append(entry_of(row))
    return found
