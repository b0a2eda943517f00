"""Acts on the leads that a list shows: those that are ticked, or all that match, on all its pages."""

from datetime import UTC, datetime, time
from typing import Any
from urllib.parse import parse_qsl

from flask import Blueprint, Response, abort, flash, g, jsonify, redirect, request, url_for
from sqlalchemy import Connection
from werkzeug.datastructures import MultiDict
from werkzeug.wrappers import Response as AnyResponse

from nurture.engine.bulk import CHOSEN_MAX, begin, take_back
from nurture.engine.bulk_acts import Act, Asked
from nurture.engine.engine import Engine
from nurture.engine.sweep_rows import Sweep
from nurture.engine.sweeps import carry_on
from nurture.engine.tags import tags_in
from nurture.insight.bulk import ActLine, act_line
from nurture.scheduling.zones import first_moment
from webapp.acting import actor, everyone
from webapp.lead_query import asked
from webapp.rights import Permission, area
from webapp.written import choice_of
from webapp.zones import programme_zone

AT_ONCE = 1_000
"""Leads of an act that are done before the page answers; the engine carries on with the others."""


def pages(engine: Engine) -> Blueprint:
    pages = area("bulk", see=Permission.SEE, change=Permission.LEADS)

    @pages.post("/leads/act")
    def act() -> AnyResponse:
        kept = request.form.get("query", "")
        wanted = request.form.get("whom") == "all"
        chosen = [int(each) for each in request.form.getlist("lead") if each.isdecimal()]
        if not wanted and not chosen:
            flash("Tick the leads first, or choose all that match.", "wrong")
            return redirect(back(kept))
        if len(chosen) > CHOSEN_MAX:
            abort(400, f"Tick at most {CHOSEN_MAX}, or choose all that match.")
        what = Asked(*said(engine))
        with engine.deciding() as (connection, now):
            if wanted:
                sweep = begin(connection, what, wanted=asked(MultiDict(parse_qsl(kept))), by=actor(), now=now)
            else:
                sweep = begin(connection, what, chosen=chosen, by=actor(), now=now)
            first_batch(connection, engine, sweep, now)
        return redirect(back(kept, sweep.id))

    @pages.get("/leads/acts/<int:number>.json")
    def progress(number: int) -> Response:
        with engine.database.reading() as connection:
            line = act_line(connection, number, programme_zone()) or abort(404)
        return jsonify(spoken(line))

    @pages.post("/leads/acts/<int:number>/undo")
    def undo(number: int) -> AnyResponse:
        kept = request.form.get("query", "")
        with engine.deciding() as (connection, now):
            sweep = take_back(connection, number, by=actor(), now=now)
            if sweep is None:
                abort(409, "This was taken back already.")
            first_batch(connection, engine, sweep, now)
        return redirect(back(kept, sweep.id))

    return pages


def first_batch(connection: Connection, engine: Engine, sweep: Sweep, now: datetime) -> None:
    """Few leads are done with when the page answers."""
    carry_on(connection, engine.live, sweep, now, most=AT_ONCE)


def said(engine: Engine) -> tuple[Act, str]:
    """The act of the form and what it takes; 400 for one that lacks it."""
    act = choice_of(request.form, Act, "act") or abort(400, "Choose what to do.")
    match act:
        case Act.TAG | Act.UNTAG:
            value = ",".join(tags_in(request.form.get("tags", ""))) or abort(400, "Write the tag.")
        case Act.OWNER:
            value = request.form.get("owner", "")
            if value not in everyone():
                abort(400, "Choose a rep of the programme.")
        case Act.PAUSE:
            value = paused_until().isoformat()
        case Act.START | Act.STOP:
            value = request.form.get("campaign", "")
            if value not in engine.live.programme.campaigns:
                abort(400, "Choose a campaign.")
        case Act.SUPPRESS:
            value = request.form.get("why", "").strip()[:200] or abort(400, "Write why: others will ask.")
    return act, value


def paused_until() -> datetime:
    """The first moment of the day that the form names, which is one of the programme: mail goes on then."""
    try:
        day = datetime.fromisoformat(request.form.get("until", "")).date()
    except ValueError:
        abort(400, "Choose the day on which mail goes on.")
    at = first_moment(day, time.min, programme_zone()).astimezone(UTC)
    return at if at > g.now else abort(400, "Choose a day that is still to come.")


def spoken(line: ActLine) -> dict[str, str | int | bool]:
    """How far an act is, as the page says it."""
    return {"words": line.words, "done": line.seen, "of": line.expected, "over": line.is_over}


def back(kept: str, number: int | None = None) -> str:
    """The list as it was, with what came of an act; or the page of the lead *of* which it was asked."""
    of = request.form.get("of", 0, type=int)
    if of:
        return url_for("lead.lead", lead_id=of, act=number)
    query: dict[str, Any] = dict(parse_qsl(kept))
    return url_for("leads.leads", **{**query, **({"act": str(number)} if number else {})})
