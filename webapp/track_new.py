"""A new track, for whichever persona, temperature and stage: empty, as a copy of another one, or from a recipe; in a draft."""

from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from nurture.content.begun_track import NewTrack, begun, of_campaign, of_recipe
from nurture.content.codec import read_campaign
from nurture.content.edit import apply, written
from nurture.content.model import Campaign, Track
from nurture.content.recipes import Recipe, read_recipes
from nurture.engine.drafts import drafts, save_draft
from nurture.engine.engine import Engine
from nurture.errors import ProgrammeError
from nurture.vocabulary.words import Temperature
from webapp.acting import actor
from webapp.campaign_draft import Seen
from webapp.rights import Permission, area


def pages(engine: Engine, folder: Path) -> Blueprint:
    """Folder  where the recipes are."""
    pages = area("track_new", see=Permission.EDIT)
    recipes = cache(lambda: read_recipes(folder))  # they come with the product, and change with it
    of_recipes = cache(lambda: {slug: tracks_in(recipe) for slug, recipe in recipes().items()})

    @pages.get("/tracks/new")
    def new() -> str:
        return form(request.args)

    @pages.post("/tracks/new")
    def make() -> Response | tuple[str, int]:
        said = request.form
        try:
            campaign, key, mails = begin(said)
        except ProgrammeError as error:
            return form(said, problem=str(error)), 422
        name = engine.live.programme.campaigns[campaign].name
        words = f"A draft of {name} has the track {key}."
        if mails:
            few = "1 mail, a draft" if mails == 1 else f"{mails} mails, drafts"
            words += (
                f" The recipe brought {few} too: replace their words in [brackets], and make them live first."
            )
        flash(words)
        return redirect(url_for("tracks.track", key=campaign, track=key), 303)

    def begin(said: Mapping[str, str]) -> tuple[str, str, int]:
        """Keep it in the draft; returns the campaign, the track's key, and how many mails came with it. Raises ProgrammeError."""
        if said.get("campaign", "") not in {each.key for each in campaigns()}:
            raise ProgrammeError("choose the campaign that it belongs to")
        seen, wanted = Seen(engine, said["campaign"]), asked(said)
        key = wanted.named({each.key for each in seen.campaign.tracks})
        like, texts = beginning(said.get("like", ""), seen)
        edited = apply(seen.text, begun(seen.text, wanted, key, like))
        with engine.deciding() as (connection, now):
            for path, text in texts.items():
                save_draft(connection, path, text, seeing=0, actor=actor(), now=now)
            save_draft(connection, seen.path, edited, seeing=seen.number, actor=actor(), now=now)
        return seen.campaign.key, key, len(texts)

    def asked(said: Mapping[str, str]) -> NewTrack:
        programme = engine.live.programme
        given = {
            name: said.get(name, "").strip() for name in ("persona", "temperature", "stage", "key", "purpose")
        }
        if given["persona"] and programme.persona(given["persona"]) is None:
            raise ProgrammeError("there is no such persona any more; choose another one")
        if given["temperature"] and given["temperature"] not in set(Temperature):
            raise ProgrammeError("choose cold, warm, hot or any temperature")
        if given["stage"] and given["stage"] not in {str(each) for each in programme.stages}:
            raise ProgrammeError("choose a stage of the programme, or any")
        return NewTrack(**given)

    def beginning(like: str, seen: Seen) -> tuple[Any, dict[str, str]]:
        """The track that it begins as, None for none, and the mails that come with it."""
        kind, _, place = like.partition(" ")
        of, _, track = place.partition("/")
        if kind == "copy":
            other = seen if of == seen.campaign.key else Seen(engine, of)
            value = written(other.text, ("tracks", other.track(track).key))
            return (value if other is seen else of_campaign(value, of)), {}
        if kind == "recipe":
            recipe = recipes().get(of) or abort(400, "There is no such recipe. Go back, and choose one.")
            with engine.database.reading() as connection:
                there = {*engine.live.catalog.texts, *drafts(connection)}
            mails = f"campaigns/{seen.campaign.key}/mails/"
            return of_recipe(
                recipe,
                track,
                seen.campaign.key,
                lambda name: any(each.startswith(f"{mails}{name}.") for each in there),
            )
        return None, {}

    def campaigns() -> list[Campaign]:
        return [each for each in engine.live.programme.campaigns.values() if each.broadcast is None]

    def form(said: Mapping[str, str], problem: str = "") -> str:
        programme = engine.live.programme
        return render_template(
            "track_new.html",
            campaigns=campaigns(),
            programme=programme,
            temperatures=tuple(Temperature),
            recipes=[(recipes()[slug], tracks) for slug, tracks in of_recipes().items()],
            said=said,
            problem=problem,
        )

    return pages


def tracks_in(recipe: Recipe) -> tuple[Track, ...]:
    """The tracks of a recipe."""
    found = read_campaign(recipe.texts["campaign.yaml"], recipe.slug).value
    return () if found is None else found.tracks
