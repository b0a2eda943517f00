"""Holes of the coverage matrix filled: a track for a persona at a temperature, begun as a copy of one that there is."""

from collections.abc import Mapping
from typing import Any

import msgspec
from flask import Blueprint, abort, flash, redirect, request, url_for
from werkzeug.wrappers import Response

from nurture.content.catalog import load_texts
from nurture.content.edit import Edit, Insert, written
from nurture.content.model import Campaign, Programme, Track
from nurture.engine.drafts import Draft, draft_of, edit_draft
from nurture.engine.engine import Engine
from nurture.errors import ProgrammeError
from nurture.vocabulary.words import MailClass, Temperature
from webapp.acting import actor
from webapp.campaign_draft import Seen
from webapp.rights import Permission, area
from webapp.track_edits import free


class Begun(msgspec.Struct, frozen=True):
    """A track that stands in a draft only."""

    campaign: str
    track: str


def pages(engine: Engine) -> Blueprint:
    pages = area("coverage", see=Permission.SEE, change=Permission.EDIT)

    @pages.post("/personas/coverage")
    def fill() -> Response:
        said = request.form
        campaign, _, like = said.get("like", "").partition("/")
        persona = said.get("persona", "") if said.get("whom") != "everybody" else ""
        temperature = said.get("temperature", "")
        if temperature not in set(Temperature):
            abort(400, "The form named no temperature. Go back, and fill the cell again.")
        seen = Seen(engine, campaign)
        try:
            key = free_key(seen.campaign, persona, temperature)
            edit = copied_for(seen.text, seen.track(like), key, persona=persona, temperature=temperature)
            edit_draft(engine, seen.path, [edit], seeing=seen.number, actor=actor())
        except ProgrammeError as error:
            flash(f"Not begun: {error}", "wrong")
            return redirect(url_for("personas.personas", _anchor="coverage"), 303)
        flash(
            f"A draft of {seen.campaign.name} has the track {key}, a copy of {like}. Change its mails, then make it live."
        )
        return redirect(url_for("tracks.track", key=campaign, track=key), 303)

    return pages


def free_key(campaign: Campaign, persona: str, temperature: str) -> str:
    """A key for a track of *persona* ("" for everybody) at *temperature* that the campaign does not have."""
    taken = {track.key for track in campaign.tracks}
    key = f"{temperature}-{persona}" if persona else temperature
    return key if key not in taken else free(key, taken)


def copied_for(text: str, like: Track, key: str, *, persona: str, temperature: str) -> Edit:
    """The edit that writes a copy of *like* for *persona* ("" for everybody) at *temperature*, at all stages."""
    value: Mapping[str, Any] = written(text, ("tracks", like.key))
    head: dict[str, Any] = {"key": key, "temperature": temperature}
    if persona:
        head["personas"] = [persona]
    rest = {
        name: each for name, each in value.items() if name not in ("key", "temperature", "personas", "stages")
    }
    return Insert(("tracks",), {**head, **rest})


def to_copy(programme: Programme, temperature: Temperature) -> list[tuple[Campaign, list[Track]]]:
    """Tracks that a new one may begin as, by campaign; those at *temperature* first, and of them those for everybody."""
    return [
        (
            campaign,
            sorted(
                campaign.tracks, key=lambda track: (track.temperature is not temperature, bool(track.personas))
            ),
        )
        for campaign in programme.campaigns.values()
        if campaign.class_ is MailClass.MARKETING and campaign.tracks and campaign.broadcast is None
        and any(track.personas or track.temperature for track in campaign.tracks)
    ]  # fmt: skip


def begun(engine: Engine) -> Mapping[tuple[str, Temperature], Begun]:
    """Tracks that drafts have and that are not live yet, by the persona ("" for everybody) and temperature they are for."""
    live = engine.live
    found: dict[tuple[str, Temperature], Begun] = {}
    for key, campaign in live.programme.campaigns.items():
        with engine.database.reading() as connection:
            draft: Draft | None = draft_of(connection, f"campaigns/{key}/campaign.yaml")
        if draft is None:
            continue
        programme = load_texts({**live.catalog.texts, draft.path: draft.text}).programme
        drafted = None if programme is None else programme.campaigns.get(key)
        for track in () if drafted is None else drafted.tracks:
            if campaign.track(track.key) is None and track.temperature is not None:
                for persona in track.personas or ("",):
                    found[persona, track.temperature] = Begun(key, track.key)
    return found
