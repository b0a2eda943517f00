"""What the warm-up of a new sender leaves of today."""

from datetime import date, datetime
from zoneinfo import ZoneInfo

from sqlalchemy import Connection, select

from nurture.content.model import Programme, WarmUp
from nurture.scheduling.throttle import warm_up_allowance
from nurture.scheduling.zones import local_day
from nurture.store import records as table
from nurture.store.statements import upsert


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
