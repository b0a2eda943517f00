"""What a lead agreed to, changed in its name; all that is kept of it, to take away; and forgetting it."""

from datetime import datetime, timedelta
from functools import partial

from flask import Blueprint, Response, abort, flash, g, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from nurture.engine import consent
from nurture.engine.audit import audit
from nurture.engine.consent import Choice
from nurture.engine.engine import Engine
from nurture.engine.erase import EraseError, Places, erase
from nurture.errors import NurtureError
from nurture.insight.agreements import agreements
from nurture.insight.consent import Standing, standing
from nurture.insight.person_file import person_file
from nurture.insight.timeline import name_of
from nurture.statemachine.consent import implied_until
from webapp.acting import actor
from webapp.as_read import as_read
from webapp.rights import Permission, area

WHY_MAX = 500
PAUSES = (0, 30, 90)
"""Days of a pause that a person may ask us for; 0 ends one."""


def pages(engine: Engine, places: Places) -> Blueprint:
    pages = area("privacy", see=Permission.LEADS)

    @pages.get("/leads/<int:lead_id>/privacy")
    def privacy(lead_id: int) -> str:
        return shown(lead_id)

    @pages.post("/leads/<int:lead_id>/privacy/topics")
    def choose(lead_id: int) -> AnyResponse | tuple[str, int]:
        found, ticked = of(lead_id), set(request.form.getlist("topic"))
        tracking = "tracking" in request.form
        choice = Choice(
            topics={
                each.key: each.key in ticked for each in found.topics if (each.key in ticked) != each.wanted
            },
            tracking=None if tracking == (not found.state.untracked) else tracking,
        )
        if choice == Choice():
            return shown(lead_id, problem="Nothing was chosen otherwise than before."), 422
        if not why():
            return shown(lead_id, problem=WHY), 422
        with engine.deciding() as (connection, now):
            consent.prefer(connection, lead_id, choice, now=now, by=actor(), why=why())
        return back(lead_id, "Kept, from now on.")

    @pages.post("/leads/<int:lead_id>/privacy/pause")
    def pause(lead_id: int) -> AnyResponse | tuple[str, int]:
        days = request.form.get("days", -1, type=int)
        if days not in PAUSES:
            abort(400, "Choose one of the pauses.")
        of(lead_id)
        if not why():
            return shown(lead_id, problem=WHY), 422
        with engine.deciding() as (connection, now):
            until = now + timedelta(days=days) if days else None
            consent.snooze(connection, lead_id, until, now=now, by=actor(), why=why())
        return back(lead_id, "Kept, from now on.")

    @pages.post("/leads/<int:lead_id>/privacy/unsubscribe")
    def unsubscribe(lead_id: int) -> AnyResponse | tuple[str, int]:
        of(lead_id)
        if not why():
            return shown(lead_id, problem=WHY), 422
        with engine.deciding() as (connection, now):
            consent.unsubscribe(connection, lead_id, now=now, how="told us", by=actor(), why=why())
        return back(lead_id, "No marketing mail any more, from now on.")

    @pages.post("/leads/<int:lead_id>/privacy/export")
    def export(lead_id: int) -> Response:
        with engine.deciding() as (connection, now):
            audit(connection, actor=actor(), what="exported a lead", target=f"lead {lead_id}", now=now)
        with engine.database.reading() as connection:
            data = person_file(
                connection, engine.live.programme, lead_id, now, read_mail=partial(html_of, engine, now)
            )
        headers = {"Content-Disposition": f"attachment; filename=lead-{lead_id}.zip"}
        return Response(data or abort(404), mimetype="application/zip", headers=headers)

    @pages.post("/leads/<int:lead_id>/privacy/erase")
    def forget(lead_id: int) -> AnyResponse | str | tuple[str, int]:
        found = of(lead_id)
        typed = request.form.get("typed", "").strip().lower()
        if typed != word_for(found):
            return shown(lead_id, problem=f"Nothing was erased: type {word_for(found)} to confirm."), 422
        if not why():
            return shown(lead_id, problem=WHY), 422
        try:
            done = erase(
                engine.database,
                lead_id,
                keyring=engine.keyring,
                clock=engine.clock,
                places=places,
                by=actor(),
                why=why(),
            )
        except EraseError as error:
            return shown(lead_id, problem=f"Nothing was erased: {error}"), 409
        return render_template("erased.html", done=done)

    def of(lead_id: int) -> Standing:
        with engine.database.reading() as connection:
            return standing(connection, engine.live.programme, lead_id, g.now) or abort(404)

    def shown(lead_id: int, *, problem: str = "") -> str:
        found = of(lead_id)
        with engine.database.reading() as connection:
            agreed = agreements(connection, lead_id)
        return render_template(
            "privacy.html",
            standing=found,
            name=name_of(found.state),
            agreements=agreed,
            implied_until=implied_until(engine.live.programme, found.state),
            pauses=PAUSES,
            word=word_for(found),
            problem=problem,
            why=request.form.get("why", ""),
        )

    return pages


def html_of(engine: Engine, now: datetime, touch_id: int) -> str | None:
    """The mail of a touch as its lead reads it; None where the live revision cannot show it."""
    try:
        parts = as_read(engine, touch_id, now)
    except NurtureError:
        return None
    return None if parts is None else parts.html


WHY = "Write why: whoever asks later wants to know."


def word_for(found: Standing) -> str:
    """What is typed to confirm that a lead is erased."""
    return found.state.lead.email or f"lead {found.state.lead.id}"


def why() -> str:
    return request.form.get("why", "").strip()[:WHY_MAX]


def back(lead_id: int, said: str) -> AnyResponse:
    flash(said)
    return redirect(url_for("privacy.privacy", lead_id=lead_id), 303)
