"""The numbers of the scoring that a page can turn: where each stands in programme.yaml, what it says, and what a form may say."""

import re
from collections.abc import Iterator, Mapping, Sequence

import msgspec
from msgspec.structs import replace

from nurture.content.edit import Edit, Insert, Replace
from nurture.content.marks import Marks, Path
from nurture.content.model import InterestRule, Programme, Rule
from nurture.durations import Duration
from nurture.vocabulary.words import EventKind

NUMBER = re.compile(r"[+-]?\d{1,6}")
POINTS_MOST = 100
DAYS_MOST = 180
"""How far a slider goes; a number may go on, and a slider goes as far as what is written."""

EVENTS = {
    EventKind.MAIL_OPENED: "opens a mail",
    EventKind.MAIL_CLICKED: "follows a link of a mail",
    EventKind.MAIL_REPLIED: "answers a mail",
    EventKind.MAIL_COMPLAINED: "reports a mail as spam",
    EventKind.PAGE_VISITED: "visits a page",
    EventKind.FILE_DOWNLOADED: "downloads a file",
    EventKind.FORM_SUBMITTED: "sends a form",
    EventKind.UNSUBSCRIBED: "unsubscribes",
}
"""What a lead does, for the events that rules are mostly about; others are named as the file does."""


class Knob(msgspec.Struct, frozen=True):
    """One number.

    path   where it stands in programme.yaml.
    words  what it is, as its label says.
    value  what is written now, or the default that holds where nothing is.
    least, most   the ends of its slider; nothing below *least* is taken.
    unit   of a duration, such as days; "" for points.
    is_written   whether it stands in the file.
    """

    path: Path
    words: str
    value: int
    least: int
    most: int
    unit: str = ""
    is_written: bool = True

    @property
    def name(self) -> str:
        """Of its field, and of its place in an address."""
        return ".".join(str(part) for part in self.path)

    def edit(self, value: int) -> Edit:
        """The edit after which the file says *value*."""
        new: int | str = value
        if self.unit:
            new = str(Duration.parse(f"{value} {self.unit}"))
        return Replace(self.path, new) if self.is_written else Insert(self.path, new)


class Line(msgspec.Struct, frozen=True):
    """Knobs that belong together.

    key      what they are of; about says it in words, asked is the condition in the words of the file.
    is_ours  whether the key is a word of ours, not one that an author chose.
    """

    key: str
    about: str
    knobs: tuple[Knob, ...]
    asked: str = ""
    is_ours: bool = False


class Bank(msgspec.Struct, frozen=True):
    """Lines below one heading; *rules* names the rules that they are of, "" for none."""

    title: str
    hint: str
    lines: tuple[Line, ...]
    rules: str = ""


def banks_of(programme: Programme) -> tuple[Bank, ...]:
    """Every number of the scoring, in the order in which one thinks about it. Keys that are missing in the file are included."""
    scoring, policy = programme.scoring, programme.temperature
    interest = scoring.interest
    rules = tuple(
        Line(
            rule.key,
            about(rule),
            (
                _points(("scoring", "interest", "rules", rule.key, "points"), "Points", rule.points),
                _duration(
                    ("scoring", "interest", "rules", rule.key, "half_life"), "Half-life", rule.half_life
                ),
            ),
            "" if rule.when is None else str(rule.when),
        )
        for rule in interest.rules
    )
    groups = tuple(
        Line(key, "", (_share(("scoring", "interest", "groups", key), "At most", limit),))
        for key, limit in interest.groups.items()
    )
    bands = tuple(
        Line(
            temperature,
            "",
            (
                _share(
                    ("temperature", temperature, "enter"),
                    f"{temperature.capitalize()} from",
                    band.enter,
                    least=1,
                ),
                _share(("temperature", temperature, "leave"), "Left below", band.leave, least=1),
            ),
            is_ours=True,
        )
        for temperature, band in (("hot", policy.hot), ("warm", policy.warm))
    )
    dwell = _duration(("temperature", "min_dwell"), "Stays at least", policy.min_dwell, least=0)
    grades = tuple(
        Line(
            grade.value,
            "",
            (
                _share(("scoring", "grades", grade.value, "fit"), "Fit at least", bounds.fit),
                _share(("scoring", "grades", grade.value, "interest"), "Interest at least", bounds.interest),
            ),
        )
        for grade, bounds in scoring.grades.items()
    )
    return (
        Bank("Temperature", "From which interest score a lead is warm or hot, and below which it is no more. It rises at once, and falls only after it has stayed.", (*bands, Line("dwell", "", (dwell,)))),
        Bank("What leads do", "Points for each act of a person, and after how long they are worth half.", rules, "interest"),
        Bank("Limits", "The most that a group of rules can be worth together.", groups),
        Bank("Who leads are", "Points for what is known of a lead; their sum is the fit score.", _fit(scoring.fit), "fit"),
        Bank("Grades", "From the best down; the first that a lead reaches.", grades),
    )  # fmt: skip


def about(rule: InterestRule) -> str:
    """What a rule of interest is for, as one line."""
    act = EVENTS.get(rule.event, rule.event.value)
    return f"{act}, at most {rule.at_most}; in {rule.group}" if rule.at_most else f"{act}; in {rule.group}"


def knobs_of(banks: Sequence[Bank], marks: Marks) -> dict[str, Knob]:
    """Every knob by its name; *marks* say which of them stand in the file."""
    found = (knob for bank in banks for line in bank.lines for knob in line.knobs)
    return {knob.name: replace(knob, is_written=marks.value(knob.path) is not None) for knob in found}


def turned(knobs: Mapping[str, Knob], said: Mapping[str, str]) -> tuple[dict[str, int], dict[str, str]]:
    """What a form says otherwise than the file, by the knob's name; and what is wrong with what cannot be read."""
    values: dict[str, int] = {}
    wrong: dict[str, str] = {}
    for name, knob in knobs.items():
        if name not in said:
            continue
        typed = said[name].strip()
        if not typed:
            wrong[name] = f"Write a whole number; it is {knob.value} now."
        elif not NUMBER.fullmatch(typed):
            wrong[name] = f"“{typed}” is no whole number; write such as {knob.value}."
        elif int(typed) < knob.least:
            wrong[name] = f"{typed} is too low; {knob.least} is the least that it can be."
        elif int(typed) != knob.value:
            values[name] = int(typed)
    return values, wrong


def edits_of(knobs: Mapping[str, Knob], values: Mapping[str, int]) -> Iterator[Edit]:
    """The edits after which the file says *values*."""
    for name, value in values.items():
        yield knobs[name].edit(value)


def _fit(rules: Sequence[Rule]) -> tuple[Line, ...]:
    return tuple(
        Line(
            rule.key,
            "if",
            (_points(("scoring", "fit", rule.key, "points"), "Points", rule.points),),
            str(rule.when),
        )
        for rule in rules
    )


def _points(path: Path, words: str, value: int) -> Knob:
    far = max(POINTS_MOST, abs(value))
    return Knob(path, words, value, -far, far)


def _share(path: Path, words: str, value: int, *, least: int = 0) -> Knob:
    return Knob(path, words, value, least, max(POINTS_MOST, value))


def _duration(path: Path, words: str, value: Duration, *, least: int = 1) -> Knob:
    business = "business " if value.business else ""
    return Knob(path, words, value.amount, least, max(DAYS_MOST, value.amount), f"{business}{value.unit}s")
