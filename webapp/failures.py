"""Pages for what went wrong: what failed, what is safe, and what to do."""

import secrets

from flask import Flask, g, render_template, request
from flask_wtf.csrf import CSRFError  # type: ignore[import-untyped]
from werkzeug.exceptions import HTTPException

from nurture.errors import ProgrammeError, SetupError
from nurture.log import get_log
from nurture.store.database import STORE_AWAY
from webapp import sent_again
from webapp.acting import own_path

log = get_log(__name__)

NOTHING_CHANGED = "Nothing was changed."
REFUSED = {
    400: ("This cannot be done", "Go back, load the page again, and send it once more."),
    401: ("You are not logged in", "Log in, and try again."),
    403: ("This is not for you", "Ask an admin for a role that may do it."),
    405: ("This cannot be done", "A link or a form of another version led here. Begin at the dashboard."),
    409: ("Somebody was faster", "Load the page again, and look at what has changed."),
    410: ("This is gone", "Check the address, or begin at the dashboard."),
    413: ("This is too large", "Send a smaller file or a shorter text."),
    415: ("This is no file of the kind that is asked for", "Choose another file."),
    422: ("This cannot be read as it is", "Go back, and look at what you have written."),
    429: ("Too many attempts", "Wait some minutes, and try again."),
    500: (
        "This page failed",
        "Try again in a minute. If it fails again, tell whoever runs this installation.",
    ),
    503: ("This is not possible just now", "Try again in a minute."),
}
"""By status: what it means here and what to do, where a page says nothing of its own."""
AGAIN_SECONDS = "60"
PATH_MOST = 200
"""Characters of a path that the log keeps: who asks for what is not there may ask for anything."""
TO_READERS = ("/u/", "/p/", "/v/", "/f/")
"""Where those who were mailed arrive: they see the company's name, and nothing of ours."""


def add_to(app: Flask) -> None:
    @app.errorhandler(CSRFError)
    def stale_form(_: CSRFError) -> tuple[str, int]:
        kept = with_what_was_sent()
        if kept is not None:
            return kept, 400
        return page(
            400,
            "This form is too old",
            NOTHING_CHANGED,
            "Go back, load the page again, and send it once more.",
        )

    @app.errorhandler(404)
    def not_found(_: Exception) -> tuple[str, int]:
        if is_of_readers():
            return page(
                404,
                "This link does not work",
                "Nothing was changed. It may have been cut short on its way to you.",
                "Open it from the mail again, or answer the mail: a person reads what you write.",
            )
        return page(
            404, "There is no such page", NOTHING_CHANGED, "Check the address, or begin at the dashboard."
        )

    @app.errorhandler(HTTPException)
    def refused(error: HTTPException) -> tuple[str, int]:
        code = error.code or 500
        title, remedy = REFUSED.get(code, REFUSED[400 if code < 500 else 500])
        said_by_us = "description" in vars(error) and error.description
        return page(code, title, NOTHING_CHANGED, str(said_by_us or remedy))

    @app.errorhandler(SetupError)
    def not_set_up(error: SetupError) -> tuple[str, int]:
        return page(503, "Not set up yet", "Nothing is lost, and no mail leaves.", str(error))

    @app.errorhandler(ProgrammeError)
    def unreadable(error: ProgrammeError) -> tuple[str, int]:
        log.error("programme unreadable", path=request.path, why=str(error))
        return page(503, "The programme cannot be read", "Nothing is lost, and no mail leaves.", str(error))

    def store_is_away(error: Exception) -> tuple[str, int, dict[str, str]]:
        name = name_of(error)
        log.error("store away", path=request.path, failure=name, error=error)
        shown, status = page(
            503,
            "The store is away for a moment",
            "What was recorded before is kept. What you sent with this page may not have been saved.",
            "Look in a minute whether it was, and else send it again. Mail goes on by itself when the store is back.",
            name,
        )
        return shown, status, {"Retry-After": AGAIN_SECONDS}

    for each in STORE_AWAY:
        app.register_error_handler(each, store_is_away)

    @app.errorhandler(Exception)
    def broken(error: Exception) -> tuple[str, int]:
        name = name_of(error)
        log.error("page failed", path=request.path, failure=name, error=error)
        return page(
            500,
            "This page failed",
            "Mail goes on, and what was recorded before is kept. Whatever you sent with this page was not saved.",
            "Try again. If it fails again, give the name below to whoever runs this installation.",
            name,
        )


def name_of(error: Exception) -> str:
    """What a failure is called on its page and in the log."""
    at = g.now.strftime("%H%M%S") if "now" in g else "start"
    return f"{at}-{type(error).__name__}"


def with_what_was_sent() -> str | None:
    """What an outdated form said, for whoever sent it; None where there is nothing to keep or nobody to show it to."""
    who = g.get("account")
    carried = sent_again.carried_by(request)  # a step of the login that another window was quicker with
    if carried and who is None:
        return sent_again.login_page(carried, own_path(request.form.get("next")))
    form = sent_again.unsealed(carried) if carried else sent_again.sent(own_path(request.referrer))
    if form is None or who is None or form.owner != who.id:
        return None
    return sent_again.shown(form, who)


def refused_by_name(status: int) -> str:
    """A name for what was refused, which stands in the log too: without what people's links are made of."""
    at = g.now.strftime("%H%M%S") if "now" in g else "start"
    name = f"{at}-{status}-{secrets.token_hex(2)}"
    path = request.path[:PATH_MOST] if request.endpoint is None and not is_of_readers() else None
    log.info("page refused", failure=name, status=status, view=request.endpoint, path=path)
    return name


def is_of_readers() -> bool:
    return request.path[:3] in TO_READERS


def page(status: int, title: str, safe: str, remedy: str, name: str = "") -> tuple[str, int]:
    own, name = not is_of_readers() and g.get("account") is not None, name or refused_by_name(status)
    shown = render_template(
        "failure.html", title=title, safe=safe, remedy=remedy, name=name, status=status, own=own
    )
    return shown, status
