"""Forms: a submission is kept before it is answered, then it makes or changes a lead; what looks like a machine's is held.

submit ─► kept ─┬─► taken: lead, visitor, event, agreement, notice
                └─► held ─► a person of ours releases or discards it

form_answers  which questions, and what the answers say
form_ticket   what the form carries back to us
form_guard    what looks like a machine
opt_in        agreements and their proof
"""

from collections.abc import Mapping
from datetime import datetime, timedelta
from enum import StrEnum

import msgspec
from sqlalchemy import Connection, delete, func, or_, select, update

from nurture.content.model import Form, Programme
from nurture.engine.form_guard import WINDOW
from nurture.engine.intake import NewLead, add_events, enter_leads, identify, known_leads
from nurture.engine.opt_in import Agreed, agree
from nurture.engine.system_mails import post
from nurture.identity import Keyring
from nurture.store import records as table
from nurture.store.mapping import Fetched, unpacked
from nurture.store.statements import insert_if_new
from nurture.vocabulary.event import Event, PropertyValue
from nurture.vocabulary.lead import FieldValue, Lead
from nurture.vocabulary.words import EventKind

SOURCE = "form"
HELD_FOR = timedelta(days=90)
WITHOUT_CONTENT: Mapping[str, dict[str, str] | None] = {
    "fields": {},
    "agreed": {},
    "about": {},
    "visitor": None,
}
SHOWN_MAX = 200
"""Characters of an answer in the mail that tells of it."""


class Status(StrEnum):
    """What became of a submission."""

    TAKEN = "taken"
    HELD = "held"
    DISCARDED = "discarded"


class Submission(msgspec.Struct, frozen=True, kw_only=True):
    """A form that was filled in without mistakes.

    key      the same for the same submission sent twice.
    form     the form's key.
    fields   cleaned, the address among them.
    agreed   the wording of each topic that was agreed to.
    refused  topics whose box was left empty.
    about    where it came from: site, path, referer, and utm by name.
    client   a keyed hash of the network address.
    visitor  the browser's name for itself; "" where it is not known.
    proven   whether it came by a link in a mail to this very address.
    """

    key: str
    form: str
    fields: Mapping[str, FieldValue]
    agreed: Mapping[str, str] = {}
    refused: tuple[str, ...] = ()
    about: Mapping[str, str | Mapping[str, str]] = {}
    client: str = ""
    visitor: str = ""
    proven: bool = False

    @property
    def address(self) -> str:
        return str(self.fields["email"])


def submit(
    connection: Connection,
    programme: Programme,
    submission: Submission,
    *,
    keyring: Keyring,
    suspicion: str | None,
    now: datetime,
) -> Status:
    """Keep a submission, and take it unless there is a *suspicion*. Sent twice, it counts once."""
    row = {
        "key": submission.key,
        "form": submission.form,
        "at": now,
        "status": (Status.HELD if suspicion else Status.TAKEN).value,
        "reason": suspicion,
        "fields": submission.fields,
        "agreed": submission.agreed,
        "about": {**submission.about, "refused": dict.fromkeys(submission.refused, True)},
        "client": submission.client,
        "visitor": submission.visitor or None,
    }
    had = _by_key(connection, submission.key)
    if had is not None:
        return Status(had.status)
    insert_if_new(connection, table.submission, [row])
    kept = _by_key(connection, submission.key)
    assert kept is not None, "it has just been kept"
    if kept.status == Status.TAKEN and kept.lead_id is None:
        _take(connection, programme, kept, keyring=keyring, proven=submission.proven, now=now)
    return Status(kept.status)


def release(
    connection: Connection, programme: Programme, number: int, *, keyring: Keyring, now: datetime
) -> bool:
    """Take what was held, as if it had just come. False where it is not held (any more), or its form is gone."""
    kept = connection.execute(select(table.submission).where(table.submission.c.id == number)).first()
    if kept is None or kept.form not in programme.forms or not _settled(connection, number, Status.TAKEN):
        return False
    _take(connection, programme, kept, keyring=keyring, proven=False, now=now)
    return True


def discard(connection: Connection, number: int) -> bool:
    """Forget what a held submission said; that there was one stays. False where it is not held (any more)."""
    if not _settled(connection, number, Status.DISCARDED):
        return False
    connection.execute(
        update(table.submission).where(table.submission.c.id == number).values(**WITHOUT_CONTENT)
    )
    return True


def forget_held(connection: Connection, now: datetime) -> int:
    """Discard what nobody has released in HELD_FOR. Returns how many."""
    row = table.submission.c
    discarded = connection.execute(
        update(table.submission)
        .where(row.status == Status.HELD.value, row.at < now - HELD_FOR)
        .values(status=Status.DISCARDED.value, **WITHOUT_CONTENT)
    )
    return int(discarded.rowcount)


def forget_person(connection: Connection, lead_id: int, address: str | None) -> None:
    """Remove every submission of a lead, its agreements with them, and what is held in its name."""
    row = table.submission.c
    held = connection.execute(select(row.id, row.fields).where(row.status == Status.HELD.value))
    theirs = [each.id for each in held if address is not None and each.fields.get("email") == address]
    # What was discarded says nothing any more, and keeps only a keyed hash of a network address.
    connection.execute(delete(table.submission).where(or_(row.lead_id == lead_id, row.id.in_(theirs))))


def recent_submissions(connection: Connection, client: str, now: datetime) -> int:
    """How many forms a network address has sent lately."""
    row = table.submission.c
    counted = select(func.count()).where(row.client == client, row.at > now - WINDOW)
    return connection.execute(counted).scalar_one()


def lead_behind(connection: Connection, lead_id: int, visitor: str) -> Lead | None:
    """Who fills in a form: the lead of a link in its mail, else the one that the browser is known for; None for a stranger."""
    if not lead_id and visitor:
        statement = select(table.visitor.c.lead_id).where(table.visitor.c.id == visitor)
        lead_id = connection.execute(statement).scalar() or 0
    if not lead_id:
        return None
    statement = select(table.lead_state.c.state).where(table.lead_state.c.lead_id == lead_id)
    state = connection.execute(statement).scalar()
    return None if state is None else unpacked(state).lead


def _take(
    connection: Connection,
    programme: Programme,
    kept: Fetched,
    *,
    keyring: Keyring,
    proven: bool,
    now: datetime,
) -> None:
    form = programme.forms[kept.form]
    address = str(kept.fields["email"])
    person = NewLead(
        reference=kept.key,
        fact=kept.key,
        fields=kept.fields,
        fills=not proven,
        unconfirmed=form.double_opt_in and bool(kept.agreed),
    )
    if not known_leads(connection, [person], SOURCE):
        # In the language of the form people are answered, until they say otherwise.
        person = msgspec.structs.replace(person, fields={"language": form.language, **kept.fields})
    entered = enter_leads(connection, [person], source=SOURCE, now=now)
    (lead_id,) = entered.lead_ids
    connection.execute(
        update(table.submission).where(table.submission.c.id == kept.id).values(lead_id=lead_id)
    )
    first = _first_touch(connection, lead_id, kept.visitor)
    if kept.visitor:
        identify(connection, kept.visitor, lead_id, now)
    add_events(connection, [_submitted(kept, lead_id, first, proven=proven, now=now)])
    made = bool(entered.created)
    refused = tuple(kept.about.get("refused", ()))
    agreed = Agreed(kept, lead_id, address, made=made, proven=proven, refused=refused)
    agree(connection, programme, form, agreed, keyring=keyring, now=now)
    _tell(connection, form, kept, lead_id, now)


def _submitted(
    kept: Fetched, lead_id: int, first: Mapping[str, PropertyValue], *, proven: bool, now: datetime
) -> Event:
    said: dict[str, PropertyValue] = {
        "form": kept.form,
        "submission": kept.id,
        "fields": {name: value for name, value in kept.fields.items() if name != "email"},
        **{name: value for name, value in kept.about.items() if name != "refused" and value},
        **first,
    }
    if not proven:
        said["fills"] = True
    return Event(
        lead_id=lead_id,
        kind=EventKind.FORM_SUBMITTED,
        occurred_at=kept.at,
        received_at=now,
        source=SOURCE,
        source_id=f"{kept.key}:submitted",
        properties=said,
    )


def _first_touch(connection: Connection, lead_id: int, visitor: str | None) -> dict[str, PropertyValue]:
    """Where the person first came from, as far as a visit tells: its page, referrer and utm."""
    event = table.event.c
    by_visitor = select(table.event).where(event.visitor == visitor, event.lead_id.is_(None))
    by_lead = select(table.event).where(event.lead_id == lead_id)
    for statement in (by_lead, by_visitor) if visitor else (by_lead,):
        row = connection.execute(
            statement.where(event.kind == EventKind.PAGE_VISITED.value).order_by(event.id).limit(1)
        ).first()
        if row is not None:
            named = {"first_path": "path", "first_referer": "referer", "first_utm": "utm"}
            return {ours: row.properties[name] for ours, name in named.items() if row.properties.get(name)}
    return {}


def _tell(connection: Connection, form: Form, kept: Fetched, lead_id: int, now: datetime) -> None:
    """Mail whoever the form names, and the lead's owner."""
    lead = lead_behind(connection, lead_id, "")
    owner = None if lead is None else lead.owner
    labels = {each.field: each.label or each.field.replace("_", " ").capitalize() for each in form.fields}
    values: dict[str, PropertyValue] = {
        "link": f"/leads/{lead_id}",
        "form": form.name,
        "lead_name": " ".join(
            str(kept.fields[name]) for name in ("first_name", "last_name") if kept.fields.get(name)
        )
        or str(kept.fields["email"]),
        "answers": {labels.get(name, name): str(value)[:SHOWN_MAX] for name, value in kept.fields.items()},
    }
    for to in dict.fromkeys(each for each in (form.notify, owner) if each):
        key = f"form:{kept.id}:{to}"
        post(connection, "form-notification", to=to, values=values, key=key, now=now, lead_id=lead_id)


def _settled(connection: Connection, number: int, status: Status) -> bool:
    row = table.submission.c
    changed = connection.execute(
        update(table.submission)
        .where(row.id == number, row.status == Status.HELD.value)
        .values(status=status.value)
    )
    return bool(changed.rowcount)


def _by_key(connection: Connection, key: str) -> Fetched | None:
    return connection.execute(select(table.submission).where(table.submission.c.key == key)).first()
