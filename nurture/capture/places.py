"""Countries, time zones and languages by the names that people give them."""

import re
import zoneinfo
from functools import cache
from importlib.resources import files

from holidays.registry import COUNTRIES

from nurture.capture.wordlists import words_by_meaning

LANGUAGE_TAG = re.compile(r"([a-z]{2,3})(?:[-_]([a-z]{2}))?", re.IGNORECASE)


def country(text: str) -> str:
    """The ISO 3166-1 alpha-2 code of a country given by code or name. Raises ValueError if there is none."""
    code = _countries().get(_key(text))
    if code is None:
        raise ValueError("is not a country that we know; write its two-letter code")
    return code


def time_zone(text: str) -> str:
    """The IANA name in its own spelling. Raises ValueError if there is none."""
    name = _time_zones().get(text.replace(" ", "_").casefold())
    if name is None:
        raise ValueError("is not a time zone such as Europe/Berlin")
    return name


def language(text: str) -> str:
    """The language as 'de' or 'de-AT' (BCP 47), given by tag or name. Raises ValueError if there is none."""
    named = _languages().get(_key(text))
    if named is not None:
        return named
    tag = LANGUAGE_TAG.fullmatch(text)
    if tag is None or tag[1].lower() not in _languages().values():
        raise ValueError("is not a language that we know; write its code such as de or en-GB")
    return tag[1].lower() + (f"-{tag[2].upper()}" if tag[2] else "")


def _key(text: str) -> str:
    return " ".join(re.findall(r"\w+", text.casefold().replace("&", " and ")))


@cache
def _countries() -> dict[str, str]:
    """Codes of two and three letters, the English names of the time zone database, and ``country_names.txt``."""
    codes: dict[str, str] = {}
    for _, alpha_2, alpha_3, *_ in COUNTRIES.values():
        codes[alpha_3.casefold()] = alpha_2
    for line in files("tzdata").joinpath("zoneinfo", "iso3166.tab").read_text("utf-8").splitlines():
        if not line.startswith("#"):
            code, name = line.split("\t")
            codes |= {code.casefold(): code, _key(name): code}
    return codes | _names("country_names.txt")


@cache
def _time_zones() -> dict[str, str]:
    return {name.casefold(): name for name in zoneinfo.available_timezones()}


@cache
def _languages() -> dict[str, str]:
    return _names("language_names.txt")


def _names(file: str) -> dict[str, str]:
    return {_key(name): code for code, names in words_by_meaning(file).items() for name in names}
