"""The mails of the product itself: what each is for and may say, how it reads, and an own text in place of the shipped one."""

from collections.abc import Container

import msgspec
from flask import Blueprint, Response, abort, flash, redirect, render_template, url_for
from msgspec.structs import replace
from werkzeug.wrappers import Response as AnyResponse

from nurture.content.mails import MailFile, read_mail
from nurture.content.system_mails import FOLDER, SYSTEM_MAILS, SystemMail
from nurture.content.system_texts import file_name, shipped_text, system_mail
from nurture.engine.drafts import draft_of, drafts, save_draft
from nurture.engine.editing import OvertakenError, write
from nurture.engine.engine import Engine
from nurture.errors import NurtureError, ProgrammeError
from nurture.languages.catalogues import LANGUAGES
from webapp.acting import actor
from webapp.draft_mail import system_preview
from webapp.mail_frame import as_problem, framed
from webapp.mail_outline import excerpt
from webapp.rights import Permission, area, needs


class Text(msgspec.Struct, frozen=True):
    """What readers of *language* get of a system mail, or will get once its draft is live.

    path     where the programme's own file stands, or would.
    is_own   whether it has that one; *is_draft* whether it is being written.
    subject  of the mail; *problem* why it cannot be read, empty for none.
    """

    language: str
    path: str
    is_own: bool
    is_draft: bool
    subject: str = ""
    problem: str = ""


def pages(engine: Engine) -> Blueprint:
    pages = area("system_mails", see=Permission.SEE, change=Permission.EDIT)

    @pages.get("/mails/system/<name>")
    def mail(name: str) -> str:
        kind = known(name)
        with engine.database.reading() as connection:
            begun = drafts(connection)
        texts = [text_of(name, each, begun) for each in LANGUAGES]
        return render_template("system_mail.html", kind=kind, texts=texts, language_names=LANGUAGES)

    @pages.get("/mails/system/<name>/<language>")
    def one(name: str, language: str) -> Response:
        try:
            return framed(system_preview(engine, known(name), file_of(name, spoken(language))))
        except NurtureError as error:
            return as_problem(str(error))

    @pages.post("/mails/system/<name>/<language>")
    def begin(name: str, language: str) -> AnyResponse:
        """A draft of an own text, which begins as a copy of the shipped one."""
        path = own_path(known(name).name, spoken(language))
        with engine.deciding() as (connection, now):
            if path not in engine.live.catalog.texts and draft_of(connection, path) is None:
                save_draft(connection, path, shipped_text(name, language), seeing=0, actor=actor(), now=now)
        return redirect(url_for("texts.text", path=path), 303)

    @pages.post("/mails/system/<name>/<language>/leave")
    @needs(Permission.PUBLISH)
    def leave(name: str, language: str) -> AnyResponse:
        """Send the shipped text again."""
        path, live = own_path(known(name).name, spoken(language)), engine.live
        if path in live.catalog.texts:
            reason = f"the shipped {name} in place of our own"
            try:
                write(engine, {}, removed=[path], expecting=live.number, actor=actor(), reason=reason)
                flash("The shipped text is sent again. Your own stands in the history of the programme.")
            except (OvertakenError, ProgrammeError) as error:
                flash(f"Not changed: {error}", "wrong")
        return redirect(url_for("system_mails.mail", name=name), 303)

    def file_of(name: str, language: str) -> MailFile:
        """What readers of *language* get, a draft before what is live. Raises ProgrammeError for one that cannot be read."""
        path = own_path(name, language)
        with engine.database.reading() as connection:
            draft = draft_of(connection, path)
        if draft is not None:
            return read_mail(path, draft.text)
        return system_mail(engine.live.catalog, name, language).mail

    def text_of(name: str, language: str, begun: Container[str]) -> Text:
        path = own_path(name, language)
        text = Text(language, path, path in engine.live.catalog.texts, path in begun)
        try:
            return replace(text, subject=excerpt(file_of(name, language).front.subject))
        except ProgrammeError as error:
            return replace(text, problem=str(error))

    return pages


def own_path(name: str, language: str) -> str:
    return f"campaigns/{FOLDER}/mails/{file_name(name, language)}"


def known(name: str) -> SystemMail:
    return SYSTEM_MAILS.get(name) or abort(404)


def spoken(language: str) -> str:
    return language if language in LANGUAGES else abort(404)
