"""Where a lead's clock hangs, and the moments at which it reads what we want.

Every question about daylight saving is answered here; the rest of the package reasons in moments.
"""

from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from importlib.resources import files
from zoneinfo import ZoneInfo, available_timezones

DAY = timedelta(days=1)
MIDNIGHT = time.min
COMPARED_FROM = datetime(2030, 1, 1, 12, tzinfo=UTC)
"""Zones of one country that agree on every day of this year are one zone to us (Berlin and Busingen)."""


@lru_cache(maxsize=4096)
def zone_of(time_zone: str | None, country: str | None, otherwise: str) -> ZoneInfo:
    """The zone of a lead: its own if known, else its country's if that has but one, else *otherwise*.

    time_zone  an IANA name in any letter case; a name that tz does not know counts as none.
    country    ISO 3166 alpha-2 in any letter case.
    otherwise  an IANA name; ZoneInfoNotFoundError if it is not one (`check` refuses such a programme).
    """
    own = known_names().get((time_zone or "").lower())
    return ZoneInfo(own or _zone_of_country((country or "").upper()) or otherwise)


@lru_cache(maxsize=8192)  # a batch holds many leads but few zones and days
def first_moment(day: date, clock: time, zone: ZoneInfo) -> datetime:
    """The first UTC moment at which the wall clock reads *clock* on *day*.

    Of a doubled hour the first showing; for a reading that the clock skips, the end of the gap (PEP 495), which
    may lie on a later day: Apia had no 2011-12-30 at all.
    """
    wanted = datetime.combine(day, clock, zone)
    moment = wanted.astimezone(UTC)
    if moment.astimezone(zone).replace(tzinfo=None) == wanted.replace(tzinfo=None):
        return moment
    # In a gap PEP 495 reads fold=1 with the later offset, so that moment lies before the gap and this one after.
    return change_between(wanted.replace(fold=1).astimezone(UTC), moment, zone) or moment


def moments_of(day: date, clock: time, zone: ZoneInfo) -> tuple[datetime, datetime]:
    """The first and the second showing of a doubled reading; the same moment twice where it is not doubled."""
    first = first_moment(day, clock, zone)
    second = datetime.combine(day, clock, zone).replace(fold=1).astimezone(UTC)
    return first, max(first, second)


def local_day(at: datetime, zone: ZoneInfo) -> tuple[datetime, datetime]:
    """The calendar day that the wall clock shows at *at*, as UTC moments [start, end)."""
    day = at.astimezone(zone).date()
    start, end = first_moment(day, MIDNIGHT, zone), first_moment(day + DAY, MIDNIGHT, zone)
    if end <= at:
        # St John's until 2011 went from 00:01 back to 23:01, so that a midnight came twice.
        end = moments_of(day + DAY, MIDNIGHT, zone)[1]
    return start, end


def change_between(start: datetime, end: datetime, zone: ZoneInfo) -> datetime | None:
    """The UTC moment in (*start*, *end*] from which the offset of *end* holds; None if both have the same."""
    before, after = start.astimezone(zone).utcoffset(), end.astimezone(zone).utcoffset()
    if before == after:
        return None
    low, high = 0, int((end - start).total_seconds())  # tz changes fall on whole seconds
    while high - low > 1:
        middle = (low + high) // 2
        if (start + timedelta(seconds=middle)).astimezone(zone).utcoffset() == after:
            high = middle
        else:
            low = middle
    return start + timedelta(seconds=high)


@lru_cache(maxsize=1)
def known_names() -> dict[str, str]:
    return {name.lower(): name for name in available_timezones()}


@lru_cache(maxsize=512)
def _zone_of_country(country: str) -> str | None:
    zones = zones_by_country().get(country, ())
    clocks = {tuple(_offsets(ZoneInfo(name))) for name in zones}
    return zones[0] if len(clocks) == 1 else None


@lru_cache(maxsize=1)
def zones_by_country() -> dict[str, tuple[str, ...]]:
    """zone.tab of the tz database: country, coordinates, zone, comment; the most populous of a country come first.

    zone1970.tab would name a neighbour's zone (Brussels for a Dutch lead), which puzzles whoever reads it.
    """
    found: dict[str, tuple[str, ...]] = {}
    for line in files("tzdata.zoneinfo").joinpath("zone.tab").read_text("utf-8").splitlines():
        if not line.startswith("#"):
            country, _, zone = line.split("\t")[:3]
            found[country] = (*found.get(country, ()), zone)
    return found


def _offsets(zone: ZoneInfo) -> list[timedelta | None]:
    return [(COMPARED_FROM + DAY * ahead).astimezone(zone).utcoffset() for ahead in range(365)]
