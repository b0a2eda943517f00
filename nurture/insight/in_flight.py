"""Whom an edit of a campaign's tracks would touch, before anybody makes it live."""

from collections.abc import Iterator
from enum import StrEnum

import msgspec
from sqlalchemy import Connection, func, select

from nurture.content.model import Campaign, Step, Track
from nurture.insight.campaigns import waiting_at
from nurture.store.records import lead_campaign


class Change(StrEnum):
    """What an edit does to a step, in words."""

    REMOVED = "removed: those who wait for it go on to the next step"
    NEW_WAIT = "its wait changed: it counts again from the same start"
    NEW_MAIL = "it sends another mail"
    NEW_CONDITION = "its condition changed"
    ADDED = "new"


class Touched(msgspec.Struct, frozen=True):
    """A step that the edit changes, and how many leads have its mail planned."""

    track: str
    step: str
    change: Change
    waiting: int


class Moving(msgspec.Struct, frozen=True):
    """inside   leads in the campaign now.
    touched  the steps that the edit changes, in the order of the tracks.
    """

    inside: int
    touched: tuple[Touched, ...]


def moving(connection: Connection, before: Campaign | None, after: Campaign) -> Moving:
    """What the edit from *before* to *after* means for the leads inside; nothing for a campaign that is new."""
    if before is None:
        return Moving(0, ())
    waiting = waiting_at(connection, before.key)
    touched = tuple(
        Touched(track, step, change, waiting.get((track, step), 0))
        for track, step, change in changes(before, after)
    )
    inside = connection.execute(
        select(func.count()).select_from(lead_campaign).where(lead_campaign.c.campaign == before.key)
    ).scalar_one()
    return Moving(inside, touched)


def changes(before: Campaign, after: Campaign) -> Iterator[tuple[str, str, Change]]:
    """Each step that differs between two states of a campaign: its track, its key, and how."""
    was, now = steps_of(before), steps_of(after)
    for place, (track, step) in was.items():
        other = now.get(place)
        if other is None:
            yield *place, Change.REMOVED
        elif (step.wait or track.cadence) != (other[1].wait or other[0].cadence):
            yield *place, Change.NEW_WAIT
        elif step.mail != other[1].mail:
            yield *place, Change.NEW_MAIL
        elif (step.when, step.unless) != (other[1].when, other[1].unless):
            yield *place, Change.NEW_CONDITION
    for place in now:
        if place not in was:
            yield *place, Change.ADDED


def steps_of(campaign: Campaign) -> dict[tuple[str, str], tuple[Track, Step]]:
    """Every step with its track, by both keys."""
    return {(track.key, step.key): (track, step) for track in campaign.tracks for step in track.walk()}
