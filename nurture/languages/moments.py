"""How each language writes a moment."""

from datetime import datetime

from babel.dates import format_datetime

from nurture.languages.catalogues import WRITTEN_IN

SHAPES = {
    "en": {
        "today": "HH:mm",
        "this year": "d MMM HH:mm",
        "long ago": "d MMM y",
        "day": "EEE d MMM",
        "long day": "d MMMM",
        "any day": "EEE d MMM y",
        "in full": "EEEE d MMMM, HH:mm",
        "date": "d MMMM y",
    },
    "de": {
        "today": "HH:mm",
        "this year": "d. MMM HH:mm",
        "long ago": "d. MMM y",
        "day": "EEE d. MMM",
        "long day": "d. MMMM",
        "any day": "EEE d. MMM y",
        "in full": "EEEE, d.\N{NO-BREAK SPACE}MMMM, HH:mm\N{NO-BREAK SPACE}'Uhr'",
        "date": "d.\N{NO-BREAK SPACE}MMMM y",
    },
}
"""In the letters of Unicode TR 35: the locale's own shapes are longer than a table has room for, and shorter than a letter has."""
ZONES = {"de": {"CET": "MEZ", "CEST": "MESZ"}}
"""What a language calls a zone by another name than the world does."""
OF_SEVERAL = frozenset({"CDT", "CST", "IST", "PST"})
"""Short names that the tz database gives to clocks of several countries: India's, Ireland's and Israel's are all IST."""


def written(at: datetime, shape: str, language: str) -> str:
    """*at*, on its own wall clock, in one of the shapes of *language*."""
    return format_datetime(at, SHAPES[language][shape], tzinfo=at.tzinfo, locale=language)


def in_full(at: datetime, language: str) -> str:
    """What a letter says: 'Monday 2 March, 14:00 CET'; 'Asia/Kolkata' where the short name is none, or not its alone."""
    zone = at.tzname() or ""
    if not zone.isalpha() or zone in OF_SEVERAL:
        zone = getattr(at.tzinfo, "key", zone)
    named = ZONES.get(language, {}).get(zone, zone)
    open_, close = ("(", ")") if language != WRITTEN_IN else ("", "")
    return f"{written(at, 'in full', language)} {open_}{named}{close}"
