"""Broadcasts: how far each has come, what became of its mails, and who had the mail before."""

from collections import Counter
from collections.abc import Sequence
from datetime import datetime
from enum import StrEnum

import msgspec
from sqlalchemy import Connection, func, select

from nurture.content.model import Campaign, Programme
from nurture.engine.broadcasts import MAILED
from nurture.engine.schedule import begins_at, is_too_late
from nurture.engine.sweep_rows import Sweep, SweepKind, sweep_of
from nurture.store.records import segment_member, sweep, touch
from nurture.vocabulary.words import TouchStatus

HAD = (TouchStatus.SENT.value, TouchStatus.UNKNOWN.value)
ON_ITS_WAY = (TouchStatus.PLANNED, TouchStatus.DEFERRED, TouchStatus.CLAIMED, TouchStatus.SENDING)


class BroadcastStatus(StrEnum):
    DRAFT = "draft"
    WAITING = "waits for its moment"
    RUNNING = "under way"
    PAUSED = "paused"
    CANCELLED = "called off"
    DONE = "has come to everybody"
    TOO_LATE = "never sent: its moment had passed"


class BroadcastLine(msgspec.Struct, frozen=True):
    """A broadcast and how far it has come.

    sweep  its walk over the leads; None where it has none: a draft, or one that came too late.
    """

    campaign: Campaign
    at: datetime
    status: BroadcastStatus
    sweep: Sweep | None

    @property
    def reached(self) -> int:
        return 0 if self.sweep is None else self.sweep.taken

    @property
    def mailed(self) -> int:
        """Of those whom it came to, those whom no reason kept from the mail."""
        return 0 if self.sweep is None else int(self.sweep.counts.get(MAILED, 0))

    @property
    def missed(self) -> dict[str, int]:
        """How many it passed by, by reason."""
        counts = {} if self.sweep is None else self.sweep.counts
        return {why: number for why, number in counts.items() if why != MAILED}


class BroadcastNumbers(msgspec.Struct, frozen=True):
    """What became of the mails: by status, what people did, and why some failed or were skipped."""

    statuses: dict[TouchStatus, int]
    opened: int
    clicked: int
    reasons: dict[str, int]

    @property
    def sent(self) -> int:
        return self.statuses.get(TouchStatus.SENT, 0)

    @property
    def waiting(self) -> int:
        return sum(self.statuses.get(status, 0) for status in ON_ITS_WAY)


def broadcast_lines(connection: Connection, programme: Programme, now: datetime) -> tuple[BroadcastLine, ...]:
    """Every broadcast of the programme, the latest first."""
    rows = connection.execute(select(sweep).where(sweep.c.kind == SweepKind.BROADCAST.value))
    walks = {row.subject: sweep_of(row) for row in rows}
    lines = [
        _line(programme, campaign, walks.get(campaign.key), now)
        for campaign in programme.campaigns.values()
        if campaign.broadcast is not None
    ]
    return tuple(sorted(lines, key=lambda line: line.at, reverse=True))


def broadcast_numbers(connection: Connection, campaign: str) -> BroadcastNumbers:
    """What became of the mails of one broadcast."""
    of = touch.c
    rows = connection.execute(
        select(
            of.status,
            of.code,
            func.count().label("touches"),
            func.count(func.coalesce(of.opened_at, of.clicked_at)).label("opened"),
            func.count(of.clicked_at).label("clicked"),
        )
        .where(of.campaign == campaign)
        .group_by(of.status, of.code)
    ).all()
    statuses: Counter[TouchStatus] = Counter()
    reasons: Counter[str] = Counter()
    for row in rows:
        status = TouchStatus(row.status)
        statuses[status] += row.touches
        if status not in (*ON_ITS_WAY, TouchStatus.SENT):
            reasons[f"{status}: {row.code or 'no code'}"] += row.touches
    return BroadcastNumbers(
        statuses=dict(statuses),
        opened=sum(row.opened for row in rows),
        clicked=sum(row.clicked for row in rows),
        reasons=dict(reasons.most_common()),
    )


def had_already(connection: Connection, segment: str, mail: str, campaigns: Sequence[str]) -> int:
    """How many of a segment, as last counted, had *mail* ('campaign/name') from one of *campaigns*."""
    had = (
        select(touch.c.lead_id)
        .where(touch.c.campaign.in_(campaigns), touch.c.mail == mail, touch.c.status.in_(HAD))
        .distinct()
        .subquery()
    )
    counted = (
        select(func.count())
        .select_from(had)
        .join(segment_member, segment_member.c.lead_id == had.c.lead_id)
        .where(segment_member.c.segment == segment)
    )
    return connection.execute(counted).scalar_one()


def _line(programme: Programme, campaign: Campaign, walk: Sweep | None, now: datetime) -> BroadcastLine:
    assert campaign.broadcast is not None
    at = begins_at(programme, campaign.broadcast) if walk is None else walk.starts_at
    return BroadcastLine(campaign, at, _status(programme, campaign, walk, now), walk)


def _status(programme: Programme, campaign: Campaign, walk: Sweep | None, now: datetime) -> BroadcastStatus:
    if walk is None:
        late = not campaign.draft and is_too_late(programme, campaign, now)
        return BroadcastStatus.TOO_LATE if late else BroadcastStatus.DRAFT
    if walk.cancelled_at is not None:
        return BroadcastStatus.CANCELLED
    if walk.paused_at is not None:
        return BroadcastStatus.PAUSED
    if walk.finished_at is not None:
        return BroadcastStatus.DONE
    return BroadcastStatus.WAITING if walk.starts_at > now else BroadcastStatus.RUNNING
