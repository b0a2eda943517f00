"""What the gates need, loaded for a batch with a handful of queries."""

from collections import defaultdict
from collections.abc import Collection, Mapping
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import Connection, or_, select

from nurture.content.model import Programme, WarmUp
from nurture.durations import Rate
from nurture.scheduling.throttle import Bucket, full, next_token, take, warm_up_allowance
from nurture.scheduling.zones import local_day
from nurture.statemachine.gates import Facts, Rival
from nurture.store import records as table
from nurture.store.statements import upsert
from nurture.vocabulary.state import LeadState
from nurture.vocabulary.touch import Touch
from nurture.vocabulary.words import MailClass, SuppressionCause, TouchStatus

REMEMBERED = timedelta(days=8)
COUNTING = (
    TouchStatus.CLAIMED,
    TouchStatus.SENDING,
    TouchStatus.SENT,
    TouchStatus.UNKNOWN,
    TouchStatus.BOUNCED,
)
WAITING = (TouchStatus.PLANNED, TouchStatus.DEFERRED)


class BatchFacts:
    """The facts of one batch; balances go down as touches pass, and ``write`` puts them back."""

    def __init__(
        self, connection: Connection, programme: Programme, states: Mapping[int, LeadState], now: datetime
    ) -> None:
        self._programme = programme
        self._states = states
        self._now = now
        self._suppressed = _suppressed(connection, states)
        self._recent, self._rivals = _other_touches(connection, states, now)
        self._domains = Domains(connection, programme, {_domain(state) for state in states.values()}, now)
        self._ramp = Ramp(connection, programme, now)

    def of(self, touch: Touch) -> Facts:
        """What the gates need to know about *touch*, as the batch stands now."""
        state = self._states[touch.lead_id]
        return Facts(
            programme=self._programme,
            state=state,
            suppressed=self._suppressed.get((state.lead.email or "", touch.mail_class)),
            recent=[at for other, at in self._recent.get(touch.lead_id, ()) if other != touch.id],
            rivals=[rival for rival in self._rivals.get(touch.lead_id, ()) if rival.touch_id != touch.id],
            domain_free=self._domains.free_at(_domain(state)),
            warm_up_left=self._ramp.left,
            warm_up_free=self._ramp.tomorrow,
        )

    def reserve(self, touch: Touch) -> None:
        """*touch* has passed: it uses up its domain's token and the day's ramp."""
        self._domains.take(_domain(self._states[touch.lead_id]))
        if touch.mail_class is MailClass.MARKETING:
            self._ramp.take()

    def write(self, connection: Connection) -> None:
        self._domains.write(connection)
        self._ramp.write(connection)


def standing_facts(
    connection: Connection, programme: Programme, state: LeadState, touch: Touch, now: datetime
) -> Facts:
    """What the gates would know of *touch*, for whoever only looks: nothing is locked, and the sender's limits are left out."""
    states = {state.lead.id: state}
    recent, rivals = _other_touches(connection, states, now)
    return Facts(
        programme=programme,
        state=state,
        suppressed=_suppressed(connection, states).get((state.lead.email or "", touch.mail_class)),
        recent=[at for other, at in recent.get(touch.lead_id, ()) if other != touch.id],
        rivals=[rival for rival in rivals.get(touch.lead_id, ()) if rival.touch_id != touch.id],
    )


class Domains:
    """Token buckets of the recipient domains in a batch."""

    def __init__(
        self, connection: Connection, programme: Programme, domains: Collection[str], now: datetime
    ) -> None:
        self._rates = programme.sending.per_domain
        self._now = now
        self._taken: set[str] = set()
        self._waiting: dict[str, int] = defaultdict(int)
        limited = sorted(domain for domain in domains if self._rate(domain) is not None)
        rows = (
            connection.execute(
                select(table.domain_bucket)
                .where(table.domain_bucket.c.domain.in_(limited))
                .order_by(table.domain_bucket.c.domain)
                .with_for_update()
            )
            if limited
            else ()
        )
        self._buckets = {row.domain: Bucket(row.tokens, row.at) for row in rows}

    def _rate(self, domain: str) -> Rate | None:
        return self._rates.get(domain) or self._rates.get("otherwise")

    def free_at(self, domain: str) -> datetime | None:
        """When the domain may be written to; None for now. Each that asks in vain is told a later moment."""
        rate = self._rate(domain)
        if rate is None:
            return None
        bucket = self._buckets.setdefault(domain, full(rate, self._now))
        moment = next_token(bucket, rate, self._now)
        if moment <= self._now:
            return None
        self._waiting[domain] += 1
        return next_token(bucket, rate, self._now, ahead=self._waiting[domain] - 1)

    def take(self, domain: str) -> None:
        rate = self._rate(domain)
        if rate is not None:
            self._buckets[domain], _ = take(self._buckets[domain], rate, self._now)
            self._taken.add(domain)

    def write(self, connection: Connection) -> None:
        rows = [
            {"domain": domain, "tokens": self._buckets[domain].tokens, "at": self._buckets[domain].at}
            for domain in sorted(self._taken)
        ]
        upsert(connection, table.domain_bucket, rows, key=("domain",))


class Ramp:
    """What the sender's warm-up leaves of today."""

    def __init__(self, connection: Connection, programme: Programme, now: datetime) -> None:
        policy = programme.sending.warm_up
        zone = ZoneInfo(programme.time_zone)
        self._day = now.astimezone(zone).date().isoformat()
        self._used = 0
        self._before = 0
        self.left: int | None = None
        self.tomorrow: datetime | None = None
        if policy is not None:
            _, self.tomorrow = local_day(now, zone)
            self.left = self._left(connection, policy)

    def _left(self, connection: Connection, policy: WarmUp) -> int:
        used: dict[str, int] = {
            row.day: row.used for row in connection.execute(select(table.warm_up_day).with_for_update())
        }
        allowance: int = warm_up_allowance(
            start=policy.start.amount,
            double_every=policy.double_every.elapsed,
            full=policy.full.amount,
            first_day=date.fromisoformat(min(used, default=self._day)),
            day=date.fromisoformat(self._day),
        )
        self._before = used.get(self._day, 0)
        return allowance - self._before

    def take(self) -> None:
        if self.left is not None:
            self.left -= 1
            self._used += 1

    def write(self, connection: Connection) -> None:
        if self._used:
            row = {"day": self._day, "used": self._before + self._used}
            upsert(connection, table.warm_up_day, [row], key=("day",))


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
    connection: Connection, lead_ids: Collection[int], now: datetime
) -> tuple[dict[int, list[tuple[int, datetime]]], dict[int, list[Rival]]]:
    """The leads' counting marketing touches with when they were claimed, and which touches wait."""
    touch: Any = table.touch.c
    rows = connection.execute(
        select(touch.id, touch.lead_id, touch.status, touch.priority, touch.due_at, touch.claimed_at).where(
            touch.lead_id.in_(sorted(lead_ids)),
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
            rivals[row.lead_id].append(Rival(row.id, row.priority, row.due_at))
        elif row.claimed_at is not None and row.status in COUNTING:
            recent[row.lead_id].append((row.id, row.claimed_at))
    return recent, rivals
