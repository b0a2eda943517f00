"""How fast mail leaves, and whether: what has stopped and how it goes on, rates by campaign, the sender's warm-up."""

from flask import Blueprint, Flask, abort, flash, g, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from nurture.engine.engine import Engine
from nurture.engine.pause_rows import EVERYTHING, Cause, live_pauses
from nurture.engine.pauses import pause, resume
from nurture.insight.pace import pace
from nurture.scheduling.rates import COMPLAINTS, HARD_BOUNCES
from webapp.acting import actor
from webapp.rights import Permission, area
from webapp.undo import undoable

WHY_MAX, KEY_MAX = 500, 200
IN_A_HURRY = "in a hurry, from the head of a page"
TAKEN_BACK = "the press was taken back at once"
PAUSED = "Paused. What is due waits until somebody resumes it."


def add_to(app: Flask, engine: Engine) -> None:
    """Let every page of ours say that sending is paused."""

    def paused() -> dict[str, object]:
        if g.get("account") is None:
            return {"paused": ()}
        with engine.database.reading() as connection:
            return {"paused": live_pauses(connection)}

    app.context_processor(paused)


def pages(engine: Engine) -> Blueprint:
    pages = area("pace", see=Permission.SEE, change=Permission.PUBLISH)

    @pages.get("/pace")
    def shown() -> str:
        if g.live is None:
            return render_template("pace.html", pace=None)
        with engine.database.reading() as connection:
            found = pace(connection, g.live.programme, g.now)
        return render_template(
            "pace.html",
            pace=found,
            warm_up=g.live.programme.sending.warm_up,
            counts=engine.warms_up,
            complaints=COMPLAINTS,
            hard=HARD_BOUNCES,
            why_max=WHY_MAX,
        )

    @pages.post("/pace/pause")
    def stop() -> Response:
        campaign, why = named(), reason()
        if campaign != EVERYTHING and (g.live is None or campaign not in g.live.programme.campaigns):
            abort(404)
        with engine.deciding() as (connection, now):
            done = pause(connection, campaign, cause=Cause.PERSON, why=why, actor=actor(), now=now)
        flash(PAUSED if done else "It was paused already.")
        return redirect(url_for("pace.shown"), 303)

    @pages.post("/pace/pause/all")
    def stop_all() -> Response:
        """From any page, by one press: whoever sees wrong mail leave has no time for a reason."""
        with engine.deciding() as (connection, now):
            done = pause(connection, EVERYTHING, cause=Cause.PERSON, why=IN_A_HURRY, actor=actor(), now=now)
            begun = next(each for each in live_pauses(connection) if each.campaign == EVERYTHING)
        if done:
            undoable(PAUSED, url_for("pace.undo_stop_all", number=begun.id))
        else:
            flash("It was paused already.")
        return redirect(url_for("pace.shown"), 303)

    @pages.post("/pace/pause/all/<int:number>/undo")
    def undo_stop_all(number: int) -> Response:
        """Resume what that one press had paused, without a reason; nobody takes back another person's pause so."""
        with engine.deciding() as (connection, now):
            own = any(
                each.id == number and (each.actor, each.why) == (actor(), IN_A_HURRY)
                for each in live_pauses(connection)
            )
            done = own and resume(connection, EVERYTHING, why=TAKEN_BACK, actor=actor(), now=now, only=number)
        if done:
            flash("Taken back. Mail leaves again, and what waited is due.")
        else:
            flash("That pause is over already, or not yours to take back here.", "wrong")
        return redirect(url_for("pace.shown"), 303)

    @pages.post("/pace/resume")
    def go_on() -> Response:
        campaign, why = named(), reason()
        with engine.deciding() as (connection, now):
            done = resume(connection, campaign, why=why, actor=actor(), now=now)
        flash("Resumed. What waited is due again." if done else "It was not paused.")
        return redirect(url_for("pace.shown"), 303)

    return pages


def named() -> str:
    """The campaign that is meant, or everything. One that the programme does not have any more can still be resumed."""
    return request.form.get("campaign", EVERYTHING)[:KEY_MAX]


def reason() -> str:
    """Why, in a person's words; there is no doing it without."""
    why = " ".join(request.form.get("why", "").split())[:WHY_MAX]
    return why or abort(422, "Say why in a few words: others will ask.")
