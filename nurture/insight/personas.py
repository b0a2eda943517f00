"""Who is which persona: how many leads each has, which of them would be another's as well, and why one wins."""

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import datetime
from itertools import combinations

import msgspec
from sqlalchemy import Connection, func, select

from nurture.content.model import Programme, Rule
from nurture.insight.sampling import Estimate, drawn, estimated
from nurture.insight.shown import Shown, of_shown
from nurture.insight.timeline import name_of
from nurture.scoring.fit import PersonaFit, is_resting, persona_of, rank
from nurture.statemachine.known import known_of
from nurture.statemachine.scope import Scope
from nurture.store.records import lead_state
from nurture.vocabulary.state import LeadState

LEADS_MOST = 300
"""Leads that are ranked: asking all conditions of all personas is what takes time."""
EXAMPLES = 3


class Ranked(msgspec.Struct, frozen=True):
    """One lead: the personas that it fits well enough, the best first, the one that it has, and the one it would get."""

    lead_id: int
    name: str
    fits: tuple[PersonaFit, ...]
    has: str | None
    gets: str | None
    why: str

    def points(self, persona: str) -> int:
        return next((each.points for each in self.fits if each.persona == persona), 0)


class Shared(msgspec.Struct, frozen=True):
    """Leads that fit both of two personas: how many, how many are the one or the other, and some of them."""

    both: int
    first: int
    second: int
    examples: tuple[Ranked, ...]


class Crowd(msgspec.Struct, frozen=True):
    """The leads that were looked at, ranked.

    fitting  how many fit each persona well enough; got, how many it would get.
    shared   by pairs of personas that have leads in common, most first.
    several  how many fit more than one; nobody, how many fit none.
    examples of each persona, those that fit it best.
    """

    looked_at: int
    of: int
    fitting: Mapping[str, int]
    got: Mapping[str | None, int]
    shared: Mapping[tuple[str, str], Shared]
    several: int
    nobody: int
    examples: Mapping[str, tuple[Ranked, ...]]

    @property
    def is_whole(self) -> bool:
        return self.looked_at == self.of

    def of_all(self, count: int) -> Estimate:
        """*count* of the leads looked at, as so many of all."""
        return estimated(count, looked_at=self.looked_at, of=self.of)


def sizes(connection: Connection, *, whom: Shown) -> Mapping[str | None, int]:
    """How many leads each persona has; None stands for those who have none yet."""
    rows = connection.execute(
        select(lead_state.c.persona, func.count().label("leads"))
        .where(of_shown(lead_state.c.lead_id, whom))
        .group_by(lead_state.c.persona)
    )
    return Counter({row.persona: row.leads for row in rows})


def crowd(
    connection: Connection,
    programme: Programme,
    *,
    whom: Shown,
    now: datetime,
    seed: int,
    most: int = LEADS_MOST,
) -> Crowd:
    """Leads ranked against the personas of *programme*, which need not be live; drawn at random where there are many."""
    states, of = drawn(connection, whom=whom, most=most, seed=seed)
    return tally(programme, [ranked(programme, state, now) for state in states], of=of)


def ranked(programme: Programme, state: LeadState, now: datetime) -> Ranked:
    """The lead's personas at *now*, as a change of its profile would find them."""
    known, scope, policy = known_of(programme), Scope(programme, state, None, now), programme.persona_policy

    def holds(rule: Rule) -> bool:
        return known.holds(rule.when, scope)

    ranking = rank(programme.personas, holds)
    fits = tuple(each for each in ranking if each.points >= policy.min_fit)
    gets = persona_of(ranking, state.persona, state.tried, policy, now)
    if gets is not None and programme.persona(gets) is None:
        gets = None
    why = _why(programme, fits, gets, state, now)
    return Ranked(state.lead.id, name_of(state), fits, state.persona, gets, why)


def tally(programme: Programme, found: Sequence[Ranked], *, of: int) -> Crowd:
    """The leads that were looked at, counted; *of* is how many there are."""
    keys = [persona.key for persona in programme.personas]
    shared = {pair: _shared(pair, found) for pair in combinations(keys, 2)}
    return Crowd(
        looked_at=len(found),
        of=of,
        fitting=Counter(each.persona for lead in found for each in lead.fits),
        got=Counter(lead.gets for lead in found),
        shared=dict(
            sorted(
                ((pair, each) for pair, each in shared.items() if each.both), key=lambda item: -item[1].both
            )
        ),
        several=sum(len(lead.fits) > 1 for lead in found),
        nobody=sum(not lead.fits for lead in found),
        examples={key: _best(key, found) for key in keys},
    )


def _shared(pair: tuple[str, str], found: Sequence[Ranked]) -> Shared:
    both = [lead for lead in found if all(lead.points(key) for key in pair)]
    return Shared(
        both=len(both),
        first=sum(lead.gets == pair[0] for lead in both),
        second=sum(lead.gets == pair[1] for lead in both),
        examples=tuple(both[:EXAMPLES]),
    )


def _best(key: str, found: Sequence[Ranked]) -> tuple[Ranked, ...]:
    theirs = [lead for lead in found if lead.gets == key]
    return tuple(sorted(theirs, key=lambda lead: (-lead.points(key), lead.lead_id))[:EXAMPLES])


def _why(
    programme: Programme, fits: tuple[PersonaFit, ...], gets: str | None, state: LeadState, now: datetime
) -> str:
    """Why the lead gets the one that it gets, where it fits others too."""
    if not fits:
        return "none fits well enough" if gets is None else "it was this before, and none fits now"
    best = fits[0]
    if gets != best.persona:
        found, policy = programme.persona(best.persona), programme.persona_policy
        persona = best.persona if found is None else found.name
        if is_resting(best.persona, state.tried, policy, now):
            return f"{persona} fits better, and was given up lately"
        return f"it was this before, and {persona} is not {policy.switch_margin} points ahead"
    if len(fits) == 1:
        return "no other fits"
    ahead = best.points - fits[1].points
    return f"{ahead} points ahead" if ahead else "as many points as another, and first"
