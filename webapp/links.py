"""Mailing a link that lets in."""

import hashlib
from datetime import datetime

from flask import g
from sqlalchemy import Connection

from nurture.engine import system_mails
from nurture.engine.accounts import Account


def post_link(
    connection: Connection,
    mail: str,
    who: Account,
    link: str,
    token: str,
    *,
    now: datetime,
    until: datetime,
    **values: str,
) -> None:
    """Let the next tick send *link* to *who* in a system mail.

    token   what the link holds; its digest names the occasion.
    values  what else the mail may say.
    """
    system_mails.post(
        connection,
        mail,
        to=who.email,
        values={"link": link, "name": who.name or "", "until": spoken(until), **values},
        key=f"{mail}:{hashlib.sha256(token.encode()).hexdigest()[:32]}",
        now=now,
    )


def spoken(until: datetime) -> str:
    """A moment on the programme's wall clock, as a mail says it: '2 March, 14:05'."""
    local = until.astimezone(g.zone)
    return f"{local.day} {local:%B, %H:%M}"
