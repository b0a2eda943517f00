"""Who acts: the account behind the session. Whoever has none is sent to log in; whoever lacks the right is refused.

The session is a signed cookie with the account's number and its epoch. The epoch rises when a right is taken away, and the
cookies that were given out before are worth nothing then.
"""

from datetime import UTC, datetime, timedelta
from urllib.parse import urlsplit

from flask import Flask, abort, current_app, g, redirect, request, session, url_for
from werkzeug.wrappers import Response

from nurture.content.model import Programme
from nurture.engine.accounts import Account, Role, account
from nurture.engine.engine import Engine
from webapp import sent_again
from webapp.rights import WITHOUT_LOGIN, Permission, may, permission_of

IDLE_MAX = timedelta(days=14)
SEEN_EVERY = timedelta(hours=1)
"""How exactly the last visit is known: the cookie is not written anew for every page."""
FRESH = timedelta(hours=1)
"""For so long after a link let somebody in, a new password is taken without the old one."""


def add_to(app: Flask, engine: Engine) -> None:
    """Guard every request of *app*, and give templates ``account`` and ``may``."""
    app.config.update(PERMANENT_SESSION_LIFETIME=IDLE_MAX, SESSION_REFRESH_EACH_REQUEST=False)

    @app.before_request
    def only_who_may() -> Response | tuple[str, int] | None:
        g.account = None
        if request.endpoint is None:  # there is no such page: who asks only decides how that is shown
            g.account = whose_session(engine)
            return None
        permission = permission_of(app, request.endpoint, request.method)
        if permission is not Permission.PUBLIC:
            g.account = whose_session(engine)
        if permission in WITHOUT_LOGIN:
            return None
        if g.account is None:
            return to_login()
        if not may(g.account.role, permission):
            abort(403, f"This is not for the role {g.account.role}. Ask an admin for another role.")
        return None

    app.context_processor(lambda: {"account": g.get("account"), "may": i_may})


def begin(who: Account, *, by_link: bool = False) -> None:
    """Log *who* in on this browser; whatever its session held before is gone."""
    session.clear()
    session.permanent = True
    session.update(account=who.id, epoch=who.epoch, seen=g.now.timestamp())
    session[sent_again.TOKEN] = sent_again.token_for(who)
    if by_link:
        session["link"] = g.now.timestamp()


def end() -> None:
    session.clear()


def is_fresh() -> bool:
    """Whether a link let this session in a short while ago."""
    return bool(g.now.timestamp() - session.get("link", 0) < FRESH.total_seconds())


def me() -> Account:
    """The account that this request acts for; only for pages that take a login."""
    found: Account | None = g.account
    assert found is not None, "the page takes a login"
    return found


def actor() -> str:
    """The address in whose name this request acts."""
    return me().email


def i_may(permission: str) -> bool:
    """Whether this request's account may do what *permission* names."""
    return g.get("account") is not None and may(g.account.role, Permission(permission))


def i_may_go(endpoint: str) -> bool:
    """Whether this request's account may see the page of *endpoint*."""
    return g.get("account") is not None and may(g.account.role, permission_of(current_app, endpoint, "GET"))


def everyone() -> tuple[str, ...]:
    """Every rep of the live programme, in the order of its teams."""
    return () if g.get("live") is None else reps(g.live.programme)


def own_teams() -> tuple[str, ...]:
    """The teams of the live programme that this request's account is a rep of."""
    if g.get("live") is None:
        return ()
    teams = g.live.programme.teams
    return tuple(key for key, team in teams.items() if any(each.email == actor() for each in team.members))


def may_answer(*, team: str, rep: str | None) -> bool:
    """Whether this request's account may answer for a lead of *team*: a rep for its own leads and teams alone.

    Whoever is of another role, or sells in no team, such as a head of sales, may answer for all.
    """
    if me().role is not Role.SALES or rep == actor():
        return True
    return not own_teams() or team in own_teams()


def reps(programme: Programme) -> tuple[str, ...]:
    return tuple(dict.fromkeys(member.email for team in programme.teams.values() for member in team.members))


def whose_session(engine: Engine) -> Account | None:
    """The account of this browser's session; None for none, for one that has ended or was idle for too long."""
    if "account" not in session:
        return None
    seen = datetime.fromtimestamp(session.get("seen", 0), UTC)
    if g.now - seen > IDLE_MAX:
        return None
    with engine.database.reading() as connection:
        found = account(connection, session["account"])
    if found is None or not found.is_active or found.epoch != session.get("epoch"):
        return None
    if g.now - seen > SEEN_EVERY:
        session["seen"] = g.now.timestamp()
    return found


def to_login() -> Response | tuple[str, int]:
    """Where one logs in, and comes back from, with what was sent; to a script, only that one must."""
    if request.accept_mimetypes.best == "application/json":
        abort(401)
    wanted = request.full_path.rstrip("?") if request.method == "GET" else request.referrer
    path = own_path(wanted)
    form = sent_again.sent(path)
    if form is not None:
        return sent_again.login_page(sent_again.sealed(form), path), 401
    return redirect(url_for("login.ask", next=None if path == "/" else path))


def own_path(url: str | None) -> str:
    """The path and query of *url* if it is a page of ours; "/" for what would lead elsewhere."""
    try:
        parts = urlsplit(url or "/")
    except ValueError:
        return "/"
    elsewhere = parts.netloc not in ("", request.host) or parts.scheme not in ("", "http", "https")
    # Browsers read a backslash as a slash, and "//name" as another host.
    if elsewhere or not parts.path.startswith("/") or parts.path.startswith(("//", "/\\")):
        return "/"
    return f"{parts.path}?{parts.query}" if parts.query else parts.path
