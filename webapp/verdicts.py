"""Human or machine: which opens and clicks machines made, what gave them away, and an admin's word against it."""

from datetime import timedelta

from flask import Blueprint, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from nurture.engine.engine import Engine
from nurture.engine.overrule import VerdictError, overrule
from nurture.insight.acts import GIVES_AWAY, Shown, acts_page
from nurture.insight.sentences import sentence
from nurture.insight.verdicts import as_judged
from webapp.acting import actor, own_path
from webapp.moments import span
from webapp.rights import Permission, area

PAGE_SIZE = 50
SECONDS_SHOWN = timedelta(minutes=2)
AT_ONCE_SECONDS = 0.05


def pages(engine: Engine) -> Blueprint:
    pages = area("verdicts", see=Permission.SEE, change=Permission.ADMINISTER)

    @pages.get("/verdicts")
    def listed() -> str:
        shown = next((each for each in Shown if each == request.args.get("show")), Shown.MACHINES)
        pattern = request.args.get("pattern", "")
        pattern = pattern if pattern in GIVES_AWAY and shown is not Shown.PEOPLE else ""
        lead_id, before = request.args.get("lead", type=int), request.args.get("before", type=int)
        with engine.database.reading() as connection:
            page = acts_page(
                connection, shown, pattern=pattern or None, lead_id=lead_id, before=before, size=PAGE_SIZE
            )
        return render_template(
            "verdicts.html",
            page=page,
            shown=shown,
            pattern=pattern,
            patterns=tuple(GIVES_AWAY),
            lead_id=lead_id,
            is_first=before is None,
            said=lambda act: sentence(as_judged(act.event, act.verdict)),
            came=came,
        )

    @pages.post("/verdicts/<int:event_id>")
    def say(event_id: int) -> Response:
        is_person = request.form.get("who") == "person"
        try:
            with engine.deciding() as (connection, now):
                overrule(connection, event_id, is_person=is_person, by=actor(), now=now)
        except VerdictError as error:
            flash(str(error), "wrong")
        else:
            who = "A person's" if is_person else "A machine's"
            flash(
                f"{who}, from now on. Score and state follow within seconds; the same button takes it back."
            )
        back = own_path(request.form.get("back"))
        return redirect(back if back.startswith("/verdicts") else url_for("verdicts.listed"), 303)

    return pages


def came(after: timedelta | None) -> str:
    """'3.2 s after delivery', '4 h after delivery', '20 s before the delivery was done'; "" where nobody knows."""
    if after is None:
        return ""
    seconds = after.total_seconds()
    if abs(seconds) < AT_ONCE_SECONDS:
        return "with the delivery"
    if seconds < 0:
        return f"{-seconds:,.0f} s before the delivery was done"
    return f"{seconds:.1f} s after delivery" if after < SECONDS_SHOWN else f"{span(after)} after delivery"
