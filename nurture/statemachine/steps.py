"""Where a lead stands in a track, and what comes next."""

from collections.abc import Iterator, Mapping
from datetime import datetime

from nurture.content.model import Campaign, Step, StepKind, Track
from nurture.vocabulary.state import Enrolment


def next_step(
    campaign: Campaign, track: Track, enrolment: Enrolment, had: Mapping[str, datetime]
) -> Step | None:
    """The next step of *track* for a lead in *enrolment*; None when it has had everything.

    A sequence goes on after the furthest step passed; steps inserted before it are offered before the track is
    exhausted. A lead that has just come (back) to it, and a pool always, begins with the first step not passed. A mail
    already had, in any track or campaign, is offered only where it may repeat.
    """
    line = tuple(unfolded(track, enrolment))
    passed = enrolment.passed.get(track.key, ())
    furthest = max((place for place, step in enumerate(line) if step.key in passed), default=-1)
    from_the_top = track.order == "pool" or has_just_come(enrolment)
    ahead = line if from_the_top else (*line[furthest + 1 :], *line[: furthest + 1])
    for step in ahead:
        if step.key in passed:
            continue
        if step.kind is StepKind.MAIL and not step.repeat and campaign.mail_ref(step.mail or "") in had:
            continue
        return step
    return None


def has_just_come(enrolment: Enrolment) -> bool:
    """Whether nothing of this visit is behind the lead yet."""
    last, since = enrolment.last_step_at, enrolment.visit_since
    return last is None or since is None or last < since


def unfolded(track: Track, enrolment: Enrolment) -> Iterator[Step]:
    """The steps in the order in which this lead meets them: the branch taken at a choice stands after the choice."""
    yield from _unfolded(track.steps, track.key, enrolment)


def step_named(track: Track, key: str) -> Step | None:
    """The step of *track* with this key, wherever it stands."""
    return next((step for step in track.walk() if step.key == key), None)


def choice_key(track: str, step: str) -> str:
    """How a branch taken is kept in an enrolment."""
    return f"{track}/{step}"


def _unfolded(steps: tuple[Step, ...], track: str, enrolment: Enrolment) -> Iterator[Step]:
    for step in steps:
        yield step
        taken = enrolment.chosen.get(choice_key(track, step.key))
        for branch in step.choose:
            if branch.key == taken:
                yield from _unfolded(branch.all_steps, track, enrolment)
