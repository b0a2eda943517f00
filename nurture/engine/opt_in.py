"""Double opt-in: the mail that asks an address to confirm what was agreed to in its name, and the button behind its link."""

import re
from datetime import datetime, timedelta

from sqlalchemy import Connection, func, select, update

from nurture.content.model import Form, Programme
from nurture.engine.form_proof import Agreed, give
from nurture.engine.intake import NewLead, enter_leads
from nurture.engine.system_mails import post
from nurture.errors import TokenError
from nurture.identity import Keyring
from nurture.store import records as table
from nurture.store.mapping import Fetched
from nurture.store.statements import insert_if_new
from nurture.vocabulary.words import BY_CONSENT

PURPOSE = "opt-in"
NAME = re.compile(r"[^\W\d_]+(?:[ '’-][^\W\d_]+){0,2}")
NAME_MAX = 30
GOOD_FOR = timedelta(days=14)
BETWEEN = timedelta(minutes=10)
"""Between two mails that ask one address to confirm."""
A_DAY_MAX = 3
"""Most such mails for one address within a day, whoever types it in."""


def submission_of(connection: Connection, keyring: Keyring, token: str, now: datetime) -> Fetched | None:
    """The submission that a confirmation link stands for, with its opt-in.

    None for what has been removed since. Raises TokenError for a link that is not ours, or has expired.
    """
    number = keyring.open(PURPOSE, token, now)
    if not number.isdecimal():
        raise TokenError("this link was made for something else")
    return connection.execute(
        select(table.submission, table.opt_in.c.address, table.opt_in.c.confirmed_at)
        .join(table.opt_in, table.opt_in.c.submission_id == table.submission.c.id)
        .where(table.submission.c.id == int(number))
    ).first()


def token_of(keyring: Keyring, submission_id: int, asked_at: datetime) -> str:
    """What the mail that asks for a confirmation carries in its link."""
    return keyring.seal(PURPOSE, str(submission_id), asked_at + GOOD_FOR)


def confirm(connection: Connection, submission: Fetched, *, client: str, now: datetime) -> None:
    """The address agrees: what it told counts from now on, its fields too. A second time changes nothing.

    client  the keyed hash of the network address that confirmed.
    """
    row = table.opt_in.c
    settled = connection.execute(
        update(table.opt_in)
        .where(row.submission_id == submission.id, row.confirmed_at.is_(None))
        .values(confirmed_at=now)
    )
    if settled.rowcount:
        person = NewLead(
            reference=submission.key,
            fact=f"{submission.key}:confirmed",
            fields={**submission.fields, "email": submission.address},
        )
        (lead_id,) = enter_leads(connection, [person], source="form", now=now).lead_ids
        agreed = Agreed(submission, lead_id, submission.address, made=False, proven=True)
        give(connection, agreed, now, how="mail", client=client)


def ask(
    connection: Connection,
    programme: Programme,
    form: Form,
    agreed: Agreed,
    *,
    keyring: Keyring,
    now: datetime,
) -> None:
    """Send the mail that asks, unless the address had enough of them or takes none."""
    submission = agreed.submission
    may_mail = _may_be_asked(connection, agreed.address, now)
    row = {
        "submission_id": submission.id,
        "lead_id": agreed.lead_id,
        "form": submission.form,
        "address": agreed.address,
        "asked_at": now,
        "mailed_at": now if may_mail else None,
    }
    insert_if_new(connection, table.opt_in, [row])
    if not may_mail:
        return
    topics = [programme.topics[each].name if each in programme.topics else each for each in submission.agreed]
    values = {
        "link": f"/f/confirm/{token_of(keyring, submission.id, now)}",
        "name": _greeting(str(submission.fields.get("first_name", ""))),
        "topics": ", ".join(topics),
        "until": (now + GOOD_FOR).isoformat(),
    }
    key, lead_id = f"opt-in:{submission.id}", agreed.lead_id
    post(
        connection,
        "confirmation",
        to=agreed.address,
        values=values,
        key=key,
        now=now,
        lead_id=lead_id,
        language=form.language,
    )


def _greeting(name: str) -> str:
    """The name if it is one: else a stranger could send words of his own to any address, from ours."""
    return name if len(name) <= NAME_MAX and NAME.fullmatch(name) else ""


def _may_be_asked(connection: Connection, address: str, now: datetime) -> bool:
    row = table.opt_in.c
    count, last = connection.execute(
        select(func.count(), func.max(row.mailed_at)).where(
            row.address == address, row.mailed_at > now - timedelta(days=1)
        )
    ).one()
    if count >= A_DAY_MAX or (last is not None and now - last < BETWEEN):
        return False
    takes_none = select(table.suppression.c.cause).where(
        table.suppression.c.address == address,
        table.suppression.c.cause.not_in([each.value for each in BY_CONSENT]),
    )
    return connection.execute(takes_none.limit(1)).first() is None
