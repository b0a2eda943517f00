"""Who may log in, from the machine itself: whoever can run this may let anyone in, as whoever can read the store could."""

import getpass
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime

import click
from rich.console import Console
from rich.table import Table
from sqlalchemy import Connection

from nurture import app
from nurture.config import Settings
from nurture.engine.accounts import (
    Account,
    AccountError,
    Role,
    account_of,
    add,
    disable,
    first_admin,
    set_role,
)
from nurture.engine.accounts_links import VALID, Purpose, new_link
from nurture.engine.audit import audit
from nurture.engine.second_step import turn_off as turn_off_second_step
from nurture.insight.accounts import accounts

ROLES = click.Choice([role.value for role in Role])


@click.group()
def users() -> None:
    """Who may log in to the pages."""


@users.command("list")
def list_users() -> None:
    """Every account with its role."""
    with deciding() as (connection, _, _):
        found = accounts(connection)
    shown = Table("Address", "Name", "Role", "Logged in", box=None)
    for each in found:
        last = "not yet" if each.logged_in_at is None else f"{each.logged_in_at:%Y-%m-%d %H:%M} UTC"
        shown.add_row(each.email, each.name or "", each.role.value, "disabled" if each.disabled_at else last)
    Console().print(shown)


@users.command()
@click.argument("email")
@click.option("--role", type=ROLES, required=True, help="What the account is for.")
def invite(email: str, role: str) -> None:
    """Make an account for EMAIL and print the link that lets it in once."""
    with deciding() as (connection, now, settings):
        who = add(connection, email, Role(role), by=operator(), now=now)
        say_link(connection, settings, who, Purpose.INVITATION, now)


@users.command()
@click.argument("email", required=False)
def link(email: str | None) -> None:
    """Print a link that lets EMAIL in once; without EMAIL the first admin, until an admin has a password."""
    with deciding() as (connection, now, settings):
        who = first_admin(connection, now=now) if email is None else named(connection, email)
        if who is None:
            raise AccountError("an admin has a password already; name the account that the link is for")
        if not who.is_active:
            raise AccountError(f"{who.email} is disabled; an admin enables it on the page of users")
        audit(connection, actor=operator(), what="made a login link", target=who.email, now=now)
        say_link(connection, settings, who, Purpose.LOGIN, now)


@users.command("set-role")
@click.argument("email")
@click.argument("role", type=ROLES)
def change_role(email: str, role: str) -> None:
    """Give EMAIL another ROLE; its sessions end."""
    with deciding() as (connection, now, _):
        set_role(connection, named(connection, email), Role(role), by=operator(), now=now)
    click.echo(f"{email} is now {role}.")


@users.command("disable")
@click.argument("email")
def turn_off(email: str) -> None:
    """Let EMAIL log in no more; its sessions end."""
    with deciding() as (connection, now, _):
        disable(connection, named(connection, email), by=operator(), now=now)
    click.echo(f"{email} can no longer log in.")


@users.command("one-step")
@click.argument("email")
def one_step(email: str) -> None:
    """Let EMAIL log in by its password alone, for a telephone and spare codes that are lost."""
    with deciding() as (connection, now, _):
        turn_off_second_step(connection, named(connection, email), by=operator(), now=now)
    click.echo(f"{email} logs in by the password alone.")


def first_link(settings: Settings) -> str | None:
    """The address that lets the first admin in; None once an admin has a password."""
    with deciding(settings) as (connection, now, _):
        who = first_admin(connection, now=now)
        return None if who is None else address(settings, new_link(connection, who, Purpose.LOGIN, now=now))


@contextmanager
def deciding(settings: Settings | None = None) -> Iterator[tuple[Connection, datetime, Settings]]:
    """A transaction on the installation's store, the moment, and the settings."""
    settings = settings or app.installed()
    engine = app.make_engine(settings)
    try:
        with engine.deciding() as (connection, now):
            yield connection, now, settings
    finally:
        engine.close()


def named(connection: Connection, email: str) -> Account:
    found = account_of(connection, email)
    if found is None:
        raise AccountError(f"{email} has no account; invite it, or see `nurture users list`")
    return found


def say_link(
    connection: Connection, settings: Settings, who: Account, purpose: Purpose, now: datetime
) -> None:
    token = new_link(connection, who, purpose, now=now)
    click.echo(address(settings, token))
    click.echo(f"It lets in {who.email} once, until {now + VALID[purpose]:%Y-%m-%d %H:%M} UTC.", err=True)


def address(settings: Settings, token: str) -> str:
    return f"{settings.public_url}/login/{token}"


def operator() -> str:
    """Who types, as the machine knows them."""
    return f"{getpass.getuser()} on this machine"
