"""The files of the live programme, to read and to edit as they are: checked as they are typed in, seen before they are live.

A mail has an editor of its own on the same page, where a browser runs scripts (webapp/mail_editor.py); without them, and for
every other file, the text is edited in a field, and what is typed there is a draft (webapp/text_drafts.py).
"""

import secrets

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
from nurture.content.catalog import CAMPAIGN, MAIL, PROGRAMME, TEMPLATES
from nurture.content.mails import read_mail, variant_name
from nurture.engine.drafts import drafts, text_of
from nurture.engine.engine import Engine
from nurture.engine.send_test import is_system, send_example, send_test
from nurture.errors import NurtureError
from webapp import text_drafts
from webapp.acting import me
from webapp.draft_mail import addressed_preview, reader
from webapp.mail_frame import as_problem, as_text, framed
from webapp.mail_state import editor_state
from webapp.rights import Permission, area, needs
from webapp.safety import PAGE
from webapp.text_page import Begun, begun, text_page, typed_text


def pages(engine: Engine) -> Blueprint:
    pages = area("texts", see=Permission.SEE, change=Permission.EDIT)

    @pages.get("/files")
    def texts() -> str:
        live = engine.live.catalog
        with engine.database.reading() as connection:
            drafted = drafts(connection)
        groups = grouped(sorted({*live.texts, *drafted}))
        return render_template("texts.html", groups=groups, problems=check(live), drafts=drafted)

    @pages.get("/files/<path:path>")
    def text(path: str) -> str | Response:
        there = begun(engine, path)
        if not MAIL.fullmatch(path):
            return text_page(engine, there, there.text)
        nonce = secrets.token_urlsafe(16)
        before = before_restored(engine, there)
        state = editor_state(engine, path, there.text, there.draft, nonce, before=before)
        response = make_response(text_page(engine, there, there.text, state=state))
        styles = f"style-src 'self' 'nonce-{nonce}'"  # CodeMirror brings its rules in an element of its own
        response.headers["Content-Security-Policy"] = PAGE.replace("style-src 'self'", styles)
        return response

    @pages.post("/files/<path:path>/check")
    def checked(path: str) -> str:
        there, sent = begun(engine, path), request.form
        seeing, base = (sent.get(name, 0, type=int) for name in ("seeing", "revision"))
        return text_page(engine, there, typed_text(there), seeing=seeing, base=base, is_unsaved=True)

    @pages.post("/files/<path:path>/preview")
    @needs(Permission.SEE)
    def preview(path: str) -> Response:  # it shows, and changes nothing
        if not MAIL.fullmatch(path):
            abort(404)
        asked, typed = request.form, typed_text(begun(engine, path))
        try:
            state = reader(engine, path, asked.get("lead", type=int), asked.get("persona") or None)
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
        there = begun(engine, path)
        drafted = there.draft if "draft" in request.form else None
        if drafted is None and there.live is None:
            abort(404)
        try:
            written = None if drafted is None else read_mail(path, drafted.text)
            if is_system(mail):
                spoken = variant_name(path)[2]
                flash(send_example(engine, mail, to=me().email, language=spoken, draft=written))
            else:
                flash(
                    send_test(engine, mail, to=me().email, lead=request.form.get("lead", ""), draft=written)
                )
        except NurtureError as error:
            flash(f"Not sent: {error}", "wrong")
        return redirect(url_for("texts.text", path=path), 303)

    text_drafts.add_to(pages, engine)
    return pages


def before_restored(engine: Engine, there: Begun) -> str | None:
    """What the draft said before the state *restored* was put in its place from the history; None where nothing was just now."""
    number = request.args.get("restored", 0, type=int)
    if there.draft is None or there.draft.number != number:
        return None
    with engine.database.reading() as connection:
        return there.live if number == 1 else text_of(connection, there.path, number - 1)


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
