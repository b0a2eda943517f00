"""What a person did on a track's page, as typed edits of the campaign's file."""

from collections.abc import Mapping, Sequence
from typing import Any

from msgspec.structs import replace

from nurture.content.condition_form import Question, asked_in, asking_of, expression_of
from nurture.content.edit import Edit, Insert, Move, Remove, Replace, apply, written
from nurture.content.marks import Path
from nurture.content.model import Campaign, StepKind, Track
from nurture.durations import Duration
from nurture.errors import ProgrammeError
from webapp.track_lines import Line

Said = Mapping[str, str]
"""The fields of a form."""
LINES = 3
"""Questions that a form asks at once."""
DEFAULTS = {"for": "owner", "repeat": False, "order": "sequence"}
"""What an author may write although it says nothing new; it stays as written."""
HOT = "lead.temperature == 'hot'"
"""What a new branch asks until its author says something else."""
KINDS = ("mail", "task", "webhook", "choose")


def added(text: str, track: Track, lines: Sequence[Line], said: Said) -> list[Edit]:
    """A new step: *kind* and *what*, behind the line *at*, or first in the track or branch that *at* names."""
    kind, what = said.get("kind", ""), said.get("what", "").strip()
    if kind not in KINDS or not what:
        raise ProgrammeError("choose what the new step does, and name it")
    taken = {step.key for step in track.walk()}
    step: dict[str, Any] = {kind: what}
    if kind == "choose":
        step = {"key": what, "choose": [{"key": "hot-leads", "when": HOT, "mail": branch_mail(said)}]}
    if what.rpartition("/")[2] in taken:
        step = rekeyed(step, free(what.rpartition("/")[2], taken))
    line = line_at(lines, said.get("at", ""))
    if line is None:
        first = next((each.key for each in lines if each.depth == 0), None)
        return [Insert(("tracks", track.key, "steps"), step, before=first)]
    if line.branch is not None:
        inside = (*line.path, "steps")
        edits = lengthened(line.path, line.branch.mail)
        present = [each.key for each in line.branch.all_steps]
        if not present and written(text, inside) is None:
            return [*edits, Insert(inside, [step])]
        return [*edits, Insert(inside, step, before=present[0] if present else None)]
    return [*whole(line), Insert(line.path[:-1], step, before=line.after)]


def moved(line: Line, by: int) -> list[Edit]:
    """The line one place up (-1) or down (1) among its siblings."""
    if by < 0:
        return [*whole(line), Move(line.path, before=line.before)] if line.before else []
    if line.after is None:
        return []
    return [*whole(line), Move((*line.path[:-1], line.after), before=line.key)]


def moved_before(line: Line, other: Line | None) -> list[Edit]:
    """The line before *other*, which stands in the same list; at its end for None."""
    if other is not None and other.path[:-1] != line.path[:-1]:
        raise ProgrammeError(
            "a step moves within its track or branch; copy it where it should stand, then delete this one"
        )
    return [*whole(line), Move(line.path, before=None if other is None else other.key)]


def copied(text: str, track: Track, line: Line) -> list[Edit]:
    """The same again, right behind the line, under a key of its own."""
    value = written(text, line.path) if not line.is_short else {"mail": line.step.mail if line.step else ""}
    key = free(line.key, {step.key for step in track.walk()})
    return [*whole(line), Insert(line.path[:-1], {**rekeyed(value, key)}, before=line.after)]


def rekeyed(value: dict[str, Any], key: str) -> dict[str, Any]:
    """The step or branch under another key, which stands first."""
    return {"key": key, **{name: each for name, each in value.items() if name != "key"}}


def removed(line: Line) -> list[Edit]:
    return [Remove((*line.path[:-2], "mail"))] if line.is_short else [Remove(line.path)]


def branched(line: Line, said: Said) -> list[Edit]:
    """One more branch of a choice, before the one that takes everybody else."""
    assert line.step is not None
    key = said.get("what", "").strip()
    if not key or key in {each.key for each in line.step.choose}:
        raise ProgrammeError("name the new branch; the others have other names")
    last = line.step.choose[-1] if line.step.choose else None
    otherwise = last.key if last is not None and last.when is None else None
    branch = {"key": key, "when": condition(said, "new", "") or HOT, "mail": branch_mail(said)}
    return [Insert((*line.path, "choose"), branch, before=otherwise)]


def branch_mail(said: Said) -> str:
    """The first mail of a new branch, which no branch is without. Raises ProgrammeError."""
    mail = said.get("branch-mail", "").strip()
    if not mail:
        raise ProgrammeError("name the first mail of the branch; a branch without one leads nowhere")
    return mail


def settled(text: str, line: Line, said: Said) -> list[Edit]:
    """What the panel of a step or branch says, key by key; what it leaves empty is taken out."""
    if line.branch is not None:
        return changed(text, line.path, {"when": condition(said, "when", line.branch.when) or None})
    assert line.step is not None
    step = line.step
    wanted: dict[str, Any] = {
        "wait": wait_of(said),
        "when": condition(said, "when", step.when) or None,
        "unless": condition(said, "unless", step.unless) or None,
    }
    match step.kind:
        case StepKind.MAIL:
            wanted |= {
                "mail": said.get("mail") or step.mail,
                "buying_stage": said.get("buying_stage", "").strip() or None,
                "repeat": True if said.get("repeat") else None,
                "experiment": experiment(text, line.path, said),
            }
            if wanted["mail"].rpartition("/")[2] != step.key:
                wanted = {
                    "key": step.key,
                    **wanted,
                }  # whoever had the step still has it, whatever mail it sends now
        case StepKind.TASK:
            for_ = said.get("for", "").strip()
            wanted |= {
                "for": None if for_ in ("", "owner") else for_,
                "note": said.get("note", "").strip() or None,
            }
        case StepKind.WEBHOOK | StepKind.CHOOSE:
            pass
    return [*whole(line), *changed(apply(text, whole(line)), line.path, wanted)]


def set_track(text: str, track: Track, said: Any) -> list[Edit]:
    """The track's own settings: for whom it is, purpose, order, cadence, and what comes when all has been had."""
    path = ("tracks", track.key)
    every, rest = duration(said, "every"), duration(said, "rest")
    exhausted = {"wait": rest} if rest and Duration.parse(rest).amount else {}
    if said.get("then") == "exit":
        exhausted["then"] = "exit"
    unwritten = written(text, (*path, "cadence")) is None and every == str(track.cadence.every)
    wanted = {
        "purpose": said.get("purpose", "").strip() or None,
        "order": "pool" if said.get("order") == "pool" else None,
        "cadence": {"every": every} if every and not unwritten else None,
        "exhausted": exhausted or None,
    }
    if said.get("for-whom"):
        wanted = {
            "temperature": said.get("temperature") or None,
            "personas": in_order(track.personas, said.getlist("personas")) or None,
            "stages": in_order(track.stages, said.getlist("stages")) or None,
            **wanted,
        }
    return changed(text, path, wanted)


def in_order(before: Sequence[str], chosen: Sequence[str]) -> list[str]:
    """What was *chosen*, in the order in which the file has it, and behind it what is new."""
    kept = [str(each) for each in before if each in chosen]
    return [*kept, *(each for each in chosen if each not in kept)]


def copied_track(text: str, track: Track, said: Said) -> list[Edit]:
    """The whole track again, under another key, for other personas."""
    key, personas = said.get("what", "").strip(), [each for each in (said.get("persona", ""),) if each]
    value = written(text, ("tracks", track.key))
    copy = rekeyed(value, key)
    copy.pop("personas", None)
    if personas:
        copy = {
            "key": key,
            "personas": personas,
            **{name: each for name, each in copy.items() if name != "key"},
        }
    return [Insert(("tracks",), copy)]


def removed_track(campaign: Campaign, track: Track) -> list[Edit]:
    """The track out of the file. Raises ProgrammeError for the last one."""
    if len(campaign.tracks) == 1:
        raise ProgrammeError("a campaign has at least one track; add another one first, or change this one")
    return [Remove(("tracks", track.key))]


def without(campaign: Campaign, track: str) -> Campaign:
    """The campaign as it would be without the track."""
    return replace(campaign, tracks=tuple(each for each in campaign.tracks if each.key != track))


def neighbour(campaign: Campaign, track: str) -> str:
    """The key of the track after *track*, or of the one before it where it is the last."""
    keys = [each.key for each in campaign.tracks]
    place = keys.index(track)
    return (keys[place + 1 :] or keys[:place][-1:])[0]


def changed(text: str, path: Path, wanted: Mapping[str, Any]) -> list[Edit]:
    """The edits after which the table at *path* says what is *wanted*; None for a key's default, which need not be written."""
    now = written(text, path)
    edits: list[Edit] = []
    for name, value in wanted.items():
        at = (*path, name)
        if name not in now and value is not None:
            first = next(iter(now)) if name == "key" else None
            edits.append(Insert(at, value, before=first))
        elif name in now and value is None and now[name] != DEFAULTS.get(name, ...):
            edits.append(Remove(at))
        elif name in now and value is not None and now[name] != value:
            edits.append(Replace(at, value))
    return edits


def condition(said: Said, name: str, before: object) -> str:
    """The condition that a form asks for: by its questions where they can say it, else by its expression. Raises ProgrammeError."""
    was = "" if before is None else str(before)
    typed = said.get(f"{name}-expression", was).strip()
    if typed != was or asking_of(was) is None:
        return typed
    fields = ("question", "about", "value")
    lines = [[said.get(f"{name}-{field}-{at}", "").strip() for field in fields] for at in range(LINES)]
    try:
        return expression_of(
            asked_in([(line[0], line[1], line[2]) for line in lines], said.get(f"{name}-of", "all"))
        )
    except ValueError as error:
        raise ProgrammeError(str(error)) from None


def questions_of(expression: object) -> dict[str, Any]:
    """What a form shows of a condition: its lines, padded, and whether a form can say it."""
    was = "" if expression is None else str(expression)
    asking = asking_of(was)
    asked = [] if asking is None else [(each.question, each.about, each.value) for each in asking.asked]
    return {
        "expression": was,
        "by_form": asking is not None and len(asked) <= LINES,
        "of": "all" if asking is None else asking.of,
        "lines": [*asked, *[("", "", "")] * (LINES - len(asked))][:LINES],
        "questions": list(Question),
    }


def wait_of(said: Said) -> str | None:
    """The wait that a form says; None for the track's cadence."""
    return duration(said, "wait")


def duration(said: Said, name: str) -> str | None:
    """An amount and a unit as one duration; None where no amount is said. Raises ProgrammeError."""
    amount, unit = said.get(f"{name}-amount", "").strip(), said.get(f"{name}-unit", "days")
    if not amount:
        return None
    try:
        return str(Duration.parse(f"{amount} {unit}"))
    except ValueError as error:
        raise ProgrammeError(f"{amount!r} {unit}: {error}") from None


def experiment(text: str, path: Path, said: Said) -> dict[str, Any] | None:
    """The variants that a form names, one a line with its weight: 'plain 50'; None for none. Raises ProgrammeError."""
    variants = {}
    for line in said.get("variants", "").splitlines():
        if line.strip():
            name, _, weight = line.strip().rpartition(" ")
            if not name or not weight.isdigit():
                raise ProgrammeError(
                    f"{line.strip()!r}: write a variant of the mail and its weight, such as 'plain 50'"
                )
            variants[name] = int(weight)
    if not variants:
        return None
    before = written(text, path)
    kept = before.get("experiment", {}) if isinstance(before, dict) else {}
    chosen: dict[str, Any] = {"variants": variants}
    if said.get("method") == "thompson":
        chosen["method"] = "thompson"
    elif kept.get("method") == "fixed":
        chosen["method"] = "fixed"
    judged = {"judge_by": kept["judge_by"]} if "judge_by" in kept else {}
    return {**chosen, **judged}


def lengthened(branch: Path, mail: str | None) -> list[Edit]:
    """The edits after which a branch that says `mail:` for its first step says `steps:`."""
    return [] if mail is None else [Remove((*branch, "mail")), Insert((*branch, "steps"), [{"mail": mail}])]


def whole(line: Line) -> list[Edit]:
    """The edits after which the line has a place of its own in the file."""
    if not line.is_short or line.step is None:
        return []
    return lengthened(line.path[:-2], line.step.mail)


def line_at(lines: Sequence[Line], at: str) -> Line | None:
    """The line that a page addresses; None for none."""
    return next((line for line in lines if line.id == at), None)


def free(key: str, taken: set[str]) -> str:
    """A key like *key* that is not *taken*."""
    return next(each for each in (f"{key}-{number}" for number in range(2, 10_000)) if each not in taken)
