"""Logging in by the company's identity provider: sent there by a link, and back with its word."""

from flask import Blueprint, abort, flash, g, redirect, render_template, request, session, url_for
from werkzeug.wrappers import Response

from nurture.engine.accounts_login import log_in_by_provider
from nurture.engine.engine import Engine
from nurture.identity.sign_on import Begun, SignOn, SignOnError
from webapp.acting import own_path
from webapp.login import client, go_on
from webapp.rights import Permission, area

STRANGER = "Nobody with that address has an account here. Ask an admin to invite you."


def pages(engine: Engine, provider: SignOn | None, public_url: str) -> Blueprint:
    pages = area("login_with", see=Permission.ENTER)

    @pages.get("/login/with")
    def leave() -> Response | tuple[str, int]:
        known = provider or abort(404)
        following = own_path(request.args.get("next"))
        if g.account is not None:
            return redirect(following)
        try:
            place, begun = known.begin(back())
        except SignOnError as error:
            return refused(str(error), following)
        session["away"] = (begun.state, begun.nonce, begun.verifier, following)
        return redirect(place)

    @pages.get("/login/with/back")
    def come_back() -> str | Response | tuple[str, int]:
        known = provider or abort(404)
        kept = session.pop("away", None)
        if kept is None:
            flash("That took too long, or was opened twice. Log in again.")
            return redirect(url_for("login.ask"))
        *begun, following = kept
        try:
            address = known.finish(request.args.to_dict(), Begun(*begun), back(), g.now)
        except SignOnError as error:
            return refused(str(error), following)
        with engine.deciding() as (connection, now):
            found = log_in_by_provider(connection, address, known.name, now=now, client=client())
        return refused(STRANGER, following) if found is None else go_on(found, following)

    def back() -> str:
        return public_url + url_for("login_with.come_back")

    return pages


def refused(why: str, following: str) -> tuple[str, int]:
    return render_template("login.html", next=following, wrong=why), 401
