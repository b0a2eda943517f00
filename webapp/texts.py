"""The files of the live programme, to read and to edit as they are: checked as they are typed in, seen before they are live."""

from flask import Blueprint, Response, abort, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from nurture.check import check
from nurture.content.catalog import CAMPAIGN, MAIL, PROGRAMME, TEMPLATES, load_texts
from nurture.content.mails import variant_name
from nurture.content.problems import Problem
from nurture.engine.editing import OvertakenError, write
from nurture.engine.engine import Engine
from nurture.engine.send_test import send_test
from nurture.errors import NurtureError, ProgrammeError
from nurture.insight.examples import example_leads
from webapp.acting import actor, me
from webapp.draft_mail import draft_preview
from webapp.rights import Permission, area, needs
from webapp.safety import as_mail

EXAMPLES = 12
"""How many leads a preview offers."""


def pages(engine: Engine) -> Blueprint:
    pages = area("texts", see=Permission.SEE, change=Permission.EDIT)

    @pages.get("/files")
    def texts() -> str:
        paths = sorted(engine.live.catalog.texts)
        return render_template("texts.html", groups=grouped(paths), problems=check(engine.live.catalog))

    @pages.get("/files/<path:path>")
    def text(path: str) -> str:
        live = engine.live
        found = live.catalog.texts.get(path)
        if found is None:
            abort(404)
        return editor(path, found, number=live.number)

    @pages.post("/files/<path:path>/check")
    def checked(path: str) -> str:
        return editor(known(path), draft(), number=request.form.get("revision", 0, type=int), is_draft=True)

    @pages.post("/files/<path:path>")
    @needs(Permission.PUBLISH)
    def publish(path: str) -> AnyResponse | tuple[str, int]:
        typed, number = draft(), request.form.get("revision", 0, type=int)
        reason = request.form.get("reason", "").strip() or f"{path}, on its page"
        try:
            live = write(engine, {known(path): typed}, expecting=number, actor=actor(), reason=reason)
        except OvertakenError as error:
            return editor(path, typed, number=error.number, is_draft=True, problem=str(error)), 409
        except ProgrammeError as error:
            return editor(path, typed, number=number, is_draft=True, problem=str(error)), 422
        flash(f"Live, as revision {live}. `nurture pull` writes it to the file.")
        return redirect(url_for("texts.text", path=path), 303)

    @pages.post("/files/<path:path>/preview")
    def preview(path: str) -> Response:
        if not MAIL.fullmatch(path):
            abort(404)
        try:
            parts = draft_preview(engine, path, draft(), request.form.get("lead", type=int))
        except NurtureError as error:
            return Response(str(error), mimetype="text/plain", status=422)
        return as_mail(parts.html, framed=True)

    @pages.post("/files/<path:path>/test")
    def test(path: str) -> AnyResponse:
        found = MAIL.fullmatch(known(path)) or abort(404)
        mail = f"{found[1]}/{variant_name(found[2])[0]}"
        try:
            flash(send_test(engine, mail, to=me().email, lead=request.form.get("lead", "")))
        except NurtureError as error:
            flash(f"Not sent: {error}")
        return redirect(url_for("texts.text", path=path), 303)

    def known(path: str) -> str:
        """The path, if there is such a text."""
        return path if path in engine.live.catalog.texts else abort(404)

    def editor(path: str, typed: str, *, number: int, is_draft: bool = False, problem: str = "") -> str:
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
        )

    def problems_of(path: str, typed: str) -> tuple[Problem, ...]:
        """What is wrong in the file if it said *typed*."""
        catalog = load_texts({**engine.live.catalog.texts, path: typed})
        return tuple(problem for problem in check(catalog) if problem.file == path)

    return pages


def draft() -> str:
    """What was typed, with the line ends that files have: browsers send CRLF (HTML, form submission)."""
    return request.form.get("text", "").replace("\r\n", "\n")


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
