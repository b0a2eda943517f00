"""Tags: the list with how many leads have each, and those of one lead."""

from flask import Blueprint, abort, flash, g, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from nurture.engine.engine import Engine
from nurture.engine.tags import tag, tags_in
from nurture.insight.timeline import person
from nurture.insight.words import tag_counts
from webapp.acting import actor
from webapp.rights import Permission, area


def pages(engine: Engine) -> Blueprint:
    pages = area("tags", see=Permission.SEE, change=Permission.LEADS)

    @pages.get("/tags")
    def tags() -> str:
        with engine.database.reading() as connection:
            counts = tag_counts(connection)
        return render_template("tags.html", counts=counts)

    @pages.post("/leads/<int:lead_id>/tags")
    def change(lead_id: int) -> Response:
        """Put tags on a lead, or take one off."""
        off = request.form.get("off", "")
        named = tags_in(off or request.form.get("tags", ""))
        if not named:
            abort(400, "Write the tag, or several apart by commas.")
        with engine.deciding() as (connection, now):
            if person(connection, lead_id, g.now) is None:
                abort(404)
            tag(connection, lead_id, named, on=not off, by=actor(), now=now)
        tags = ", ".join(named)
        flash(
            f"No longer tagged: {tags}. It shows within seconds."
            if off
            else f"Tagged: {tags}. It shows within seconds."
        )
        return redirect(url_for("lead.lead", lead_id=lead_id))

    return pages
