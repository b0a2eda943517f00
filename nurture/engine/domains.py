"""Token buckets of the recipient domains in a batch: shared by all workers, and taken from in the transaction that claims."""

from collections import defaultdict
from collections.abc import Collection, Mapping
from datetime import datetime

from sqlalchemy import Connection, select

from nurture.durations import Rate
from nurture.mailboxes.families import family_of
from nurture.scheduling.throttle import Bucket, full, next_token, take
from nurture.store import records as table
from nurture.store.statements import insert_if_new, upsert


class Domains:
    """The balances of one batch; each is locked until its transaction ends, so that no two workers spend one token."""

    def __init__(
        self, connection: Connection, rates: Mapping[str, Rate], domains: Collection[str], now: datetime
    ) -> None:
        self._rates = rates
        self._now = now
        self._changed: set[str] = set()
        self._promised: dict[str, datetime] = {}
        self._waiting: dict[str, int] = defaultdict(int)
        self._buckets = self._locked(connection, {self.name(each) for each in domains})

    def name(self, domain: str) -> str:
        """Whose bucket *domain* draws from: its provider's, unless the programme gives it a rate of its own."""
        return domain if domain in self._rates else family_of(domain)

    @property
    def is_waited_for(self) -> bool:
        """Whether moments to come were promised."""
        return any(until > self._now for until in self._promised.values())

    def free_at(self, domain: str, *, at_once: bool) -> datetime | None:
        """When the domain may be written to; None for now.

        at_once  one of a fast lane, or one whose promised moment has come, only comes after those of this batch that are
                 like it. All others come after everybody who was promised a moment, so that a crowd is told once each.
        """
        name = self.name(domain)
        rate = self._rate(name)
        if rate is None:
            return None
        bucket = self._buckets[name]
        if next_token(bucket, rate, self._now) <= self._now:
            return None
        moment = next_token(bucket, rate, self._now, ahead=self._waiting[name])
        if at_once or name not in self._promised:
            return moment
        return max(moment, self._promised[name] + rate.period / rate.amount)

    def wait(self, domain: str, *, at_once: bool) -> None:
        """One that no other gate keeps from leaving was told to wait: the next one is told a later moment."""
        name, moment = self.name(domain), self.free_at(domain, at_once=at_once)
        if at_once:
            self._waiting[name] += 1
        elif moment is not None:
            self._promised[name] = moment
            self._changed.add(name)

    def take(self, domain: str) -> None:
        """One leaves."""
        name = self.name(domain)
        rate = self._rate(name)
        if rate is not None:
            self._buckets[name], _ = take(self._buckets[name], rate, self._now)
            self._changed.add(name)

    def write(self, connection: Connection) -> None:
        rows = [
            {
                "domain": name,
                "tokens": self._buckets[name].tokens,
                "at": self._buckets[name].at,
                "promised_until": self._promised.get(name),
            }
            for name in sorted(self._changed)
        ]
        upsert(connection, table.domain_bucket, rows, key=("domain",))

    def _rate(self, name: str) -> Rate | None:
        """How fast it may be written to; None for as fast as we can, and for a lead without an address."""
        return (self._rates.get(name) or self._rates.get("otherwise")) if name else None

    def _locked(self, connection: Connection, names: Collection[str]) -> dict[str, Bucket]:
        """The balances of those that have a rate. New ones are written first: a row that is not there cannot be locked,
        and two workers would each begin with a full bucket. In order of name, so that neither waits for the other.
        """
        rates = {name: rate for name in sorted(names) if (rate := self._rate(name)) is not None}
        if not rates:
            return {}
        bucket = table.domain_bucket.c
        known = set(connection.execute(select(bucket.domain).where(bucket.domain.in_(rates))).scalars())
        new = [
            {"domain": name, "tokens": full(rate, self._now).tokens, "at": self._now}
            for name, rate in rates.items()
            if name not in known
        ]
        insert_if_new(connection, table.domain_bucket, new)
        rows = connection.execute(
            select(table.domain_bucket)
            .where(bucket.domain.in_(rates))
            .order_by(bucket.domain)
            .with_for_update()
        )
        found = {}
        for row in rows:
            found[row.domain] = Bucket(row.tokens, row.at)
            if row.promised_until is not None:
                self._promised[row.domain] = row.promised_until
        return found
