"""The points of an act that is judged otherwise now: offered again, or taken back, and the ledger refolded."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime

from msgspec.structs import replace

from nurture.content.model import InterestRule
from nurture.scoring.refold import Occurrence, overturned, standing
from nurture.statemachine.effects import WriteEntry
from nurture.statemachine.turn import Turn
from nurture.vocabulary.event import Event
from nurture.vocabulary.points import EntryKind, ScoreEntry
from nurture.vocabulary.state import Allowance, LeadState


class Tally:
    """Which acts earned by which rule, and how often a rule may still count."""

    def __init__(self, turn: Turn, state: LeadState) -> None:
        self._turn = turn
        self._state = state
        self._earned: dict[str, dict[int, datetime]] = defaultdict(dict)
        self.allowances = dict(state.allowances)
        self.turned: list[Occurrence] = []
        for each in standing(turn.past.entries):
            self._earned[each.entry.rule][each.entry.event_id] = each.occurred_at

    def may_count(self, rule: InterestRule, act: Event) -> bool:
        """Whether *rule* holds for *act*, has not counted for it, and was not used up then."""
        earned = self._earned[rule.key]
        uses = sum(_is_near(rule, act.occurred_at, at) for at in earned.values())
        if act.id in earned or (rule.at_most is not None and uses >= rule.at_most.amount):
            return False
        return Turn(self._turn.programme, self._state, act, self._turn.now).ask(self._state, rule.when)

    def restore(self, rule: InterestRule, act: Event) -> None:
        """Let *rule* count for *act*."""
        entry = ScoreEntry(
            lead_id=act.lead_id,
            event_id=act.id,
            kind=EntryKind.RESTORED,
            rule=rule.key,
            group=rule.group,
            half_life=int(rule.half_life.elapsed.total_seconds()),
            offered=rule.points,
            credited=0.0,
            at=self._turn.now,
        )
        self.turned.append(Occurrence(act.occurred_at, entry))
        self._earned[rule.key][act.id] = act.occurred_at
        running = self.allowances.get(rule.key)
        if rule.at_most is None:
            return
        if running is None or act.occurred_at >= running.since + rule.at_most.period:
            self.allowances[rule.key] = Allowance(since=act.occurred_at, used=1)
        elif act.occurred_at >= running.since:
            self.allowances[rule.key] = Allowance(since=running.since, used=running.used + 1)

    def void(self, each: Occurrence, rule: InterestRule | None) -> None:
        """Take an entry back, and its use of *rule*, where there is such a rule still."""
        taken = replace(each.entry, kind=EntryKind.VOIDED, offered=-each.entry.offered, credited=0.0)
        self.turned.append(Occurrence(each.occurred_at, taken))
        del self._earned[each.entry.rule][each.entry.event_id]
        running = self.allowances.get(each.entry.rule)
        if running is None or rule is None or rule.at_most is None:
            return
        if running.since <= each.occurred_at < running.since + rule.at_most.period:
            self.allowances[rule.key] = Allowance(since=running.since, used=running.used - 1)
            if running.used == 1:
                del self.allowances[rule.key]


def restored(turn: Turn, state: LeadState, act: Event) -> LeadState:
    """The lead with the points that the rules give for the act, as they would have been counted then."""
    tally = Tally(turn, state)
    for rule in turn.known.rules(act.kind):
        if tally.may_count(rule, act):
            tally.restore(rule, act)
    return counted_again(turn, state, tally)


def voided(turn: Turn, state: LeadState, act: Event, others: Sequence[Event]) -> LeadState:
    """The lead without the act's points, and with those that it kept from others: by limits of groups, and of rules.

    others  what people did, in the order in which it happened.
    """
    tally = Tally(turn, state)
    rules = {rule.key: rule for rule in turn.known.rules(act.kind)}
    for each in standing(turn.past.entries):
        if each.entry.event_id != act.id:
            continue
        rule = rules.get(each.entry.rule)
        tally.void(each, rule)
        if rule is not None and rule.at_most is not None:
            heirs = (
                one
                for one in others
                if one.kind is act.kind
                and _is_near(rule, one.occurred_at, act.occurred_at)
                and tally.may_count(rule, one)
            )
            heir = next(heirs, None)
            if heir is not None:
                tally.restore(rule, heir)
    return counted_again(turn, state, tally)


def counted_again(turn: Turn, state: LeadState, tally: Tally) -> LeadState:
    """The lead with its ledger refolded, and the difference written."""
    if not tally.turned:
        return state
    limits = turn.programme.scoring.interest.groups
    history = turn.past.entries
    accumulators, entries = overturned(state.accumulators, history, tally.turned, limits, turn.now)
    for entry in entries:  # of an act of a lead that was merged into this one, too
        turn.add(WriteEntry(replace(entry, lead_id=state.lead.id)))
    return replace(state, accumulators=accumulators, allowances=tally.allowances)


def _is_near(rule: InterestRule, one: datetime, other: datetime) -> bool:
    return rule.at_most is not None and abs(one - other) < rule.at_most.period
