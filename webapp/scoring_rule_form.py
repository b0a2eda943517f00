"""A rule of the scoring as a form has it: what a person wrote, as typed edits of programme.yaml."""

import re
from collections.abc import Mapping
from typing import Any

import msgspec

from nurture.content.edit import Edit, Insert, written
from nurture.content.marks import Path
from nurture.content.model import InterestRule, Programme, Rule
from nurture.content.recipes import KEY
from nurture.durations import Rate
from nurture.errors import ProgrammeError
from nurture.vocabulary.words import EventKind
from webapp.persona_edits import FormError, asked_of
from webapp.scoring_knobs import EVENTS, NUMBER
from webapp.track_edits import changed, condition, duration

WHERE: Mapping[str, Path] = {"fit": ("scoring", "fit"), "interest": ("scoring", "interest", "rules")}
"""Where the rules of each bank stand."""
OF_EVENT = {
    EventKind.MAIL_CLICKED: "link",
    EventKind.MAIL_OPENED: "mail",
    EventKind.PAGE_VISITED: "path",
    EventKind.FILE_DOWNLOADED: "file",
    EventKind.FORM_SUBMITTED: "form",
}
"""What a form can ask of an event: which link, mail, path, file or form it was."""
ONE = re.compile(r"event\.(\w+) == '([^'\\]*)'")
FIELDS = (
    "key",
    "event",
    "is",
    "points",
    "group",
    "half_life-amount",
    "half_life-unit",
    "at_most",
    "when-expression",
)


class Written(msgspec.Struct, frozen=True):
    """A rule as it stands in the file; *rule* is None for one that is new."""

    bank: str
    rule: Rule | InterestRule | None = None

    @property
    def path(self) -> Path:
        assert self.rule is not None
        return (*WHERE[self.bank], self.rule.key)

    @property
    def when(self) -> str:
        return "" if self.rule is None or self.rule.when is None else str(self.rule.when)


def found(programme: Programme, bank: str, key: str) -> Written | None:
    """The rule of *key*; None where there is none."""
    scoring = programme.scoring
    rules: tuple[Rule | InterestRule, ...] = scoring.fit if bank == "fit" else scoring.interest.rules
    rule = next((each for each in rules if each.key == key), None)
    return None if rule is None else Written(bank, rule)


def edits_of(text: str, there: Written, said: Any, programme: Programme) -> list[Edit]:
    """The edits after which the file says what the form says. Raises FormError."""
    wrong: dict[str, str] = {}
    wanted: dict[str, Any] = {"points": _points(said, wrong)}
    if there.bank == "fit":
        wanted = {"when": _condition(said, there, wrong), **wanted}
        if not wanted["when"] and "when" not in wrong:
            wrong["when"] = "Say whom it holds for."
    else:
        wanted = {
            "event": said.get("event", ""),
            "when": _of_event(said, there),
            **wanted,
            "group": said.get("group", ""),
            "at_most": _rate(said, wrong),
            "half_life": _half_life(said, wrong),
        }
        if wanted["event"] not in {each.value for each in EventKind}:
            wrong["event"] = "Choose what a lead does."
        if wanted["group"] not in programme.scoring.interest.groups:
            wrong["group"] = "Choose the group whose limit it counts against."
    key = said.get("key", "").strip()
    if there.rule is None:
        if not KEY.fullmatch(key):
            wrong["key"] = "Write small letters, digits and dashes, such as asked-for-prices."
        elif found(programme, there.bank, key) is not None:
            wrong["key"] = f"There is a rule {key} already."
    if wrong:
        raise FormError(wrong)
    if there.rule is not None:
        return changed(
            text,
            there.path,
            {name: each or None if name in ("when", "at_most") else each for name, each in wanted.items()},
        )
    value = {"key": key, **{name: each for name, each in wanted.items() if each not in (None, "")}}
    place = WHERE[there.bank]
    return [Insert(place, value if written(text, place) is not None else [value])]


def shown(there: Written, said: Any) -> dict[str, Any]:
    """What the form shows: what was typed, where anything was, else what is written."""
    rule = there.rule
    of: dict[str, Any] = {"key": "", "points": "10", "when": asked_of(said, "when", there.when)}
    if rule is not None:
        of |= {"key": rule.key, "points": str(rule.points)}
    if there.bank == "interest":
        interest = rule if isinstance(rule, InterestRule) else None
        event = EventKind.MAIL_CLICKED if interest is None else interest.event
        simple = ONE.fullmatch(there.when)
        of |= {
            "event": event.value,
            "is": simple[2] if simple and simple[1] == OF_EVENT.get(event) else "",
            "group": "" if interest is None else interest.group,
            "half_life-amount": "30" if interest is None else str(interest.half_life.amount),
            "half_life-unit": "days" if interest is None else _unit(interest),
            "at_most": "" if interest is None or interest.at_most is None else str(interest.at_most),
            "when-expression": there.when,
        }
    return {**of, **{name: said[name] for name in FIELDS if name in said}}


def _points(said: Any, wrong: dict[str, str]) -> int:
    typed = said.get("points", "").strip()
    if not NUMBER.fullmatch(typed):
        wrong["points"] = "Write a whole number; below 0 it takes points away."
        return 0
    return int(typed)


def _condition(said: Any, there: Written, wrong: dict[str, str]) -> str:
    try:
        return condition(said, "when", there.when)
    except ProgrammeError as error:
        wrong["when"] = str(error)
        return ""


def _of_event(said: Any, there: Written) -> str:
    """The condition on the event: as it was typed, or of which link, page or form it is."""
    before = there.when
    typed = str(said.get("when-expression", before)).strip()
    if typed != before:
        return typed
    of = next((name for kind, name in OF_EVENT.items() if kind.value == said.get("event")), None)
    which = said.get("is", "").strip()
    if which and of:
        quoted = which.replace("\\", "\\\\").replace("'", "\\'")
        return f"event.{of} == '{quoted}'"
    return "" if ONE.fullmatch(before) and "is" in said else before


def _rate(said: Any, wrong: dict[str, str]) -> str | None:
    typed = " ".join(said.get("at_most", "").split())
    if not typed:
        return None
    try:
        return str(Rate.parse(typed))
    except ValueError:
        wrong["at_most"] = f"“{typed}” is no rate; write such as 3 per day."
        return None


def _half_life(said: Any, wrong: dict[str, str]) -> str | None:
    try:
        half_life = duration(said, "half_life")
    except ProgrammeError as error:
        wrong["half_life"] = str(error)
        return None
    if half_life is None:
        wrong["half_life"] = "Say after how long it is worth half."
    return half_life


def _unit(rule: InterestRule) -> str:
    business = "business " if rule.half_life.business else ""
    return f"{business}{rule.half_life.unit}s"


def events(now: str) -> list[tuple[str, str]]:
    """What a rule may be about, in words; *now* is what it is about, which is listed whatever it is."""
    named = {
        kind.value: f"{words} (which {OF_EVENT[kind]})" if kind in OF_EVENT else words
        for kind, words in EVENTS.items()
    }
    return list({**named, **({} if now in named else {now: now})}.items())
