"""What the event is worth, and what that makes of the lead's fit, completeness, persona and grade."""

from msgspec.structs import replace

from nurture.content.conditions import holds
from nurture.content.model import InterestRule, Rule
from nurture.scoring.bands import grade_of
from nurture.scoring.fit import completeness, fit_score, next_best_persona, persona_of, rank
from nurture.scoring.ledger import credit
from nurture.scoring.rules import awards
from nurture.statemachine.effects import WriteEntry
from nurture.statemachine.turn import ENGAGEMENTS, Turn
from nurture.vocabulary.state import LeadState
from nurture.vocabulary.words import EventKind


def award(turn: Turn, state: LeadState) -> LeadState:
    """Credit what the interest rules give for the event; a machine's act earns nothing."""
    event = turn.event
    if event.kind in ENGAGEMENTS and not turn.is_human:
        return state

    def rule_holds(rule: InterestRule) -> bool:
        return turn.ask(state, rule.when)

    earned, allowances = awards(
        turn.programme.scoring.interest, event.kind, event.occurred_at, state.allowances, rule_holds
    )
    accumulators = state.accumulators
    for each in earned:
        accumulators, entry = credit(accumulators, each, lead_id=state.lead.id, event_id=event.id)
        turn.add(WriteEntry(entry))
    return replace(state, accumulators=accumulators, allowances=allowances) if earned else state


def profile(turn: Turn, state: LeadState) -> LeadState:
    """Fit, completeness and persona: recomputed when a field changes; the next-best persona when mails stay unread."""
    programme = turn.programme
    patience = programme.persona_policy.unreceptive_after.amount * (2 if state.blind else 1)
    if turn.changes_profile or turn.event.kind is EventKind.PROGRAMME_APPLIED:
        scope = turn.scope(state)

        def rule_holds(rule: Rule) -> bool:
            return holds(rule.when, scope).value

        state = replace(
            state,
            fit_score=fit_score(programme.scoring.fit, rule_holds),
            completeness=completeness(programme, state.lead.fields),
        )
        ranking = rank(programme.personas, rule_holds)
        return becomes(turn, state, persona_of(ranking, state.persona, programme.persona_policy), "fit")
    if state.unreceived >= patience and state.fit_score >= programme.persona_policy.qualified_fit:
        return becomes(turn, replace(state, unreceived=0), another_persona(turn, state), "unreceptive")
    return state


def another_persona(turn: Turn, state: LeadState) -> str | None:
    """The next-best persona of the lead, or the one it has."""
    scope = turn.scope(state)
    ranking = rank(turn.programme.personas, lambda rule: holds(rule.when, scope).value)
    policy = turn.programme.persona_policy
    return next_best_persona(ranking, state.persona, state.tried, policy, turn.now) or state.persona


def becomes(turn: Turn, state: LeadState, persona: str | None, why: str) -> LeadState:
    """The lead as *persona*, which is recorded if it is new."""
    if persona is None or persona == state.persona:
        return state
    turn.record(EventKind.PERSONA_CHANGED, before=state.persona, after=persona, why=why)
    tried = state.tried if state.persona is None else {**state.tried, state.persona: turn.now}
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
