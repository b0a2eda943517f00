"""What is typed into the field of a file: kept as its draft, by itself or by a button, given up, and made live.

A script saves a moment after typing stops (static/drafting.js), at the address that the button has. Whoever has no script saves
with the button.
"""

from flask import flash, redirect, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from nurture.engine.drafts import Draft, DraftOvertakenError, discard, publish_draft, rebase, save_draft
from nurture.engine.editing import OvertakenError
from nurture.engine.engine import Engine
from nurture.errors import ProgrammeError
from webapp.acting import actor
from webapp.mail_editor import answer
from webapp.mail_review import refuse_unapproved
from webapp.moments import clock_time
from webapp.rights import Area, Permission, needs
from webapp.said import said
from webapp.text_page import Begun, begun, overtaken, text_page, typed_text


def add_to(pages: Area, engine: Engine) -> None:
    @pages.post("/files/<path:path>/keep")
    def keep(path: str) -> AnyResponse | tuple[str, int]:
        there = begun(engine, path)
        typed = typed_text(there)
        try:
            kept = saved(there, typed)
        except DraftOvertakenError as error:
            if for_script():
                return answer({"words": said(str(error))}, 409)
            return both(there, typed, error)
        if for_script():
            at = engine.clock.now() if kept is None else kept.saved_at
            return answer({"number": 0 if kept is None else kept.number, "at": clock_time(at)})
        flash("Saved as a draft. Nothing is live before it is published." if kept else "Nothing was changed.")
        return redirect(url_for("texts.text", path=path), 303)

    @pages.post("/files/<path:path>/drop")
    def drop(path: str) -> AnyResponse | tuple[str, int]:
        there = begun(engine, path)
        if there.draft is not None and there.draft.number != seeing():
            return both(there, typed_text(there), DraftOvertakenError(there.draft))
        with engine.deciding() as (connection, _):
            discard(connection, path)
        flash("The draft is discarded. This is the text that is live.")
        if there.live is None:
            return redirect(url_for("texts.texts"), 303)
        return redirect(url_for("texts.text", path=path), 303)

    @pages.post("/files/<path:path>")
    @needs(Permission.PUBLISH)
    def publish(path: str) -> AnyResponse | tuple[str, int]:
        there = begun(engine, path)
        typed = typed_text(there)
        reason = request.form.get("reason", "").strip() or f"{path}, on its page"
        try:
            kept = saved(there, typed)
            refuse_unapproved(engine, path, typed)
            live = there.number
            if kept is not None:
                live = publish_draft(engine, path, seeing=kept.number, actor=actor(), reason=reason)
        except DraftOvertakenError as error:
            return both(there, typed, error)
        except OvertakenError as error:
            return text_page(engine, begun(engine, path), typed, problem=str(error)), 409
        except ProgrammeError as error:
            return text_page(engine, begun(engine, path), typed, problem=str(error)), 422
        flash(f"Live, as revision {live}. `nurture pull` writes it to the file.")
        return redirect(url_for("texts.text", path=path), 303)

    def saved(there: Begun, typed: str) -> Draft | None:
        """The draft with *typed* in it; None where that is the live text and nobody has begun one."""
        base, over = (request.form.get(name, 0, type=int) for name in ("revision", "over"))
        if there.draft is None and typed == there.live:
            return None
        with engine.deciding() as (connection, now):
            kept = save_draft(
                connection, there.path, typed, seeing=seeing(), actor=actor(), now=now, base=base
            )
            if 0 < over <= there.number:  # the author has seen what went live up to there
                rebase(connection, kept, over)
        return kept

    def both(there: Begun, typed: str, error: DraftOvertakenError) -> tuple[str, int]:
        """Their change and ours; what was typed stands in the field, and is saved over theirs when it is sent once more."""
        found = overtaken(engine, error.newest, typed, error.newest.based_on)
        shown = text_page(
            engine,
            there,
            typed,
            seeing=error.newest.number,
            is_unsaved=True,
            problem=str(error),
            parted=found,
        )
        return shown, 409


def seeing() -> int:
    """The number of the draft's state from which the form was filled in."""
    return request.form.get("seeing", 0, type=int)


def for_script() -> bool:
    return request.accept_mimetypes.best == "application/json"
