"""Campaigns, read only: which track a lead gets, its steps in plain words, and how far leads got."""

from flask import Blueprint, abort, g, render_template

from nurture.engine.engine import Engine
from nurture.engine.pause_rows import live_pauses
from nurture.insight.campaigns import StepNumbers, step_numbers
from nurture.insight.pace import stops
from nurture.vocabulary.words import Temperature
from webapp.pace import WHY_MAX
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
            live = [each for each in live_pauses(connection) if each.covers(key)]
            stopped = stops(connection, programme, live)
        return render_template(
            "campaign.html",
            programme=programme,
            campaign=found,
            temperatures=tuple(Temperature),
            to_replace=still_to_replace(key) if found.draft else {},
            mails=[path for path in g.live.catalog.texts if path.startswith(f"campaigns/{key}/mails/")],
            stops=stopped,
            why_max=WHY_MAX,
            numbers=lambda track, step: numbers.get((track, step), StepNumbers()),
        )

    return pages
