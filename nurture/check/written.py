"""What was written, as promises look at it: sound files only, each value with its place."""

from collections.abc import Iterator

import msgspec

from nurture.content.catalog import PROGRAMME, Catalog
from nurture.content.marks import Marks, Path
from nurture.content.model import Campaign, Expression, Programme, Rule, Step, StepKind, Track
from nurture.content.problems import Problem

EVERYTHING = frozenset(
    ("lead", "event", "hand_off", "enrolment", "clicked", "opened", "visited", "submitted", "days_since")
)


class CampaignFile(msgspec.Struct, frozen=True):
    """A campaign, and where its values stand."""

    campaign: Campaign
    marks: Marks


class Written(msgspec.Struct, frozen=True):
    """A catalog whose programme could be read.

    marks      of programme.yaml.
    campaigns  those that could be read; the others' problems are told already, and would only echo here.
    """

    catalog: Catalog
    programme: Programme
    marks: Marks
    campaigns: tuple[CampaignFile, ...]

    @property
    def files(self) -> tuple[Marks, ...]:
        return (self.marks, *(file.marks for file in self.campaigns))


class Asked(msgspec.Struct, frozen=True):
    """One condition, where it stands, and the names that it may use there."""

    marks: Marks
    path: Path
    expression: Expression
    names: frozenset[str]
    campaign: Campaign | None = None

    def problem(self, message: str, remedy: str, word: str = "") -> Problem:
        return self.marks.problem(self.path, message, remedy, word=word)


class PlacedStep(msgspec.Struct, frozen=True):
    """One step and its path."""

    file: CampaignFile
    track: Track
    step: Step
    path: Path

    def problem(self, key: str, message: str, remedy: str) -> Problem:
        return self.file.marks.problem((*self.path, key), message, remedy)


def written(catalog: Catalog) -> Written | None:
    """The sound part of *catalog*; None where its programme is not sound, as nothing can be held against it."""
    broken = {problem.file for problem in catalog.problems}
    if catalog.programme is None or PROGRAMME in broken:
        return None
    return Written(
        catalog=catalog,
        programme=catalog.programme,
        marks=catalog.marks[PROGRAMME],
        campaigns=tuple(
            CampaignFile(campaign, catalog.marks[path])
            for key, campaign in catalog.programme.campaigns.items()
            if (path := f"campaigns/{key}/campaign.yaml") in catalog.marks and path not in broken
        ),
    )


def steps(file: CampaignFile) -> Iterator[PlacedStep]:
    """Every step of a campaign, those inside branches included."""
    for track in file.campaign.tracks:
        if file.campaign.broadcast is not None:  # its step is written as the broadcast itself
            yield from (PlacedStep(file, track, step, ("broadcast",)) for step in track.steps)
            continue
        yield from _steps(file, track, track.steps, ("tracks", track.key, "steps"))


def _steps(file: CampaignFile, track: Track, many: tuple[Step, ...], path: Path) -> Iterator[PlacedStep]:
    for step in many:
        here = (*path, step.key)
        yield PlacedStep(file, track, step, here)
        for branch in step.choose:
            inside = (*here, "choose", branch.key)
            if branch.mail is not None:
                yield PlacedStep(file, track, branch.all_steps[0], inside)
            yield from _steps(file, track, branch.steps, (*inside, "steps"))


def conditions(all_of_it: Written) -> Iterator[Asked]:
    """Every condition of every file."""
    programme, marks = all_of_it.programme, all_of_it.marks
    yield from _rules(marks, ("scoring", "fit"), programme.scoring.fit)
    for persona in programme.personas:
        yield from _rules(marks, ("personas", persona.key, "fit"), persona.fit)
    for rule in programme.scoring.interest.rules:
        if rule.when is not None:
            path = ("scoring", "interest", "rules", rule.key, "when")
            yield Asked(marks, path, rule.when, EVERYTHING)
    for stage, policy in programme.stages.items():
        if policy.enter_when is not None:
            yield Asked(marks, ("stages", stage.value, "enter_when"), policy.enter_when, EVERYTHING)
    for segment, leads in programme.segments.items():
        yield Asked(marks, ("segments", segment, "when"), leads.when, EVERYTHING - {"event"})
    for route in programme.routing:
        if route.when is not None:
            yield Asked(marks, ("routing", route.key, "when"), route.when, EVERYTHING)
    for file in all_of_it.campaigns:
        yield from _of_campaign(file)


def _rules(marks: Marks, path: Path, rules: tuple[Rule, ...]) -> Iterator[Asked]:
    # Fit is computed when a field changes, so a rule that asks for anything else would never be asked again.
    for rule in rules:
        yield Asked(marks, (*path, rule.key, "when"), rule.when, frozenset(("lead",)))


def _of_campaign(file: CampaignFile) -> Iterator[Asked]:
    campaign, marks = file.campaign, file.marks

    def asked(path: Path, expression: Expression | None) -> Iterator[Asked]:
        if expression is not None:
            yield Asked(marks, path, expression, EVERYTHING, campaign)

    yield from asked(("entry", "when"), campaign.entry.when)
    if campaign.goal is not None:
        yield from asked(("goal", "when"), campaign.goal.when)
    for leaving in campaign.exit:
        yield from asked(("exit", leaving.key, "when"), leaving.when)
    for placed in steps(file):
        yield from asked((*placed.path, "when"), placed.step.when)
        yield from asked((*placed.path, "unless"), placed.step.unless)
        if placed.step.kind is StepKind.CHOOSE:
            for branch in placed.step.choose:
                yield from asked((*placed.path, "choose", branch.key, "when"), branch.when)
