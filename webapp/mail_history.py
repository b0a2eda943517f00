"""The revisions of one mail and the versions that people named, what each changed, and any of them as a draft again."""

from typing import Any

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from sqlalchemy import Connection
from werkzeug.wrappers import Response

from nurture.content.catalog import MAIL
from nurture.engine import named_versions
from nurture.engine.drafts import DraftOvertakenError, draft_of, save_draft
from nurture.engine.engine import Engine
from nurture.engine.named_versions import NAME_MAX, named_version
from nurture.insight.text_history import TextRevision, history_of, text_at
from webapp.acting import actor
from webapp.differences import Line, differences
from webapp.named_versions import called
from webapp.rights import Permission, area


def pages(engine: Engine) -> Blueprint:
    pages = area("mail_history", see=Permission.SEE, change=Permission.EDIT)

    @pages.get("/files/<path:path>/history")
    def history(path: str) -> str:
        with engine.database.reading() as connection:
            revisions, draft = history_of(connection, path), draft_of(connection, path)
            versions = named_versions.named_versions(connection, path)
            if not MAIL.fullmatch(path) or not (revisions or draft or versions):
                abort(404)
            now = draft.text if draft is not None else engine.live.catalog.texts.get(path, "")
            compared = request.args.get("named", 0, type=int)
            return render_template(
                "mail_history.html",
                path=path,
                live=engine.live.number,
                is_there=draft is not None or path in engine.live.catalog.texts,
                revisions=revisions,
                draft=draft,
                changes=changed(connection, path, revisions),
                versions=versions,
                called=called,
                name_max=NAME_MAX,
                removed=named_versions.removed(connection, path, request.args.get("removed", 0, type=int)),
                against_now={
                    each.id: differences(now, each.text) for each in versions if each.id == compared
                },
            )

    @pages.post("/files/<path:path>/restore")
    def restore(path: str) -> Response:
        """The text of revision *number*, or of the version *named*, as the newest state of the draft."""
        number, named, seeing = (
            request.form.get(name, 0, type=int) for name in ("number", "named", "seeing")
        )
        try:
            with engine.deciding() as (connection, now):
                version = named_version(connection, path, named)
                text = text_at(connection, path, number) if version is None else version.text
                if text is None:
                    abort(404)
                kept = save_draft(connection, path, text, seeing=seeing, actor=actor(), now=now)
        except DraftOvertakenError as error:
            flash(f"Not restored: {error}", "wrong")
            return redirect(url_for("mail_history.history", path=path), 303)
        if version is None:
            flash(f"The text of revision {number} is the draft now. Nothing is live before you publish it.")
        else:
            flash(f"The version “{called(version)}” is the draft now. Nothing is live before you publish it.")
        restored: dict[str, Any] = {} if kept.number == seeing else {"restored": kept.number}
        return redirect(url_for("texts.text", path=path, **restored), 303)

    return pages


def changed(
    connection: Connection, path: str, revisions: tuple[TextRevision, ...]
) -> dict[int, tuple[Line, ...]]:
    """What one of the *revisions* changed, by its number: the one that is asked for, else the newest."""
    of = request.args.get("of", revisions[0].number if revisions else 0, type=int)
    numbers = [each.number for each in revisions]
    if of not in numbers:
        return {}
    before = next((number for number in numbers if number < of), None)
    old = "" if before is None else text_at(connection, path, before) or ""
    return {of: differences(old, text_at(connection, path, of) or "")}
