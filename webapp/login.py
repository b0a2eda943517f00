"""The door: logging in by password or by a link, and setting a password that was forgotten.

Opening a link changes nothing, for mail programs and scanners open every link; its page's button does.
"""

from flask import Blueprint, abort, flash, g, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from nurture.engine.accounts import AccountError
from nurture.engine.accounts_links import VALID, Purpose, link_owner
from nurture.engine.accounts_login import (
    LETS_IN,
    RESETS,
    Refused,
    ask_reset,
    log_in,
    log_in_by_link,
    reset_password,
)
from nurture.engine.accounts_passwords import LENGTH_MIN
from nurture.engine.engine import Engine
from webapp.acting import begin, own_path
from webapp.links import post_link
from webapp.rights import Permission, area

SAID = {
    Refused.WRONG: "That address and password do not belong together.",
    Refused.TOO_OFTEN: "Too many tries. Wait a quarter of an hour, or set a new password.",
}


def pages(engine: Engine, public_url: str) -> Blueprint:
    pages = area("login", see=Permission.ENTER)

    @pages.get("/login")
    def ask() -> str | Response:
        if g.account is not None:
            return redirect(own_path(request.args.get("next")))
        return render_template("login.html", next=own_path(request.args.get("next")))

    @pages.post("/login")
    def enter() -> tuple[str, int] | Response:
        email, following = request.form.get("email", ""), own_path(request.form.get("next"))
        found = log_in(
            engine.database, engine.clock, email, request.form.get("password", ""), client=client()
        )
        if isinstance(found, Refused):
            page = render_template("login.html", next=following, email=email, wrong=SAID[found])
            return page, 429 if found is Refused.TOO_OFTEN else 401
        begin(found)
        return redirect(following, 303)

    @pages.get("/login/<token>")
    def by_link(token: str) -> str | tuple[str, int]:
        with engine.database.reading() as connection:
            found = link_owner(connection, token, LETS_IN, now=g.now)
        if found is None:
            return stale()
        return render_template("login_link.html", who=found[0], invited=found[1] is Purpose.INVITATION)

    @pages.post("/login/<token>")
    def enter_by_link(token: str) -> Response | tuple[str, int]:
        with engine.deciding() as (connection, now):
            found = log_in_by_link(connection, token, now=now, client=client())
        if found is None:
            return stale()
        begin(found, by_link=True)
        return redirect(url_for("dashboard.dashboard" if found.password else "account.welcome"), 303)

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
        begin(found)
        flash("Your new password is set. Every other session has ended.")
        return redirect(url_for("dashboard.dashboard"), 303)

    return pages


def client() -> str:
    """The address that the request came from."""
    return request.remote_addr or "unknown"


def stale() -> tuple[str, int]:
    return render_template("login_stale.html"), 404


def reset_page(token: str, email: str, wrong: str = "") -> str:
    return render_template("reset.html", token=token, email=email, wrong=wrong, least=LENGTH_MIN)
