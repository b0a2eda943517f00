"""Words that Python made, in the language of whoever reads them.

Floors below the pages know no language: they return and raise English sentences. The catalogue has each of them as it is
written in the code, an f-string with its names in place of the values:

    f"{who.email} is the last admin; make somebody else an admin first."
    msgid "%(email)s is the last admin; make somebody else an admin first."

So a sentence that is not found word for word is one of those with values in it. The values are said as well, for some of
them are words of ours too, and figures and days among them are written as the language writes them; what the catalogue
does not know stays as it is, and so does what ``values`` knows for a name.
"""

import re
from collections.abc import Mapping, Sequence
from functools import cache, lru_cache

from babel.support import Translations

from nurture.languages.catalogues import catalogue, made_by_code
from nurture.languages.fields import OF_PLAIN
from nurture.languages.told import Told
from nurture.languages.values import FIGURE, LOOKS, figure_or_day, theirs

PLACE = re.compile(r"%\((\w+)\)s")
LETTERS_MIN = 2
"""A sentence with fewer letters outside of its places could be any text at all."""
DEPTH_MAX = 4
KEPT = 10_000
LENGTHS = (
    "%(amount)s second", "%(amount)s seconds", "%(amount)s minute", "%(amount)s minutes", "%(amount)s hour", "%(amount)s hours",
    "%(amount)s day", "%(amount)s days", "%(amount)s week", "%(amount)s weeks",
    "%(amount)s business minute", "%(amount)s business minutes", "%(amount)s business hour", "%(amount)s business hours",
    "%(amount)s business day", "%(amount)s business days",
    "%(amount)s per second", "%(amount)s per minute", "%(amount)s per hour", "%(amount)s per day", "%(amount)s per week",
)  # fmt: skip
"""How ``nurture.durations`` writes lengths and rates."""
YES, NO = "Yes", "No"
"""What a box that may be ticked says."""
EDGES = re.compile(r"([\s:;,.(“]*)(.*?)([)”]*)", re.DOTALL)
CELL = re.compile(r"""(?:line (\d+): )?(.*?: )?('(?:[^'\\]|\\.)*'|"(?:[^"\\]|\\.)*") (.+)""", re.DOTALL)
"""A cell of somebody's file, as ``nurture.capture`` shows it: its line, its column, its value, and what is wrong with it."""
IN_FILE = re.compile(r"([\w./-]+\.\w+:\d+:\d+: )(.+)(; )(.+)", re.DOTALL)
"""What a check finds in a file: where, what, and the remedy."""
NOT_DONE = ": %(error)s"
"""What is not done, such as 'Not sent', and why: a sentence of its own, which may look like others."""
OF_LINE = "line %(line)s: %(reason)s"
OPENING = re.compile(r"[(“]")
QUOTES = {"de": str.maketrans("“”", "„“")}
DOT = " · "
"""What is listed with dots between says each part for itself."""
LISTED = ", "
SEAMS = (" → ", "; ", ", ", ". ", "\n")


def said_in(language: str, words: str) -> str:
    """*words* as a reader of *language* says them; in English, or if nobody has translated them, as they are."""
    return _told(words, language) if isinstance(words, Told) else _said(words, language, 0)


def _told(words: Told, language: str) -> str:
    """A sentence that knows its kind and its values; in English where its kind is not translated, and is more than places."""
    known = catalogue(language)
    kind = known.gettext(words.kind)
    if kind == words.kind and letters(kind):
        return str(words)
    kept = theirs(words.kind)
    values = {
        name: value if name in kept and not isinstance(value, Told) else said_in(language, value)
        for name, value in words.values.items()
    }
    return filled(kind, values)


def said_as(language: str, msgid: str, words: str) -> str:
    """*words* in *language* where they are made of *msgid*, with its values as they are: they are names. Else as they are."""
    found = shape_of(msgid).fullmatch(words)
    return filled(catalogue(language).gettext(msgid), found.groupdict()) if found else words


def plain(key: str) -> str:
    """A key as words: 'asked-for-demo' is 'asked for demo'."""
    return key.replace("-", " ").replace("_", " ")


@lru_cache(KEPT)
def _said(text: str, spoken: str, depth: int) -> str:
    known = catalogue(spoken)
    if not isinstance(known, Translations) or not text.strip():
        return text
    for each in (text, plain(text)):
        exact = known.gettext(each)
        if exact != each:
            return exact
    if told := figure_or_day(text, spoken):
        return told
    if depth == DEPTH_MAX:
        return text
    if cell := CELL.fullmatch(text):
        line, column, value, wrong = cell.groups("")
        if (told := _said(wrong, spoken, depth + 1)) != wrong:
            reason = f"{column}{value} {told}"
            return filled(known.gettext(OF_LINE), {"line": line, "reason": reason}) if line else reason
    head, colon, rest = text.partition(": ")
    refused = f"{head}{NOT_DONE}"
    if colon and (why := known.gettext(refused)) != refused:
        return filled(why, {"error": _said(rest, spoken, depth + 1)})
    for shape, msgid in patterns(spoken):
        found = shape.fullmatch(text)
        if found:
            kept = theirs(msgid)
            values = {
                name: value if name in kept else _said(value, spoken, depth + 1)
                for name, value in found.groupdict().items()
            }
            if "fields" in found.groupdict():
                values["fields"] = LISTED.join(
                    known.gettext(OF_PLAIN.get(each, each)) for each in found["fields"].split(LISTED)
                )
            return filled(known.gettext(msgid), values)
    if found := IN_FILE.fullmatch(text):
        where, what, seam, remedy = found.groups()
        return f"{where}{_said(what, spoken, depth + 1)}{seam}{_said(remedy, spoken, depth + 1)}"
    return _said_in_parts(text, spoken, depth)


def _said_in_parts(text: str, spoken: str, depth: int) -> str:
    """A text that several of ours are joined in, such as 'SQL: call again' or ' (privacy proxy)'; else as it is."""
    before, inside, after = edges(text)
    if before or after:
        # What is quoted is a name.
        between = inside if before.endswith("“") else _said(inside, spoken, depth + 1)
        return f"{before}{between}{after}".translate(QUOTES.get(spoken, {}))
    head, colon, rest = text.partition(": ")
    if colon and (said_head := _said(head, spoken, depth + 1)) != head:
        return f"{said_head}: {_said(rest, spoken, depth + 1)}"
    reason, dash, note = text.partition(" — ")
    if dash:
        return f"{_said(reason, spoken, depth + 1)}{dash}{note}"
    if DOT in text:
        return DOT.join(_said(part, spoken, depth + 1) for part in text.split(DOT))
    figure, space, counted = text.partition(" ")
    if space and FIGURE.fullmatch(figure) and (what := _said(counted, spoken, depth + 1)) != counted:
        return f"{_said(figure, spoken, depth + 1)} {what}"
    for seam in SEAMS:
        parts = text.split(seam)
        told = [_said(part, spoken, depth + 1) for part in parts] if len(parts) > 1 else parts
        if all(map(str.__ne__, told, parts)):
            return seam.join(told)
    return text


def edges(text: str) -> tuple[str, str, str]:
    """The signs with which *text* begins, what is between, and the brackets or quotes with which it ends."""
    found = EDGES.fullmatch(text)
    assert found, "each part may be empty"
    before, inside, after = found[1], found[2], found[3]
    return (before, inside, after) if OPENING.search(before) else (before, inside + after, "")


def filled(words: str, values: Mapping[str, str]) -> str:
    """*words* with its places taken by *values*."""
    return PLACE.sub(lambda place: values[place[1]], words).replace("%%", "%")


@cache
def patterns(spoken: str) -> Sequence[tuple[re.Pattern[str], str]]:
    """The sentences of a catalogue that have places, those with the most words of their own first."""
    found = [msgid for msgid in made_by_code(spoken) if PLACE.search(msgid)]
    found = [msgid for msgid in found if letters(msgid) >= LETTERS_MIN]
    return [(shape_of(msgid), msgid) for msgid in sorted(found, key=weight, reverse=True)]


def weight(msgid: str) -> tuple[int, int, int]:
    """How much of a sentence is its own: letters first, then other signs; of two alike, the one that tells more values apart."""
    return letters(msgid), len(PLACE.sub("", msgid)), len(PLACE.findall(msgid))


def letters(msgid: str) -> int:
    return sum(map(str.isalpha, PLACE.sub("", msgid)))


def shape_of(msgid: str) -> re.Pattern[str]:
    """What a sentence made of *msgid* looks like; a place may be empty, and a second of the same name says the same."""
    parts: list[str] = []
    names: set[str] = set()
    split = PLACE.split(msgid)
    for index, part in enumerate(split):
        if index % 2 == 0:
            parts.append(re.escape(part.replace("%%", "%")))
        elif part in names:
            parts.append(f"(?P={part})")
        else:
            follows = index > 1 and not split[index - 1]
            names.add(part)
            # What stands right behind another value brings its own seam: 'Set to %(stage)s%(by)s' and ' by lena'.
            value = LOOKS.get(part, "|[ :;,.(].*?" if follows else ".*?")
            parts.append(f"(?P<{part}>{value})")
    return re.compile("".join(parts), re.DOTALL)
