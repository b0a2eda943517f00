"""Tracks and steps: none that no lead comes to, none that tie, and content for everyone."""

import re
from collections.abc import Iterator
from itertools import product

from nurture.check.written import CampaignFile, Written, steps
from nurture.content.marks import Path
from nurture.content.model import Programme, Step, Track
from nurture.content.problems import Problem
from nurture.languages.told import told
from nurture.vocabulary.words import Stage, StageOwner, Temperature

Kind = tuple[str | None, Temperature, Stage]
"""A kind of lead: persona (None before one is found), temperature, stage."""


PLAIN_KEY = re.compile(r"[\w.-]+")


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
                message = told(
                    "no lead comes to the track {key!r}: others suit all its leads better, or it has none",
                    key=track.key,
                )
                remedy = "narrow it by personas, temperature or stages, or remove it"
                yield file.marks.problem(("tracks", track.key), message, remedy)


def tracks_without_ties(written: Written) -> Iterator[Problem]:
    """For every kind of lead one track is the most specific."""
    for file in written.campaigns:
        met: set[frozenset[str]] = set()
        for kind in _kinds(written.programme):
            fitting = [track for track in file.campaign.tracks if track.fits(*kind)]
            best = max((track.specificity for track in fitting), default=None)
            tied = [track.key for track in fitting if track.specificity == best]
            if len(tied) > 1 and frozenset(tied) not in met:
                met.add(frozenset(tied))
                message = told(
                    "the tracks {tracks} suit {leads} equally well", tracks=_listed(tied), leads=_said(kind)
                )
                remedy = "narrow one of them, or write a track for both"
                yield file.marks.problem(("tracks", tied[-1]), message, remedy)


def content_for_everyone(written: Written) -> Iterator[Problem]:
    """Every persona finds content at every temperature, in each campaign and at the least in one."""
    programme = written.programme
    files = [file for file in written.campaigns if file.campaign.broadcast is None]
    for persona, temperature in product((None, *(p.key for p in programme.personas)), Temperature):
        without = [file for file in files if not _has_content(file, programme, persona, temperature)]
        who = told("{temperature} leads {whose}", temperature=temperature, whose=_whose(persona))
        if persona is not None and files and len(without) == len(files):
            message = told("no campaign has content for {who}", who=who)
            yield written.marks.problem(("personas", persona), message, "write a track for them")
            continue
        for file in without:
            message = told("{who} find nothing in this campaign", who=who)
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
                message = told(
                    "the step {key!r} stands twice in its track, first in line {line}",
                    key=placed.step.key,
                    line=line,
                )
                yield file.marks.problem(placed.path, message, "give one of them a key of its own")
            seen.setdefault(name, placed.path)


def plain_keys(written: Written) -> Iterator[Problem]:
    """Keys of tracks, steps, branches and segments are single words: they stand in addresses, reports and conditions."""
    for key in written.programme.segments:
        if not PLAIN_KEY.fullmatch(key):
            message = told("the key {key!r} is not one word", key=key)
            yield written.marks.problem(
                ("segments", key), message, "write such as 'trial-users'", at_key=True
            )
    for file in written.campaigns:
        named: list[tuple[Path, str]] = [(("tracks", track.key), track.key) for track in file.campaign.tracks]
        for placed in steps(file):
            named.append((placed.path, placed.step.key))
            named.extend(((*placed.path, "choose", branch.key), branch.key) for branch in placed.step.choose)
        for path, key in named:
            if not PLAIN_KEY.fullmatch(key):
                message = told("the key {key!r} is not one word", key=key)
                yield file.marks.problem(
                    path, message, "write letters, digits, dots and dashes, such as 'first-call'"
                )


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
            message = told(
                "no lead comes to the branch {key!r}: everyone takes {key2!r} before it",
                key=later.key,
                key2=branch.key,
            )
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
            message = told(
                "the mail {mail!r} was sent by the step {sure!r} before, so this one never is",
                mail=step.mail,
                sure=sure[mail],
            )
            yield file.marks.problem(
                ("tracks", track.key, "steps", step.key), message, "write 'repeat: true', or remove it"
            )
        if step.when is None and step.unless is None:
            sure.setdefault(mail, step.key)


def _said(kind: Kind) -> str:
    persona, temperature, stage = kind
    return told(
        "{temperature} leads at stage {stage} {whose}",
        temperature=temperature,
        stage=stage,
        whose=_whose(persona),
    )


def _listed(names: list[str]) -> str:
    return told("{names} and {last!r}", names=", ".join(repr(name) for name in names[:-1]), last=names[-1])


def _whose(persona: str | None) -> str:
    return told("of the persona {persona!r}", persona=persona) if persona else "without a persona"
