"""Forms, for us: which there are, how to put one on a page, what came in, and what is held for a person to see."""

from collections.abc import Collection
from datetime import datetime, timedelta

from flask import abort, flash, g, redirect, render_template, request, url_for
from sqlalchemy import Connection
from werkzeug.wrappers import Response

from nurture.content.model import Form
from nurture.engine import form_held
from nurture.engine.audit import audit
from nurture.engine.engine import Engine
from nurture.engine.forms import Status
from nurture.insight.forms import form_numbers, submissions
from webapp.acting import actor
from webapp.form_shown import label_of
from webapp.form_words import WORDS
from webapp.rights import Area, Permission, area, needs

LATELY = timedelta(days=28)
MOST = 50


def pages(engine: Engine, site_origins: Collection[str]) -> Area:
    """*site_origins*: the sites whose pages may show our forms."""
    pages = area("forms", see=Permission.SEE, change=Permission.EDIT)

    @pages.get("/forms")
    def forms() -> str:
        found = engine.live.programme.forms
        with engine.database.reading() as connection:
            numbers = form_numbers(connection, found, g.now - LATELY)
        return render_template("forms.html", forms=found, numbers=numbers, days=LATELY.days)

    @pages.get("/forms/<key>")
    def form(key: str) -> str:
        found = form_of(key)
        status = Status.HELD if request.args.get("show") == "held" else Status.TAKEN
        before = request.args.get("before", type=int)
        with engine.database.reading() as connection:
            numbers = form_numbers(connection, [key], g.now - LATELY)[key]
            lines = submissions(connection, key, status=status, before=before, most=MOST)
        labels = {each.field: label_of(each, WORDS[found.language]) for each in found.fields}
        return render_template(
            "form_ours.html",
            key=key,
            form=found,
            programme=engine.live.programme,
            labels=labels,
            numbers=numbers,
            days=LATELY.days,
            lines=lines,
            status=status.value,
            more=lines[-1].id if len(lines) == MOST else None,
            address=f"{engine.base_url}/f/{key}",
            site_origins=site_origins,
        )

    @pages.post("/forms/<key>/<int:number>/release")
    @needs(Permission.LEADS)
    def release(key: str, number: int) -> Response:
        form_of(key)
        with engine.deciding() as (connection, now):
            taken = form_held.release(
                connection, engine.live.programme, number, keyring=engine.keyring, now=now
            )
            if taken:
                note(connection, "released a submission", f"{key} {number}", now)
        flash("Taken: the lead is made or changed." if taken else "Somebody has answered this already.")
        return redirect(url_for("forms.form", key=key, show="held"), 303)

    @pages.post("/forms/<key>/<int:number>/discard")
    @needs(Permission.LEADS)
    def discard(key: str, number: int) -> Response:
        form_of(key)
        with engine.deciding() as (connection, now):
            done = form_held.discard(connection, number)
            if done:
                note(connection, "discarded a submission", f"{key} {number}", now)
        flash("Discarded: what it said is forgotten." if done else "Somebody has answered this already.")
        return redirect(url_for("forms.form", key=key, show="held"), 303)

    def note(connection: Connection, what: str, target: str, now: datetime) -> None:
        audit(connection, actor=actor(), what=what, target=target, now=now)

    def form_of(key: str) -> Form:
        return engine.live.programme.forms.get(key) or abort(404)

    return pages
