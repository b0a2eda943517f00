"""Campaigns, read only: which track a lead gets, its steps in plain words, and how far leads got."""

from flask import Blueprint, abort, g, render_template

from nurture.engine.engine import Engine
from nurture.insight.campaigns import StepNumbers, step_numbers
from nurture.vocabulary.words import Temperature
from webapp.recipes import still_to_replace
from webapp.rights import Permission, area


def pages(engine: Engine) -> Blueprint:
    pages = area("campaigns", see=Permission.SEE, change=Permission.EDIT)

    @pages.get("/campaigns")
    def campaigns() -> str:
        return render_template("campaigns.html", programme=engine.live.programme)

    @pages.get("/campaigns/<key>")
    def campaign(key: str) -> str:
        programme = engine.live.programme
        found = programme.campaigns.get(key) or abort(404)
        with engine.database.reading() as connection:
            numbers = step_numbers(connection, key)
        return render_template(
            "campaign.html",
            programme=programme,
            campaign=found,
            temperatures=tuple(Temperature),
            to_replace=still_to_replace(key) if found.draft else {},
            mails=[path for path in g.live.catalog.texts if path.startswith(f"campaigns/{key}/mails/")],
            numbers=lambda track, step: numbers.get((track, step), StepNumbers()),
        )

    return pages
