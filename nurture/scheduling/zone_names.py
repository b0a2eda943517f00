"""The names of time zones that a person may choose, and those that browsers still use although they have changed."""

from functools import lru_cache
from importlib.resources import files
from zoneinfo import ZoneInfo

from nurture.scheduling.zones import known_names, zones_by_country

UTC_NAME = "UTC"


@lru_cache(maxsize=1)
def offered_names() -> tuple[str, ...]:
    """What a list of zones offers: every zone that some country has, by its name of today, and UTC; in order."""
    return (*sorted({each for zones in zones_by_country().values() for each in zones}), UTC_NAME)


@lru_cache(maxsize=1024)
def todays_name(name: str) -> str | None:
    """The zone of this *name*, in any letter case, as it is called today; None where tz knows none.

    Browsers go on saying Asia/Calcutta, for Intl keeps what it once gave out; a list has Asia/Kolkata.
    """
    known = known_names().get(name.strip().replace(" ", "_").lower())
    if known is None or known in offered_names():
        return known
    now = _now_called().get(known)
    return now if now in offered_names() else known


@lru_cache(maxsize=1024)
def zone_named(name: str | None) -> ZoneInfo | None:
    """The zone of a name that somebody chose; None for none, or for one that tz does not know any more."""
    known = None if name is None else todays_name(name)
    return None if known is None else ZoneInfo(known)


@lru_cache(maxsize=1)
def _now_called() -> dict[str, str]:
    """The links of the tz database: lines such as 'L Asia/Kolkata Asia/Calcutta'."""
    lines = files("tzdata.zoneinfo").joinpath("tzdata.zi").read_text("utf-8").splitlines()
    links = (line.split() for line in lines if line.startswith("L "))
    return {alias: target for _, target, alias in links}
