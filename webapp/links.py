"""Mailing a link that lets in."""

import hashlib
from datetime import datetime

from sqlalchemy import Connection

from nurture.engine import system_mails
from nurture.engine.accounts import Account
from webapp.languages import language


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
    """Let the next tick send *link* to *who* in a system mail: in the language of whoever asks for it here, if *who* has chosen none.

    token   what the link holds; its digest names the occasion.
    values  what else the mail may say.
    """
    system_mails.post(
        connection,
        mail,
        to=who.email,
        values={"link": link, "name": who.name or "", "until": until.isoformat(), **values},
        key=f"{mail}:{hashlib.sha256(token.encode()).hexdigest()[:32]}",
        now=now,
        language=language(),
    )
