"""What is done with many leads at once, decided for each: the event that does it, or why it is left alone. And what undoes it."""

from collections.abc import Callable, Mapping
from datetime import datetime
from enum import StrEnum
from typing import Any

import msgspec

from nurture.content.model import Programme
from nurture.statemachine.broadcasts import Missed
from nurture.statemachine.by_hand import Unmoved, has_gone_on, why_unmoved
from nurture.statemachine.enrol import live_in
from nurture.vocabulary.state import LeadState
from nurture.vocabulary.words import EventKind, ExitReason, SuppressionCause


class Act(StrEnum):
    """What can be done with many leads."""

    TAG = "tag"
    UNTAG = "untag"
    OWNER = "owner"
    PAUSE = "pause"
    START = "start"
    STOP = "stop"
    TRACK = "track"
    SUPPRESS = "suppress"


class Asked(msgspec.Struct, frozen=True):
    """An act with what it takes: a tag, an address of ours, a moment, a campaign, a place in a track, or a reason."""

    act: Act
    value: str


class Told(msgspec.Struct, frozen=True):
    """The event that does it; *properties* hold what was before, where undoing asks for it."""

    kind: EventKind
    properties: dict[str, Any]


Verdict = Told | str
"""The event, or in words why the lead is left alone: 'have it already'."""

CHANGED = "changed meanwhile"


def decide(asked: Asked, state: LeadState, programme: Programme, now: datetime) -> Verdict:
    """What *asked* does to a lead as it stands now."""
    if asked.act is Act.TRACK:
        return _move(asked.value, state, programme, now)
    return DOES[asked.act](asked.value, state)


class Place(msgspec.Struct, frozen=True):
    """Where in a campaign leads are moved to: keys; no step for the start of the track."""

    campaign: str
    track: str
    step: str | None = None

    @property
    def written(self) -> str:
        return "/".join(filter(None, (self.campaign, self.track, self.step)))


def place_of(value: str) -> Place:
    """The place that an act names: 'campaign/track' or 'campaign/track/step'."""
    campaign, _, rest = value.partition("/")
    track, _, step = rest.partition("/")
    return Place(campaign, track, step or None)


def reverse(asked: Asked, before: Mapping[str, Any], state: LeadState | None) -> Verdict:
    """What takes *asked* back from a lead that still stands as it left it.

    before  the properties of the event that did it.
    state   None while that event has not been taken in: then nothing can have changed.
    """
    if state is not None and not _stands(asked, before, state):
        return CHANGED
    match asked.act:
        case Act.TAG:
            return Told(EventKind.LEAD_UNTAGGED, {"tags": before["tags"]})
        case Act.UNTAG:
            return Told(EventKind.LEAD_TAGGED, {"tags": before["tags"]})
        case Act.OWNER:
            return Told(EventKind.LEAD_CHANGED, {"fields": {"owner": before["before"]}})
        case Act.PAUSE:
            return Told(EventKind.SNOOZED, {"until": before["before"]} if before["before"] else {})
        case Act.START:
            return Told(EventKind.CAMPAIGN_STOPPED, {"campaign": asked.value})
        case Act.STOP:
            return Told(EventKind.CAMPAIGN_STARTED, {"campaign": asked.value})
        case Act.TRACK:
            place = place_of(asked.value)
            return Told(EventKind.TRACK_UNSET, {"campaign": place.campaign, "track": place.track})
        case Act.SUPPRESS:
            cause = SuppressionCause.MANUAL.value
            return Told(EventKind.SUPPRESSION_LIFTED, {"cause": cause, "why": "the act was taken back"})


def _stands(asked: Asked, before: Mapping[str, Any], state: LeadState) -> bool:
    match asked.act:
        case Act.TAG:
            return set(before["tags"]) <= set(state.lead.tags)
        case Act.UNTAG:
            return not set(before["tags"]) & set(state.lead.tags)
        case Act.OWNER:
            return state.lead.owner == asked.value
        case Act.PAUSE:
            return state.snoozed_until == datetime.fromisoformat(asked.value)
        case Act.START:
            return _is_in(asked.value, state)
        case Act.STOP:
            last = next((each for each in state.enrolments if each.campaign == asked.value), None)
            return last is not None and last.left_because is ExitReason.STOPPED
        case Act.TRACK:
            return _is_where(place_of(asked.value), state)
        case Act.SUPPRESS:
            return state.suppressed is SuppressionCause.MANUAL


def _tag(value: str, state: LeadState) -> Verdict:
    fresh = [tag for tag in value.split(",") if tag not in state.lead.tags]
    return Told(EventKind.LEAD_TAGGED, {"tags": dict.fromkeys(fresh, True)}) if fresh else "have it already"


def _untag(value: str, state: LeadState) -> Verdict:
    worn = [tag for tag in value.split(",") if tag in state.lead.tags]
    return Told(EventKind.LEAD_UNTAGGED, {"tags": dict.fromkeys(worn, True)}) if worn else "do not have it"


def _own(value: str, state: LeadState) -> Verdict:
    if state.lead.owner == value:
        return "are theirs already"
    return Told(EventKind.LEAD_CHANGED, {"fields": {"owner": value}, "before": state.lead.owner or ""})


def _pause(value: str, state: LeadState) -> Verdict:
    until, paused = datetime.fromisoformat(value), state.snoozed_until
    if paused is not None and paused >= until:
        return "are paused for longer already"
    return Told(EventKind.SNOOZED, {"until": value, "before": "" if paused is None else paused.isoformat()})


def _start(value: str, state: LeadState) -> Verdict:
    if _is_in(value, state):
        return "are in it already"
    if state.lead.email is None:
        return "have no address"
    if state.suppressed is not None:
        return "may not be mailed"
    return Told(EventKind.CAMPAIGN_STARTED, {"campaign": value})


def _stop(value: str, state: LeadState) -> Verdict:
    return Told(EventKind.CAMPAIGN_STOPPED, {"campaign": value}) if _is_in(value, state) else "are not in it"


def _move(value: str, state: LeadState, programme: Programme, now: datetime) -> Verdict:
    place = place_of(value)
    why = why_unmoved(programme, state, campaign=place.campaign, track=place.track, step=place.step, now=now)
    if why is not None:
        return UNMOVED.get(why, why.value)
    return Told(
        EventKind.TRACK_SET,
        {name: key for name, key in msgspec.structs.asdict(place).items() if key is not None},
    )


def _is_where(place: Place, state: LeadState) -> bool:
    """Whether the lead is still where it was moved to, and no step of it is behind the lead yet."""
    inside = live_in(state, place.campaign)
    hand = None if inside is None else inside.by_hand
    if inside is None or hand is None:
        return False
    return (hand.track, hand.step) == (place.track, place.step) and not has_gone_on(inside)


def _suppress(value: str, state: LeadState) -> Verdict:
    if state.lead.email is None:
        return "have no address"
    if state.suppressed is not None:
        return "are suppressed already"
    return Told(EventKind.SUPPRESSED, {"cause": SuppressionCause.MANUAL.value, "why": value})


def _is_in(campaign: str, state: LeadState) -> bool:
    return any(each.campaign == campaign for each in state.live_enrolments)


UNMOVED: Mapping[Unmoved | Missed, str] = {
    Missed.NO_ADDRESS: "have no address",
    Missed.SUPPRESSED: "are suppressed",
    Missed.SALES_OWNED: "are owned by sales",
    Missed.UNCONFIRMED: "have not confirmed",
    Missed.SUNSET: "are asked whether to go on",
    Missed.LAPSED: "have never agreed, and turned to us too long ago",
    Missed.TOPIC: "do not want the topic",
}
"""Why leads are not moved, as it is said of several."""

DOES: Mapping[Act, Callable[[str, LeadState], Verdict]] = {
    Act.TAG: _tag,
    Act.UNTAG: _untag,
    Act.OWNER: _own,
    Act.PAUSE: _pause,
    Act.START: _start,
    Act.STOP: _stop,
    Act.SUPPRESS: _suppress,
}
