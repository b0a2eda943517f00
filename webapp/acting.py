"""In whose name a person acts, until there is a login: chosen among the programme's reps and kept in the session."""

from urllib.parse import urlsplit

from flask import Blueprint, Flask, g, redirect, request, session
from werkzeug.wrappers import Response

from nurture.content.model import Programme
from nurture.engine.engine import Engine

CHOICE = "acting"


def add_to(app: Flask, engine: Engine) -> None:  # noqa: ARG001 every area is added alike
    pages = Blueprint("acting", __name__)

    @pages.post("/acting")
    def choose() -> Response:
        chosen = request.form.get("by", "")
        if chosen in everyone():
            session[CHOICE] = chosen
        return redirect(own_path(request.referrer))

    app.register_blueprint(pages)
    app.context_processor(lambda: {"acting_as": actor(), "everyone": everyone()})


def actor() -> str:
    """The address in whose name this request acts; "" where the programme has no reps."""
    people = everyone()
    chosen = session.get(CHOICE)
    return chosen if chosen in people else next(iter(people), "")


def everyone() -> tuple[str, ...]:
    """Every rep of the live programme, in the order of its teams."""
    return () if g.get("live") is None else reps(g.live.programme)


def reps(programme: Programme) -> tuple[str, ...]:
    return tuple(dict.fromkeys(member.email for team in programme.teams.values() for member in team.members))


def own_path(url: str | None) -> str:
    """The path and query of *url*, which cannot lead to another place; "/" for none."""
    parts = urlsplit(url or "/")
    path = "/" + parts.path.lstrip("/")
    return f"{path}?{parts.query}" if parts.query else path
