"""The labelled stories as they are told in ``stories/``: dated lines, each with who did it and what.

    09:00:00.0 sent
    10:14:30.2 machine clicks 1 by HEAD from mimecast with chrome
    +1d 10:14:31.6 person opens of lead 2 from office with outlook (dropped)

The first word is the truth, set down by who is behind it and not by what our rules say. What is known to be judged
wrongly says so at its end: a machine that is missed, a person who is dropped.
"""

import re
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import msgspec
from ruamel.yaml import YAML

FOLDER = Path(__file__).parent / "stories"
CAST = "cast.yaml"
LINE = re.compile(
    r"(?:\+(?P<days>\d+)d )?(?P<h>\d\d):(?P<m>\d\d):(?P<s>\d\d\.\d) "
    r"(?:sent|(?P<who>person|machine) (?P<act>opens|clicks|asks)(?: (?P<what>\d|hidden|unsubscribe|preferences))?"
    r"(?P<head> by HEAD)?(?P<ahead> ahead)?(?: of lead (?P<lead>\d))? from (?P<network>[\w-]+) with (?P<agent>[\w-]+)"
    r"(?: \((?P<wrong>missed|dropped)\))?)"
)


class Line(msgspec.Struct, frozen=True):
    """What somebody did.

    after    since midnight of the story's first day.
    what     the link's number or "hidden" of a click; which page of ours somebody asks for; "" of an open.
    is_wrong  whether our verdict is known to be wrong.
    """

    text: str
    after: timedelta
    is_person: bool
    act: str
    what: str
    lead: int
    address: str
    user_agent: str
    method: str = "GET"
    is_ahead: bool = False
    is_wrong: bool = False


class Story(msgspec.Struct, frozen=True):
    """*sent* is when the mail's 250 came, since midnight; each of *leads* gets one."""

    kind: str
    name: str
    leads: int
    sent: timedelta
    lines: tuple[Line, ...]


def stories() -> list[Story]:
    """All of them, in the order of their files. Raises AssertionError at a line that cannot be read."""
    yaml = YAML(typ="safe")
    cast = yaml.load((FOLDER / CAST).read_text("utf-8"))
    return [
        _story(path.stem, told, cast)
        for path in sorted(FOLDER.glob("*.yaml"))
        if path.name != CAST
        for told in yaml.load(path.read_text("utf-8"))
    ]


def _story(kind: str, told: dict[str, Any], cast: dict[str, Any]) -> Story:
    first, *rest = sorted(_matches(told["lines"]), key=lambda each: each["who"] is not None)
    assert first["who"] is None, f"{told['story']}: nobody says when it was sent"
    lines = tuple(_line(each, cast) for each in rest)
    assert list(lines) == sorted(lines, key=lambda each: each.after), f"{told['story']}: in the wrong order"
    return Story(kind, told["story"], told.get("leads", 1), _after(first), lines)


def _matches(text: str) -> Iterator[re.Match[str]]:
    for line in text.splitlines():
        match = LINE.fullmatch(line.strip())
        assert match, f"no line of a story: {line!r}"
        yield match


def _after(match: re.Match[str]) -> timedelta:
    return timedelta(
        days=int(match["days"] or 0),
        hours=int(match["h"]),
        minutes=int(match["m"]),
        seconds=float(match["s"]),
    )


def _line(match: re.Match[str], cast: dict[str, Any]) -> Line:
    is_person, wrong = match["who"] == "person", match["wrong"]
    assert wrong in (None, "dropped" if is_person else "missed"), match.string
    return Line(
        text=match.string.removesuffix(f" ({wrong})"),
        after=_after(match),
        is_person=is_person,
        act=match["act"],
        what=match["what"] or "",
        lead=int(match["lead"] or 1),
        address=cast["networks"][match["network"]],
        user_agent=cast["agents"][match["agent"]],
        method="HEAD" if match["head"] else "GET",
        is_ahead=bool(match["ahead"]),
        is_wrong=wrong is not None,
    )
