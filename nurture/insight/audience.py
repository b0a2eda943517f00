"""Whom a campaign would mail if it went live now: how many, of which kind, and why others who meet its entry get nothing."""

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import datetime

import msgspec
from msgspec.structs import replace
from sqlalchemy import Connection

from nurture.content.condition_parts import parts_of
from nurture.content.model import Programme
from nurture.insight.sampling import LOOKED_AT, Estimate, drawn, estimated
from nurture.insight.shown import shown
from nurture.statemachine.broadcasts import Missed
from nurture.statemachine.entering import COMES_IN, Entrance, Kept, entrance, meets
from nurture.vocabulary.state import LeadState
from nurture.vocabulary.words import Temperature

TOLERATED = 0.01
"""How far the count may have moved since a person read it, as a share of it."""


class Audience(msgspec.Struct, frozen=True):
    """Who it is for.

    looked_at    how many leads were asked; of  how many there are.
    matches      who meet the entry.
    kept         of them, who get nothing, by what keeps them; those that most have first.
    enter        of them, who come in and are mailed, by temperature and by the persona's key ("" for none).
    elsewhere    of those who enter, who are in another campaign too: of two mails on a day the higher priority goes first.
    parts        where nobody meets the entry: each thing that it asks, and how many meet that.
    states       those who enter, of the leads that were asked; *others* likewise, both in a random order.
    """

    looked_at: int
    of: int
    matches: Estimate
    kept: Sequence[tuple[Missed | Kept, Estimate]]
    enter: Estimate
    temperatures: Mapping[Temperature, Estimate]
    personas: Mapping[str, Estimate]
    elsewhere: Estimate
    states: Sequence[LeadState]
    others: Sequence[LeadState]
    parts: Sequence[tuple[str, Estimate]] = ()

    @property
    def is_whole(self) -> bool:
        return self.looked_at == self.of

    @property
    def inside_silent(self) -> int:
        """How many come in and get nothing for now."""
        return sum(count.count for why, count in self.kept if why in COMES_IN)

    def is_about(self, count: int) -> bool:
        """Whether *count*, which a person has read, still says who enters: to 1 %, or as well as the sample can tell."""
        within = not self.enter.is_exact and self.enter.low <= count <= self.enter.high
        return within or abs(self.enter.count - count) <= TOLERATED * count


def audience(
    connection: Connection,
    programme: Programme,
    key: str,
    now: datetime,
    *,
    seed: int,
    most: int = LOOKED_AT,
) -> Audience:
    """Whom campaign *key* would mail.

    programme  the one in which it is live.
    seed       of the sample, so that whoever asks again is told of the same leads.
    most       how many leads are asked.
    """
    states, of = drawn(connection, whom=shown(connection), most=most, seed=seed)
    campaign = programme.campaigns[key]
    found = counted([(state, entrance(programme, state, campaign, now)) for state in states], of=of)
    if found.matches.count:
        return found
    asked = [
        (part.source, sum(meets(programme, state, part, now) for state in states))
        for part in parts_of(campaign.entry.when)
    ]
    return replace(
        found,
        parts=[(words, estimated(count, looked_at=len(states), of=of)) for words, count in asked],
    )


def counted(found: Sequence[tuple[LeadState, Entrance | None]], *, of: int) -> Audience:
    """The leads that were asked, counted.

    of  how many there are.
    """
    looked_at = len(found)

    def about(count: int) -> Estimate:
        return estimated(count, looked_at=looked_at, of=of)

    kept = Counter(each.why for _, each in found if each is not None and each.why is not None)
    enter = [state for state, each in found if each is not None and each.why is None]
    temperatures = Counter(state.temperature for state in enter)
    personas = Counter(state.persona or "" for state in enter)
    return Audience(
        looked_at=looked_at,
        of=of,
        matches=about(sum(each is not None for _, each in found)),
        kept=[(why, about(count)) for why, count in kept.most_common()],
        enter=about(len(enter)),
        temperatures={each: about(temperatures[each]) for each in Temperature if temperatures[each]},
        personas={each: about(count) for each, count in personas.most_common()},
        elsewhere=about(sum(any(not each.once for each in state.live_enrolments) for state in enter)),
        states=enter,
        others=[state for state, each in found if each is None or each.why is not None],
    )
