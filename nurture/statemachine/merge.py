"""Two leads that turn out to be one person: what the survivor is from then on.

    who it is  →  what it did and had  →  what it agreed to  →  its points  →  stage and hand-off  →  enrolments

What a person said of itself holds for both. What is of an address (bounces, agreements that were proven by mail, whether it
was confirmed) stays with the address. The rest of the turn follows as after any event: fit, persona, grade and temperature as
fields and points say, tracks as those do.
"""

from collections.abc import Mapping
from datetime import datetime

from msgspec.structs import replace

from nurture.scoring.credit import Cause
from nurture.scoring.refold import joined
from nurture.statemachine.acts import ACTS_KEPT
from nurture.statemachine.effects import Label, WriteEntry
from nurture.statemachine.merge_enrolments import furthest
from nurture.statemachine.merge_stage import further_stage
from nurture.statemachine.past import Merge
from nurture.statemachine.suppressing import gravest
from nurture.statemachine.turn import Turn
from nurture.statemachine.unmerge import parted, stands_again
from nurture.vocabulary.lead import IDENTITY_FIELDS, Lead, known
from nurture.vocabulary.state import Allowance, LeadState
from nurture.vocabulary.tags import TAGS_MAX
from nurture.vocabulary.touch import whole
from nurture.vocabulary.words import OF_THE_ADDRESS, EventKind, SuppressionCause


def merge(turn: Turn, state: LeadState) -> LeadState:
    """The lead with another one in it, or without it again."""
    found = turn.past.merge
    match turn.event.kind:
        case EventKind.LEAD_MERGED if found is not None:
            return one_person(turn, state, found)
        case EventKind.LEAD_UNMERGED if found is not None:
            return parted(turn, state, found)
        case EventKind.LEAD_UNMERGED:
            return stands_again(turn, state)
        case _:
            return state


def one_person(turn: Turn, state: LeadState, found: Merge) -> LeadState:
    """The survivor with all that the other brings."""
    other = found.other
    state = consenting(state, other)
    state = remembering(state, other)
    lead = named(state.lead, other.lead)
    turn.add(Label(tuple(tag for tag in lead.tags if tag not in state.lead.tags), on=True))
    state = replace(state, lead=lead, merged=(*state.merged, *other.merged, other.lead.id))
    state = earned(turn, state, found)
    state = further_stage(turn, state, other)
    return furthest(turn, state, found)


def named(mine: Lead, theirs: Lead) -> Lead:
    """Who it is: what the survivor lacks is filled in."""
    filled = {
        name: getattr(theirs, name)
        for name in IDENTITY_FIELDS
        if not known(mine, name) and known(theirs, name)
    }
    tags = (*mine.tags, *(tag for tag in theirs.tags if tag not in mine.tags))[:TAGS_MAX]
    fields = {**theirs.fields, **{name: value for name, value in mine.fields.items() if known(mine, name)}}
    return replace(mine, fields=fields, tags=tuple(sorted(tags)), **filled)


def remembering(mine: LeadState, theirs: LeadState) -> LeadState:
    """What it did and had; of what both have, the later moment."""
    acts = sorted(latest(mine.acts, theirs.acts).items(), key=lambda each: (each[1], each[0]))
    answers = [replace(each, touch=whole(theirs.lead.id, each.touch)) for each in theirs.receptions]
    receptions = sorted((*mine.receptions, *answers), key=lambda each: (each.due_at, each.touch))
    return replace(
        mine,
        acts=dict(acts[-ACTS_KEPT:]),
        had=latest(mine.had, theirs.had),
        receptions=tuple(receptions),
        tried=latest(mine.tried, theirs.tried),
        allowances=latest_use(mine.allowances, theirs.allowances),
        blind=mine.blind or theirs.blind,
        ignored=min(mine.ignored, theirs.ignored),
        unreceived=min(mine.unreceived, theirs.unreceived),
    )


def consenting(mine: LeadState, theirs: LeadState) -> LeadState:
    """The stricter of the two: a refusal of either holds, and an agreement only for the address that gave it."""
    refused = {*mine.opted_out, *theirs.opted_out}
    rests = [each for each in (mine.snoozed_until, theirs.snoozed_until) if each is not None]
    takes_address = mine.lead.email is None and theirs.lead.email is not None
    agreed = {*mine.opted_in, *(theirs.opted_in if takes_address else ())}
    causes = [of_the_person(theirs)] if not takes_address else [theirs.suppressed]
    return replace(
        mine,
        suppressed=gravest(mine.suppressed, *causes),
        unsubscribed=mine.unsubscribed or theirs.unsubscribed,
        opted_out=tuple(sorted(refused)),
        opted_in=tuple(sorted(agreed - refused)),
        snoozed_until=max(rests, default=None),
        untracked=mine.untracked or theirs.untracked,
        unconfirmed=theirs.unconfirmed if takes_address else mine.unconfirmed,
        soft_bounces=theirs.soft_bounces if takes_address else mine.soft_bounces,
    )


def of_the_person(state: LeadState) -> SuppressionCause | None:
    """Why it may not be mailed at any address."""
    if state.suppressed in OF_THE_ADDRESS:
        return SuppressionCause.UNSUBSCRIBED if state.unsubscribed else None
    return state.suppressed


def earned(turn: Turn, state: LeadState, found: Merge) -> LeadState:
    """Both ledgers counted as one, by (occurred, event), and the difference written."""
    accumulators, entries = joined(
        state.accumulators,
        [*turn.past.entries, *found.entries],
        turn.programme.scoring.interest.groups,
        Cause(state.lead.id, turn.event.id),
        turn.now,
    )
    for entry in entries:
        turn.add(WriteEntry(entry))
    return replace(state, accumulators=accumulators) if entries else state


def latest(mine: Mapping[str, datetime], theirs: Mapping[str, datetime]) -> dict[str, datetime]:
    """Both, and the later moment of what both have."""
    both = {key: max(mine[key], theirs[key]) for key in mine.keys() & theirs.keys()}
    return {**theirs, **mine, **both}


def latest_use(mine: Mapping[str, Allowance], theirs: Mapping[str, Allowance]) -> dict[str, Allowance]:
    """Of the rules that count only so often: the period that began last, and the more uses of it."""
    both = {
        rule: max(mine[rule], theirs[rule], key=lambda each: (each.since, each.used))
        for rule in mine.keys() & theirs.keys()
    }
    return {**theirs, **mine, **both}
