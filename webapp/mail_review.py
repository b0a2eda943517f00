"""A mail on its way to readers: where its text stands, who may say so, and what people said of it."""

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from nurture.content.catalog import MAIL
from nurture.engine.drafts import draft_of
from nurture.engine.engine import Engine
from nurture.engine.reviews import (
    MailState,
    bring_back,
    comment,
    comments,
    retire,
    say,
    settle,
    state_of,
)
from nurture.errors import ProgrammeError
from webapp.acting import actor, i_may
from webapp.differences import differences
from webapp.rights import Permission, area, needs


def pages(engine: Engine) -> Blueprint:
    pages = area("mail_review", see=Permission.SEE, change=Permission.EDIT)

    @pages.get("/files/<path:path>/review")
    def review(path: str) -> str:
        text, live = newest(path), engine.live.catalog.texts.get(path)
        with engine.database.reading() as connection:
            return render_template(
                "mail_review.html",
                path=path,
                state=state_of(connection, path, text, live),
                comments=comments(connection, path),
                changes=differences(live or "", text),
                is_live=live is not None,
            )

    @pages.post("/files/<path:path>/review")
    def ask(path: str) -> Response:
        return said(path, MailState.IN_REVIEW, "Whoever may approve sees it on the page Mails.")

    @pages.post("/files/<path:path>/approve")
    @needs(Permission.APPROVE)
    def approve(path: str) -> Response:
        return said(path, MailState.APPROVED, "Approved, as it is written now. It can be made live.")

    @pages.post("/files/<path:path>/send-back")
    @needs(Permission.APPROVE)
    def send_back(path: str) -> Response:
        return said(path, MailState.DRAFT, "Sent back as a draft.")

    @pages.post("/files/<path:path>/retire")
    @needs(Permission.APPROVE)
    def retired(path: str) -> Response:
        text = newest(path)
        try:
            with engine.deciding() as (connection, now):
                retire(connection, path, text, engine.live.catalog, actor=actor(), now=now)
            flash("Retired: no step and no broadcast can send it.")
        except ProgrammeError as error:
            flash(f"Not retired: {error}", "wrong")
        return back(path)

    @pages.post("/files/<path:path>/bring-back")
    @needs(Permission.APPROVE)
    def brought_back(path: str) -> Response:
        newest(path)
        with engine.deciding() as (connection, now):
            bring_back(connection, path, actor=actor(), now=now)
        return back(path)

    @pages.post("/files/<path:path>/comment")
    @needs(Permission.SEE)
    def commented(path: str) -> Response:
        newest(path)
        try:
            with engine.deciding() as (connection, now):
                comment(connection, path, request.form.get("words", ""), actor=actor(), now=now)
        except ProgrammeError as error:
            flash(f"Not kept: {error}", "wrong")
        return back(path)

    @pages.post("/files/<path:path>/settle")
    def settled(path: str) -> Response:
        newest(path)
        with engine.deciding() as (connection, now):
            settle(connection, path, request.form.get("comment", 0, type=int), actor=actor(), now=now)
        return back(path)

    def said(path: str, state: MailState, words: str) -> Response:
        text = newest(path)
        live = engine.live.catalog.texts.get(path)
        with engine.deciding() as (connection, now):
            if state_of(connection, path, text, live) is MailState.RETIRED:
                words = "It is retired; bring it back first."
            else:
                say(connection, path, text, state, actor=actor(), now=now)
        flash(words)
        return back(path)

    def newest(path: str) -> str:
        """The text of the draft, else the live one."""
        if not MAIL.fullmatch(path):
            abort(404)
        with engine.database.reading() as connection:
            draft = draft_of(connection, path)
        found = engine.live.catalog.texts.get(path) if draft is None else draft.text
        return found if found is not None else abort(404)

    def back(path: str) -> Response:
        return redirect(url_for("mail_review.review", path=path), 303)

    return pages


def refuse_unapproved(engine: Engine, path: str, text: str) -> None:
    """Raises ProgrammeError where *text* may not go live yet; whoever may approve does so by making it live."""
    if not MAIL.fullmatch(path):
        return
    live = engine.live.catalog.texts.get(path)
    with engine.deciding() as (connection, now):
        state = state_of(connection, path, text, live)
        if state is MailState.RETIRED:
            raise ProgrammeError(f"{path}:1:1: this mail is retired; bring it back on its review page first")
        if state is MailState.APPROVED:
            return
        if not i_may(Permission.APPROVE):
            message = (
                f"this text is {'still in review' if state is MailState.IN_REVIEW else 'not approved yet'}"
            )
            raise ProgrammeError(f"{path}:1:1: {message}; ask for a review, and an approver to approve it")
        say(connection, path, text, MailState.APPROVED, actor=actor(), now=now)
