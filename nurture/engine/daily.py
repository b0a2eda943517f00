"""Sums a day, written with what they sum: mails, what people did with them, and how leads moved.

A day is the programme's, by when a thing happened, not by when it was taken in. Sample leads are summed apart.
"""

from collections import Counter
from datetime import datetime
from zoneinfo import ZoneInfo

from sqlalchemy import Connection, delete, select, text

from nurture.statemachine.past import act_of
from nurture.store import records as table
from nurture.store.statements import add_up
from nurture.vocabulary.event import TOLD_AGAIN, Event
from nurture.vocabulary.state import LeadState
from nurture.vocabulary.words import EventKind, Stage, Temperature

COUNTED = frozenset(
    {
        EventKind.LEAD_CREATED,
        EventKind.MAIL_SENT,
        EventKind.MAIL_BOUNCED,
        EventKind.MAIL_FAILED,
        EventKind.MAIL_OPENED,
        EventKind.MAIL_CLICKED,
        EventKind.MAIL_REPLIED,
        EventKind.UNSUBSCRIBED,
    }
)
"""Events that are summed by their kind; opens and clicks only where a person made them."""


def at_temperature(temperature: Temperature) -> str:
    """Leads that became of this temperature, less those that left it."""
    return f"temperature:{temperature}"


def at_stage(stage: Stage) -> str:
    """Leads that entered this stage, however often."""
    return f"stage:{stage}"


def into_campaign(key: str) -> str:
    """Leads that entered this campaign, however often; a broadcast has its own figures."""
    return f"campaign:{key}"


class DailySums:
    """What a batch of turns adds, until ``write``."""

    def __init__(self, time_zone: str) -> None:
        self._zone = ZoneInfo(time_zone)
        self._sums: Counter[tuple[str, str, int]] = Counter()

    def add(self, event: Event, before: LeadState, after: LeadState, now: datetime) -> None:
        """One turn: *event* took the lead from *before* to *after* at *now*."""
        is_new = event.kind is EventKind.LEAD_CREATED
        if event.kind in COUNTED and event.by_person and event.source != TOLD_AGAIN:
            self._count(event.kind.value, event.occurred_at, after)
        if event.kind is EventKind.VERDICT_OVERTURNED and event.source != TOLD_AGAIN:
            act = act_of(event)
            self._count(act.kind.value, act.occurred_at, after, 1 if act.by_person else -1)
        if is_new or before.temperature is not after.temperature:
            self._count(at_temperature(after.temperature), now, after)
            if not is_new:
                self._count(at_temperature(before.temperature), now, after, -1)
        if is_new or before.stage is not after.stage:
            self._count(at_stage(after.stage), now, after)

        if after.enrolments is not before.enrolments and event.source != TOLD_AGAIN:
            known = {each.serial for each in before.enrolments}
            for each in after.enrolments:
                # Those that a merge brings were entered before it.
                if each.serial not in known and each.entered_at == now and not each.once:
                    self._count(into_campaign(each.campaign), now, after)

    def join(self, event: Event, other: LeadState, now: datetime) -> None:
        """*other* went into the lead of *event*, or came out of it: the leads of its temperature are one fewer, or more."""
        amount = -1 if event.kind is EventKind.LEAD_MERGED else 1
        day = now.astimezone(self._zone).date().isoformat()
        self._sums[at_temperature(other.temperature), day, event.lead_id] += amount

    def _count(self, what: str, at: datetime, lead: LeadState, amount: int = 1) -> None:
        self._sums[what, at.astimezone(self._zone).date().isoformat(), lead.lead.id] += amount

    def write(self, connection: Connection) -> None:
        """Add everything to the sums that are there."""
        if not self._sums:
            return
        samples = set(connection.execute(SAMPLES).scalars())
        sums: Counter[tuple[str, str, bool]] = Counter()
        for (what, day, lead_id), amount in self._sums.items():
            sums[what, day, lead_id in samples] += amount
        rows = [
            {"what": what, "day": day, "sample": sample, "count": amount}
            for (what, day, sample), amount in sorted(sums.items())
            if amount
        ]
        add_up(connection, table.daily_count, rows, key=("what", "sample", "day"))


def forget_sample_sums(connection: Connection) -> None:
    """Take out what sample leads were summed to."""
    connection.execute(delete(table.daily_count).where(table.daily_count.c.sample))


SAMPLES = select(table.lead.c.id).where(text("lead.sample"))
