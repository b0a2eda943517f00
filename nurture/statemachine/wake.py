"""When to look at a lead again although nothing happens to it. Exact moments, so that nothing ever scans leads."""

from collections.abc import Iterator
from datetime import datetime, timedelta

from nurture.scoring.bands import MICROSECOND, next_crossing, temperature_of
from nurture.statemachine.consent import implied_until
from nurture.statemachine.scope import act_key
from nurture.statemachine.turn import Turn
from nurture.vocabulary.state import Enrolment, LeadState


def wake_at(turn: Turn, state: LeadState) -> datetime | None:
    """The first moment after now at which time alone may change a decision; None if there is none."""
    return min((moment for moment in moments(turn, state) if moment > turn.now), default=None)


def moments(turn: Turn, state: LeadState) -> Iterator[datetime]:
    """Every moment that some part of a turn waits for."""
    yield from decay(turn, state)
    for kind, days in turn.known.day_bounds:
        last = state.acts.get(act_key("event", kind))
        if last is not None:  # a moment past the bound, so that both > and >= have changed
            yield last + timedelta(days=days) + MICROSECOND
    if state.clock is not None:
        if state.clock.warn_at is not None and state.clock.warned_at is None:
            yield state.clock.warn_at
        if state.clock.breached_at is None:
            yield state.clock.due_at
    if state.receptions:
        twice = 2 if state.blind else 1  # earlier ones change nothing by themselves
        sunset, policy = turn.programme.sending.sunset, turn.programme.persona_policy
        limits = [policy.unreceptive_after.amount * twice - state.unreceived]
        if sunset is not None and state.sunset is None:
            limits.append(sunset.after.amount * twice - state.ignored)
        for patience in limits:
            if 0 < patience <= len(state.receptions):
                yield state.receptions[patience - 1].due_at
    if state.sunset is not None and state.sunset.due_at is not None:
        yield state.sunset.due_at
    lapses_at = implied_until(turn.programme, state)
    if lapses_at is not None:
        yield lapses_at
    for enrolment in state.enrolments:
        yield from of_enrolment(turn, enrolment)


def decay(turn: Turn, state: LeadState) -> Iterator[datetime]:
    """When the score falls below the next bound, and when a lead may fall that has not dwelt long enough."""
    policy = turn.programme.temperature
    crossing = next_crossing(state.accumulators, turn.known.bounds[state.temperature], turn.now)
    if crossing is not None:
        yield crossing
    wanted = temperature_of(policy, state.temperature, turn.interest(state))
    if wanted is not state.temperature and state.temperature_since is not None:
        yield state.temperature_since + policy.min_dwell.elapsed


def of_enrolment(turn: Turn, enrolment: Enrolment) -> Iterator[datetime]:
    """A task, webhook or choice that is planned; the end of a rest; the first day of a new entry."""
    campaign = turn.programme.followed(enrolment.campaign, enrolment.entered_at)
    if campaign is None:
        return
    if enrolment.planned is not None and not enrolment.planned.touch:
        yield enrolment.planned.due_at
    if enrolment.left_at is not None and campaign.entry.again_after is not None:
        yield turn.later(enrolment.left_at, campaign.entry.again_after)
    if enrolment.exhausted_at is not None and enrolment.finished_at is None:
        track = campaign.track(enrolment.track or "")
        if track is not None:
            yield turn.later(enrolment.exhausted_at, track.exhausted.wait)
