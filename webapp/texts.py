"""The files of the live programme, to read and to edit as they are: checked as they are typed in, seen before they are live.

A mail has an editor of its own on the same page, where a browser runs scripts (webapp/mail_editor.py); without them, and for
every other file, the text is edited in a field.
"""

import secrets
from typing import Any

from flask import (
    Blueprint,
    Response,
    abort,
    flash,
    make_response,
    redirect,
    render_template,
    request,
    url_for,
)
from werkzeug.wrappers import Response as AnyResponse

from nurture.check import check
from nurture.content.catalog import CAMPAIGN, MAIL, PROGRAMME, TEMPLATES, load_texts
from nurture.content.mails import read_mail, variant_name
from nurture.content.problems import Problem
from nurture.content.retyped import retyped, spliced
from nurture.engine.drafts import Draft, draft_of
from nurture.engine.editing import OvertakenError, write
from nurture.engine.engine import Engine
from nurture.engine.send_test import send_test
from nurture.errors import NurtureError, ProgrammeError
from nurture.insight.examples import example_leads
from webapp.acting import actor, me
from webapp.draft_mail import addressed_preview, reader
from webapp.mail_frame import as_problem, as_text, framed
from webapp.mail_review import refuse_unapproved
from webapp.mail_state import EXAMPLES, editor_state
from webapp.rights import Permission, area, needs
from webapp.safety import PAGE


def pages(engine: Engine) -> Blueprint:
    pages = area("texts", see=Permission.SEE, change=Permission.EDIT)

    @pages.get("/files")
    def texts() -> str:
        paths = sorted(engine.live.catalog.texts)
        return render_template("texts.html", groups=grouped(paths), problems=check(engine.live.catalog))

    @pages.get("/files/<path:path>")
    def text(path: str) -> str | Response:
        live = engine.live
        found = live.catalog.texts.get(path)
        if not MAIL.fullmatch(path):
            return editor(path, found if found is not None else abort(404), number=live.number)
        with engine.database.reading() as connection:
            begun = draft_of(connection, path)
        if begun is not None:
            found = begun.text
        if found is None:
            abort(404)
        nonce = secrets.token_urlsafe(16)
        state = editor_state(engine, path, found, begun, nonce)
        response = make_response(editor(path, found, number=live.number, state=state, begun=begun))
        styles = f"style-src 'self' 'nonce-{nonce}'"  # CodeMirror brings its rules in an element of its own
        response.headers["Content-Security-Policy"] = PAGE.replace("style-src 'self'", styles)
        return response

    @pages.post("/files/<path:path>/check")
    def checked(path: str) -> str:
        return editor(
            known(path), draft(path), number=request.form.get("revision", 0, type=int), is_draft=True
        )

    @pages.post("/files/<path:path>")
    @needs(Permission.PUBLISH)
    def publish(path: str) -> AnyResponse | tuple[str, int]:
        typed, number = draft(path), request.form.get("revision", 0, type=int)
        reason = request.form.get("reason", "").strip() or f"{path}, on its page"
        try:
            refuse_unapproved(engine, known(path), typed)
            live = write(engine, {path: typed}, expecting=number, actor=actor(), reason=reason)
        except OvertakenError as error:
            return editor(path, typed, number=error.number, is_draft=True, problem=str(error)), 409
        except ProgrammeError as error:
            return editor(path, typed, number=number, is_draft=True, problem=str(error)), 422
        flash(f"Live, as revision {live}. `nurture pull` writes it to the file.")
        return redirect(url_for("texts.text", path=path), 303)

    @pages.post("/files/<path:path>/preview")
    @needs(Permission.SEE)
    def preview(path: str) -> Response:  # it shows, and changes nothing
        if not MAIL.fullmatch(path):
            abort(404)
        asked, typed = request.form, draft(path)
        try:
            state = reader(engine, asked.get("lead", type=int), asked.get("persona") or None)
            parts = addressed_preview(engine, path, typed, state, variant=asked.get("variant") or None)
        except NurtureError as error:
            return as_problem(str(error))
        if asked.get("ground") == "text":
            return as_text(parts)
        return framed(parts, ground=asked.get("ground", "light"), images="no-images" not in asked)

    @pages.post("/files/<path:path>/test")
    def test(path: str) -> AnyResponse:
        found = MAIL.fullmatch(path) or abort(404)
        mail = f"{found[1]}/{variant_name(found[2])[0]}"
        with engine.database.reading() as connection:
            begun = draft_of(connection, path) if "draft" in request.form else None
        if begun is None:
            known(path)
        try:
            written = None if begun is None else read_mail(path, begun.text)
            flash(send_test(engine, mail, to=me().email, lead=request.form.get("lead", ""), draft=written))
        except NurtureError as error:
            flash(f"Not sent: {error}", "wrong")
        return redirect(url_for("texts.text", path=path), 303)

    def known(path: str) -> str:
        """The path, if there is such a text."""
        return path if path in engine.live.catalog.texts else abort(404)

    def draft(path: str) -> str:
        """What was typed, with the line ends that the file has."""
        before, typed = engine.live.catalog.texts.get(path, ""), request.form.get("text", "")
        return spliced(before, retyped(before, typed))

    def editor(
        path: str,
        typed: str,
        *,
        number: int,
        is_draft: bool = False,
        problem: str = "",
        state: dict[str, Any] | None = None,
        begun: Draft | None = None,
    ) -> str:
        with engine.database.reading() as connection:
            examples = example_leads(connection, most=EXAMPLES)
        return render_template(
            "text.html",
            path=path,
            typed=typed,
            number=number,
            is_draft=is_draft,
            problem=problem,
            problems=problems_of(path, typed),
            is_mail=MAIL.fullmatch(path) is not None,
            examples=examples,
            state=state,
            draft=begun,
        )

    def problems_of(path: str, typed: str) -> tuple[Problem, ...]:
        """What is wrong in the file if it said *typed*."""
        catalog = load_texts({**engine.live.catalog.texts, path: typed})
        return tuple(problem for problem in check(catalog) if problem.file == path)

    return pages


def grouped(paths: list[str]) -> dict[str, list[str]]:
    """The paths by what they belong to, the programme first and the templates last."""
    groups: dict[str, list[str]] = {"Programme": [path for path in paths if path == PROGRAMME]}
    for path in paths:
        if found := CAMPAIGN.fullmatch(path) or MAIL.fullmatch(path):
            groups.setdefault(found[1], []).append(path)
    groups["Templates"] = [path for path in paths if path.startswith(TEMPLATES)]
    return {
        name: sorted(found, key=lambda path: ("/mails/" in path, path))
        for name, found in groups.items()
        if found
    }
