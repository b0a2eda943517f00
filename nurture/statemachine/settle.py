"""What came of a touch: the step that waited for it is behind the lead, or open again."""

from datetime import datetime, timedelta

from msgspec.structs import replace

from nurture.statemachine.enrol import with_enrolment
from nurture.statemachine.turn import Turn
from nurture.vocabulary.state import Enrolment, LeadState, Planned
from nurture.vocabulary.touch import number_in
from nurture.vocabulary.words import EventKind, Gate, SuppressionCause

STOPPED = timedelta(days=1)
"""How long an enrolment rests whose touch was stopped, if nothing happens before."""

DELIVERED = frozenset({EventKind.MAIL_SENT, EventKind.MAIL_UNKNOWN})
OUTCOMES = DELIVERED | {
    EventKind.MAIL_SKIPPED,
    EventKind.MAIL_FAILED,
    EventKind.MAIL_BOUNCED,
    EventKind.MAIL_CANCELLED,
}


def touched(turn: Turn, state: LeadState) -> LeadState:
    """What came of the touch that an enrolment waited for.

    One of a visit that is over, or of a lead that was merged into this one, advances nothing; if it was sent all the same,
    the next mail keeps its distance.
    """
    event = turn.event
    touch = event.number("touch")
    if event.kind not in OUTCOMES or touch is None:
        return state
    mail, gate = event.text("mail"), event.text("gate")
    if gate == Gate.HOLDOUT and mail is not None:
        state = replace(state, had={**state.had, mail: turn.at})
    if gate == Gate.SUPPRESSED and state.suppressed is None:
        state = replace(state, suppressed=listed(event.text("cause")))
    for enrolment in state.live_enrolments:
        planned = enrolment.planned
        if planned is not None and planned.touch == number_in(state.lead.id, int(touch)):
            return with_enrolment(state, settled(turn, enrolment, planned))
        if event.kind in DELIVERED and enrolment.campaign == event.text("campaign"):
            state = with_enrolment(state, replace(enrolment, last_mail_at=latest(enrolment, turn.at)))
    return state


def settled(turn: Turn, enrolment: Enrolment, planned: Planned) -> Enrolment:
    """The enrolment after its touch.

    Sent, skipped, refused or impossible to write: the step is passed. Stopped without passing it: open again after a rest,
    under another visit number, since a touch is unique by (enrolment, visit, step).
    """
    if turn.event.kind is EventKind.MAIL_CANCELLED:
        until = max(turn.now + STOPPED, enrolment.paused_until or turn.now)
        return replace(enrolment, visit=enrolment.visit + 1, planned=None, paused_until=until)
    after = passed(enrolment, planned.step, turn.at)
    if turn.event.kind in DELIVERED:
        return replace(after, last_mail_at=latest(enrolment, turn.at))
    return after


def passed(enrolment: Enrolment, step: str, at: datetime, *, chose: bool = False) -> Enrolment:
    """The enrolment with *step* behind it."""
    track = enrolment.track or ""
    behind = (*enrolment.passed.get(track, ()), step)
    return replace(
        enrolment, passed={**enrolment.passed, track: behind}, planned=None, last_step_at=at, chose=chose
    )


def latest(enrolment: Enrolment, at: datetime) -> datetime:
    return max(at, enrolment.last_mail_at or at)


def listed(cause: str | None) -> SuppressionCause | None:
    """The cause for which the address stands in the suppression list, where the gate that found it there told it."""
    return next((each for each in SuppressionCause if each == cause), None)
