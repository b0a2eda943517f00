"""The warm-up of a new sender: what today's ramp still allows, shared by all workers, and used up by what really leaves.

A place is taken in the transaction that claims a mail, and given back when the mail did not leave after all. Each sending
domain has a ramp of its own; a day on which its rates were bad does not count as a day of the ramp.
"""

from collections import Counter
from collections.abc import Iterable
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import msgspec
from sqlalchemy import ColumnElement, Connection, Integer, bindparam, case, delete, func, select, update
from sqlalchemy import cast as as_type

from nurture.content.model import Programme
from nurture.scheduling.throttle import warm_up_allowance
from nurture.scheduling.zones import local_day
from nurture.store import records as table
from nurture.store.statements import add_up, insert_if_new


class Place(msgspec.Struct, frozen=True):
    """One mail's place in a day of a sender's ramp."""

    sender: str
    day: str


class RampDay(msgspec.Struct, frozen=True):
    """A sender's ramp as it stands on a day.

    first    the first day on which mail left from it; the day itself where none has.
    held     days on which it did not grow, up to this one.
    allowed  how many mails may leave on the day; *used* how many have left or are on their way.
    next_at  when the next day begins.
    """

    sender: str
    day: date
    first: date
    held: int
    is_held: bool
    allowed: int
    used: int
    next_at: datetime


class Ramp:
    """What the ramp of the programme's sender leaves of today, while a batch is judged."""

    def __init__(self, connection: Connection, programme: Programme, now: datetime, *, leaves: bool) -> None:
        """*leaves*: whether mail leaves the machine; what goes to the local mailbox warms nobody up."""
        self.left: int | None = None
        self.tomorrow: datetime | None = None
        self.place: Place | None = None
        self._taken = 0
        if programme.sending.warm_up is None or not leaves:
            return
        today = day_of(programme, now)
        self.place = Place(programme.sender.domain.lower(), today.isoformat())
        _adopt(connection, self.place.sender)
        row = {"sender": self.place.sender, "day": self.place.day, "used": 0}
        insert_if_new(connection, table.sender_day, [row])  # a row that is not there cannot be locked
        lock = select(table.sender_day.c.used).where(*_of(self.place)).with_for_update()
        connection.execute(lock)
        stands = ramp_day(connection, programme, now)
        assert stands is not None
        self.left, self.tomorrow = stands.allowed - stands.used, stands.next_at

    def take(self) -> None:
        """A marketing mail leaves."""
        if self.left is not None:
            self.left -= 1
            self._taken += 1

    def write(self, connection: Connection) -> None:
        if self.place is not None and self._taken:
            connection.execute(
                update(table.sender_day)
                .where(*_of(self.place))
                .values(used=table.sender_day.c.used + self._taken)
            )


def ramp_day(connection: Connection, programme: Programme, now: datetime) -> RampDay | None:
    """How the ramp of the programme's sender stands; None where the programme has none."""
    policy = programme.sending.warm_up
    if policy is None:
        return None
    today, sender = day_of(programme, now), programme.sender.domain.lower()
    day = table.sender_day.c
    first, held = connection.execute(
        select(
            func.min(case((day.used > 0, day.day))),
            func.coalesce(func.sum(as_type(day.held, Integer)), 0),
        ).where(day.sender.in_((sender, "")), day.day < today.isoformat())
    ).one()
    row = connection.execute(
        select(day.used, day.held).where(day.sender == sender, day.day == today.isoformat())
    ).first()
    began = today if first is None else date.fromisoformat(first)
    is_held = row is not None and row.held
    allowed = warm_up_allowance(
        start=policy.start.amount,
        double_every=policy.double_every.elapsed,
        full=policy.full.amount,
        first_day=began + timedelta(days=held),
        day=today,
    )
    _, tomorrow = local_day(now, ZoneInfo(programme.time_zone))
    used = 0 if row is None else row.used
    return RampDay(sender, today, began, held, is_held, allowed, used, tomorrow)


def hold_ramp(connection: Connection, programme: Programme, now: datetime) -> None:
    """Today's rates are bad: the day does not count for the ramp, which allows tomorrow what it allows today."""
    if programme.sending.warm_up is None:
        return
    place = Place(programme.sender.domain.lower(), day_of(programme, now).isoformat())
    insert_if_new(connection, table.sender_day, [{"sender": place.sender, "day": place.day, "used": 0}])
    connection.execute(update(table.sender_day).where(*_of(place)).values(held=True))


def give_places_back(connection: Connection, places: Iterable[Place | None]) -> None:
    """These mails did not leave."""
    freed = Counter(place for place in places if place is not None)
    if freed:
        rows = [
            {"of_sender": place.sender, "of_day": place.day, "count": freed[place]}
            for place in sorted(freed, key=lambda each: (each.sender, each.day))
        ]
        connection.execute(GIVEN_BACK, rows)


def day_of(programme: Programme, now: datetime) -> date:
    return now.astimezone(ZoneInfo(programme.time_zone)).date()


def _adopt(connection: Connection, sender: str) -> None:
    """What was used before senders were told apart was this one's."""
    nobodys = table.sender_day.c.sender == ""
    rows = connection.execute(select(table.sender_day).where(nobodys).with_for_update()).all()
    if rows:
        mine = [{"sender": sender, "day": row.day, "used": row.used} for row in rows]
        add_up(connection, table.sender_day, mine, key=("sender", "day"))
        connection.execute(delete(table.sender_day).where(nobodys))


def _of(place: Place) -> tuple[ColumnElement[bool], ColumnElement[bool]]:
    return table.sender_day.c.sender == place.sender, table.sender_day.c.day == place.day


GIVEN_BACK = (
    update(table.sender_day)
    .where(table.sender_day.c.sender == bindparam("of_sender"), table.sender_day.c.day == bindparam("of_day"))
    .values(used=table.sender_day.c.used - bindparam("count"))
)
