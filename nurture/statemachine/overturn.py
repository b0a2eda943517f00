"""A verdict that turned out wrong: what a person did counts after all, or what a machine did is taken back.

What was done about it stays done: a lead that was handed over is not called back. What is remembered of the lead, its
points, and how receptive it seems follow at once; its temperature as its points do, down only after the dwell.
"""

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime

from msgspec.structs import replace

from nurture.statemachine.acts import act_keys, awaited, unreceived, with_act
from nurture.statemachine.effects import AnswerOverturned
from nurture.statemachine.overturn_points import restored, voided
from nurture.statemachine.past import act_of
from nurture.statemachine.turn import Turn
from nurture.vocabulary.event import Event
from nurture.vocabulary.state import LeadState, Reception
from nurture.vocabulary.words import ENGAGEMENTS, EventKind

FOREVER = datetime.max.replace(tzinfo=UTC)


def overturn(turn: Turn, state: LeadState) -> LeadState:
    """The lead as it would be had the act been judged so at first, as far as that can be told."""
    if turn.event.kind is not EventKind.VERDICT_OVERTURNED:
        return state
    act = act_of(turn.event)
    act = replace(act, occurred_at=min(act.occurred_at, turn.now))
    others = [
        each for each in turn.past.events if each.kind in ENGAGEMENTS and each.by_person and each.id != act.id
    ]
    turn.add(first_answer(act, others))
    state = receptive(turn, state, act, others)
    if act.by_person:
        state = replace(state, acts=with_act(state.acts, act, act.occurred_at))
        return unreceived(turn, restored(turn, state, act))
    return unreceived(turn, voided(turn, forgotten(state, act, others), act, others))


# ------------------------------------------------------------ what is remembered


def first_answer(act: Event, others: Sequence[Event]) -> AnswerOverturned:
    """When a person first opened the mail, or clicked in it, now that *act* is judged otherwise."""
    touch = act.number("touch") or 0
    same = [act, *others] if act.by_person else others
    moments = (each.occurred_at for each in same if each.kind is act.kind and each.number("touch") == touch)
    return AnswerOverturned(int(touch), act.kind, min(moments, default=None))


def forgotten(state: LeadState, act: Event, others: Sequence[Event]) -> LeadState:
    """Conditions find the act no more, unless a person did the same at another time."""
    acts = dict(state.acts)
    for key in set(act_keys(act)) & acts.keys():
        last = max((each.occurred_at for each in others if key in act_keys(each)), default=None)
        if last is None:
            del acts[key]
        else:
            acts[key] = last
    return replace(state, acts=acts, blind=state.blind or act.kind is EventKind.MAIL_OPENED)


def receptive(turn: Turn, state: LeadState, act: Event, others: Sequence[Event]) -> LeadState:
    """The mails that nothing but *act* answers: received after all, or waiting for an answer again, or late."""
    said_little = act.kind is EventKind.MAIL_OPENED and act.occurred_at >= blind_from(turn, state, act)
    if said_little and act.by_person:
        return state
    mails = tuple(only_answered_by(turn, state, act, others))
    waiting = {each.touch: each for each in mails if each.due_at > turn.now}
    late = 0 if said_little else len(mails) - len(waiting)  # what it had not answered is counted already
    known = {each.touch: each for each in state.receptions}
    if act.by_person:
        late, known = -late, {touch: each for touch, each in known.items() if touch not in waiting}
    else:
        known |= waiting
    receptions = sorted(known.values(), key=lambda each: (each.due_at, each.touch))
    return replace(
        state,
        receptions=tuple(receptions),
        unreceived=max(0, state.unreceived + late),
        ignored=max(0, state.ignored + late),
    )


def blind_from(turn: Turn, state: LeadState, act: Event) -> datetime:
    """From when on the lead's opens say little, *act* left aside: since a proxy or a machine opened a mail."""
    if not state.blind:
        return FOREVER
    opens = (e for e in turn.past.events if e.kind is EventKind.MAIL_OPENED and e.id != act.id)
    blinding = [e.occurred_at for e in opens if not e.by_person or e.properties.get("proxied")]
    return min(blinding, default=FOREVER)


def only_answered_by(
    turn: Turn, state: LeadState, act: Event, others: Sequence[Event]
) -> Iterator[Reception]:
    """The mails that arrived after everything else that a person did, and before *act*."""
    blind = blind_from(turn, state, act)
    telling = [
        each.occurred_at
        for each in others
        if each.kind is not EventKind.MAIL_OPENED or each.occurred_at < blind
    ]
    if any(at >= act.occurred_at for at in telling):
        return  # what was done later answers them all
    back = (each.occurred_at for each in turn.past.events if each.kind is EventKind.HAND_OFF_REJECTED)
    since = max((*telling, *back, *state.tried.values()), default=None)  # from there on all was counted anew
    back_again = {
        each.number("touch")
        for each in turn.past.events
        if each.kind in (EventKind.MAIL_LOST, EventKind.MAIL_BOUNCED)
    }
    for each in turn.past.events:
        if each.kind not in (EventKind.MAIL_SENT, EventKind.MAIL_UNKNOWN):
            continue
        reception = awaited(turn, state, each, each.occurred_at)
        came_between = (since is None or each.occurred_at > since) and each.occurred_at <= act.occurred_at
        if reception is not None and came_between and each.number("touch") not in back_again:
            yield reception
