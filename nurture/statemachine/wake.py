"""When to look at a lead again although nothing happens to it. Exact moments, so that nothing ever scans leads."""

from collections.abc import Iterator
from datetime import datetime

from nurture.content.conditions import interest_bounds
from nurture.content.model import Expression, Programme
from nurture.scoring.bands import next_crossing, temperature_of
from nurture.scoring.ledger import interest_score
from nurture.vocabulary.state import Enrolment, LeadState


def wake_at(programme: Programme, state: LeadState, now: datetime) -> datetime | None:
    """The first moment after *now* at which time alone may change a decision; None if there is none."""
    return min((moment for moment in moments(programme, state, now) if moment > now), default=None)


def moments(programme: Programme, state: LeadState, now: datetime) -> Iterator[datetime]:
    """Every moment that some part of a turn waits for."""
    yield from decay(programme, state, now)
    if state.clock is not None:
        if state.clock.warn_at is not None and state.clock.warned_at is None:
            yield state.clock.warn_at
        if state.clock.breached_at is None:
            yield state.clock.due_at
    patience = (
        programme.persona_policy.unreceptive_after.amount * (2 if state.blind else 1) - state.unreceived
    )
    if 0 < patience <= len(state.receptions):  # earlier ones change nothing by themselves
        yield state.receptions[patience - 1].due_at
    for enrolment in state.enrolments:
        yield from of_enrolment(programme, enrolment)


def decay(programme: Programme, state: LeadState, now: datetime) -> Iterator[datetime]:
    """When the score falls below the next bound, and when a lead may fall that has not dwelt long enough."""
    policy = programme.temperature
    band = policy.band(state.temperature)
    bounds = (
        interest_bounds_of(programme) if band is None else (*interest_bounds_of(programme), float(band.leave))
    )
    crossing = next_crossing(state.accumulators, tuple(sorted(bounds)), now)
    if crossing is not None:
        yield crossing
    wanted = temperature_of(policy, state.temperature, interest_score(state.accumulators, now))
    if wanted is not state.temperature and state.temperature_since is not None:
        yield state.temperature_since + policy.min_dwell.elapsed


def of_enrolment(programme: Programme, enrolment: Enrolment) -> Iterator[datetime]:
    """A task, webhook or choice that is planned; the end of a rest; the first day of a new entry."""
    campaign = programme.campaigns.get(enrolment.campaign)
    if campaign is None:
        return
    if enrolment.planned is not None and not enrolment.planned.touch:
        yield enrolment.planned.due_at
    if enrolment.left_at is not None and campaign.entry.again_after is not None:
        yield enrolment.left_at + campaign.entry.again_after.elapsed
    if enrolment.exhausted_at is not None and enrolment.finished_at is None:
        track = campaign.track(enrolment.track or "")
        if track is not None:
            yield enrolment.exhausted_at + track.exhausted.wait.elapsed


_bounds: dict[int, tuple[Programme, tuple[float, ...]]] = {}


def interest_bounds_of(programme: Programme) -> tuple[float, ...]:
    """Every value of the interest score below which some grade or condition changes, temperatures aside."""
    kept = _bounds.get(id(programme))
    if kept is not None and kept[0] is programme:
        return kept[1]
    found = {float(least.interest) for least in programme.scoring.grades.values() if least.interest}
    for expression in conditions_of(programme):
        found |= interest_bounds(expression)
    _bounds.clear()  # one programme is live at a time; a new revision replaces it
    _bounds[id(programme)] = (programme, tuple(sorted(found)))
    return _bounds[id(programme)][1]


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
