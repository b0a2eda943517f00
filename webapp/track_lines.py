"""A track as the lines of an editor: each step and each branch with its place in the file, its neighbours and its numbers."""

from collections.abc import Iterator, Mapping
from itertools import zip_longest

import msgspec

from nurture.content.marks import Path
from nurture.content.model import Branch, Step, StepKind, Track
from nurture.insight.campaigns import StepNumbers
from nurture.statistics.intervals import wilson


class Line(msgspec.Struct, frozen=True):
    """One line.

    path      where the step or branch stands in the campaign's file.
    number    as a reader counts: '3', '3.1'; "" for a branch.
    before    its key's elder sibling, after the younger one; None at an end.
    is_short  a branch's only mail, written as `mail:` in the branch itself.
    """

    path: Path
    key: str
    depth: int
    number: str
    step: Step | None = None
    branch: Branch | None = None
    before: str | None = None
    after: str | None = None
    is_short: bool = False

    @property
    def id(self) -> str:
        """How a page addresses the line: the path below the track's steps."""
        return "/".join(str(part) for part in self.path[3:])


class Plus(msgspec.Struct, frozen=True):
    """A place between two lines, where a step can be added: after *line*, or first in it where it is a branch."""

    line: Line

    @property
    def depth(self) -> int:
        """As deep as the step that would be added."""
        return self.line.depth if self.line.branch is None else self.line.depth + 1


class Shares(msgspec.Struct, frozen=True):
    """Of the mails of a step that left: how many people clicked, in percent with its 95 % interval, and who were lost on the way.

    lost  percent of those who had the step before and not this one yet; None for a first step.
    """

    clicked: float
    low: float
    high: float
    lost: float | None


def lines_of(track: Track) -> tuple[Line, ...]:
    """Every line of *track*, those inside branches below their choice."""
    return tuple(_steps(track.steps, ("tracks", track.key, "steps"), 0, ""))


def _steps(
    steps: tuple[Step, ...], path: Path, depth: int, prefix: str, *, short: bool = False
) -> Iterator[Line]:
    keys = [step.key for step in steps]
    for place, step in enumerate(steps):
        at = (*path, step.key)
        number = f"{prefix}{place + 1}"
        before = keys[place - 1] if place else None
        after = keys[place + 1] if place + 1 < len(keys) else None
        is_short = short and place == 0
        yield Line(at, step.key, depth, number, step=step, before=before, after=after, is_short=is_short)
        branches = [each.key for each in step.choose]
        for index, branch in enumerate(step.choose):
            inside = (*at, "choose", branch.key)
            elder = branches[index - 1] if index else None
            younger = branches[index + 1] if index + 1 < len(branches) else None
            yield Line(inside, branch.key, depth + 1, "", branch=branch, before=elder, after=younger)
            yield from _steps(
                branch.all_steps,
                (*inside, "steps"),
                depth + 2,
                f"{number}{chr(ord('a') + index)}",
                short=branch.mail is not None,
            )


def pluses_of(lines: tuple[Line, ...]) -> dict[str, tuple[Plus, ...]]:
    """Where a step can be added, by the line that stands above: after a choice only below all its branches."""
    found: dict[str, tuple[Plus, ...]] = {}
    open_choices: list[Line] = []
    for line, below in zip_longest(lines, lines[1:]):
        here = []
        if line.step is not None and line.step.choose:
            open_choices.append(line)
        else:
            here.append(Plus(line))
        while open_choices and (below is None or below.depth <= open_choices[-1].depth):
            here.append(Plus(open_choices.pop()))
        found[line.id] = tuple(here)
    return found


def shares_of(lines: tuple[Line, ...], numbers: Mapping[str, StepNumbers]) -> dict[str, Shares]:
    """The shares of each mail that has left, by the step's key; a branch is compared with what came before its choice."""
    found: dict[str, Shares] = {}
    sent_before: dict[int, int] = {}
    for line in lines:
        if line.step is None or line.step.kind is not StepKind.MAIL:
            continue
        n = numbers.get(line.key, StepNumbers())
        earlier = next((sent_before[each] for each in range(line.depth, -1, -1) if each in sent_before), None)
        if n.sent:
            low, high = wilson(min(n.clicked, n.sent), n.sent)
            lost = None if not earlier else max(0.0, 100 * (1 - n.sent / earlier))
            found[line.key] = Shares(100 * n.clicked / n.sent, 100 * low, 100 * high, lost)
        sent_before = {each: sent for each, sent in sent_before.items() if each < line.depth}
        sent_before[line.depth] = n.sent
    return found
