"""What our own code failed on and set aside: what, whose, the error; an admin has it tried again, or dismisses it with a reason."""

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from nurture.engine.aside import AsideKind
from nurture.engine.aside_ends import dismiss, try_again
from nurture.engine.engine import Engine
from nurture.insight.set_aside import aside_count, aside_lines
from webapp.acting import actor
from webapp.rights import Permission, area

MOST = 200
ENDED_MOST = 20

WORDS = {
    AsideKind.EVENT: "Something that happened was not taken in",
    AsideKind.TIMER: "A moment that the lead waited for was passed over",
    AsideKind.TOUCH: "A mail was not sent",
    AsideKind.SYSTEM_MAIL: "A system mail was not sent",
    AsideKind.WEBHOOK: "A webhook was not called",
    AsideKind.WALK: "A walk over the leads has passed this one by",
    AsideKind.HIT: "An open, click or visit was not taken in",
    AsideKind.STAGE: "A part of each turn fails as a whole",
}
"""What it means, by what was set aside."""
STOPPED = "A walk over the leads has stopped"


def pages(engine: Engine) -> Blueprint:
    pages = area("set_aside", see=Permission.SEE, change=Permission.ADMINISTER)

    @pages.get("/settings/set-aside")
    def listed() -> str:
        with engine.database.reading() as connection:
            return render_template(
                "set_aside.html",
                lines=aside_lines(connection, dismissed=False, most=MOST),
                ended=aside_lines(connection, dismissed=True, most=ENDED_MOST),
                count=aside_count(connection),
                words=WORDS,
                stopped=STOPPED,
                kinds=AsideKind,
            )

    @pages.post("/settings/set-aside")
    def say() -> Response:
        numbers = request.form.getlist("thing", type=int)[:MOST]
        why = request.form.get("why", "").strip()[:500]
        match request.form.get("said"):
            case "again":
                live = engine.live
                with engine.deciding() as (connection, now):
                    tried = try_again(connection, live, numbers, by=actor(), now=now)
                if tried.failed:
                    flash(AGAIN[True], "wrong")
                elif tried.go_on:
                    flash(AGAIN[False])
            case "dismiss" if why:
                with engine.deciding() as (connection, now):
                    dismiss(connection, numbers, why=why, by=actor(), now=now)
                flash("Dismissed. It is kept, and nobody works on it.")
            case "dismiss":
                abort(400, "Say why it can be dismissed.")
            case _:
                abort(400, "Say that it is tried again, or that it is dismissed.")
        return redirect(url_for("set_aside.listed"), 303)

    return pages


AGAIN = {
    True: "It has failed again, and stays set aside.",
    False: "It is tried again within a minute. If it fails again, it comes back to this page.",
}
