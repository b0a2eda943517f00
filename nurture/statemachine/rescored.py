"""Where a lead would stand under other scoring: at once, and with its points counted anew. Nothing is decided by it."""

from collections.abc import Sequence
from datetime import datetime

import msgspec

from nurture.content.model import Programme, Rule
from nurture.scoring.bands import grade_of, temperature_of
from nurture.scoring.fit import fit_score
from nurture.scoring.ledger import Accumulators, interest_score
from nurture.scoring.recount import Change, recounted
from nurture.scoring.refold import Occurrence
from nurture.statemachine.known import known_of
from nurture.statemachine.scope import Scope
from nurture.vocabulary.state import LeadState
from nurture.vocabulary.words import Grade, Temperature


class Standing(msgspec.Struct, frozen=True):
    """What a lead's scores mean, the dwell before a fall aside."""

    interest: float
    fit: int
    temperature: Temperature
    grade: Grade


class Rescored(msgspec.Struct, frozen=True):
    """One lead before and after a change of scoring.

    now      by the programme that is live.
    at_once  when the change goes live: the points that it has are kept, and are asked the new thresholds.
    anew     had its points been given by the new rules.
    """

    lead_id: int
    now: Standing
    at_once: Standing
    anew: Standing


def rescored(
    live: Programme,
    changed: Programme,
    change: Change,
    state: LeadState,
    *,
    history: Sequence[Occurrence],
    now: datetime,
) -> Rescored:
    """Where the lead would stand if *changed* were live.

    change   what the two programmes' interest rules differ in.
    history  the lead's whole ledger; only asked for where *change* is something.
    """
    fit = state.fit_score
    after = fit if changed.scoring.fit == live.scoring.fit else _fit(changed, state, now)
    anew = recounted(state.accumulators, history, change)
    return Rescored(
        lead_id=state.lead.id,
        now=_standing(live, state, state.accumulators, fit, now),
        at_once=_standing(changed, state, state.accumulators, after, now),
        anew=_standing(changed, state, anew, after, now),
    )


def _standing(
    programme: Programme, state: LeadState, accumulators: Accumulators, fit: int, now: datetime
) -> Standing:
    interest = interest_score(accumulators, now)
    grades = programme.scoring.grades
    return Standing(
        interest=interest,
        fit=fit,
        temperature=temperature_of(programme.temperature, state.temperature, interest),
        grade=grade_of(grades, fit=fit, interest=interest, completeness=state.completeness),
    )


def _fit(programme: Programme, state: LeadState, now: datetime) -> int:
    known, scope = known_of(programme), Scope(programme, state, None, now)

    def holds(rule: Rule) -> bool:
        return known.holds(rule.when, scope)

    return fit_score(programme.scoring.fit, holds)
