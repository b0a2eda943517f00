"""A change of scoring asked of the past: of the leads that sales took or won lately, whom would the points have shown as hot before?

The points of each lead are counted twice from what it did, by the rules that are live and by those that are tried, so that
nothing but the change makes a difference. What a hand-back took away, and what a machine did, is left out of both.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from enum import StrEnum

import msgspec
from sqlalchemy import Connection, bindparam, select

from nurture.content.model import Programme
from nurture.insight.sampling import drawn
from nurture.insight.shown import Shown
from nurture.scoring.credit import Cause, credit
from nurture.scoring.ledger import Accumulators, interest_score
from nurture.scoring.rules import Holds, awards
from nurture.statemachine.turn import Turn
from nurture.statistics.intervals import wilson
from nurture.store.mapping import event_of
from nurture.store.records import event
from nurture.vocabulary.event import Event
from nurture.vocabulary.state import Allowance, LeadState
from nurture.vocabulary.words import ENGAGEMENTS, EventKind, Stage

LOOK_BACK = timedelta(days=90)
BEFORE = timedelta(days=270)
"""How long before that acts still count: what is older is worth next to nothing."""
LEADS_MOST = 1_500
AT_A_TIME = 500
FEW = 20
"""Of fewer leads that came so far nothing can be said: one of them more or less would turn it round."""


class Came(StrEnum):
    """How far a lead came, the farthest last."""

    ACCEPTED = "accepted by sales"
    OPPORTUNITY = "opportunity"
    CUSTOMER = "customer"


FAR = tuple(Came)


class Tally(msgspec.Struct, frozen=True):
    """Leads by what the points said of them before: *hot* of those that *came* so far, and of all."""

    came: int
    hot_came: int
    hot: int

    @property
    def capture(self) -> float | None:
        """The share of those that came so far who were hot before."""
        return self.hot_came / self.came if self.came else None

    @property
    def precision(self) -> float | None:
        """The share of the hot who came so far."""
        return self.hot_came / self.hot if self.hot else None

    @property
    def capture_bounds(self) -> tuple[float, float]:
        return wilson(self.hot_came, self.came) if self.came else (0.0, 1.0)

    @property
    def precision_bounds(self) -> tuple[float, float]:
        return wilson(self.hot_came, self.hot) if self.hot else (0.0, 1.0)


class BackTest(msgspec.Struct, frozen=True):
    """looked_at of *of* leads; by how far they came at the least, the tallies by the live rules and by those tried."""

    looked_at: int
    of: int
    rows: tuple[tuple[Came, Tally, Tally], ...]

    @property
    def is_too_few(self) -> bool:
        """Whether too few came anywhere to say anything."""
        return all(now.came < FEW for _, now, _ in self.rows)


class Past(msgspec.Struct, frozen=True):
    """One lead: until when its points are looked at, and how far it came then; None for one that came nowhere."""

    came: Came | None
    until: datetime
    hot_now: bool
    hot_then: bool


def back_test(
    connection: Connection, live: Programme, tried: Programme, *, whom: Shown, now: datetime, seed: int
) -> BackTest:
    """Leads drawn at random, and what the points of the last 90 days said of them before they came as far as they did."""
    states, of = drawn(connection, whom=whom, most=LEADS_MOST, seed=seed)
    acts = acts_of(connection, [state.lead.id for state in states], now - LOOK_BACK - BEFORE)
    found = [past(live, tried, state, acts.get(state.lead.id, ()), now) for state in states]
    return BackTest(
        looked_at=len(states),
        of=of,
        rows=tuple((far, tally(found, far, then=False), tally(found, far, then=True)) for far in FAR),
    )


def tally(found: Sequence[Past], far: Came, *, then: bool) -> Tally:
    """The leads that came as *far* or farther, by the rules that are tried (*then*) or live."""
    enough = FAR[FAR.index(far) :]
    hot = [each for each in found if (each.hot_then if then else each.hot_now)]
    return Tally(
        came=sum(each.came in enough for each in found),
        hot_came=sum(each.came in enough for each in hot),
        hot=len(hot),
    )


def past(live: Programme, tried: Programme, state: LeadState, acts: Sequence[Event], now: datetime) -> Past:
    """How far the lead came in the last 90 days, and whether it was hot in them before it did."""
    reached = [(far, each.occurred_at) for each in acts if (far := _came(each)) is not None]
    lately = [(far, at) for far, at in reached if at >= now - LOOK_BACK]
    came = max((far for far, _ in lately), key=FAR.index, default=None)
    until = min((at for _, at in lately), default=now)
    return Past(
        came=came,
        until=until,
        hot_now=was_hot(live, state, acts, now - LOOK_BACK, until),
        hot_then=was_hot(tried, state, acts, now - LOOK_BACK, until),
    )


def was_hot(
    programme: Programme, state: LeadState, acts: Sequence[Event], since: datetime, until: datetime
) -> bool:
    """Whether the lead's points came up to hot at any moment from *since* to *until*, counted from what it did."""
    hot, limits = programme.temperature.hot.enter, programme.scoring.interest.groups
    points: Accumulators = ()
    allowances: Mapping[str, Allowance] = {}
    asked = False
    for act in acts:
        at = act.occurred_at
        if at > until:
            break
        if at >= since and not asked:
            asked = True
            if interest_score(points, since) >= hot:
                return True
        turn = Turn(programme, state, act, at)
        rules = turn.known.rules(act.kind)
        if not rules or (act.kind in ENGAGEMENTS and not act.by_person):
            continue
        earned, allowances = awards(rules, limits, at, allowances, asking(turn, state))
        for each in earned:
            points, _ = credit(points, each, Cause(state.lead.id, act.id))
        if at >= since and interest_score(points, at) >= hot:
            return True
    return not asked and interest_score(points, min(since, until)) >= hot


def asking(turn: Turn, state: LeadState) -> Holds:
    """Whether a rule holds for what happened."""
    return lambda rule: turn.ask(state, rule.when)


def acts_of(
    connection: Connection, lead_ids: Sequence[int], since: datetime
) -> Mapping[int, Sequence[Event]]:
    """What may earn points, and what says how far a lead came, by lead and in the order in which it happened."""
    kinds = [
        each.value for each in (*ENGAGEMENTS, *REACHING, EventKind.UNSUBSCRIBED, EventKind.MAIL_COMPLAINED)
    ]
    asked = select(event).where(
        event.c.lead_id.in_(bindparam("ids", expanding=True)),
        event.c.kind.in_(kinds),
        event.c.occurred_at >= since,
    )
    found: dict[int, list[Event]] = defaultdict(list)
    for at in range(0, len(lead_ids), AT_A_TIME):
        for row in connection.execute(asked, {"ids": lead_ids[at : at + AT_A_TIME]}):
            found[row.lead_id].append(event_of(row))
    return {lead: sorted(many, key=lambda each: (each.occurred_at, each.id)) for lead, many in found.items()}


REACHING = (EventKind.HAND_OFF_ACCEPTED, EventKind.STAGE_SET, EventKind.STAGE_CHANGED)


def _came(each: Event) -> Came | None:
    if each.kind is EventKind.HAND_OFF_ACCEPTED:
        return Came.ACCEPTED
    stage = {EventKind.STAGE_SET: "stage", EventKind.STAGE_CHANGED: "after"}.get(each.kind)
    return None if stage is None else STAGES.get(each.text(stage) or "")


STAGES: Mapping[str, Came] = {
    Stage.SAL.value: Came.ACCEPTED,
    Stage.OPPORTUNITY.value: Came.OPPORTUNITY,
    Stage.CUSTOMER.value: Came.CUSTOMER,
}
