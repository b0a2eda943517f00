"""Who a lead is: the fit score, how complete its profile is, and which persona it resembles."""

from collections.abc import Callable, Mapping
from datetime import datetime

import msgspec

from nurture.content.model import Persona, PersonaPolicy, Programme, Rule
from nurture.vocabulary.lead import FieldValue

Holds = Callable[[Rule], bool]
"""Whether a rule's condition holds for the lead at hand."""


class PersonaFit(msgspec.Struct, frozen=True):
    """How well a lead matches a persona, 0 to 100."""

    persona: str
    points: int


def fit_score(rules: tuple[Rule, ...], holds: Holds) -> int:
    """The sum of the rules that hold, 0 to 100."""
    return max(0, min(100, sum(rule.points for rule in rules if holds(rule))))


def completeness(programme: Programme, fields: Mapping[str, FieldValue]) -> float:
    """The share of the profile fields that are known, 0 to 1; 1 where the programme declares none."""
    profile = [key for key, field in programme.fields.items() if field.profile]
    return sum(key in fields for key in profile) / len(profile) if profile else 1.0


def rank(personas: tuple[Persona, ...], holds: Holds) -> tuple[PersonaFit, ...]:
    """Every persona by fit, best first; equals in the order of the programme."""
    ranked = [PersonaFit(persona.key, fit_score(persona.fit, holds)) for persona in personas]
    return tuple(sorted(ranked, key=lambda each: -each.points))


def persona_of(
    ranking: tuple[PersonaFit, ...],
    current: str | None,
    tried: Mapping[str, datetime],
    policy: PersonaPolicy,
    now: datetime,
) -> str | None:
    """The persona that a ranking means to a lead whose persona is *current*: another must be clearly better.

    One that was given up lately is no candidate, unless the current one does not fit any more.
    """
    mine = next((each.points for each in ranking if each.persona == current), -policy.switch_margin)
    for each in ranking:
        if each.points < policy.min_fit or each.persona == current:
            break
        if mine >= policy.min_fit and is_resting(each.persona, tried, policy, now):
            continue
        return each.persona if each.points >= mine + policy.switch_margin else current
    return current


def next_best_persona(
    ranking: tuple[PersonaFit, ...],
    current: str | None,
    tried: Mapping[str, datetime],
    policy: PersonaPolicy,
    now: datetime,
) -> str | None:
    """The best other persona above `min_fit` that was not given up within `retry_after`; None if there is none."""
    for each in ranking:
        if each.points < policy.min_fit:
            return None
        if each.persona != current and not is_resting(each.persona, tried, policy, now):
            return each.persona
    return None


def is_resting(persona: str, tried: Mapping[str, datetime], policy: PersonaPolicy, now: datetime) -> bool:
    """Whether *persona* was given up less than `retry_after` ago."""
    given_up = tried.get(persona)
    return given_up is not None and now < given_up + policy.retry_after.elapsed
