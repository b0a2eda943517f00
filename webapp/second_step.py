"""The second step of one's own login: turned on with the first code of a program, and off again with the password."""

import segno
from flask import Blueprint, flash, redirect, render_template, request, session, url_for
from markupsafe import Markup
from werkzeug.wrappers import Response

from nurture.engine.accounts import AccountError
from nurture.engine.engine import Engine
from nurture.engine.second_step import key_uri, new_key, seal_for, spare_left, turn_off, turn_on
from nurture.identity.seal import UnsealedError
from webapp.account import asks_current, proved
from webapp.acting import actor, me
from webapp.rights import Permission, area

DIGITS_A_GROUP = 4


def pages(engine: Engine, secret: bytes) -> Blueprint:
    pages = area("second_step", see=Permission.OWN)
    seal = seal_for(secret)

    @pages.get("/settings/account/second-step")
    def shown() -> str:
        return setting_up(new_key()) if me().second_step is None else set_up()

    @pages.post("/settings/account/second-step")
    def on() -> str | Response | tuple[str, int]:
        try:
            key = seal.unseal(request.form.get("key", ""))
        except UnsealedError:
            return redirect(url_for("second_step.shown"), 303)
        if me().second_step is not None:  # another window was quicker
            return redirect(url_for("second_step.shown"), 303)
        try:
            proved()
            with engine.deciding() as (connection, now):
                typed = request.form.get("code", "")
                who, spare = turn_on(connection, me(), key, "".join(typed.split()), seal=seal, now=now)
        except AccountError as error:
            return setting_up(key, str(error)), 400
        session["epoch"] = who.epoch
        return render_template("second_step_spare.html", spare=spare)

    @pages.post("/settings/account/second-step/off")
    def off() -> Response | tuple[str, int]:
        try:
            proved()
        except AccountError as error:
            return set_up(str(error)), 400
        with engine.deciding() as (connection, now):
            turn_off(connection, me(), by=actor(), now=now)
        flash("Your password is enough again.")
        return redirect(url_for("account.account"), 303)

    def set_up(wrong: str = "") -> str:
        with engine.database.reading() as connection:
            left = spare_left(connection, me())
        return render_template("second_step_on.html", left=left, asks_current=asks_current(), wrong=wrong)

    def setting_up(key: str, wrong: str = "") -> str:
        """The key as a picture and as letters; it is kept once the program has shown that it has understood it."""
        picture = segno.make(key_uri(me(), key), error="m")
        return render_template(
            "second_step.html",
            picture=Markup(picture.svg_inline(dark="#15171c", light="#fff", omitsize=True)),  # noqa: S704 ours
            letters=" ".join(key[at : at + DIGITS_A_GROUP] for at in range(0, len(key), DIGITS_A_GROUP)),
            key=seal.seal(key),
            asks_current=asks_current(),
            wrong=wrong,
        )

    return pages
