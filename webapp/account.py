"""One's own account: name, address, password and clock; the first visit, where they are asked for; and logging out."""

from flask import Blueprint, flash, redirect, render_template, request, session, url_for
from flask_babel import gettext  # type: ignore[import-untyped]
from werkzeug.wrappers import Response

from nurture.engine.accounts import FIRST_ADMIN, AccountError, Role, end_sessions, introduce, keep_time, speak
from nurture.engine.accounts_login import set_password
from nurture.engine.accounts_passwords import LENGTH_MIN, matches
from nurture.engine.engine import Engine
from nurture.languages.catalogues import LANGUAGES
from webapp.acting import end, is_fresh, me
from webapp.rights import Permission, area
from webapp.zones import zones_offered


def pages(engine: Engine) -> Blueprint:
    pages = area("account", see=Permission.OWN)

    @pages.get("/welcome")
    def welcome() -> str:
        return shown("welcome.html")

    @pages.post("/welcome")
    def settle() -> Response | tuple[str, int]:
        try:
            proved()
            save(with_password=True)
        except AccountError as error:
            return shown("welcome.html", str(error)), 400
        flash("Your account is set up.")
        return redirect(url_for("dashboard.dashboard"), 303)

    @pages.get("/settings/account")
    def account() -> str:
        return shown("account.html")

    @pages.post("/settings/account")
    def change() -> Response | tuple[str, int]:
        try:
            proved()
            save(with_password=bool(request.form.get("password")))
        except AccountError as error:
            return shown("account.html", str(error)), 400
        flash(gettext("Saved."))
        return redirect(url_for("account.account"), 303)

    @pages.post("/settings/account/time-zone")
    def change_zone() -> Response | tuple[str, int]:
        chosen = request.form.get("offered") or request.form.get("time_zone", "")
        try:
            with engine.deciding() as (connection, _):
                keep_time(connection, me(), chosen or None)
        except AccountError as error:
            return shown("account.html", str(error)), 400
        flash(gettext("Saved."))
        return redirect(url_for("account.account") + "#clock", 303)

    @pages.post("/settings/account/sessions")
    def end_others() -> Response:
        with engine.deciding() as (connection, now):
            session["epoch"] = end_sessions(connection, me(), now=now)
        flash("Every other session has ended.")
        return redirect(url_for("account.account"), 303)

    @pages.post("/logout")
    def log_out() -> Response:
        end()
        return redirect(url_for("login.ask"), 303)

    def save(*, with_password: bool) -> None:
        """Keep what the form says; this session goes on although a new password ends the others."""
        who = me()
        name, email = request.form.get("name", ""), request.form.get("email", "")
        with engine.deciding() as (connection, now):
            # Acts are recorded under the address, so only an admin may take another one.
            introduce(
                connection, who, name=name, email=email if who.role is Role.ADMIN else who.email, now=now
            )
            chosen = request.form.get("language", "")
            speak(connection, who, chosen if chosen in LANGUAGES else None)
            if (zone := request.form.get("time_zone")) is not None:  # ticked on the first visit
                keep_time(connection, who, zone)
            if with_password:
                session["epoch"] = set_password(
                    connection, who, request.form.get("password", ""), now=now
                ).epoch
                session.pop("link", None)  # from here on, the password is asked for

    return pages


def proved() -> None:
    """Whoever sits before an unlocked screen does not take over the account. Raises AccountError."""
    who = me()
    if asks_current() and not matches(who.password, request.form.get("current", "")):
        raise AccountError("The current password is not right. Nothing was changed.")


def asks_current() -> bool:
    """Whether the current password must be typed: there is one, and no link has just let this session in."""
    return me().password is not None and not is_fresh()


def shown(template: str, wrong: str = "") -> str:
    who = me()
    return render_template(
        template,
        who=who,
        email="" if who.email == FIRST_ADMIN else who.email,
        asks_current=asks_current(),
        owns_address=who.role is Role.ADMIN,
        wrong=wrong,
        least=LENGTH_MIN,
        languages=LANGUAGES,
        zones=zones_offered(who.time_zone),
    )
