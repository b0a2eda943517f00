"""R7: what clocks do: hours that are skipped or come twice, a leap day, jumps of an hour and of a year, and a step back.

A virtual clock drives the whole engine from one due moment to the next. Judged is what the leads' own clocks showed.
"""

from collections import Counter, defaultdict
from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import msgspec

from nurture.engine.watch import next_due_at
from nurture.store import records as table
from tests.chaos.figures import Figures, Options, bounds
from tests.engine.company import Company, campaign, catalog

DAY = timedelta(days=1)
MAILS = ("first", "second", "third", "fourth", "fifth", "sixth", "seventh")
EVERY_DAY = 'days: [mon, tue, wed, thu, fri, sat, sun], between: ["{}", "{}"]'
ZONES = {
    "Australia/Lord_Howe": 2023,  # half an hour
    "Pacific/Chatham": 2023,  # at a quarter to three
    "Pacific/Apia": 2020,  # its last change forward; and 2011-12-30 never was
    "Africa/Cairo": 2023,  # at midnight
    "Asia/Beirut": 2023,
    "America/St_Johns": 2023,
    "America/Santiago": 2023,
    "Europe/Berlin": 2023,
}
LEAP_DAY = date(2024, 2, 29)
NEVER_WAS = date(2011, 12, 30)
LEADS = 80
OF_A_DAY = timedelta(hours=8)
TO_NOON = timedelta(days=2, hours=-5)
"""From the evening of the first day to the noon of the third: the clock jumps while mail leaves."""
COARSEST = timedelta(minutes=6)
"""Between two ticks: an engine that is asked oftener sends no earlier than its leads' clocks allow."""
AT_ONCE_MOST = 12
"""In one tenth of an hour: after an hour's jump what that hour held, a tenth of the leads; far less after a year's."""


class Change(msgspec.Struct, frozen=True):
    """A local day on which a zone's clock does something."""

    zone: str
    day: date
    at: time
    """What the clock shows just before."""


def run(options: Options) -> Iterator[Figures]:
    for what, opens, closes in (
        ("in the morning", "09:00", "10:00"),
        ("in the hours that change", "00:00", "03:30"),
        ("all day", "00:00", "00:00"),
    ):
        yield through_the_year(changes(), what, opens, closes, options.seed)
    for jump in (timedelta(hours=1), timedelta(days=365)):
        yield jumped(jump, options.seed)
    for step in (timedelta(hours=1), timedelta(days=365)):
        yield stepped_back(step, options.seed)


def changes() -> list[Change]:
    """Every change of every zone in the year from its own on, the leap day, and the day that never was."""
    found = [change for zone, year in ZONES.items() for change in _changes_of(zone, year)]
    leap = [Change(zone, LEAP_DAY, time(0)) for zone in ZONES]
    return sorted([*found, *leap, Change("Pacific/Apia", NEVER_WAS, time(0))], key=lambda change: change.day)


def _changes_of(zone: str, year: int) -> Iterator[Change]:
    clock = ZoneInfo(zone)
    moment = datetime(year, 1, 1, tzinfo=UTC)
    while moment < datetime(year + 1, 7, 1, tzinfo=UTC):
        after = moment + timedelta(minutes=15)
        if moment.astimezone(clock).utcoffset() != after.astimezone(clock).utcoffset():
            before = (after - timedelta(seconds=1)).astimezone(clock)
            yield Change(zone, after.astimezone(clock).date(), before.time())
        moment = after


def through_the_year(found: list[Change], what: str, opens: str, closes: str, seed: int) -> Figures:
    """For each change a lead that has one mail a day, from three days before."""
    company = Company("sqlite://", now=datetime(2011, 12, 1, tzinfo=UTC))
    company.publish(daily(EVERY_DAY.format(opens, closes)))
    people: dict[int, Change] = {}
    for change in found:
        run_until(company, datetime.combine(change.day, time(12), UTC) - 4 * DAY)
        zone = change.zone
        (lead_id,) = company.enter(f"{zone.rpartition('/')[2].lower()}-{change.day}", time_zone=zone)
        company.engine.tick()
        people[lead_id] = change
    run_until(company, company.clock.now() + 20 * DAY)
    walls = wall_clocks(company, people)
    company.engine.close()
    outside = [
        wall
        for each in walls.values()
        for wall in each
        if not (opens <= f"{wall:%H:%M}" and (closes == "00:00" or f"{wall:%H:%M}" < closes))
    ]
    twice = sum(count > 1 for each in walls.values() for count in Counter(w.date() for w in each).values())
    days = {lead: (max(each).date() - min(each).date()).days for lead, each in walls.items()}
    slow = [lead for lead, span in days.items() if span > len(MAILS) + 1]
    return Figures(
        row="R7",
        what=f"{len(found)} changes of the clock, windows {what}",
        seed=seed,
        numbers={
            "leads": len(people),
            "mails": sum(map(len, walls.values())),
            "outside": len(outside),
            "two on a day": twice,
            "late": len(slow),
        },
        broken=bounds(
            each_once=all(len(walls[lead]) == len(MAILS) for lead in people),
            right_local_hour=not outside,
            none_twice_a_day=twice == 0,
            none_late=not slow,
        ),
    )


def jumped(jump: timedelta, seed: int, *, leads: int = LEADS) -> Figures:
    """Leads have a mail each day; the machine's clock jumps ahead."""
    company = crowd(leads)
    run_until(company, company.clock.now() + TO_NOON)
    company.clock.turn_to(company.clock.now() + jump)
    again = company.clock.now()
    run_until(company, again + 30 * DAY)
    return _of_the_crowd(company, f"a jump of {said(jump)} ahead", again, seed, leads)


def stepped_back(step: timedelta, seed: int, *, leads: int = LEADS) -> Figures:
    """The clock was ahead, and is set right in the middle of the send."""
    company = crowd(leads)
    run_until(company, company.clock.now() + TO_NOON)
    company.clock._now -= step
    company.engine.tick()
    again = company.clock.now()
    run_until(company, again + step + 30 * DAY)
    return _of_the_crowd(company, f"a step of {said(step)} back", again, seed, leads)


def _of_the_crowd(company: Company, what: str, again: datetime, seed: int, leads: int) -> Figures:
    zone = ZoneInfo("Europe/Berlin")
    rows = company.rows(table.touch, table.touch.c.status == "sent")
    walls = [row.claimed_at.astimezone(zone) for row in rows]
    company.engine.close()
    outside = sum(not 9 <= wall.hour < 17 for wall in walls)
    tenths = Counter(int(row.claimed_at.timestamp() // 360) for row in rows if row.claimed_at >= again)
    each = Counter(row.lead_id for row in rows)
    burst = max(tenths.values(), default=0)
    arrived = Counter(message.touch_id for message in company.relay.messages)
    return Figures(
        row="R7",
        what=what,
        seed=seed,
        numbers={
            "leads": leads,
            "mails": len(rows),
            "outside": outside,
            "most in six minutes": burst,
        },
        broken=bounds(
            each_once=set(each.values()) == {len(MAILS)}
            and max(arrived.values()) == 1
            and len(each) == leads,
            right_local_hour=outside == 0,
            no_burst=burst <= AT_ONCE_MOST * leads / LEADS,
        ),
    )


def crowd(leads: int) -> Company:
    """Leads that were taken in over a day, each with a mail a day in business hours."""
    company = Company("sqlite://", now=datetime(2026, 3, 2, 8, tzinfo=UTC))
    company.publish(daily(EVERY_DAY.format("09:00", "17:00")))
    for number in range(leads):
        company.enter(f"lead{number}", time_zone="Europe/Berlin")
        run_until(company, company.clock.now() + OF_A_DAY / leads)
    return company


def daily(sending: str):
    """A campaign of one mail a day for a week."""
    news = campaign(steps="[" + ", ".join(f"{{mail: {mail}}}" for mail in MAILS) + "]", mails=MAILS)
    texts = {name: text.replace("every: 2 days", "every: 1 day") for name, text in news.items()}
    return catalog(texts, sending=sending)


def run_until(company: Company, end: datetime) -> None:
    """Tick at each moment at which something is due."""
    while (moment := next_due_at(company.database)) is not None and moment <= end:
        company.clock.turn_to(max(moment, company.clock.now() + COARSEST))
        company.engine.tick()
    company.clock.turn_to(end)
    company.engine.tick()


def wall_clocks(company: Company, people: dict[int, Change]) -> dict[int, list[datetime]]:
    """What each lead's own clock showed when its mails left, in order."""
    shown: dict[int, list[datetime]] = defaultdict(list)
    for row in company.rows(table.touch, table.touch.c.status == "sent"):
        zone = ZoneInfo(people[row.lead_id].zone)
        shown[row.lead_id].append(row.claimed_at.astimezone(zone).replace(tzinfo=None))
    return shown


def said(length: timedelta) -> str:
    return "an hour" if length < DAY else "a year"
