"""Reachability: temperatures, grades, personas, tracks and steps that no lead can come to, and leads left with nothing."""

from collections.abc import Iterator
from itertools import product

from nurture.check.written import CampaignFile, Written, steps
from nurture.content.marks import Path
from nurture.content.model import InterestRule, Programme, Rule, Step, Track
from nurture.content.problems import Problem
from nurture.vocabulary.words import Grade, Stage, StageOwner, Temperature

SCORE_MAX = 100
Kind = tuple[str | None, Temperature, Stage]
"""A kind of lead: persona (None before one is found), temperature, stage."""


def temperatures_within_reach(written: Written) -> Iterator[Problem]:
    """Points, group limits and half-lives let a lead become warm, and hot."""
    most = most_interest(written.programme)
    for temperature in (Temperature.WARM, Temperature.HOT):
        band = written.programme.temperature.band(temperature)
        if band is not None and band.enter > most:
            path = ("temperature", temperature.value, "enter")
            message = f"no lead can be {temperature}: it begins at {band.enter}, and all rules together give at most {round(most, 1):g}"
            yield written.marks.problem(path, message, "lower it, or raise points or group limits")


def grades_within_reach(written: Written) -> Iterator[Problem]:
    """Each grade can be had, and none is hidden by one above it."""
    scoring = written.programme.scoring
    interest, fit = most_interest(written.programme), most_fit(scoring.fit)
    above: list[Grade] = []
    for grade, bounds in scoring.grades.items():
        path: Path = ("scoring", "grades", grade.value)
        if bounds.fit > fit or bounds.interest > interest:
            message = f"no lead can have grade {grade}: fit reaches at most {fit:g}, interest {round(interest, 1):g}"
            yield written.marks.problem(path, message, "lower its bounds, or raise points")
        hidden = [
            better
            for better in above
            if scoring.grades[better].fit <= bounds.fit and scoring.grades[better].interest <= bounds.interest
        ]
        if hidden:
            message = f"no lead can have grade {grade}: whoever meets it has {hidden[0]} already"
            yield written.marks.problem(path, message, "write grades from the best down")
        above.append(grade)


def personas_within_reach(written: Written) -> Iterator[Problem]:
    """Each persona's rules can add up to the least fit that is asked."""
    least = written.programme.persona_policy.min_fit
    for persona in written.programme.personas:
        most = most_fit(persona.fit)
        if most < least:
            message = (
                f"no lead can be {persona.key!r}: its rules give at most {most}, min_fit asks for {least}"
            )
            yield written.marks.problem(
                ("personas", persona.key, "fit"), message, "raise points, or lower min_fit"
            )


def tracks_within_reach(written: Written) -> Iterator[Problem]:
    """Each track is chosen for some kind of lead."""
    for file in written.campaigns:
        chosen = {
            track.key
            for kind in _kinds(written.programme)
            if (track := file.campaign.track_for(*kind)) is not None
        }
        for track in file.campaign.tracks:
            if track.key not in chosen and not _knows_nobody(track, written.programme):
                message = f"no lead comes to the track {track.key!r}: others suit all its leads better, or it has none"
                remedy = "narrow it by personas, temperature or stages, or remove it"
                yield file.marks.problem(("tracks", track.key), message, remedy)


def tracks_without_ties(written: Written) -> Iterator[Problem]:
    """For every kind of lead one track is the most specific."""
    for file in written.campaigns:
        told: set[frozenset[str]] = set()
        for kind in _kinds(written.programme):
            fitting = [track for track in file.campaign.tracks if track.fits(*kind)]
            best = max((track.specificity for track in fitting), default=None)
            tied = [track.key for track in fitting if track.specificity == best]
            if len(tied) > 1 and frozenset(tied) not in told:
                told.add(frozenset(tied))
                message = f"the tracks {_listed(tied)} suit {_said(kind)} equally well"
                remedy = "narrow one of them, or write a track for both"
                yield file.marks.problem(("tracks", tied[-1]), message, remedy)


def content_for_everyone(written: Written) -> Iterator[Problem]:
    """Every persona finds content at every temperature, in each campaign and at the least in one."""
    programme = written.programme
    for persona, temperature in product((None, *(p.key for p in programme.personas)), Temperature):
        without = [
            file for file in written.campaigns if not _has_content(file, programme, persona, temperature)
        ]
        who = f"{temperature} leads {'of the persona ' + repr(persona) if persona else 'without a persona'}"
        if persona is not None and written.campaigns and len(without) == len(written.campaigns):
            message = f"no campaign has content for {who}"
            yield written.marks.problem(("personas", persona), message, "write a track for them")
            continue
        for file in without:
            message = f"{who} find nothing in this campaign"
            yield file.marks.problem(
                ("tracks",), message, "write a track for them", at_key=True, severity="warning"
            )


def steps_within_reach(written: Written) -> Iterator[Problem]:
    """No step stands behind a branch that everyone takes, or repeats a mail of its track that is then never sent."""
    for file in written.campaigns:
        for placed in steps(file):
            yield from _branches_after_all(file, placed.step, placed.path)
        for track in file.campaign.tracks:
            yield from _mails_twice(file, track)


def unique_steps(written: Written) -> Iterator[Problem]:
    """A step's key is unique in its track, branches included."""
    for file in written.campaigns:
        seen: dict[tuple[str, str], Path] = {}
        for placed in steps(file):
            name = (placed.track.key, placed.step.key)
            if name in seen:
                line = file.marks.place(seen[name]).line
                message = f"the step {placed.step.key!r} stands twice in its track, first in line {line}"
                yield file.marks.problem(placed.path, message, "give one of them a key of its own")
            seen.setdefault(name, placed.path)


def most_interest(programme: Programme) -> float:
    """The highest interest score that any lead can reach, from above: each group's awards, up to its limit."""
    groups = programme.scoring.interest.groups
    total = sum(
        min(limit, sum(_most_of(rule) for rule in programme.scoring.interest.rules if rule.group == group))
        for group, limit in groups.items()
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


def _kinds(programme: Programme) -> list[Kind]:
    """Every kind of lead that a campaign may meet."""
    personas = [None, *(persona.key for persona in programme.personas)]
    return list(product(personas, Temperature, programme.stages))


def _knows_nobody(track: Track, programme: Programme) -> bool:
    """Whether all its personas are unknown, which is told elsewhere."""
    known = {persona.key for persona in programme.personas}
    return bool(track.personas) and not known.intersection(track.personas)


def _has_content(
    file: CampaignFile, programme: Programme, persona: str | None, temperature: Temperature
) -> bool:
    return any(
        file.campaign.track_for(persona, temperature, stage) is not None
        for stage, policy in programme.stages.items()
        if policy.owner is not StageOwner.SALES
    )


def _branches_after_all(file: CampaignFile, step: Step, path: Path) -> Iterator[Problem]:
    for index, branch in enumerate(step.choose[:-1]):
        if branch.when is None:
            later = step.choose[index + 1]
            message = f"no lead comes to the branch {later.key!r}: everyone takes {branch.key!r} before it"
            yield file.marks.problem(
                (*path, "choose", later.key), message, "put the branch without 'when' last"
            )
            return


def _mails_twice(file: CampaignFile, track: Track) -> Iterator[Problem]:
    """A mail sent for certain (outside branches, without conditions) is had, so a later step with it never sends."""
    sure: dict[str, str] = {}
    for step in track.steps:
        if step.mail is None:
            continue
        mail = file.campaign.mail_ref(step.mail)
        if mail in sure and not step.repeat:
            message = (
                f"the mail {step.mail!r} was sent by the step {sure[mail]!r} before, so this one never is"
            )
            yield file.marks.problem(
                ("tracks", track.key, "steps", step.key), message, "write 'repeat: true', or remove it"
            )
        if step.when is None and step.unless is None:
            sure.setdefault(mail, step.key)


def _said(kind: Kind) -> str:
    persona, temperature, stage = kind
    return f"{temperature} leads at stage {stage} {'of the persona ' + repr(persona) if persona else 'without a persona'}"


def _listed(names: list[str]) -> str:
    return " and ".join([", ".join(repr(name) for name in names[:-1]), repr(names[-1])])
