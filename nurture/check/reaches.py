"""Reachability by arithmetic: temperatures, grades and personas that no lead can come to."""

from collections.abc import Iterator

from nurture.check.written import Written
from nurture.content.marks import Path
from nurture.content.model import Interest, InterestRule, Rule
from nurture.content.problems import Problem
from nurture.languages.told import told
from nurture.vocabulary.words import Grade, Temperature

SCORE_MAX = 100


def temperatures_within_reach(written: Written) -> Iterator[Problem]:
    """Points, group limits and half-lives let a lead become warm, and hot."""
    most = most_interest(written.programme.scoring.interest)
    for temperature in (Temperature.WARM, Temperature.HOT):
        band = written.programme.temperature.band(temperature)
        if band is not None and band.enter > most:
            path = ("temperature", temperature.value, "enter")
            message = told(
                "no lead can be {temperature}: it begins at {enter}, and all rules together give at most {most:g}",
                temperature=temperature,
                enter=band.enter,
                most=round(most, 1),
            )
            yield written.marks.problem(path, message, "lower it, or raise points or group limits")


def grades_within_reach(written: Written) -> Iterator[Problem]:
    """Each grade can be had, and none is hidden by one above it."""
    scoring = written.programme.scoring
    interest, fit = most_interest(written.programme.scoring.interest), most_fit(scoring.fit)
    above: list[Grade] = []
    for grade, bounds in scoring.grades.items():
        path: Path = ("scoring", "grades", grade.value)
        if bounds.fit > fit or bounds.interest > interest:
            message = told(
                "no lead can have grade {grade}: fit reaches at most {fit:g}, interest {interest:g}",
                grade=grade,
                fit=fit,
                interest=round(interest, 1),
            )
            yield written.marks.problem(path, message, "lower its bounds, or raise points")
        hidden = [
            better
            for better in above
            if scoring.grades[better].fit <= bounds.fit and scoring.grades[better].interest <= bounds.interest
        ]
        if hidden:
            message = told(
                "no lead can have grade {grade}: whoever meets it has {better} already",
                grade=grade,
                better=hidden[0],
            )
            yield written.marks.problem(path, message, "write grades from the best down")
        above.append(grade)


def personas_within_reach(written: Written) -> Iterator[Problem]:
    """Each persona's rules can add up to the least fit that is asked."""
    least = written.programme.persona_policy.min_fit
    for persona in written.programme.personas:
        most = most_fit(persona.fit)
        if most < least:
            message = told(
                "no lead can be {key!r}: its rules give at most {most}, min_fit asks for {least}",
                key=persona.key,
                most=most,
                least=least,
            )
            yield written.marks.problem(
                ("personas", persona.key, "fit"), message, "raise points, or lower min_fit"
            )


def most_interest(interest: Interest) -> float:
    """The highest interest score that any lead can reach, from above: each group's awards, up to its limit."""
    total = sum(
        min(limit, sum(_most_of(rule) for rule in interest.rules if rule.group == group))
        for group, limit in interest.groups.items()
    )
    return min(float(SCORE_MAX), total)


def most_fit(rules: tuple[Rule, ...]) -> int:
    """The highest sum of these rules, if all that give points can hold at once."""
    return min(SCORE_MAX, sum(rule.points for rule in rules if rule.points > 0))


def _most_of(rule: InterestRule) -> float:
    """What one rule can be worth at most: its awards in every period, those of the past decayed.

    With n awards of p points a period T and half-life h, the sum over periods is n·p / (1 - 2^(-T/h)); one period
    more is added, as a period begins with its first award and two may stand back to back.
    """
    if rule.points <= 0:
        return 0.0
    if rule.at_most is None or rule.half_life.business:
        return float("inf")
    half_life = rule.half_life.elapsed
    if not half_life:
        return float(rule.points * rule.at_most.amount)
    kept = 2.0 ** -(rule.at_most.period / half_life)
    each = rule.points * rule.at_most.amount
    return float("inf") if kept >= 1 else each * (1 + 1 / (1 - kept))
