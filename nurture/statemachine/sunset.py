"""The sunset: a lead that has answered none of our mails for long is asked whether to go on, and then left in peace.

mails ignored ── so many ──► asked (one mail, through all gates; every other marketing mail rests)
├── a click, an answer, a form, a visit, a choice of topics ──► as before
└── nothing for so many days after it arrived ──► suppressed
"""

from msgspec.structs import replace

from nurture.statemachine.consent import rests
from nurture.statemachine.enrol import enrolled, left, live_in
from nurture.statemachine.suppressing import suppressed
from nurture.statemachine.turn import Turn
from nurture.vocabulary.state import LeadState, SunsetState
from nurture.vocabulary.words import SUNSET, EventKind, ExitReason, SuppressionCause

ANSWERS = frozenset(
    {
        EventKind.MAIL_CLICKED,
        EventKind.MAIL_REPLIED,
        EventKind.FORM_SUBMITTED,
        EventKind.PAGE_VISITED,
        EventKind.FILE_DOWNLOADED,
    }
)
"""What tells that a person wants us to go on. An open does not: a mail is opened to be thrown away, too."""
CHOICES = frozenset({EventKind.PREFERENCES_CHANGED, EventKind.CONSENT_GIVEN})
ARRIVED = frozenset({EventKind.MAIL_SENT, EventKind.MAIL_UNKNOWN})
LOST = frozenset({EventKind.MAIL_BOUNCED, EventKind.MAIL_FAILED, EventKind.MAIL_LOST, EventKind.MAIL_SKIPPED})
"""What tells that the mail that asks has not arrived: then nobody was asked, and the count begins anew."""


def sunset(turn: Turn, state: LeadState) -> LeadState:
    """The lead asked whether to go on, when it is time; or what came of asking."""
    asked = state.sunset
    if asked is None:
        return begun(turn, state)
    if turn.programme.sunset_campaign is None or has_answered(turn):
        turn.record(EventKind.SUNSET_ENDED)
        return over(turn, state)
    is_about = turn.event.text("campaign") == SUNSET
    if is_about and turn.event.kind in LOST:
        return over(turn, state)
    if is_about and turn.event.kind in ARRIVED and asked.due_at is None:
        policy = turn.programme.sending.sunset
        assert policy is not None, "without it there is no such campaign"
        asked = replace(asked, due_at=turn.later(turn.at, policy.within))
        state = replace(state, sunset=asked)
    if asked.due_at is None:
        inside = live_in(state, SUNSET)
        return state if inside is not None else over(turn, state)  # it could not be asked
    if turn.now < asked.due_at:
        return state
    why = f"answered none of {asked.ignored} mails, nor the one that asked whether to go on"
    turn.record(EventKind.SUPPRESSED, cause=SuppressionCause.SUNSET.value, why=why)
    return suppressed(turn, over(turn, state), SuppressionCause.SUNSET)


def begun(turn: Turn, state: LeadState) -> LeadState:
    """The lead inside the sunset, if it has ignored enough and may be asked now."""
    policy, campaign = turn.programme.sending.sunset, turn.programme.sunset_campaign
    if policy is None or campaign is None or state.lead.email is None:
        return state
    if state.ignored < policy.after.amount * (2 if state.blind else 1):
        return state
    if rests(turn.programme, state, campaign, turn.now):
        return state
    turn.record(EventKind.SUNSET_BEGUN, ignored=state.ignored)
    state = replace(state, sunset=SunsetState(ignored=state.ignored))
    return enrolled(turn, state, campaign, once=True)


def has_answered(turn: Turn) -> bool:
    """Whether the event tells that the person is there and wants us to go on."""
    if turn.event.kind in CHOICES:
        return turn.event.text("by") is None and turn.event.text("told_by") is None
    return turn.event.kind in ANSWERS and turn.is_human


def over(turn: Turn, state: LeadState) -> LeadState:
    """The lead outside again; what it ignored counts from nothing."""
    inside = live_in(state, SUNSET)
    if inside is not None:
        state = left(turn, state, inside, ExitReason.EXIT)
    return replace(state, sunset=None, ignored=0)
