"""What a person wrote of who enters a campaign, what its goal is and who leaves, as typed edits of the campaign's file."""

from typing import Any

from nurture.content.audience_form import TICKED, Picked, expression_with, joined, picked_of
from nurture.content.edit import Edit, Insert, Remove, written
from nurture.content.model import Campaign, Programme
from nurture.durations import Duration
from nurture.errors import ProgrammeError
from webapp.persona_edits import asked_of
from webapp.track_edits import changed, condition, duration, in_order

NEW = "exit-new"
BEHIND = ("exit", "priority", "edits", "tracks")
"""What stands behind a goal in a campaign's file."""


def edits_of(text: str, campaign: Campaign, said: Any, programme: Programme) -> list[Edit]:
    """The edits after which the file says what the form says. Raises ProgrammeError."""
    wanted = {"when": entry_of(campaign, said, programme), "again_after": duration(said, "again")}
    return [*changed(text, ("entry",), wanted), *_goal(text, said), *_exits(text, campaign, said)]


def entry_of(campaign: Campaign, said: Any, programme: Programme) -> str:
    """The condition of the entry: as it was typed whole, or else as it was ticked and filled in. Raises ProgrammeError."""
    before = str(campaign.entry.when)
    whole = " ".join(said.get("whole", before).split())
    if whole != before:
        return whole
    was = picked_of(before)
    segment = said.get("segment", "")
    if segment and segment not in programme.segments:
        raise ProgrammeError("there is no such segment any more; choose another one")
    also = str(programme.segments[segment].when) if segment else ""
    tags = said.get("tags", " ".join(was.tags)).replace(",", " ").split()
    picked = Picked(
        ticked={field: tuple(in_order(was.ticked.get(field, ()), said.getlist(field))) for field in TICKED},
        tags=tuple(dict.fromkeys(tags)),
        rest=joined([condition(said, "entry", was.rest), also]),
    )
    return expression_with(before, picked)


def shown(campaign: Campaign, said: Any) -> dict[str, Any]:
    """What the form shows: what was typed, where anything was, else what is written."""
    was = picked_of(str(campaign.entry.when))
    typed = bool(said)
    goal = campaign.goal
    return {
        "ticked": {field: said.getlist(field) if typed else was.ticked.get(field, ()) for field in TICKED},
        "tags": said.get("tags", ", ".join(was.tags)),
        "segment": said.get("segment", ""),
        "entry": asked_of(said, "entry", was.rest),
        "whole": said.get("whole", str(campaign.entry.when)),
        "again": _span(said, "again", campaign.entry.again_after),
        "goal_name": said.get("goal-name", goal.name if goal else ""),
        "goal": asked_of(said, "goal", str(goal.when) if goal else ""),
        "within": _span(said, "within", goal.within if goal else None),
        "exits": [
            (
                f"exit-{n}",
                each.key,
                asked_of(said, f"exit-{n}", str(each.when)),
                bool(said.get(f"exit-{n}-gone")),
            )
            for n, each in enumerate(campaign.exit)
        ],
        "new_key": said.get(f"{NEW}-key", ""),
        "new": asked_of(said, NEW, ""),
    }


def _goal(text: str, said: Any) -> list[Edit]:
    before = written(text, ("goal",))
    name = said.get("goal-name", "").strip()
    when = condition(said, "goal", None if before is None else before["when"])
    within = duration(said, "within")
    if not name and not when:
        return [] if before is None else [Remove(("goal",))]
    if not when or not name:
        raise ProgrammeError("a goal has a name and says when it is reached; empty both for none")
    if before is not None:
        return changed(text, ("goal",), {"name": name, "when": when, "within": within})
    value = {"name": name, "when": when} | ({"within": within} if within else {})
    return [Insert(("goal",), value, before=_next_to(text, BEHIND))]


def _exits(text: str, campaign: Campaign, said: Any) -> list[Edit]:
    edits: list[Edit] = []
    kept = len(campaign.exit)
    for n, each in reversed(
        list(enumerate(campaign.exit))
    ):  # from the last: those before it keep their places
        if said.get(f"exit-{n}-gone"):
            edits.append(Remove(("exit", n)))
            kept -= 1
            continue
        when = condition(said, f"exit-{n}", each.when)
        if not when:
            raise ProgrammeError(f"say when {each.key or 'it'} holds, or tick that it is removed")
        edits += changed(text, ("exit", n), {"when": when})
    key, when = said.get(f"{NEW}-key", "").strip(), condition(said, NEW, None)
    if key and not when:
        raise ProgrammeError(f"say who leaves by {key!r}, or leave its name empty")
    if key in {each.key for each in campaign.exit}:
        raise ProgrammeError(f"somebody leaves by {key!r} already; choose another name")
    if not when:
        return [Remove(("exit",))] if campaign.exit and not kept else edits
    value = {"key": key, "when": when} if key else {"when": when}
    if not campaign.exit:
        return [*edits, Insert(("exit",), [value], before=_next_to(text, BEHIND[1:]))]
    return [*edits, Insert(("exit",), value)]


def _next_to(text: str, keys: tuple[str, ...]) -> str | None:
    """The first of *keys* that the file has."""
    return next((each for each in keys if written(text, (each,)) is not None), None)


def _span(said: Any, name: str, before: Duration | None) -> tuple[str, str]:
    """Amount and unit of a duration, as a form shows them."""
    business = "business " if before is not None and before.business else ""
    amount, unit = ("", "days") if before is None else (str(before.amount), f"{business}{before.unit}s")
    return said.get(f"{name}-amount", amount), said.get(f"{name}-unit", unit)
