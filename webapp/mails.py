"""Mails that somebody may have to look at: of unknown fate, failed today, put off. What nobody knows, a person may say."""

from collections.abc import Callable, Mapping

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from nurture.engine.engine import Engine
from nurture.engine.unknown import arrived, send_again
from nurture.insight.mails import mails_with
from nurture.vocabulary.words import TouchStatus
from webapp.acting import actor
from webapp.moments import day_began
from webapp.rights import Permission, area
from webapp.zones import programme_zone

MOST = 200


def pages(engine: Engine) -> Blueprint:
    pages = area("mails", see=Permission.SEE, change=Permission.PUBLISH)

    @pages.get("/unknown")
    def unknown() -> str:
        with engine.database.reading() as connection:
            found = mails_with(connection, [TouchStatus.UNKNOWN], most=MOST)
        return render_template("mails.html", kind="unknown", mails=found, most=MOST)

    @pages.post("/unknown")
    def say() -> Response:
        verb = SAID.get(request.form.get("said", ""))
        if verb is None:
            abort(400, "Say that they arrived, or that they did not.")
        touch_ids = request.form.getlist("mail", type=int)[:MOST]
        with engine.deciding() as (connection, now):
            count = verb(connection, touch_ids, by=actor(), now=now)
        flash(WORDS[verb](count) if count else "Nothing was changed: these are settled already.")
        return redirect(url_for("mails.unknown"))

    @pages.get("/failed")
    def failed() -> str:
        refused = (TouchStatus.BOUNCED, TouchStatus.FAILED)
        with engine.database.reading() as connection:
            found = mails_with(connection, refused, since=day_began(programme_zone()), most=MOST)
        return render_template("mails.html", kind="failed", mails=found, most=MOST)

    @pages.get("/deferred")
    def deferred() -> str:
        with engine.database.reading() as connection:
            found = mails_with(connection, [TouchStatus.DEFERRED], most=MOST)
        return render_template("mails.html", kind="deferred", mails=found, most=MOST)

    return pages


Verb = Callable[..., int]
SAID: Mapping[str, Verb] = {"arrived": arrived, "again": send_again}
"""What a person may say of mails of unknown fate."""
WORDS: Mapping[Verb, Callable[[int], str]] = {
    arrived: lambda count: "Noted: it arrived." if count == 1 else f"Noted: {count} mails arrived.",
    send_again: lambda count: (
        "It is sent again within a minute, unless the gates have a reason now."
        if count == 1
        else f"{count} mails are sent again within a minute, unless the gates have a reason now."
    ),
}
