"""What sales has: the most urgent lead first, with the reason for it; accepted, given back or worked from one page."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Any

import msgspec
from flask import Blueprint, abort, flash, g, redirect, render_template, request, url_for
from sqlalchemy import Connection
from werkzeug.wrappers import Response

from nurture.engine import sales
from nurture.engine.engine import Engine
from nurture.insight.inbox import MOST, HandOffLine, Whose, open_hand_offs, visits_of, waiting
from nurture.insight.timeline import open_moves, person
from nurture.vocabulary.words import EventKind, Stage
from webapp.acting import actor, everyone, me
from webapp.moments import day_began
from webapp.rights import Permission, area

NOTE_MAX = 2_000


def pages(engine: Engine) -> Blueprint:
    pages = area("inbox", see=Permission.SEE, change=Permission.WORK)

    @contextmanager
    def about(lead_id: int) -> Iterator[tuple[Connection, datetime]]:
        """A transaction and the moment, if there is such a lead."""
        with engine.deciding() as (connection, now):
            if person(connection, lead_id, now) is None:
                abort(404)
            yield connection, now

    @pages.get("/inbox")
    def inbox() -> str:
        show = request.args.get("show", "all")
        team, rep = request.args.get("team") or None, request.args.get("rep") or None
        whose = Whose(team=team, rep=actor() if show == "mine" else rep)
        with engine.database.reading() as connection:
            counts = {
                "mine": waiting(connection, Whose(team=team, rep=actor()), now=g.now).open,
                **msgspec.structs.asdict(waiting(connection, Whose(team=team, rep=rep), now=g.now)),
            }
            everything = open_hand_offs(connection, now=g.now, since=day_began(), whose=whose)
            lines = [line for line in everything if belongs(line, show)]
            chosen = request.args.get("lead", type=int)
            selected = next((line for line in lines if line.state.lead.id == chosen), None) or next(
                iter(lines), None
            )
            visits = () if selected is None else visits_of(connection, selected.state.lead.id)
        return render_template(
            "inbox.html",
            lines=lines,
            counts=counts,
            most=MOST,
            shown=SHOWN,
            show=show if show in SHOWN else "all",
            team=team,
            teams=tuple(engine.live.programme.teams),
            rep=rep,
            reps=everyone(),
            selected=selected,
            is_chosen=chosen is not None,
            neighbours=neighbours(lines, selected),
            visits=visits,
            reasons=tuple(engine.live.programme.recycle_reasons),
            moves=() if selected is None else open_moves(engine.live.programme, selected.state.stage),
        )

    @pages.post("/inbox/<int:lead_id>/accept")
    def accept(lead_id: int) -> Response:
        with about(lead_id) as (connection, now):
            sales.accept(connection, lead_id, by=actor(), rep=answered_for(connection, lead_id, now), now=now)
        return done("Accepted. Marketing is silent while the lead is yours.", lead_id)

    @pages.post("/inbox/<int:lead_id>/return")
    def give_back(lead_id: int) -> Response:
        reason = request.form.get("reason", "")
        if reason not in engine.live.programme.recycle_reasons:
            abort(400, "Choose one of the programme's reasons.")
        with about(lead_id) as (connection, now):
            sales.reject(connection, lead_id, reason=reason, note=note(), by=actor(), now=now)
        return done("Given back. Nurture goes on from here, as the reason says.", None)

    @pages.post("/inbox/<int:lead_id>/contact")
    def contact(lead_id: int) -> Response:
        with about(lead_id) as (connection, now):
            sales.contact(connection, lead_id, note=note(), by=actor(), now=now)
        return done("Logged. The clock for the first contact stops.", lead_id)

    @pages.post("/leads/<int:lead_id>/stage")
    def set_stage(lead_id: int) -> Response:
        try:
            stage = Stage(request.form.get("stage", ""))
        except ValueError:
            abort(400, "Choose a stage.")
        with about(lead_id) as (connection, now):
            sales.set_stage(
                connection, lead_id, stage, reason=note(), role=me().role.value, by=actor(), now=now
            )
        flash(f"Set to {stage}. It shows here once the engine has taken it in, within seconds.")
        return redirect(url_for("lead.lead", lead_id=lead_id))

    return pages


SHOWN = {"all": "open", "mine": "mine", "unclaimed": "unclaimed", "late": "late"}
"""The filters, and the count that each shows."""


def answered_for(connection: Connection, lead_id: int, now: datetime) -> str | None:
    """The rep for whom somebody answers that is no rep; None where whoever answers takes the lead."""
    who = person(connection, lead_id, now)
    return None if who is None or actor() in everyone() else who.state.lead.owner


def belongs(line: HandOffLine, show: str) -> bool:
    """Whether the inbox shows *line* under a filter; an unknown filter is none."""
    match show:
        case "unclaimed":
            return line.accepted_at is None and line.answer is not EventKind.HAND_OFF_ACCEPTED
        case "late":
            return line.is_late(g.now)
        case _:
            return True


def neighbours(
    lines: list[HandOffLine], selected: HandOffLine | None
) -> tuple[HandOffLine | None, HandOffLine | None]:
    """The lines before and after the selected one."""
    if selected is None:
        return None, None
    place = lines.index(selected)
    return lines[place - 1] if place else None, lines[place + 1] if place + 1 < len(lines) else None


def note() -> str:
    return request.form.get("note", "").strip()[:NOTE_MAX]


def done(words: str, lead_id: int | None) -> Response:
    """Back to the inbox as it was filtered, with what happened said at its top."""
    flash(words)
    kept: dict[str, Any] = {
        name: request.form[name] for name in ("show", "team", "rep") if request.form.get(name)
    }
    return redirect(url_for("inbox.inbox", **kept, lead=lead_id))
