"""What the foot of every mail links to: unsubscribe, preferences, view in browser. For those who were mailed, without login.

The token is the right. GET and HEAD change nothing, for scanners follow every link (RFC 8058 §1); what ends the right to
mail is committed before it is answered, and so is whatever else is chosen.
"""

from datetime import UTC, date, datetime, time, timedelta

from flask import Blueprint, Response, abort, g, redirect, render_template, request, url_for
from werkzeug.datastructures import MultiDict
from werkzeug.wrappers import Response as AnyResponse

from nurture.content.catalog import Catalog
from nurture.engine import consent
from nurture.engine.consent import Choice
from nurture.engine.engine import Engine
from nurture.errors import NurtureError, TokenError
from nurture.insight.consent import Standing, standing
from nurture.statemachine.calendars import zone
from nurture.vocabulary.touch import lead_of
from nurture.vocabulary.words import BY_CONSENT
from webapp.as_read import as_read
from webapp.footer_words import WORDS, FooterWords, language_names, words_for
from webapp.rights import Permission, area
from webapp.safety import as_mail

ONE_CLICK = "One-Click"
UNSUBSCRIBING = "webapp.footer.unsubscribe"
"""The one view that takes a POST without our form: a mail program sends it."""
PAUSES = ("30", "90")
"""Days that a lead may ask for at a touch; any other day it may name."""
PAUSE_MAX = timedelta(days=365)
WRITTEN_IN = "en"
"""The language of mails whose file names none."""


def pages(engine: Engine) -> Blueprint:
    pages = area("footer", see=Permission.PUBLIC)

    @pages.get("/u/<token>")
    def ask(token: str) -> str:
        return unsubscribing(token, reader(token)[1])

    @pages.post("/u/<token>")
    def unsubscribe(token: str) -> str | Response:
        touch_id, _ = reader(token)
        one_click = request.form.get("List-Unsubscribe") == ONE_CLICK
        unsubscribed(touch_id, how="one-click" if one_click else "page")
        if one_click:
            return Response("Unsubscribed.\n", mimetype="text/plain")
        return unsubscribing(token, reader(token)[1], is_done=True)

    @pages.get("/p/<token>")
    def preferences(token: str) -> str:
        return choosing(token, reader(token)[1], saved="saved" in request.args)

    @pages.post("/p/<token>")
    def prefer(token: str) -> AnyResponse | tuple[str, int]:
        touch_id, found = reader(token)
        lead_id = lead_of(touch_id)
        if "all" in request.form:
            unsubscribed(touch_id, how="preference page")
        elif "pause" in request.form:
            until = asked_pause(found, engine.clock.now())
            if until is None:
                return choosing(token, found, wrong_day=True), 422
            with engine.deciding() as (connection, now):
                consent.snooze(connection, lead_id, until, now=now)
        else:
            choice = choice_of(found, request.form)
            if choice != Choice():
                with engine.deciding() as (connection, now):
                    consent.prefer(connection, lead_id, choice, touch_id=touch_id, now=now)
        return redirect(url_for("footer.preferences", token=token, saved="yes"), 303)

    @pages.get("/v/<token>")
    def view(token: str) -> Response:
        touch_id, _ = reader(token)
        try:
            parts = as_read(engine, touch_id, g.now)
        except NurtureError:  # the mail is not in the live revision any more
            abort(404)
        return as_mail((parts or abort(404)).html, framed=False)

    def unsubscribed(touch_id: int, *, how: str) -> None:
        with engine.deciding() as (connection, now):
            consent.unsubscribe(connection, lead_of(touch_id), touch_id=touch_id, now=now, how=how)

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

    def asked_pause(found: Standing, now: datetime) -> datetime | None:
        """Until when the lead wants to rest; None for a day that is none."""
        asked = request.form["pause"]
        if asked in (*PAUSES, "0"):
            return now + timedelta(days=int(asked))
        clock = zone(engine.live.programme, found.state.lead)
        try:
            day = date.fromisoformat(request.form.get("until", ""))
        except ValueError:
            return None
        until = datetime.combine(day, time(), clock).astimezone(UTC)
        return until if timedelta(0) < until - now <= PAUSE_MAX else None

    return pages


def unsubscribing(token: str, found: Standing, *, is_done: bool = False) -> str:
    return render_template(
        "unsubscribe.html", token=token, standing=found, is_done=is_done, words=words_of(found)
    )


def choosing(token: str, found: Standing, *, saved: bool = False, wrong_day: bool = False) -> str:
    languages = languages_of(g.live.catalog) if g.live else {}
    spoken = (found.state.lead.language or WRITTEN_IN)[:2].lower()
    clock = zone(g.live.programme, found.state.lead) if g.live else UTC  # the one by which its mail leaves
    tomorrow = g.now.astimezone(clock).date() + timedelta(days=1)
    return render_template(
        "preferences.html",
        token=token,
        standing=found,
        clock=clock,
        saved=saved,
        wrong_day=wrong_day,
        pauses=PAUSES,
        words=words_of(found),
        languages=languages if len(languages) > 1 else {},
        spoken=spoken,
        first_day=tomorrow,
        last_day=tomorrow + PAUSE_MAX - timedelta(days=2),
        is_final=found.cause is not None and found.cause not in BY_CONSENT,
    )


def words_of(found: Standing) -> FooterWords:
    return words_for(found.state.lead.language, request.accept_languages.best_match(list(WORDS)))


def choice_of(found: Standing, form: MultiDict[str, str]) -> Choice:
    """What the form says that was not so before."""
    ticked = set(form.getlist("topic"))
    tracking = "tracking" in form
    language = form.get("language", "")
    known = languages_of(g.live.catalog) if g.live else {}
    is_other = language in known and language != (found.state.lead.language or WRITTEN_IN)[:2].lower()
    return Choice(
        topics={each.key: each.key in ticked for each in found.topics if (each.key in ticked) != each.wanted},
        tracking=None if tracking == (not found.state.untracked) else tracking,
        language=language if is_other else None,
    )


def languages_of(catalog: Catalog) -> dict[str, str]:
    """The languages that some mail is written in, by their own names."""
    written = {
        variant.language or WRITTEN_IN for family in catalog.mails.values() for variant in family.variants
    }
    return language_names(written)
