"""The labels of a lead: put on and taken off by people, imports and forms; conditions ask `'vip' in lead.tags`."""

from msgspec.structs import replace

from nurture.statemachine.effects import Label
from nurture.statemachine.turn import Turn
from nurture.vocabulary.state import LeadState
from nurture.vocabulary.tags import TAGS_MAX, tag_name
from nurture.vocabulary.words import EventKind


def labelled(turn: Turn, state: LeadState) -> LeadState:
    """The lead with the event's tags on, or off; what is no tag, or one too many, is left out."""
    told = {tag_name(each) for each in turn.event.table("tags")} - {None}
    named = sorted(each for each in told if each is not None)
    have = set(state.lead.tags)
    if turn.event.kind is EventKind.LEAD_TAGGED:
        changed = [each for each in named if each not in have][: TAGS_MAX - len(have)]
        have.update(changed)
        turn.add(Label(tuple(changed), on=True))
    else:
        changed = [each for each in named if each in have]
        have.difference_update(changed)
        turn.add(Label(tuple(changed), on=False))
    return replace(state, lead=replace(state.lead, tags=tuple(sorted(have))))
