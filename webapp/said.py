"""Words that Python made, in the language of whoever reads them: ``{{ finding.message|said }}``.

Floors below the pages know no language: they return and raise English sentences. The catalogue has each of them as it is
written in the code, an f-string with its names in place of the values:

    f"{who.email} is the last admin; make somebody else an admin first."
    msgid "%(email)s is the last admin; make somebody else an admin first."

So a sentence that is not found word for word is one of those with values in it. The values are said as well, for some of
them are words of ours too; what the catalogue does not know, such as a name, stays as it is.
"""

import re
from collections.abc import Mapping, Sequence
from functools import cache, lru_cache

from babel.support import Translations
from markupsafe import Markup

from webapp.languages import catalogue, language

PLACE = re.compile(r"%\((\w+)\)s")
LETTERS_MIN = 3
"""A sentence with fewer letters outside of its places could be any text at all."""
DEPTH_MAX = 4
KEPT = 10_000


def said(words: object) -> str:
    """*words* as the reader of this answer says them; in English, or if nobody has translated them, as they are."""
    text = str(words)
    spoken = _said(text, language(), 0)
    return Markup(spoken) if isinstance(words, Markup) else spoken  # noqa: S704 - a translation of our own markup


@lru_cache(KEPT)
def _said(text: str, spoken: str, depth: int) -> str:
    known = catalogue(spoken)
    if not isinstance(known, Translations) or not text.strip():
        return text
    exact = known.gettext(text)
    if exact != text:
        return exact
    if depth == DEPTH_MAX:
        return text
    for shape, msgid in patterns(spoken):
        found = shape.fullmatch(text)
        if found:
            values = {name: _said(value, spoken, depth + 1) for name, value in found.groupdict().items()}
            return filled(known.gettext(msgid), values)
    return text


def filled(words: str, values: Mapping[str, str]) -> str:
    """*words* with its places taken by *values*."""
    return PLACE.sub(lambda place: values[place[1]], words).replace("%%", "%")


@cache
def patterns(spoken: str) -> Sequence[tuple[re.Pattern[str], str]]:
    """The sentences of a catalogue that have places, those with the most words of their own first."""
    known = catalogue(spoken)
    ids = known._catalog if isinstance(known, Translations) else {}  # noqa: SLF001 - gettext has no other list of them
    found = [msgid for msgid in ids if isinstance(msgid, str) and PLACE.search(msgid)]
    found = [msgid for msgid in found if letters(msgid) >= LETTERS_MIN]
    return [(shape_of(msgid), msgid) for msgid in sorted(found, key=letters, reverse=True)]


def letters(msgid: str) -> int:
    return sum(map(str.isalpha, PLACE.sub("", msgid)))


def shape_of(msgid: str) -> re.Pattern[str]:
    """What a sentence made of *msgid* looks like; a place may be empty, and a second of the same name says the same."""
    parts: list[str] = []
    names: set[str] = set()
    for index, part in enumerate(PLACE.split(msgid)):
        if index % 2 == 0:
            parts.append(re.escape(part.replace("%%", "%")))
        elif part in names:
            parts.append(f"(?P={part})")
        else:
            names.add(part)
            parts.append(f"(?P<{part}>.*?)")
    return re.compile("".join(parts), re.DOTALL)
