"""Which points an event earns: those of the interest rules that hold and have allowance left."""

from collections.abc import Callable, Iterable, Mapping
from datetime import datetime

from nurture.content.model import InterestRule
from nurture.durations import Rate
from nurture.scoring.credit import Award
from nurture.vocabulary.state import Allowance

Holds = Callable[[InterestRule], bool]


def awards(
    rules: Iterable[InterestRule],
    limits: Mapping[str, int],
    at: datetime,
    allowances: Mapping[str, Allowance],
    holds: Holds,
) -> tuple[tuple[Award, ...], Mapping[str, Allowance]]:
    """What an event at *at* earns, and the allowances that remain.

    rules   those of its kind.
    limits  the most that each group can be worth.
    """
    earned: list[Award] = []
    spent = dict(allowances)
    for rule in rules:
        if rule.when is not None and not holds(rule):
            continue
        if rule.at_most is not None:
            allowance = use(spent.get(rule.key), rule.at_most, at)
            if allowance is None:
                continue
            spent[rule.key] = allowance
        earned.append(
            Award(
                rule=rule.key,
                group=rule.group,
                half_life=int(rule.half_life.elapsed.total_seconds()),
                points=rule.points,
                cap=limits.get(rule.group, 100),
                at=at,
            )
        )
    return tuple(earned), spent


def use(allowance: Allowance | None, at_most: Rate, at: datetime) -> Allowance | None:
    """One more use at *at*, or None where the period's are used up. A period begins with its first use."""
    if allowance is None or at >= allowance.since + at_most.period:
        return Allowance(since=at, used=1)
    if allowance.used >= at_most.amount:
        return None
    return Allowance(since=allowance.since, used=allowance.used + 1)
