"""Broadcasts: how far each has come; a new one, whose audience is shown and whose number is typed before it is set."""

from collections.abc import Callable

from flask import Blueprint, abort, flash, g, redirect, render_template, request, url_for
from sqlalchemy import Connection
from werkzeug.wrappers import Response

from nurture.engine import broadcasts as verbs
from nurture.engine.audit import audit
from nurture.engine.editing import write
from nurture.engine.engine import Engine
from nurture.engine.live import Live
from nurture.engine.new_broadcast import NewBroadcast, key_for, path_of, text_of
from nurture.errors import ProgrammeError
from nurture.insight.broadcasts import (
    BroadcastLine,
    BroadcastStatus,
    broadcast_lines,
    broadcast_numbers,
    had_already,
)
from nurture.insight.segments import Audience, audiences, counting
from nurture.insight.words import tag_counts
from webapp.acting import actor
from webapp.broadcast_form import asked, campaigns_with
from webapp.rights import Permission, area, needs

Verb = Callable[[Connection, str], bool]


def pages(engine: Engine) -> Blueprint:
    pages = area("broadcasts", see=Permission.SEE, change=Permission.PUBLISH)

    @pages.get("/broadcasts")
    def broadcasts() -> str:
        with engine.database.reading() as connection:
            lines = broadcast_lines(connection, engine.live.programme, g.now)
        return render_template("broadcasts.html", lines=lines)

    @pages.get("/broadcasts/<key>")
    def broadcast(key: str) -> str:
        with engine.database.reading() as connection:
            line = line_of(connection, key)
            numbers = broadcast_numbers(connection, key)
        return render_template(
            "broadcast.html",
            line=line,
            numbers=numbers,
            programme=engine.live.programme,
            statuses=BroadcastStatus,
        )

    @pages.get("/broadcasts/new")
    @needs(Permission.PUBLISH)
    def new() -> str:
        return form(problem="")

    @pages.post("/broadcasts")
    def make() -> Response | tuple[str, int]:
        """Publish the broadcast as a revision, if the number that was shown was typed and still holds."""
        wanted, problem = asked(request.form, engine.live, g.now)
        if wanted is None:
            return form(problem=problem), 400
        with engine.database.reading() as connection:
            audience = counted(connection, wanted)
        typed = request.form.get("typed", "").replace(",", "").strip()
        if audience is None or typed != str(audience.mailable):
            return form(
                problem="Type the number of leads as it is shown, so that nothing goes out by accident."
            ), 400
        key = key_for(wanted.name, engine.live.programme.campaigns)
        try:
            write(
                engine,
                {path_of(key): text_of(wanted, key)},
                expecting=request.form.get("revision", 0, type=int),
                actor=actor(),
                reason=f"Broadcast: {wanted.name}",
            )
        except ProgrammeError as error:
            return form(problem=str(error)), 409
        with engine.deciding() as (connection, now):
            detail: dict[str, str | int] = {
                "leads": audience.mailable,
                "at": str(wanted.at),
                "mail": wanted.mail,
            }
            audit(connection, actor=actor(), what="set a broadcast", target=key, detail=detail, now=now)
        flash(f"“{wanted.name}” is set. You can pause it, or call it off, until its last mail has left.")
        return redirect(url_for("broadcasts.broadcast", key=key))

    @pages.post("/broadcasts/<key>/pause")
    def pause(key: str) -> Response:
        return done(key, "paused", "Paused: no further mail leaves until you let it go on.", verbs.pause)

    @pages.post("/broadcasts/<key>/resume")
    def resume(key: str) -> Response:
        return done(key, "resumed", "It goes on.", verbs.resume)

    @pages.post("/broadcasts/<key>/cancel")
    def cancel(key: str) -> Response:
        by = actor()
        words = "Called off: no further mail leaves. What has left cannot be taken back."
        return done(key, "called off", words, lambda c, k, *, now: verbs.cancel(c, k, by=by, now=now))

    def done(key: str, what: str, words: str, verb: Callable[..., bool]) -> Response:
        with engine.deciding() as (connection, now):
            line_of(connection, key)
            if verb(connection, key, now=now):
                audit(connection, actor=actor(), what=f"{what} a broadcast", target=key, now=now)
                flash(words)
            else:
                flash("It was so already.")
        return redirect(url_for("broadcasts.broadcast", key=key))

    def line_of(connection: Connection, key: str) -> BroadcastLine:
        lines = broadcast_lines(connection, engine.live.programme, g.now)
        return next((line for line in lines if line.campaign.key == key), None) or abort(404)

    def counted(connection: Connection, wanted: NewBroadcast) -> Audience | None:
        kind = ("segment", wanted.segment) if wanted.segment is not None else ("tag", wanted.tag or "")
        return audiences(connection).get(kind)

    def form(*, problem: str) -> str:
        live: Live = engine.live
        chosen = request.values
        wanted, missing = asked(chosen, live, g.now)
        audience, had = None, 0
        with engine.database.reading() as connection:
            if wanted is not None:
                audience = counted(connection, wanted)
                if wanted.segment is not None:
                    those = campaigns_with(live.programme, wanted.mail)
                    had = had_already(connection, wanted.segment, wanted.mail, those)
            tags, under_way = tag_counts(connection), counting(connection)
        return render_template(
            "broadcast_new.html",
            live=live,
            chosen=chosen,
            wanted=wanted,
            audience=audience,
            had=had,
            tags=tags,
            under_way=under_way,
            problem=problem or (missing if chosen.get("mail") else ""),
            mails=sorted(live.catalog.mails),
        )

    return pages
