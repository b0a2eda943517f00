"""What people of ours have to do: of a step or of each other; done, passed on, opened again. And notes on leads."""

from datetime import UTC, datetime, time

from flask import Blueprint, abort, flash, g, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from nurture.engine import tasks as verbs
from nurture.engine.engine import Engine
from nurture.insight.tasks import done_tasks, open_tasks
from nurture.insight.timeline import person
from nurture.scheduling.zones import first_moment
from webapp.acting import actor, everyone, own_path
from webapp.rights import Permission, area
from webapp.zones import reader_zone

MOST = 200
SHOWN = {"mine": "Mine", "all": "Everybody’s", "done": "Done"}
DAY_ENDS = time(17)
"""When a task of a day is due, on the wall clock of whoever writes it."""


def pages(engine: Engine) -> Blueprint:
    pages = area("tasks", see=Permission.SEE, change=Permission.WORK)

    @pages.get("/tasks")
    def tasks() -> str:
        show = request.args.get("show", "all")
        show = show if show in SHOWN else "all"
        with engine.database.reading() as connection:
            if show == "done":
                found = done_tasks(connection, most=MOST)
            else:
                found = open_tasks(connection, most=MOST, who=actor() if show == "mine" else None)
        return render_template("tasks.html", tasks=found, most=MOST, show=show, shown=SHOWN, reps=everyone())

    @pages.post("/leads/<int:lead_id>/notes")
    def note(lead_id: int) -> Response:
        words = request.form.get("note", "").strip() or abort(400, "Write the note.")
        with engine.deciding() as (connection, now):
            person(connection, lead_id, g.now) or abort(404)
            verbs.write_note(connection, lead_id, words, by=actor(), now=now)
        flash("Noted.")
        return redirect(url_for("lead.lead", lead_id=lead_id) + "#history")

    @pages.post("/leads/<int:lead_id>/tasks")
    def make(lead_id: int) -> Response:
        words = request.form.get("task", "").strip() or abort(400, "Write what is to be done.")
        due = due_of(request.form.get("due", ""))
        with engine.deciding() as (connection, now):
            person(connection, lead_id, g.now) or abort(404)
            verbs.make_task(connection, lead_id, words, assignee=whose(), due_at=due, by=actor(), now=now)
        flash("A task more.")
        return redirect(url_for("lead.lead", lead_id=lead_id) + "#tasks")

    @pages.post("/tasks/<int:number>/done")
    def done(number: int) -> Response:
        with engine.deciding() as (connection, now):
            row = verbs.finish_task(connection, number, by=actor(), now=now)
        return back("Done. It can be opened again under Done." if row else "Somebody has done it already.")

    @pages.post("/tasks/<int:number>/again")
    def again(number: int) -> Response:
        with engine.deciding() as (connection, now):
            row = verbs.open_again(connection, number, by=actor(), now=now)
        return back("Open again." if row else "It is open.")

    @pages.post("/tasks/<int:number>/whose")
    def pass_on(number: int) -> Response:
        with engine.deciding() as (connection, now):
            row = verbs.pass_on(connection, number, whose(), by=actor(), now=now)
        return back("Passed on." if row else "Somebody has done it already.")

    return pages


def whose() -> str | None:
    """The rep that the form names; None for the lead's owner. One's own address is taken too."""
    named = request.form.get("who", "")
    if named and named not in (*everyone(), actor()):
        abort(400, "Choose one of ours.")
    return named or None


def due_of(text: str) -> datetime | None:
    """The end of the working day that the form names; None for whenever."""
    if not text:
        return None
    try:
        day = datetime.fromisoformat(text).date()
    except ValueError:
        abort(400, "Choose the day until which it is to be done.")
    return first_moment(day, DAY_ENDS, reader_zone()).astimezone(UTC)


def back(words: str) -> Response:
    """To the page that the form stood on."""
    flash(words)
    path = own_path(request.form.get("back"))
    return redirect(url_for("tasks.tasks") if path == "/" else path)
