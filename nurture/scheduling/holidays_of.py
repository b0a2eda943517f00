"""Which days a country keeps as public holidays, by the `holidays` package."""

import warnings
from collections.abc import Mapping
from datetime import date
from functools import lru_cache

import holidays

ENGLISH = "en_US"


def is_holiday(
    country: str | None, day: date, subdivision: str | None = None, *, language: str = ENGLISH
) -> str | None:
    """The name of the public holiday on *day*, several joined by "; "; None if it is an ordinary day.

    country      ISO 3166 alpha-2 in any letter case; one that is unknown or None has no holidays.
    subdivision  ISO 3166-2 without the country ("BY"); without one, or an unknown one, only nationwide days count.
    language     of the name, two letters; English where the country has no names in it.
    A day off in lieu of a holiday at the week-end ("observed") is a holiday, and so is the holiday itself.
    """
    return None if country is None else _names(country, subdivision, day.year, language).get(day)


@lru_cache(maxsize=2048)
def _names(country: str, subdivision: str | None, year: int, language: str) -> Mapping[date, str]:
    code = country.upper()
    known = _subdivisions()
    if code not in known:
        return {}
    with warnings.catch_warnings():
        # Of moving feasts (India, after 2035) the package warns that they are not fixed yet; the others still hold.
        warnings.simplefilter("ignore", UserWarning)
        part = subdivision if subdivision in known[code] else None
        spoken = language if language in _languages().get(code, ()) else ENGLISH
        # Named on purpose: the default language is that of the process, and names stand in decision records.
        return dict(holidays.country_holidays(code, subdiv=part, years=year, language=spoken))


@lru_cache(maxsize=1)
def _subdivisions() -> Mapping[str, list[str]]:
    return holidays.list_supported_countries(include_aliases=False)


@lru_cache(maxsize=1)
def _languages() -> Mapping[str, list[str]]:
    return holidays.list_localized_countries(include_aliases=False)
