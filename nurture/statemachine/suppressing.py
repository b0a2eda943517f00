"""What ends the right to mail a lead, and what gives it back."""

from datetime import timedelta

from msgspec.structs import replace

from nurture.statemachine.effects import Suppress
from nurture.statemachine.turn import Turn
from nurture.vocabulary.state import LeadState
from nurture.vocabulary.touch import lead_of
from nurture.vocabulary.words import BY_CONSENT, EventKind, SuppressionCause

SOFT_MOST = 5
SOFT_WINDOW = timedelta(days=30)
"""So many soft bounces within the window end mail to an address: by whichever way we learned of each, in whatever order."""
SOFT_KEPT = 20
"""The newest ones that are remembered."""


def suppressed(turn: Turn, state: LeadState, cause: SuppressionCause) -> LeadState:
    """No more mail. The graver cause stays, so that it does not matter which was told first."""
    turn.add(Suppress(cause))
    if cause is SuppressionCause.UNSUBSCRIBED:
        state = replace(state, unsubscribed=True)
    if state.suppressed is not None and state.suppressed.gravity >= cause.gravity:
        return state
    return replace(state, suppressed=cause)


def gravest(*causes: SuppressionCause | None) -> SuppressionCause | None:
    """Of several causes the one that is kept."""
    return max((each for each in causes if each is not None), key=lambda each: each.gravity, default=None)


def bounced(turn: Turn, state: LeadState) -> LeadState:
    """A mail came back: that ends mail to a dead address, or to one that nobody empties.

    What came back from the address of a lead that was merged into this one says nothing of this one's.
    """
    of = lead_of(int(turn.event.number("touch") or 0))
    is_hard = turn.event.text("bounce") == "hard"
    if of in state.merged:
        if is_hard:
            turn.add(Suppress(SuppressionCause.HARD_BOUNCE, of=of))
        return state
    if is_hard:
        return suppressed(turn, state, SuppressionCause.HARD_BOUNCE)
    return bounced_softly(turn, state) if turn.event.text("bounce") == "soft" else state


def bounced_softly(turn: Turn, state: LeadState) -> LeadState:
    """A mail came back that might have arrived on another day; too many of them, and nobody empties that mailbox."""
    moments = sorted((*state.soft_bounces, turn.at))[-SOFT_KEPT:]
    state = replace(state, soft_bounces=tuple(moments))
    runs = zip(moments, moments[SOFT_MOST - 1 :], strict=False)
    if state.suppressed in (SuppressionCause.SOFT_BOUNCES, SuppressionCause.HARD_BOUNCE) or not any(
        last - first <= SOFT_WINDOW for first, last in runs
    ):
        return state
    why = f"{SOFT_MOST} soft bounces in {SOFT_WINDOW.days} days"
    turn.record(EventKind.SUPPRESSED, cause=SuppressionCause.SOFT_BOUNCES.value, why=why)
    return suppressed(turn, state, SuppressionCause.SOFT_BOUNCES)


def by_hand(turn: Turn, state: LeadState) -> LeadState:
    """A person of ours, or a list that was brought along, says that the lead is not to be mailed."""
    cause = _cause(turn)
    return state if cause is None else suppressed(turn, state, cause)


def lifted(turn: Turn, state: LeadState) -> LeadState:
    """A person of ours has taken the lead's address off the list, for the cause that is told."""
    cause = _cause(turn)
    if cause is SuppressionCause.UNSUBSCRIBED:
        state = replace(state, unsubscribed=False)
    if cause is None or state.suppressed is not cause:
        return state
    kept = SuppressionCause.UNSUBSCRIBED if state.unsubscribed else None
    return replace(state, suppressed=kept, soft_bounces=(), ignored=0)


def agreed_anew(state: LeadState) -> LeadState:
    """The person wants to hear from us again: what it did not want before ends, a bounce or a complaint never."""
    ends = state.suppressed in BY_CONSENT
    return replace(state, suppressed=None if ends else state.suppressed, unsubscribed=False, ignored=0)


def _cause(turn: Turn) -> SuppressionCause | None:
    told = turn.event.text("cause")
    return next((each for each in SuppressionCause if each == told), None)
