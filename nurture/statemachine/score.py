"""What the event is worth, and what that makes of the lead's fit, completeness, persona and grade."""

from msgspec.structs import replace

from nurture.content.model import InterestRule, Rule
from nurture.scoring.bands import grade_of
from nurture.scoring.credit import Cause, credit
from nurture.scoring.fit import completeness, fit_score, next_best_persona, persona_of, rank
from nurture.scoring.rules import awards
from nurture.statemachine.effects import WriteEntry
from nurture.statemachine.turn import Turn
from nurture.vocabulary.state import LeadState
from nurture.vocabulary.words import ENGAGEMENTS, EventKind


def award(turn: Turn, state: LeadState) -> LeadState:
    """Credit what the interest rules give for the event; a machine's act earns nothing."""
    event = turn.event
    rules = turn.known.rules(event.kind)
    if not rules or (event.kind in ENGAGEMENTS and not turn.is_human):
        return state

    def rule_holds(rule: InterestRule) -> bool:
        return turn.ask(state, rule.when)

    limits = turn.programme.scoring.interest.groups
    earned, allowances = awards(rules, limits, turn.at, state.allowances, rule_holds)
    accumulators, cause = state.accumulators, Cause(state.lead.id, event.id)
    for each in earned:
        accumulators, entries = credit(accumulators, each, cause)
        for entry in entries:
            turn.add(WriteEntry(entry))
    return replace(state, accumulators=accumulators, allowances=allowances) if earned else state


def profile(turn: Turn, state: LeadState) -> LeadState:
    """Fit, completeness and persona: recomputed when a field changes; the next-best persona when mails stay unread."""
    if turn.changes_profile:
        return measured(turn, state)
    policy = turn.programme.persona_policy
    patience = policy.unreceptive_after.amount * (2 if state.blind else 1)
    if state.unreceived < patience or state.fit_score < policy.qualified_fit:
        return state
    return becomes(turn, replace(state, unreceived=0), another_persona(turn, state), "unreceptive")


def measured(turn: Turn, state: LeadState) -> LeadState:
    """The lead with the fit, completeness and persona that its fields mean."""
    programme = turn.programme

    def rule_holds(rule: Rule) -> bool:
        return turn.ask(state, rule.when)

    points = fit_score(programme.scoring.fit, rule_holds)
    known = completeness(programme, state.lead.fields)
    ranking = rank(programme.personas, rule_holds)
    persona = persona_of(ranking, state.persona, state.tried, programme.persona_policy, turn.now)
    return becomes(turn, replace(state, fit_score=points, completeness=known), persona, "fit")


def another_persona(turn: Turn, state: LeadState) -> str | None:
    """The next-best persona of the lead, or the one it has."""
    ranking = rank(turn.programme.personas, lambda rule: turn.ask(state, rule.when))
    policy = turn.programme.persona_policy
    return next_best_persona(ranking, state.persona, state.tried, policy, turn.now) or state.persona


def becomes(turn: Turn, state: LeadState, persona: str | None, why: str) -> LeadState:
    """The lead as *persona*, which is recorded if it is new; one that was given up is not tried again for a while."""
    if persona is None or persona == state.persona:
        return state
    turn.record(EventKind.PERSONA_CHANGED, before=state.persona, after=persona, why=why)
    given_up = why != "fit" and state.persona is not None
    tried = {**state.tried, str(state.persona): turn.now} if given_up else state.tried
    return replace(state, persona=persona, tried=tried, unreceived=0)


def grade(turn: Turn, state: LeadState) -> LeadState:
    """The grade that fit, interest and completeness mean."""
    interest = turn.interest(state)
    after = grade_of(
        turn.programme.scoring.grades,
        fit=state.fit_score,
        interest=interest,
        completeness=state.completeness,
    )
    if after is state.grade:
        return state
    turn.record(
        EventKind.GRADE_CHANGED,
        before=state.grade.value,
        after=after.value,
        fit=state.fit_score,
        interest=round(interest, 2),
    )
    return replace(state, grade=after)
