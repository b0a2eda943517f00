"""Agreements and their proof: given at once, or only when the address has confirmed them (double opt-in).

Anybody can type anybody's address into a form. So an agreement waits for a confirmation where the form asks for one, and
always where the person has refused before. The proof is an event: when, on which page, in which words, how.
"""

from collections.abc import Mapping
from datetime import datetime, timedelta

import msgspec
from sqlalchemy import Connection, func, select, update

from nurture.content.model import Form, Programme
from nurture.engine.consent import lift_unsubscription
from nurture.engine.intake import NewLead, add_events, enter_leads
from nurture.engine.system_mails import post
from nurture.errors import TokenError
from nurture.identity import Keyring
from nurture.store import records as table
from nurture.store.mapping import Fetched, unpacked
from nurture.store.statements import insert_if_new
from nurture.vocabulary.event import Event, PropertyValue
from nurture.vocabulary.state import LeadState
from nurture.vocabulary.words import EventKind, SuppressionCause

SOURCE = "consent"
PURPOSE = "opt-in"
GOOD_FOR = timedelta(days=14)
BETWEEN = timedelta(minutes=10)
"""Between two mails that ask one address to confirm."""
A_DAY_MAX = 3
"""Most such mails for one address within a day, whoever types it in."""


class Agreed(msgspec.Struct, frozen=True):
    """What a submission agreed to, as :func:`agree` needs it.

    made     whether the submission made the lead, so that nobody has proved the address.
    proven   whether it came by a link in a mail of ours.
    refused  topics whose box was left empty.
    """

    submission: Fetched
    lead_id: int
    address: str
    made: bool
    proven: bool
    refused: tuple[str, ...] = ()


def agree(
    connection: Connection,
    programme: Programme,
    form: Form,
    agreed: Agreed,
    *,
    keyring: Keyring,
    now: datetime,
) -> None:
    """Record what was agreed to, or ask for its confirmation by mail."""
    submission, wording = agreed.submission, agreed.submission.agreed
    state = _state(connection, agreed.lead_id)
    refused = _has_refused(connection, state, agreed.address, wording)
    if agreed.made and agreed.refused:
        topics = dict.fromkeys(agreed.refused, False)
        said = {"topics": topics, "how": "the box was left empty", "form": submission.form}
        add_events(connection, [_event(agreed, EventKind.PREFERENCES_CHANGED, now, said)])
    if not wording:
        return
    if agreed.proven or not (form.double_opt_in or refused):
        _give(connection, agreed, now, how="link" if agreed.proven else "form")
    elif refused or agreed.made or state.unconfirmed or not set(wording) <= set(state.opted_in):
        asked = {"topics": wording, "form": submission.form}
        add_events(connection, [_event(agreed, EventKind.CONSENT_ASKED, now, asked)])
        _ask(connection, programme, form, agreed, keyring=keyring, now=now)


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
        _give(connection, agreed, now, how="mail", client=client)


def _give(connection: Connection, agreed: Agreed, now: datetime, *, how: str, client: str = "") -> None:
    submission = agreed.submission
    proof: dict[str, PropertyValue] = {
        "topics": submission.agreed,
        "form": submission.form,
        "how": how,
        "asked_at": submission.at.isoformat(),
        "client": submission.client,
        **{name: value for name, value in submission.about.items() if name in ("site", "path")},
    }
    if agreed.proven:
        proof["proven"] = True
        lift_unsubscription(connection, agreed.address)
    if client:
        proof["confirmed_by"] = client
    add_events(connection, [_event(agreed, EventKind.CONSENT_GIVEN, now, proof)])


def _ask(
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
    if may_mail:
        until = now + GOOD_FOR
        topics = [
            programme.topics[topic].name if topic in programme.topics else topic
            for topic in submission.agreed
        ]
        values = {
            "link": f"/f/confirm/{token_of(keyring, submission.id, now)}",
            "name": str(submission.fields.get("first_name", "")),
            "topics": ", ".join(topics),
            "until": f"{until.day}.{until.month}.{until.year}"
            if form.language == "de"
            else f"{until.day} {until:%B %Y}",
        }
        key = f"opt-in:{submission.id}"
        post(
            connection,
            "confirmation",
            to=agreed.address,
            values=values,
            key=key,
            now=now,
            lead_id=agreed.lead_id,
        )


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
        table.suppression.c.cause != SuppressionCause.UNSUBSCRIBED.value,
    )
    return connection.execute(takes_none.limit(1)).first() is None


def _has_refused(connection: Connection, state: LeadState, address: str, topics: Mapping[str, str]) -> bool:
    """Whether the person has said no before, taken in or not: then a stranger's yes is none."""
    if set(topics) & set(state.opted_out):
        return True
    suppressed = select(table.suppression.c.cause).where(table.suppression.c.address == address)
    kinds = (EventKind.UNSUBSCRIBED.value, EventKind.PREFERENCES_CHANGED.value)
    waiting = select(table.event.c.id).where(
        table.event.c.lead_id == state.lead.id,
        table.event.c.absorbed_at.is_(None),
        table.event.c.kind.in_(kinds),
    )
    return any(connection.execute(each.limit(1)).first() is not None for each in (suppressed, waiting))


def _state(connection: Connection, lead_id: int) -> LeadState:
    state = table.lead_state.c
    return unpacked(connection.execute(select(state.state).where(state.lead_id == lead_id)).scalar_one())


def _event(agreed: Agreed, kind: EventKind, now: datetime, properties: Mapping[str, PropertyValue]) -> Event:
    return Event(
        lead_id=agreed.lead_id,
        kind=kind,
        occurred_at=now,
        received_at=now,
        source=SOURCE,
        source_id=f"{agreed.submission.key}:{kind}",
        properties=properties,
    )
