"""The revisions of one mail, what each changed, and any of them as a draft again."""

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from nurture.content.catalog import MAIL
from nurture.engine.drafts import DraftOvertakenError, draft_of, save_draft
from nurture.engine.engine import Engine
from nurture.insight.text_history import history_of, text_at
from webapp.acting import actor
from webapp.differences import differences
from webapp.rights import Permission, area


def pages(engine: Engine) -> Blueprint:
    pages = area("mail_history", see=Permission.SEE, change=Permission.EDIT)

    @pages.get("/files/<path:path>/history")
    def history(path: str) -> str:
        with engine.database.reading() as connection:
            revisions, draft = history_of(connection, path), draft_of(connection, path)
            if not MAIL.fullmatch(path) or not (revisions or draft):
                abort(404)
            of = request.args.get("of", revisions[0].number if revisions else 0, type=int)
            numbers = [each.number for each in revisions]
            before = next((number for number in numbers if number < of), None)
            changes = {}
            if of in numbers:
                old = "" if before is None else text_at(connection, path, before) or ""
                changes[of] = differences(old, text_at(connection, path, of) or "")
        return render_template(
            "mail_history.html", path=path, revisions=revisions, draft=draft, changes=changes
        )

    @pages.post("/files/<path:path>/restore")
    def restore(path: str) -> Response:
        number, seeing = (request.form.get(name, 0, type=int) for name in ("number", "seeing"))
        try:
            with engine.deciding() as (connection, now):
                text = text_at(connection, path, number)
                if text is None:
                    abort(404)
                save_draft(connection, path, text, seeing=seeing, actor=actor(), now=now)
        except DraftOvertakenError as error:
            flash(f"Not restored: {error}", "wrong")
            return redirect(url_for("mail_history.history", path=path), 303)
        flash(f"The text of revision {number} is the draft now. Nothing is live before you publish it.")
        return redirect(url_for("texts.text", path=path), 303)

    return pages
