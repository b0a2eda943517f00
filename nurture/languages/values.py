"""The values in our sentences: which of them somebody of the company wrote, and how figures and days among them are told.

What an author, a lead or a colleague called something stays as it is, whatever words of ours it happens to be: a track
"hot" is no temperature. Where it stands in quotes, that says so; else the name of its place does.
"""

import re
from collections.abc import Mapping
from datetime import datetime

from babel.dates import format_date, format_datetime
from babel.numbers import format_decimal

QUOTED = re.compile(r"“%\((\w+)\)s”")
SAID_IN_QUOTES = {"cause"}
"""Places in quotes that hold a word of ours nevertheless."""
THEIRS = frozenset(
    [
        "name",
        "name2",
        "key",
        "key2",
        "track",
        "campaign",
        "file",
        "path",
        "email",
        "address",
        "tag",
        "segment",
        "persona",
        "topic",
        "topics",
        "group",
        "flow",
        "has",
        "has2",
        "note",
        "form",
        "link",
        "variant",
        "tags",
        "domain",
        "host",
        "release",
        "quoted",  # in the words of a server or a library
    ]
)
"""Places that hold a name, by what the code calls the value."""
THEIRS_IN: Mapping[str, frozenset[str]] = {
    "the note cannot be read: %(error)s": frozenset(("error",)),  # in the words of Jinja
    "%(source)s is not an expression: %(message)s": frozenset(("message",)),
    "the mail cannot be written: %(error)s": frozenset(("error",)),
    "Given back%(by)s: %(reason)s": frozenset(("reason",)),  # a name of the programme's
    "step %(step)s": frozenset(("step",)),
    "%(names)s and %(last)s": frozenset(("names", "last")),
    "Persona: %(one)s": frozenset(("one",)),
    "Persona: %(one)s → %(two)s%(three)s": frozenset(("one", "two")),
    "Tagged: %(one)s%(two)s": frozenset(("one",)),
    "No longer tagged: %(one)s%(two)s": frozenset(("one",)),
    "Handed to sales, %(one)s": frozenset(("one",)),
    "Refused to hear about %(topics)s%(told_by)s": frozenset(("topics",)),
    "Who is subscribed agrees to: %(agreed)s.": frozenset(("agreed",)),
    "No topic is called %(unknown)s: kept with the proof of consent only. Topics: %(topics)s.": frozenset(
        ("unknown",)
    ),
}
"""Those of sentences whose places have no telling names; ``nurture.insight.sentences`` fills them."""

LOOKS: Mapping[str, str] = {
    "amount": r"[\d,]+",
    "by": r"| by .+?",
    "came": r"|, .+?",
    "note": r"|: .+",
    "others": r"|, and .+",
    "line": r"\d+",
    "leading": r"\d+",
    "following": r"\d+",
    "word": r"'.*?'|\".*?\"",
    "gave_away": r"| \(.+\)",
}
"""What the values of some places look like, where two stand side by side or a sentence happens to end as ours do."""

FIGURE = re.compile(r"([−+-]?)(\d{1,3}(?:,\d{3})+|\d+)(?:\.(\d+))?( ?%)?")
DAY = re.compile(r"(\d{4}-\d\d-\d\d)(?: (\d\d:\d\d)( UTC)?)?")
PERCENT = "\N{NO-BREAK SPACE}%"
NAMED_DAY = re.compile(r"\d{1,2} [A-Z][a-z]+ \d{4}")


def theirs(msgid: str) -> frozenset[str]:
    """The places of *msgid* whose values are names."""
    quoted = frozenset(QUOTED.findall(msgid)) - SAID_IN_QUOTES
    return quoted | THEIRS | THEIRS_IN.get(msgid, frozenset())


def figure_or_day(text: str, spoken: str) -> str | None:
    """A figure or a day, as ``f"{n:,}"`` and ``f"{at:%Y-%m-%d}"`` write them, in *spoken*; None for any other text."""
    if figure := FIGURE.fullmatch(text):
        return _figure(figure, spoken)
    if day := DAY.fullmatch(text):
        return _day(day, spoken)
    if NAMED_DAY.fullmatch(text):
        try:
            return format_date(datetime.strptime(text, "%d %B %Y"), "long", locale=spoken)  # noqa: DTZ007 a day has no zone
        except ValueError:
            return None
    return None


def _figure(found: re.Match[str], spoken: str) -> str:
    sign, whole, behind, percent = found.groups()
    if "," not in whole and behind is None:
        told = whole  # a number that may be one of a revision or a lead, which has no thousands
    else:
        shape = "#,##0" + (f".{'0' * len(behind)}" if behind else "")
        value = float(f"{whole.replace(',', '')}.{behind or 0}")
        told = format_decimal(value, shape if "," in whole else shape.replace("#,##", ""), locale=spoken)
    return sign + told + (PERCENT if percent else "")


def _day(found: re.Match[str], spoken: str) -> str | None:
    day, hour, zone = found.groups()
    try:
        at = datetime.fromisoformat(f"{day}T{hour or '00:00'}")
    except ValueError:
        return None
    if hour is None:
        return format_date(at, "long", locale=spoken)
    return format_datetime(at, "d. MMMM y, HH:mm" if spoken == "de" else "d MMMM y, HH:mm", locale=spoken) + (
        zone or ""
    )
