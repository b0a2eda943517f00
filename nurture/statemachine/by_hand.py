"""A person moves a lead to a track, to its start or to one of its steps: what that means, how long it holds, and its way back.

It holds until persona, temperature and stage choose another track than they did when it was made, until it is taken back, or
until the track has been had and its rest is over; then they choose again (docs/decisions/0029-moved-by-hand.md). All else is
as in any other visit: no mail twice, the gap since the last mail, and every gate.
"""

from collections.abc import Iterator
from datetime import datetime
from enum import StrEnum
from itertools import takewhile

from msgspec.structs import replace

from nurture.content.model import Campaign, Programme, Step, Track
from nurture.statemachine.broadcasts import Missed, why_silent
from nurture.statemachine.enrol import cancel_planned, enrolled, is_over, left, live_in, with_enrolment
from nurture.statemachine.entering import told
from nurture.statemachine.known import known_of
from nurture.statemachine.settle import latest
from nurture.statemachine.steps import choice_key, next_step, step_named, unfolded
from nurture.statemachine.turn import Turn
from nurture.vocabulary.state import ByHand, Enrolment, LeadState
from nurture.vocabulary.words import EventKind, ExitReason


class Unmoved(StrEnum):
    """Why a lead cannot be moved to a track, beside what keeps it from all mail of the campaign (``broadcasts.Missed``)."""

    THERE = "are in that track already"
    OVER = "would leave the campaign at once"
    EARLIER = "follow earlier tracks of the campaign, of which this is none"
    HAD = "have had everything that it holds"


SOMEBODY = "somebody"
"""Who moved a lead where nobody said."""


def moved_by_hand(turn: Turn, state: LeadState) -> LeadState:
    """The lead where a person of ours has moved it, or back from there; ``tracks`` begins the visit and plans."""
    match turn.event.kind:
        case EventKind.TRACK_SET:
            return moved(turn, state)
        case EventKind.TRACK_UNSET:
            return taken_back(turn, state)
        case _:
            return state


def moved(turn: Turn, state: LeadState) -> LeadState:
    """The lead at the start of the track that the event names, or at its step, inside the campaign if it was not.

    As it was where the track or the step is gone meanwhile, or the campaign would let it go at once.
    """
    event = turn.event
    key = event.text("campaign") or ""
    before = next((each for each in state.enrolments if each.campaign == key), None)
    campaign = campaign_to_move_in(turn, state, key)
    track = None if campaign is None else campaign.track(event.text("track") or "")
    step = event.text("step")
    if campaign is None or track is None or (step is not None and step_named(track, step) is None):
        return state
    if before is None or not before.is_live:
        state = enrolled(turn, state, campaign)
    enrolment = live_in(state, key)
    assert enrolment, "it has just been put in, if it was not"
    cancel_planned(turn, state, enrolment, "moved by hand")
    chosen = turn.known.track_for(campaign, state)
    hand = ByHand(
        track=track.key,
        instead=None if chosen is None else chosen.key,
        at=turn.now,
        step=step,
        by=event.text("by"),
        before=None if before is None else rid_of_its_past(before),
    )
    return with_enrolment(state, at_step(replace(enrolment, by_hand=hand), track, step))


def campaign_to_move_in(turn: Turn, state: LeadState, key: str) -> Campaign | None:
    """The campaign of this key as the lead follows it, or would if it were put in; None where it cannot be."""
    inside = live_in(state, key)
    if inside is not None:
        return None if inside.once else turn.campaign_of(inside)
    campaign = next((each for each in turn.known.entered if each.key == key), None)
    if campaign is None or state.lead.email is None or is_over(turn, state, campaign):
        return None
    return campaign


def rid_of_its_past(enrolment: Enrolment) -> Enrolment:
    """*enrolment* as taking a move back returns to it: one step back, for the state must not grow with every move."""
    hand = enrolment.by_hand
    return replace(enrolment, by_hand=None if hand is None else replace(hand, before=None))


def at_step(enrolment: Enrolment, track: Track, step: str | None) -> Enrolment:
    """The enrolment before *step* of *track*, or at its start, of which no visit has begun: ``tracks`` begins it.

    What stands before the step is passed, and the way to it taken; what stands from there on is open again.
    """
    way = dict(ways_to(track.steps, track.key, step)) if step is not None else {}
    of_track = f"{track.key}/"
    kept = {place: key for place, key in enrolment.chosen.items() if not place.startswith(of_track)}
    there = replace(enrolment, planned=None, visit_since=None, chosen={**kept, **way})
    return replace(there, passed={**enrolment.passed, track.key: behind(track, there, step)})


def behind(track: Track, enrolment: Enrolment, step: str | None) -> tuple[str, ...]:
    """The keys of the steps that stand before *step* on the way of this lead; none for the start."""
    if step is None or step_named(track, step) is None:
        return ()
    return tuple(each.key for each in takewhile(lambda each: each.key != step, unfolded(track, enrolment)))


def ways_to(steps: tuple[Step, ...], track: str, wanted: str) -> Iterator[tuple[str, str]]:
    """The branches that lead to the step *wanted*, by the choice, as an enrolment keeps them."""
    for step in steps:
        for branch in step.choose:
            inner = branch.all_steps
            if any(each.key == wanted for each in Track(key=track, steps=inner).walk()):
                yield choice_key(track, step.key), branch.key
                yield from ways_to(inner, track, wanted)


def taken_back(turn: Turn, state: LeadState) -> LeadState:
    """The lead where it was before it was moved by hand; where steps were taken since, the choice only ends."""
    enrolment = live_in(state, turn.event.text("campaign") or "")
    hand = None if enrolment is None else enrolment.by_hand
    if enrolment is None or hand is None:
        return state
    cancel_planned(turn, state, enrolment, "the move by hand was taken back")
    before = hand.before
    came_for_it = enrolment.entered_at == hand.at
    if came_for_it and not has_gone_on(enrolment):
        state = left(turn, state, enrolment, ExitReason.STOPPED)
        others = tuple(each for each in state.enrolments if each.serial != enrolment.serial)
        return replace(state, enrolments=others if before is None else (*others, before))
    # Another visit number: should a step come back, its touch would else be planned twice in one visit.
    visit = enrolment.visit + 1
    if came_for_it or before is None or has_gone_on(enrolment):
        return with_enrolment(state, replace(enrolment, by_hand=None, planned=None, visit=visit))
    mailed_at = enrolment.last_mail_at
    back = replace(
        before,
        serial=enrolment.serial,
        visit=visit,
        planned=None,
        variants={**before.variants, **enrolment.variants},
        last_mail_at=before.last_mail_at if mailed_at is None else latest(before, mailed_at),
        paused_until=enrolment.paused_until,
    )
    if back.track is not None:
        record_visit(turn, back, back.track, before=enrolment.track, visit=visit)
    return with_enrolment(state, back)


def record_visit(turn: Turn, enrolment: Enrolment, track: str, *, before: str | None, visit: int) -> None:
    """Write down that a visit begins, of which enrolment, and who has moved the lead there where a person has."""
    hand = enrolment.by_hand
    turn.record(
        EventKind.TRACK_ENTERED,
        campaign=enrolment.campaign,
        track=track,
        before=before,
        visit=visit,
        enrolment=enrolment.serial,
        **({} if hand is None else {"by_hand": hand.by or SOMEBODY}),
    )


def has_gone_on(enrolment: Enrolment) -> bool:
    """Whether a step is behind the lead since it was moved by hand."""
    before = None if enrolment.by_hand is None else enrolment.by_hand.before
    was = before.last_step_at if before is not None and before.is_live else None
    return enrolment.last_step_at != was


def holding(campaign: Campaign, enrolment: Enrolment, chosen: Track | None) -> ByHand | None:
    """The move by a person that holds still, while persona, temperature and stage choose *chosen*; None where they decide.

    That an edit has removed the track which they chose before is no change of the lead: the move holds on.
    """
    hand = enrolment.by_hand
    if hand is None or campaign.track(hand.track) is None or enrolment.finished_at is not None:
        return None
    instead = None if chosen is None else chosen.key
    if instead == hand.instead:
        return hand
    removed = hand.instead is not None and campaign.track(hand.instead) is None
    return replace(hand, instead=instead) if removed else None


def track_of(
    programme: Programme, state: LeadState, enrolment: Enrolment, campaign: Campaign
) -> Track | None:
    """The track of *campaign* in which the lead belongs: where a person put it, else the one that fits; None for none."""
    chosen = known_of(programme).track_for(campaign, state)
    hand = holding(campaign, enrolment, chosen)
    return chosen if hand is None else campaign.track(hand.track)


def why_unmoved(
    programme: Programme, state: LeadState, *, campaign: str, track: str, step: str | None, now: datetime
) -> Unmoved | Missed | None:
    """Why a move by hand would come to nothing for the lead; None for one that can be moved.

    campaign, track, step  keys; None for the start of the track.
    """
    turn = Turn(programme, state, told(state, now), now)
    inside, live = live_in(state, campaign), programme.campaigns.get(campaign)
    if state.lead.email is None:
        return Missed.NO_ADDRESS
    silent = None if live is None else why_silent(programme, state, live, now)
    if silent is not None:
        return silent
    followed = campaign_to_move_in(turn, state, campaign)
    if followed is None:
        return Unmoved.OVER
    wanted = followed.track(track)
    if wanted is None or (step is not None and step_named(wanted, step) is None):
        return Unmoved.EARLIER
    if inside is not None and inside.track == track and step is None:
        return Unmoved.THERE
    place = inside or Enrolment(serial=0, campaign=campaign, revision="", entered_at=now)
    if next_step(followed, wanted, at_step(place, wanted, step), state.had) is None:
        return Unmoved.HAD
    return None
