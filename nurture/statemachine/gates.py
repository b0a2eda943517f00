"""May this touch leave now? The gates in their order; the first that does not pass decides, and says when to ask again.

``judge`` is pure. What it needs to know about the lead's other mail, the recipient's domain and the sender's ramp comes
in as Facts, loaded for a whole batch.
"""

from collections.abc import Callable
from datetime import datetime

import msgspec

from nurture.statemachine.facts import Answer, Facts, Rival
from nurture.statemachine.gates_of_right import (
    already_had,
    condition,
    goal_or_exit,
    holdout,
    sales_owned,
    suppressed,
)
from nurture.statemachine.gates_of_time import (
    domain_throttle,
    frequency_cap,
    misfire,
    paused,
    priority,
    warm_up,
    window,
)
from nurture.vocabulary.touch import Touch
from nurture.vocabulary.words import Gate, Verdict

__all__ = ["GATES", "Check", "Facts", "Judgement", "Rival", "judge"]


class Check(msgspec.Struct, frozen=True):
    """One line of a decision record."""

    gate: Gate
    verdict: Verdict
    why: str


class Judgement(msgspec.Struct, frozen=True):
    """What the gates say of a touch.

    gate     the one that did not pass; None where all did.
    checks   every gate asked, in order.
    next_at  for a deferral, when the touch is eligible next; None for when a person resumes.
    """

    verdict: Verdict
    checks: tuple[Check, ...]
    gate: Gate | None = None
    why: str = ""
    next_at: datetime | None = None


def judge(touch: Touch, facts: Facts, now: datetime) -> Judgement:
    """Whether *touch*, whose `due_at` is the last written next eligible time, may leave at *now*."""
    checks: list[Check] = []
    for gate, asked in GATES:
        answer = asked(touch, facts, now)
        if answer.verdict is Verdict.PASS:
            checks.append(PASSED[gate])
        else:
            checks.append(Check(gate, answer.verdict, answer.why))
            return Judgement(answer.verdict, tuple(checks), gate, answer.why, answer.next_at)
    return Judgement(Verdict.PASS, tuple(checks))


PASSED = {gate: Check(gate, Verdict.PASS, "") for gate in Gate}

GATES: tuple[tuple[Gate, Callable[[Touch, Facts, datetime], Answer]], ...] = (
    (Gate.SUPPRESSED, suppressed),
    (Gate.GOAL_OR_EXIT, goal_or_exit),
    (Gate.SALES_OWNED, sales_owned),
    (Gate.ALREADY_HAD, already_had),
    (Gate.CONDITION, condition),
    (Gate.HOLDOUT, holdout),
    (Gate.PAUSED, paused),
    (Gate.FREQUENCY_CAP, frequency_cap),
    (Gate.SEND_WINDOW, window),
    (Gate.PRIORITY, priority),
    (Gate.MISFIRE, misfire),
    (Gate.THROTTLE, domain_throttle),
    (Gate.WARM_UP, warm_up),
)
