"""Which persona is served at which temperature: with content of its own, with what everybody gets, or with nothing."""

from collections import Counter
from collections.abc import Iterator, Mapping
from enum import StrEnum

import msgspec
from sqlalchemy import Connection, func, select

from nurture.content.model import Campaign, Persona, Programme, Track
from nurture.insight.shown import Shown, of_shown
from nurture.store.records import lead_state
from nurture.vocabulary.words import MailClass, Temperature


class Served(StrEnum):
    """How well a cell is served."""

    OWN = "own"
    SHARED = "shared"
    HOLE = "hole"


class Place(msgspec.Struct, frozen=True):
    """A track that serves a cell, and how many mails it holds."""

    campaign: str
    track: str
    mails: int


class Cell(msgspec.Struct, frozen=True):
    """One persona at one temperature: what it gets, the most specific first, and how many leads stand there."""

    served: Served
    places: tuple[Place, ...]
    leads: int

    @property
    def mails(self) -> int:
        return sum(place.mails for place in self.places)


class Row(msgspec.Struct, frozen=True):
    """A persona at each temperature; None stands for leads who fit none yet."""

    persona: Persona | None
    cells: Mapping[Temperature, Cell]

    @property
    def leads(self) -> int:
        """How many leads have the persona."""
        return sum(cell.leads for cell in self.cells.values())


def coverage(connection: Connection, programme: Programme, *, whom: Shown) -> tuple[Row, ...]:
    """A row for each persona, and one for none. Tracks for some stages only, and campaigns that do not tell personas or
    temperatures apart, serve no cell.
    """
    leads = _leads(connection, whom)
    return tuple(
        Row(
            persona,
            {temperature: _cell(programme, persona, temperature, leads) for temperature in Temperature},
        )
        for persona in (*programme.personas, None)
    )


def _cell(
    programme: Programme,
    persona: Persona | None,
    temperature: Temperature,
    leads: Mapping[tuple[str | None, str], int],
) -> Cell:
    key = None if persona is None else persona.key
    found = sorted(_serving(programme, key, temperature), key=lambda each: not each[1].personas)
    places = tuple(
        Place(campaign.key, track.key, sum(step.mail is not None for step in track.walk()))
        for campaign, track in found
    )
    is_own = any(track.personas for _, track in found)
    served = Served.OWN if is_own else Served.SHARED if found else Served.HOLE
    return Cell(served, places, leads.get((key, temperature.value), 0))


def _serving(
    programme: Programme, persona: str | None, temperature: Temperature
) -> Iterator[tuple[Campaign, Track]]:
    """The track that each campaign would choose."""
    for campaign in programme.campaigns.values():
        if campaign.draft or campaign.class_ is not MailClass.MARKETING or not _tells_apart(campaign):
            continue
        fitting = [
            track
            for track in campaign.tracks
            if not track.stages
            and track.temperature in (None, temperature)
            and (not track.personas or persona in track.personas)
        ]
        if fitting:
            yield (
                campaign,
                max(fitting, key=lambda track: (bool(track.personas), track.temperature is not None)),
            )


def _tells_apart(campaign: Campaign) -> bool:
    return any(track.personas or track.temperature for track in campaign.tracks)


def _leads(connection: Connection, whom: Shown) -> Mapping[tuple[str | None, str], int]:
    rows = connection.execute(
        select(lead_state.c.persona, lead_state.c.temperature, func.count().label("leads"))
        .where(of_shown(lead_state.c.lead_id, whom))
        .group_by(lead_state.c.temperature, lead_state.c.persona)
    )
    return Counter({(row.persona, row.temperature): row.leads for row in rows})
