"""What came of each campaign's mail, summed by the hour as its events are taken in; and what a bad rate stops.

Complaints and hard bounces are counted however they were told: by the relay at once, by a message that came back, by a
provider's webhook. Sample leads are not counted.
"""

from collections import Counter, defaultdict
from datetime import datetime, timedelta

from sqlalchemy import Connection, func, select

from nurture.content.model import Programme
from nurture.engine.daily import SAMPLES
from nurture.engine.pause_rows import ITSELF, Cause
from nurture.engine.pauses import pause
from nurture.engine.ramp import hold_ramp
from nurture.scheduling.rates import WINDOW, Heat, Tally
from nurture.store import records as table
from nurture.store.statements import add_up
from nurture.vocabulary.event import TOLD_AGAIN, Event
from nurture.vocabulary.state import LeadState
from nurture.vocabulary.words import BounceKind, EventKind, SuppressionCause

COUNTED = frozenset({EventKind.MAIL_SENT, EventKind.MAIL_BOUNCED, EventKind.MAIL_COMPLAINED})
NAMES = ("attempted", "delivered", "hard", "complaints")
AT_THE_DOOR = "transport"
"""The source of a bounce that the relay itself answered with: the mail was never taken."""
BY_RATE = (Cause.COMPLAINTS.value, Cause.BOUNCES.value)


class CampaignRates:
    """What a batch of turns adds, until ``write``."""

    def __init__(self) -> None:
        self._sums: dict[int, Counter[tuple[str, str]]] = defaultdict(Counter)
        self._bad: set[str] = set()

    def add(self, event: Event, before: LeadState) -> None:
        """One turn; *before* it the lead was as this."""
        if (
            event.kind not in COUNTED
            or event.source == TOLD_AGAIN
            or (campaign := event.text("campaign")) is None
        ):
            return
        sums = self._sums[event.lead_id or 0]
        match event.kind:
            case EventKind.MAIL_SENT:
                sums[campaign, "attempted"] += 1
                sums[campaign, "delivered"] += 1
            case EventKind.MAIL_BOUNCED:
                if event.source == AT_THE_DOOR:
                    sums[campaign, "attempted"] += 1
                else:
                    sums[campaign, "delivered"] -= 1
                if event.text("bounce") == BounceKind.HARD:
                    sums[campaign, "hard"] += 1
                    self._bad.add(campaign)
            case _ if (
                before.suppressed is not SuppressionCause.COMPLAINT
            ):  # told by mail and by webhook, it is one
                sums[campaign, "complaints"] += 1
                self._bad.add(campaign)

    def write(self, connection: Connection, programme: Programme, now: datetime) -> None:
        """Add everything to the sums that are there; pause the campaigns whose rates are too bad now."""
        if not self._sums:
            return
        samples = set(connection.execute(SAMPLES).scalars())
        total: Counter[tuple[str, str]] = Counter()
        for lead_id, sums in self._sums.items():
            if lead_id not in samples:
                total.update(sums)
        hour = now.replace(minute=0, second=0, microsecond=0)
        rows = [
            {"campaign": campaign, "hour": hour, **{name: total[campaign, name] for name in NAMES}}
            for campaign in sorted({campaign for campaign, _ in total})
        ]
        add_up(connection, table.campaign_hour, rows, key=("campaign", "hour"))
        if self._bad:
            judge_rates(connection, programme, sorted(self._bad), now)


def judge_rates(connection: Connection, programme: Programme, campaigns: list[str], now: datetime) -> None:
    """Pause those of *campaigns* whose rates stop them; where they only warn, hold the sender's ramp."""
    tallies = rates(connection, now)
    for campaign in campaigns:
        tally = tallies.get(campaign, Tally())
        if tally.is_bad:
            hold_ramp(connection, programme, now)
        for cause, heat, why in (
            (Cause.COMPLAINTS, tally.complaint_heat, complaints_told(tally)),
            (Cause.BOUNCES, tally.hard_heat, bounces_told(tally)),
        ):
            if heat is Heat.STOPS:
                pause(connection, campaign, cause=cause, why=why, actor=ITSELF, now=now)


def rates(connection: Connection, now: datetime) -> dict[str, Tally]:
    """Of each campaign that mailed in the last seven days; since it was resumed, where its rates had stopped it."""
    hour, ended = table.campaign_hour.c, table.pause.c
    resumed = (
        select(ended.campaign, func.max(ended.ended_at).label("at"))
        .where(ended.cause.in_(BY_RATE), ended.ended_at > now - WINDOW)
        .group_by(ended.campaign)
        .subquery()
    )
    rows = connection.execute(
        select(hour.campaign, *(func.sum(hour[name]) for name in NAMES))
        .outerjoin(resumed, resumed.c.campaign == hour.campaign)
        .where(hour.hour > now - WINDOW - timedelta(hours=1), func.coalesce(hour.hour > resumed.c.at, True))
        .group_by(hour.campaign)
    )
    return {row[0]: Tally(*(int(each) for each in row[1:])) for row in rows}


def complaints_told(tally: Tally) -> str:
    """The rate in words."""
    return f"{tally.complaints:,} of {tally.delivered:,} delivered mails were reported as spam ({_percent(tally.complaint_share)})"


def bounces_told(tally: Tally) -> str:
    """The rate in words."""
    return (
        f"{tally.hard:,} of {tally.attempted:,} mails went to dead addresses ({_percent(tally.hard_share)})"
    )


def _percent(share: float | None) -> str:
    return "none" if share is None else f"{share:.2%}"
