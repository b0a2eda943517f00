"""Two leads that are one person: found, seen side by side, merged, and parted again."""

from collections.abc import Sequence
from datetime import datetime

from flask import Blueprint, abort, flash, g, redirect, render_template, request, url_for
from sqlalchemy import Connection
from werkzeug.wrappers import Response

from nurture.engine import merging
from nurture.engine.engine import Engine
from nurture.engine.lead_filter import LeadFilter
from nurture.engine.merging import MergeError
from nurture.insight.leads import LeadLine, Order, lead_page, lines_of
from nurture.insight.merging import LOOKED_AT, alike, compared, duplicates
from nurture.insight.timeline import name_of, person
from webapp.acting import actor
from webapp.rights import Permission, area

FOUND_MOST = 20
PAIRS_MOST = 100


def pages(engine: Engine) -> Blueprint:
    pages = area("merges", see=Permission.LEADS)

    @pages.get("/leads/duplicates")
    def listed() -> str:
        with engine.database.reading() as connection:
            pairs = duplicates(connection, most=PAIRS_MOST)
            lines = {
                each.state.lead.id: each
                for each in lines_of(connection, sorted({one for pair in pairs for one in pair}), g.now)
            }
        found = [(lines[older], lines[newer]) for older, newer in pairs]
        return render_template(
            "duplicates.html", pairs=found, most=PAIRS_MOST, looked_at=LOOKED_AT, name_of=name_of
        )

    @pages.get("/leads/<int:lead_id>/merge")
    def choose(lead_id: int) -> str:
        """Which other lead: those that may be the same person, or those that are searched for."""
        search = request.args.get("q", "").strip()
        with engine.database.reading() as connection:
            who = person(connection, lead_id, g.now) or abort(404)
            lead = who.state.lead
            if search:
                found = searched(connection, search, lead.id, g.now)
            else:
                found = lines_of(connection, alike(connection, lead, most=FOUND_MOST), g.now)
        return render_template(
            "merge_choose.html", who=who, found=found, search=search, most=FOUND_MOST, name_of=name_of
        )

    @pages.get("/leads/<int:lead_id>/merge/<int:other>")
    def compare(lead_id: int, other: int) -> str:
        return beside(lead_id, other)

    @pages.post("/leads/<int:lead_id>/merge/<int:other>")
    def merge(lead_id: int, other: int) -> Response | tuple[str, int]:
        try:
            with engine.deciding() as (connection, now):
                merging.merge(connection, lead_id, other, by=actor(), now=now)
        except MergeError as error:
            return beside(lead_id, other, problem=str(error)), 409
        flash("They are one within seconds. The page of the lead undoes it.")
        return redirect(url_for("lead.lead", lead_id=lead_id))

    @pages.post("/leads/<int:lead_id>/unmerge")
    def unmerge(lead_id: int) -> Response:
        try:
            with engine.deciding() as (connection, now):
                merging.unmerge(connection, lead_id, by=actor(), now=now)
        except MergeError as error:
            abort(409, str(error))
        flash("The merge is undone within seconds: both stand on their own again.")
        return redirect(url_for("lead.lead", lead_id=lead_id))

    def beside(lead_id: int, other: int, *, problem: str | None = None) -> str:
        with engine.database.reading() as connection:
            found = compared(connection, engine.live.programme, lead_id, other, g.now) or abort(404)
        return render_template("merge.html", found=found, problem=problem)

    return pages


def searched(connection: Connection, search: str, but: int, now: datetime) -> Sequence[LeadLine]:
    """The leads whose address, name or company begins so, without the one that is to be merged."""
    wanted = LeadFilter(search=search)
    found = lead_page(connection, wanted, Order.NAME, None, size=FOUND_MOST + 1, now=now).lines
    return [each for each in found if each.state.lead.id != but][:FOUND_MOST]
