"""A mail's text kept under a name: asked for in the editor (Ctrl+S) or on the page History, and removed and put back there."""

import msgspec
from flask import Blueprint, abort, flash, redirect, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from nurture.content.catalog import MAIL
from nurture.engine import named_versions
from nurture.engine.drafts import draft_of, text_of
from nurture.engine.engine import Engine
from nurture.engine.named_versions import NamedVersion, named_version
from nurture.errors import ProgrammeError
from nurture.insight.text_history import text_at
from webapp.acting import actor
from webapp.mail_editor import answer
from webapp.moments import clock_time
from webapp.rights import Permission, area
from webapp.said import said


class Named(msgspec.Struct, frozen=True):
    """The text that the editor shows, and what to call it; an empty name is the hour."""

    text: str
    name: str = ""


def pages(engine: Engine) -> Blueprint:
    pages = area("named_versions", see=Permission.SEE, change=Permission.EDIT)

    @pages.post("/files/<path:path>/name")
    def name(path: str) -> AnyResponse:
        """Keep what the editor shows. It is no edit: whoever else works on the mail is not in its way."""
        known(path)
        try:
            asked = msgspec.json.decode(request.get_data(), type=Named)
        except msgspec.DecodeError as error:
            abort(400, str(error))
        try:
            kept = keep(path, asked.text, asked.name)
        except ProgrammeError as error:
            return answer({"refused": said(str(error))}, 422)
        return answer({"name": called(kept)})

    @pages.post("/files/<path:path>/named")
    def named(path: str) -> AnyResponse:
        """Keep what the page History said was the text: the draft's state *seeing*, else revision *revision*."""
        known(path)
        seeing, revision = (request.form.get(each, 0, type=int) for each in ("seeing", "revision"))
        with engine.database.reading() as connection:
            text = text_of(connection, path, seeing) if seeing else text_at(connection, path, revision)
        if text is None:
            flash("Not kept: the draft that you saw is gone. This is what there is now.", "wrong")
            return back(path)
        try:
            kept = keep(path, text, request.form.get("name", ""))
            flash(f"Kept as “{called(kept)}”, also after publishing.")
        except ProgrammeError as error:
            flash(f"Not kept: {error}", "wrong")
        return back(path)

    @pages.post("/files/<path:path>/named/<int:number>/remove")
    def remove(path: str, number: int) -> AnyResponse:
        with engine.deciding() as (connection, now):
            there = named_version(connection, path, number) or abort(404)
            named_versions.remove(connection, path, number, now)
        return redirect(url_for("mail_history.history", path=path, removed=there.id, _anchor="removed"), 303)

    @pages.post("/files/<path:path>/named/<int:number>/put-back")
    def put_back(path: str, number: int) -> AnyResponse:
        with engine.deciding() as (connection, _):
            if not named_versions.put_back(connection, path, number):
                flash("It cannot be put back any more: it was removed for more than a day.", "wrong")
        return back(path)

    def keep(path: str, text: str, name: str) -> NamedVersion:
        with engine.deciding() as (connection, now):
            return named_versions.keep(connection, path, text, name, actor=actor(), now=now)

    def known(path: str) -> None:
        if not MAIL.fullmatch(path):
            abort(404)
        if path not in engine.live.catalog.texts:
            with engine.database.reading() as connection:
                if draft_of(connection, path) is None and not named_versions.names_of(connection, path):
                    abort(404)

    def back(path: str) -> AnyResponse:
        return redirect(url_for("mail_history.history", path=path, _anchor="named"), 303)

    return pages


def called(version: NamedVersion) -> str:
    """Its name; the hour at which it was kept where it has none."""
    return version.name or clock_time(version.kept_at)
