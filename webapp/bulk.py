"""Acts on the leads that a list shows: those that are ticked, or all that match, on all its pages."""

from datetime import UTC, datetime, time
from typing import Any
from urllib.parse import parse_qsl

from flask import Blueprint, Response, abort, flash, g, jsonify, redirect, render_template, request, url_for
from sqlalchemy import Connection
from werkzeug.datastructures import MultiDict
from werkzeug.wrappers import Response as AnyResponse

from nurture.content.model import Programme
from nurture.engine.bulk import CHOSEN_MAX, begin, take_back
from nurture.engine.bulk_acts import Act, Asked, Place, place_of
from nurture.engine.engine import Engine
from nurture.engine.lead_filter import LeadFilter
from nurture.engine.sweep_rows import Sweep
from nurture.engine.sweeps import carry_on
from nurture.engine.tags import tags_in
from nurture.insight.bulk import ActLine, act_line
from nurture.insight.bulk_preview import preview
from nurture.scheduling.zones import first_moment
from nurture.statemachine.steps import step_named
from webapp.acting import actor, everyone
from webapp.lead_query import asked
from webapp.rights import Permission, area
from webapp.said import said as in_language
from webapp.written import choice_of
from webapp.zones import programme_zone

AT_ONCE = 1_000
"""Leads of an act that are done before the page answers; the engine carries on with the others."""


def pages(engine: Engine) -> Blueprint:
    pages = area("bulk", see=Permission.SEE, change=Permission.LEADS)

    @pages.post("/leads/act")
    def act() -> AnyResponse:
        kept = request.form.get("query", "")
        chosen, wanted = whom()
        if chosen == []:
            flash("Tick the leads first, or choose all that match.", "wrong")
            return redirect(back(kept))
        what = Asked(*said(engine))
        with engine.deciding() as (connection, now):
            sweep = begin(connection, what, chosen=chosen, wanted=wanted, by=actor(), now=now)
            first_batch(connection, engine, sweep, now)
        return redirect(back(kept, sweep.id))

    @pages.post("/leads/act/look")
    def look() -> AnyResponse | str:
        """With how many leads the move of the form would be made, and why not with the others; nothing is done yet."""
        kept = request.form.get("query", "")
        chosen, wanted = whom()
        is_script = request.accept_mimetypes.best == "application/json"
        if chosen == []:
            if is_script:
                return jsonify({"words": ""})
            flash("Tick the leads first, or choose all that match.", "wrong")
            return redirect(back(kept))
        place = move_to(engine.live.programme)
        what, programme = Asked(Act.TRACK, place.written), engine.live.programme
        with engine.database.reading() as connection:
            found = preview(connection, programme, what, chosen=chosen, wanted=wanted, now=g.now)
        if is_script:
            return jsonify({"words": in_language(found.words)})
        campaign = programme.campaigns[place.campaign]
        return render_template(
            "move.html",
            found=found,
            place=place,
            campaign=campaign,
            track=campaign.track(place.track),
            chosen=chosen or (),
            query=kept,
            back=back(kept),
        )

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


def whom() -> tuple[list[int] | None, LeadFilter | None]:
    """The leads that the form ticks, or the filter whose matches it means; the other is None."""
    if request.form.get("whom") == "all":
        return None, asked(MultiDict(parse_qsl(request.form.get("query", ""))))
    chosen = [int(each) for each in request.form.getlist("lead") if each.isdecimal()]
    if len(chosen) > CHOSEN_MAX:
        abort(400, f"Tick at most {CHOSEN_MAX}, or choose all that match.")
    return chosen, None


def move_to(programme: Programme) -> Place:
    """The place to which the form moves leads; 400 for one that the programme does not have."""
    place = place_of(request.form.get("place", ""))
    step = request.form.get("step", "") or place.step
    campaign = programme.campaigns.get(place.campaign)
    track = None if campaign is None else campaign.track(place.track)
    if campaign is None or campaign.draft or campaign.broadcast or track is None:
        abort(400, "Choose a track.")
    if step and step_named(track, step) is None:
        abort(400, "Choose a step of the track.")
    return Place(place.campaign, place.track, step)


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
        case Act.TRACK:
            value = move_to(engine.live.programme).written
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
    return {"words": in_language(line.words), "done": line.seen, "of": line.expected, "over": line.is_over}


def back(kept: str, number: int | None = None) -> str:
    """The list as it was, with what came of an act; or the page of the lead *of* which it was asked."""
    of = request.form.get("of", 0, type=int)
    if of:
        return url_for("lead.lead", lead_id=of, act=number)
    query: dict[str, Any] = dict(parse_qsl(kept))
    return url_for("leads.leads", **{**query, **({"act": str(number)} if number else {})})
