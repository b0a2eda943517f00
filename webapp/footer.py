"""What the foot of every mail links to: unsubscribe, preferences, view in browser. For those who were mailed, without login.

The token is the right. GET and HEAD change nothing, for scanners follow every link (RFC 8058 §1); what ends the right to
mail is committed before it is answered.
"""

from datetime import datetime, timedelta

from flask import Blueprint, Response, abort, g, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from nurture.engine import consent
from nurture.engine.engine import Engine
from nurture.errors import NurtureError, TokenError
from nurture.insight.consent import Standing, standing
from nurture.vocabulary.touch import lead_of
from webapp.as_read import as_read
from webapp.rights import Permission, area
from webapp.safety import as_mail

ONE_CLICK = "One-Click"
UNSUBSCRIBING = "webapp.footer.unsubscribe"
"""The one view that takes a POST without our form: a mail program sends it."""
PAUSES = {"1": timedelta(days=30), "3": timedelta(days=91)}
"""Months that a lead may ask for."""


def pages(engine: Engine) -> Blueprint:
    pages = area("footer", see=Permission.PUBLIC)

    @pages.get("/u/<token>")
    def ask(token: str) -> str:
        _, found = reader(token)
        return render_template("unsubscribe.html", token=token, standing=found)

    @pages.post("/u/<token>")
    def unsubscribe(token: str) -> str | Response:
        touch_id, _ = reader(token)
        one_click = request.form.get("List-Unsubscribe") == ONE_CLICK
        with engine.deciding() as (connection, now):
            consent.unsubscribe(
                connection,
                lead_of(touch_id),
                touch_id=touch_id,
                now=now,
                how="one-click" if one_click else "page",
            )
        if one_click:
            return Response("Unsubscribed.\n", mimetype="text/plain")
        return render_template("unsubscribe.html", token=token, standing=reader(token)[1], is_done=True)

    @pages.get("/p/<token>")
    def preferences(token: str) -> str:
        _, found = reader(token)
        return render_template(
            "preferences.html", token=token, standing=found, saved=request.args.get("saved"), pauses=PAUSES
        )

    @pages.post("/p/<token>")
    def prefer(token: str) -> AnyResponse:
        touch_id, found = reader(token)
        lead_id = lead_of(touch_id)
        with engine.deciding() as (connection, now):
            if "pause" in request.form:
                until = now + PAUSES.get(request.form["pause"], timedelta(0))
                consent.snooze(connection, lead_id, until, now=now)
            else:
                chosen = {topic.key: topic.key in request.form.getlist("topic") for topic in found.topics}
                consent.prefer(connection, lead_id, chosen, touch_id=touch_id, now=now)
        return redirect(url_for("footer.preferences", token=token, saved="yes"), 303)

    @pages.get("/v/<token>")
    def view(token: str) -> Response:
        touch_id, _ = reader(token)
        try:
            parts = as_read(engine, touch_id, g.now)
        except NurtureError:  # the mail is not in the live revision any more
            abort(404)
        return as_mail((parts or abort(404)).html, framed=False)

    def reader(token: str) -> tuple[int, Standing]:
        """The touch of a token and what its lead has agreed to; a kind 404 for a token that is none of ours."""
        try:
            touch_id = engine.keyring.read_touch_token(token).touch_id
        except TokenError:
            abort(404)
        now: datetime = engine.clock.now()
        with engine.database.reading() as connection:
            found = standing(connection, engine.live.programme, lead_of(touch_id), now)
        return touch_id, found or abort(404)

    return pages
