"""What is looked up about a programme at every turn, worked out once for each programme."""

from collections import defaultdict
from collections.abc import Iterator, Mapping

from nurture.content.conditions import Condition, compile_condition
from nurture.content.model import Band, Campaign, Expression, InterestRule, Programme, Step, Track
from nurture.vocabulary.state import LeadState
from nurture.vocabulary.words import EventKind, Stage, Temperature

KEPT = 8
"""Programmes remembered at a time: the one that is live, and those that plans and tests compare it with."""


class Known:
    """Looked up, never decided on: forgetting it changes nothing but time.

    bounds      of the interest score, ascending, by temperature: below each some grade, condition or temperature changes.
    entered     campaigns that leads enter by themselves: a broadcast comes to them, and a draft takes nobody in.
    day_bounds  (kind of event, days): so long after the last one some condition changes.
    """

    __slots__ = (
        "_conditions",
        "_rules",
        "_steps",
        "_tracks",
        "bounds",
        "day_bounds",
        "entered",
        "programme",
    )

    def __init__(self, programme: Programme) -> None:
        self.programme = programme
        self.entered = tuple(
            each for each in programme.campaigns.values() if each.broadcast is None and not each.draft
        )
        asked = [compile_condition(expression.source).asked for expression in conditions_of(programme)]
        grades = {float(least.interest) for least in programme.scoring.grades.values()}
        watched = grades.union(*(each.interest_bounds for each in asked))
        self.bounds = {each: _bounds(watched, programme.temperature.band(each)) for each in Temperature}
        self.day_bounds = tuple(sorted({bound for each in asked for bound in each.day_bounds}))
        self._conditions: dict[str, Condition] = {}
        self._rules: dict[EventKind, list[InterestRule]] = defaultdict(list)
        for rule in programme.scoring.interest.rules:
            self._rules[rule.event].append(rule)
        self._tracks: dict[tuple[int, str | None, Temperature, Stage], Track | None] = {}
        self._steps = {
            (campaign.key, track.key, step.key): step
            for campaign in programme.campaigns.values()
            for track in campaign.tracks
            for step in track.walk()
        }

    def holds(self, expression: Expression, scope: Mapping[str, object]) -> bool:
        """Whether a condition holds in *scope*; what is unknown does not."""
        condition = self._conditions.get(expression.source)
        if condition is None:
            condition = self._conditions[expression.source] = compile_condition(expression.source)
        return condition.holds(scope).value

    def rules(self, kind: EventKind) -> list[InterestRule]:
        """The interest rules for events of this kind, as written."""
        return self._rules.get(kind, [])

    def step(self, campaign: str, track: str, step: str) -> Step | None:
        """The step of these keys, wherever it stands in its track."""
        return self._steps.get((campaign, track, step))

    def track_for(self, campaign: Campaign, state: LeadState) -> Track | None:
        """The most specific track of *campaign* for the lead as it is."""
        # The programme holds both the live campaign and those that leads are pinned to: none of the ids is used twice.
        key = (id(campaign), state.persona, state.temperature, state.stage)
        if key not in self._tracks:
            self._tracks[key] = campaign.track_for(state.persona, state.temperature, state.stage)
        return self._tracks[key]


def _bounds(watched: set[float], band: Band | None) -> tuple[float, ...]:
    leave = set() if band is None else {float(band.leave)}
    return tuple(sorted(bound for bound in watched | leave if bound > 0))


_known: dict[int, Known] = {}


def known_of(programme: Programme) -> Known:
    """What is known of *programme*."""
    known = _known.get(id(programme))
    if known is None or known.programme is not programme:
        if len(_known) >= KEPT:
            _known.clear()
        known = _known[id(programme)] = Known(programme)
    return known


def conditions_of(programme: Programme) -> Iterator[Expression]:
    """The conditions that are asked at every turn."""
    for policy in programme.stages.values():
        if policy.enter_when is not None:
            yield policy.enter_when
    for campaign in programme.campaigns.values():
        yield campaign.entry.when
        if campaign.goal is not None:
            yield campaign.goal.when
        for leaving in campaign.exit:
            yield leaving.when
