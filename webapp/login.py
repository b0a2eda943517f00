"""The door: logging in by password or by a link, and setting a password that was forgotten.

Opening a link changes nothing, for mail programs and scanners open every link; its page's button does. Whoever has a second step
is halfway in after the first, whichever that was: for ten minutes the session knows who, and nothing else.
"""

from datetime import timedelta

from flask import Blueprint, abort, flash, g, redirect, render_template, request, session, url_for
from werkzeug.wrappers import Response

from nurture.engine.accounts import Account, AccountError, account
from nurture.engine.accounts_links import VALID, Purpose, link_owner
from nurture.engine.accounts_login import (
    LETS_IN,
    RESETS,
    Refused,
    ask_reset,
    finish,
    log_in,
    log_in_by_link,
    reset_password,
)
from nurture.engine.accounts_passwords import LENGTH_MIN
from nurture.engine.engine import Engine
from nurture.engine.second_step import seal_for
from webapp.acting import begin, own_path
from webapp.links import post_link
from webapp.rights import Permission, area
from webapp.sent_again import carried_by, go_on_with, login_page

HALFWAY_MAX = timedelta(minutes=10)
SAID = {
    Refused.WRONG: "That address and password do not belong together.",
    Refused.TOO_OFTEN: "Too many tries. Wait a quarter of an hour, or set a new password.",
}

TOO_LONG = "That took too long. Log in again."
CODE_SAID = {
    Refused.WRONG: "That code is not right, or was used already. Wait for the next one.",
    Refused.TOO_OFTEN: "Too many tries. Wait a quarter of an hour.",
}


def pages(engine: Engine, secret: bytes, public_url: str) -> Blueprint:
    pages = area("login", see=Permission.ENTER)
    seal = seal_for(secret)

    @pages.get("/login")
    def ask() -> str | Response:
        if g.account is not None:
            return redirect(own_path(request.args.get("next")))
        return render_template("login.html", next=own_path(request.args.get("next")))

    @pages.post("/login")
    def enter() -> str | tuple[str, int] | Response:
        email, following = request.form.get("email", ""), own_path(request.form.get("next"))
        carried = carried_by(request)
        found = log_in(
            engine.database, engine.clock, email, request.form.get("password", ""), client=client()
        )
        if isinstance(found, Refused):
            page = login_page(carried, following, email=email, wrong=SAID[found])
            return page, 429 if found is Refused.TOO_OFTEN else 401
        return go_on(found, following, carried=carried)

    @pages.post("/login/again")
    def again() -> str | tuple[str, int] | Response:
        """Whoever has logged in in another window meanwhile goes on here."""
        carried, following = carried_by(request), own_path(request.form.get("next"))
        if g.account is not None:
            return go_on_with(carried, g.account, following)
        return login_page(carried, following, wrong="Nobody is logged in here yet."), 401

    @pages.get("/login/<token>")
    def by_link(token: str) -> str | tuple[str, int]:
        with engine.database.reading() as connection:
            found = link_owner(connection, token, LETS_IN, now=g.now)
        if found is None:
            return stale()
        return render_template("login_link.html", who=found[0], invited=found[1] is Purpose.INVITATION)

    @pages.post("/login/<token>")
    def enter_by_link(token: str) -> str | Response | tuple[str, int]:
        with engine.deciding() as (connection, now):
            found = log_in_by_link(connection, token, now=now, client=client())
        if found is None:
            return stale()
        return go_on(
            found, url_for("dashboard.dashboard" if found.password else "account.welcome"), by_link=True
        )

    @pages.get("/login/code")
    def second_step() -> str | Response:
        following = own_path(request.args.get("next"))
        if halfway() is None:
            return redirect(url_for("login.ask", next=following))
        return render_template("login_code.html", next=following)

    @pages.post("/login/code")
    def enter_by_code() -> str | Response | tuple[str, int]:
        following, who, carried = own_path(request.form.get("next")), halfway(), carried_by(request)
        if who is None and carried:
            return login_page(carried, following, wrong=TOO_LONG), 401
        if who is None:
            flash(TOO_LONG, "wrong")
            return redirect(url_for("login.ask", next=following), 303)
        code = request.form.get("code", "")
        found = finish(engine.database, engine.clock, who, code, seal=seal, client=client())
        if isinstance(found, Refused):
            page = render_template("login_code.html", next=following, carried=carried, wrong=CODE_SAID[found])
            return page, 429 if found is Refused.TOO_OFTEN else 401
        begin(found, by_link=session.get("halfway_by_link", False))
        return go_on_with(carried, found, following)

    def halfway() -> Account | None:
        """Who took the first step in this browser a short while ago."""
        number, epoch, at = session.get("halfway", (0, 0, 0.0))
        if g.now.timestamp() - at > HALFWAY_MAX.total_seconds():
            return None
        with engine.database.reading() as connection:
            found = account(connection, number)
        return found if found is not None and found.is_active and found.epoch == epoch else None

    @pages.get("/forgot")
    def forgot() -> str:
        return render_template("forgot.html")

    @pages.post("/forgot")
    def send_reset() -> tuple[str, int]:
        with engine.deciding() as (connection, now):
            found = ask_reset(connection, request.form.get("email", ""), now=now, client=client())
            if isinstance(found, tuple):
                who, token = found
                link = public_url + url_for("login.reset", token=token)
                post_link(
                    connection, "password-reset", who, link, token, now=now, until=now + VALID[Purpose.RESET]
                )
        if found is Refused.TOO_OFTEN:
            return render_template("forgot.html", wrong="Too many tries. Wait a quarter of an hour."), 429
        return render_template("forgot.html", is_sent=True), 200

    @pages.get("/reset/<token>")
    def reset(token: str) -> str | tuple[str, int]:
        with engine.database.reading() as connection:
            found = link_owner(connection, token, RESETS, now=g.now)
        return stale() if found is None else reset_page(token, found[0].email)

    @pages.post("/reset/<token>")
    def set_new(token: str) -> str | Response | tuple[str, int]:
        try:
            with engine.deciding() as (connection, now):
                found = reset_password(
                    connection, token, request.form.get("password", ""), now=now, client=client()
                )
        except AccountError as error:
            with engine.database.reading() as connection:
                owner = link_owner(connection, token, RESETS, now=g.now) or abort(404)
            return reset_page(token, owner[0].email, str(error)), 400
        if found is None:
            return stale()
        flash("Your new password is set. Every other session has ended.")
        return go_on(found, url_for("dashboard.dashboard"))

    return pages


def go_on(who: Account, following: str, *, by_link: bool = False, carried: str = "") -> Response | str:
    """After the first step: in, or to the second.

    carried  a sealed form that somebody had sent before the login.
    """
    if who.second_step is None:
        begin(who, by_link=by_link)
        return go_on_with(carried, who, following)
    session.clear()
    session.update(halfway=(who.id, who.epoch, g.now.timestamp()), halfway_by_link=by_link)
    if carried:
        return render_template("login_code.html", next=following, carried=carried)
    return redirect(url_for("login.second_step", next=following), 303)


def client() -> str:
    """The address that the request came from."""
    return request.remote_addr or "unknown"


def stale() -> tuple[str, int]:
    return render_template("login_stale.html"), 404


def reset_page(token: str, email: str, wrong: str = "") -> str:
    return render_template("reset.html", token=token, email=email, wrong=wrong, least=LENGTH_MIN)
