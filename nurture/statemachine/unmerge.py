"""A merge undone: the survivor without what it was given, and the other as it stood, which takes in anew what had come for it.

What has changed since stays as it is: a value that the survivor still has as the merge left it goes back to what it was before.
What anybody has said since of the right to mail holds for both, since nobody knows who of the two meant it.
"""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import TypeVar

from msgspec.structs import replace

from nurture.scoring.credit import Cause
from nurture.scoring.refold import Occurrence, joined, standing
from nurture.statemachine.acts import act_keys
from nurture.statemachine.effects import Label, WriteEntry
from nurture.statemachine.enrol import cancel_planned
from nurture.statemachine.merge_stage import stage_before
from nurture.statemachine.past import Merge
from nurture.statemachine.suppressing import gravest
from nurture.statemachine.turn import Turn
from nurture.vocabulary.lead import IDENTITY_FIELDS, Lead
from nurture.vocabulary.points import EntryKind
from nurture.vocabulary.state import LeadState
from nurture.vocabulary.touch import TOUCHES_A_LEAD, lead_of
from nurture.vocabulary.words import ENGAGEMENTS, EventKind

ValueT = TypeVar("ValueT")
OF_CONSENT = (
    "suppressed",
    "unsubscribed",
    "opted_out",
    "opted_in",
    "snoozed_until",
    "untracked",
    "unconfirmed",
    "soft_bounces",
)


def parted(turn: Turn, state: LeadState, found: Merge) -> LeadState:
    """The survivor, alone again."""
    before, after = found.sides
    state = stage_before(turn, state, found)
    lead = named_before(before.lead, after.lead, state.lead)
    turn.add(Label(tuple(tag for tag in state.lead.tags if tag not in lead.tags), on=False))
    state = replace(
        state,
        lead=lead,
        merged=tuple(each for each in state.merged if each not in found.leads),
        tried=without(before.tried, after.tried, state.tried),
        allowances=without(before.allowances, after.allowances, state.allowances),
        blind=state.blind and (before.blind or not after.blind),
        receptions=tuple(each for each in state.receptions if not is_of(found, each.touch)),
    )
    state = consenting_alone(state, found)
    state = forgetting(turn, state, found)
    return enrolled_before(turn, earned_alone(turn, state, found), found)


def consenting_alone(state: LeadState, found: Merge) -> LeadState:
    """What it agreed to and refused; where somebody has spoken since, refusals of either and its own agreements hold."""
    before, after = found.sides
    if not found.spoken:
        unchanged = [name for name in OF_CONSENT if getattr(state, name) == getattr(after, name)]
        return replace(state, **{name: getattr(before, name) for name in unchanged})
    agreed, was = {*before.opted_in, *found.agreed}, LeadState(state.lead) if found.freed else before
    return replace(
        state,
        suppressed=gravest(state.suppressed, was.suppressed),
        unsubscribed=state.unsubscribed or was.unsubscribed,
        opted_in=tuple(sorted(agreed & set(state.opted_in))),
        opted_out=tuple(sorted({*state.opted_out, *(set(before.opted_out) - set(found.agreed))})),
    )


def stands_again(turn: Turn, state: LeadState) -> LeadState:
    """The other as it was merged: what it waited for was cancelled, so its next steps are planned anew."""
    enrolments = tuple(
        replace(each, visit=each.visit + 1, planned=None)
        if each.planned is not None and each.planned.touch
        else each
        for each in state.enrolments
    )
    state = replace(state, enrolments=enrolments)
    if turn.event.properties.get("sales_keeps") and state.hand_off is not None:
        return replace(state, hand_off=replace(state.hand_off, closed_at=turn.now), clock=None)
    return state


def without(
    before: Mapping[str, ValueT], after: Mapping[str, ValueT], now: Mapping[str, ValueT]
) -> dict[str, ValueT]:
    """What there is now without what the merge brought, as far as it has not changed since."""
    changed = {key for key, value in now.items() if key not in after or after[key] != value}
    return {
        key: now[key] if key in changed else before[key] for key in now if key in changed or key in before
    }


def named_before(before: Lead, after: Lead, now: Lead) -> Lead:
    """Who it is without the other's values."""
    unchanged = [name for name in IDENTITY_FIELDS if getattr(now, name) == getattr(after, name)]
    brought = {tag for tag in after.tags if tag not in before.tags}
    return replace(
        now,
        fields=without(before.fields, after.fields, now.fields),
        tags=tuple(tag for tag in now.tags if tag not in brought),
        **{name: getattr(before, name) for name in unchanged},
    )


def is_of(found: Merge, touch: int) -> bool:
    """Whether the state names a touch of the other."""
    return touch >= TOUCHES_A_LEAD and lead_of(touch) in found.leads


def forgetting(turn: Turn, state: LeadState, found: Merge) -> LeadState:
    """Without what the other did and had, before and since."""
    before, after = found.sides
    acts = without(before.acts, after.acts, state.acts)
    had = without(before.had, after.had, state.had)
    foreign = found.foreign
    own = [each for each in turn.past.events if each.id not in foreign and each.by_person]
    for event in turn.past.events:
        if event.id not in found.returned:
            continue
        if event.kind in (EventKind.MAIL_SENT, EventKind.MAIL_UNKNOWN):
            had.pop(event.text("mail") or "", None)
        elif event.kind in ENGAGEMENTS and event.by_person:
            for key in act_keys(event):
                moments = [each.occurred_at for each in own if key in act_keys(each)]
                acts.pop(key, None)
                if moments or key in before.acts:
                    acts[key] = max([*moments, before.acts.get(key, datetime.min.replace(tzinfo=UTC))])
    return replace(state, acts=acts, had={**before.had, **had})


def earned_alone(turn: Turn, state: LeadState, found: Merge) -> LeadState:
    """Its own ledger counted anew: what had come for the other is taken back, and the difference written."""
    foreign = found.foreign
    history = [each for each in turn.past.entries if each.entry.lead_id not in found.leads]
    for each in standing(history):
        if each.entry.event_id in foreign:
            taken = replace(
                each.entry, kind=EntryKind.VOIDED, offered=-each.entry.offered, credited=0.0, at=turn.now
            )
            turn.add(WriteEntry(taken))
            history.append(Occurrence(each.occurred_at, taken))
    accumulators, entries = joined(
        state.accumulators,
        history,
        turn.programme.scoring.interest.groups,
        Cause(state.lead.id, turn.event.id),
        turn.now,
    )
    for entry in entries:
        turn.add(WriteEntry(entry))
    return replace(state, accumulators=accumulators)


def enrolled_before(turn: Turn, state: LeadState, found: Merge) -> LeadState:
    """In its own campaigns: an enrolment that was the other's ends, and one that had given way goes on."""
    before, after = found.sides
    mine = {each.serial: each for each in before.enrolments}
    given = {each.serial for each in after.enrolments} - mine.keys()
    for enrolment in state.enrolments:
        if enrolment.serial in given:
            cancel_planned(turn, state, enrolment, "the merge was undone")
    kept = tuple(each for each in state.enrolments if each.serial not in given)
    inside = {each.campaign for each in kept}
    gave_way = mine.keys() - {each.serial for each in after.enrolments}
    back = tuple(
        replace(mine[serial], visit=mine[serial].visit + 1, planned=None)
        for serial in sorted(gave_way)
        if mine[serial].campaign not in inside
    )
    return replace(state, enrolments=(*kept, *back))
