"""Who may log in, for admins: invite, change a role, disable. The link of an invitation is shown as well as mailed."""

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from sqlalchemy import Connection
from werkzeug.wrappers import Response

from nurture.engine.accounts import Account, AccountError, Role, account, add, disable, enable, set_role
from nurture.engine.accounts_links import VALID, Purpose, new_link
from nurture.engine.audit import audit
from nurture.engine.engine import Engine
from nurture.engine.second_step import turn_off as turn_off_second_step
from nurture.insight.accounts import accounts
from webapp.acting import actor, me
from webapp.links import post_link
from webapp.rights import Permission, area

PURPOSES = {
    Role.ADMIN: "everything, users and settings included",
    Role.MARKETER: "leads, content, and what reaches people",
    Role.AUTHOR: "writes, and publishes nothing",
    Role.APPROVER: "publishes, and writes nothing",
    Role.SALES: "works the inbox",
    Role.VIEWER: "looks, and changes nothing",
}


def pages(engine: Engine, public_url: str) -> Blueprint:
    pages = area("users", see=Permission.ADMINISTER)

    @pages.get("/settings/users")
    def users() -> str:
        return shown()

    @pages.post("/settings/users")
    def invite() -> str | tuple[str, int]:
        try:
            with engine.deciding() as (connection, now):
                who = add(connection, request.form.get("email", ""), role(), by=actor(), now=now)
                token = new_link(connection, who, Purpose.INVITATION, now=now)
                link = public_url + url_for("login.by_link", token=token)
                until = now + VALID[Purpose.INVITATION]
                inviter = me().called
                post_link(
                    connection, "invitation", who, link, token, now=now, until=until,
                    inviter=inviter, role=who.role.value,
                )  # fmt: skip
        except AccountError as error:
            return shown(wrong=str(error)), 400
        return shown(link=link, invited=who)

    @pages.post("/settings/users/<int:account_id>/link")
    def make_link(account_id: int) -> str:
        with engine.deciding() as (connection, now):
            who = named(connection, account_id)
            if not who.is_active:
                abort(400, "A disabled account takes no link. Enable it first.")
            link = public_url + url_for(
                "login.by_link", token=new_link(connection, who, Purpose.LOGIN, now=now)
            )
            audit(connection, actor=actor(), what="made a login link", target=who.email, now=now)
        return shown(link=link, invited=who)

    @pages.post("/settings/users/<int:account_id>/role")
    def change_role(account_id: int) -> Response | tuple[str, int]:
        try:
            with engine.deciding() as (connection, now):
                who, wanted = named(connection, account_id), role()
                set_role(connection, who, wanted, by=actor(), now=now)
        except AccountError as error:
            return shown(wrong=str(error)), 400
        flash(f"{who.email} is now {wanted}. Sessions begun before have ended.")
        return redirect(url_for("users.users"), 303)

    @pages.post("/settings/users/<int:account_id>/disable")
    def turn_off(account_id: int) -> Response | tuple[str, int]:
        try:
            with engine.deciding() as (connection, now):
                who = named(connection, account_id)
                disable(connection, who, by=actor(), now=now)
        except AccountError as error:
            return shown(wrong=str(error)), 400
        flash(f"{who.email} can no longer log in, and every session has ended.")
        return redirect(url_for("users.users"), 303)

    @pages.post("/settings/users/<int:account_id>/enable")
    def turn_on(account_id: int) -> Response:
        with engine.deciding() as (connection, now):
            who = named(connection, account_id)
            enable(connection, who, by=actor(), now=now)
        flash(f"{who.email} may log in again.")
        return redirect(url_for("users.users"), 303)

    @pages.post("/settings/users/<int:account_id>/one-step")
    def one_step(account_id: int) -> Response:
        with engine.deciding() as (connection, now):
            who = named(connection, account_id)
            turn_off_second_step(connection, who, by=actor(), now=now)
        flash(f"{who.email} logs in by the password alone.")
        return redirect(url_for("users.users"), 303)

    def shown(*, wrong: str = "", link: str = "", invited: Account | None = None) -> str:
        with engine.database.reading() as connection:
            found = accounts(connection)
        return render_template(
            "users.html", users=found, roles=PURPOSES, wrong=wrong, link=link, invited=invited
        )

    return pages


def named(connection: Connection, account_id: int) -> Account:
    return account(connection, account_id) or abort(404)


def role() -> Role:
    """The role that the form names."""
    try:
        return Role(request.form.get("role", ""))
    except ValueError:
        abort(400, "Choose one of the roles.")
