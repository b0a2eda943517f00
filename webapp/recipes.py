"""A new campaign from a recipe: put beside the others as a draft, which nobody enters until a person makes it live."""

from functools import cache
from pathlib import Path

from flask import Blueprint, flash, g, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from nurture.content.recipes import blanks, instantiate, read_recipes
from nurture.engine.editing import write
from nurture.engine.engine import Engine
from nurture.errors import ProgrammeError
from webapp.acting import actor
from webapp.rights import Permission, area


def pages(engine: Engine, folder: Path) -> Blueprint:
    """Folder  where the recipes are."""
    pages = area("recipes", see=Permission.EDIT)
    recipes = cache(lambda: read_recipes(folder))  # they come with the product, and change with it
    subjects = cache(lambda slug: tuple(recipes()[slug].subjects.values()))

    @pages.get("/campaigns/new")
    def new() -> str:
        return form({})

    @pages.post("/campaigns/new")
    def make() -> Response | tuple[str, int]:
        said = {name: request.form.get(name, "").strip() for name in ("recipe", "key", "name")}
        try:
            number = start(**said)
        except ProgrammeError as error:
            return form(said, problem=str(error)), 422
        flash(
            f"Revision {number}: the campaign is a draft. Replace what stands in [brackets], then make it live."
        )
        return redirect(url_for("campaigns.campaign", key=said["key"]), 303)

    def start(recipe: str, key: str, name: str) -> int:
        if recipe not in recipes():
            raise ProgrammeError("choose a recipe")
        live = engine.live
        if key in live.programme.campaigns:
            raise ProgrammeError(f"there is a campaign {key!r} already; choose another key")
        chosen = recipes()[recipe]
        topic = chosen.card.topic if chosen.card.topic in live.programme.topics else None
        texts = instantiate(chosen, key=key, name=name or chosen.card.name, topic=topic, draft=True)
        return write(
            engine, texts, expecting=live.number, actor=actor(), reason=f"{key}, from the recipe {recipe}"
        )

    def form(said: dict[str, str], problem: str = "") -> str:
        return render_template(
            "recipes.html", recipes=recipes().values(), subjects=subjects, said=said, problem=problem
        )

    return pages


def still_to_replace(key: str) -> dict[str, tuple[str, ...]]:
    """What stands in brackets in the mails of a live campaign, by the mail's path."""
    texts = g.live.catalog.texts
    found = {path: blanks(text) for path, text in texts.items() if path.startswith(f"campaigns/{key}/mails/")}
    return {path: words for path, words in found.items() if words}
