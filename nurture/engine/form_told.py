"""What a submission tells: the event with its first and last touch, and the mail to people of ours."""

from collections.abc import Mapping
from datetime import datetime

from sqlalchemy import Connection, select

from nurture.content.model import Form
from nurture.engine.system_mails import post
from nurture.store import records as table
from nurture.store.mapping import Fetched
from nurture.vocabulary.event import Event, PropertyValue
from nurture.vocabulary.words import EventKind

SOURCE = "form"
ADDRESS = "E-mail address"
SHOWN_MAX = 200
"""Characters of an answer in the mail that tells of it."""


def submitted(
    kept: Fetched, lead_id: int, first: Mapping[str, PropertyValue], *, proven: bool, now: datetime
) -> Event:
    """The event of a submission, with *first*: where its person first came from."""
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


def first_touch(connection: Connection, lead_id: int, visitor: str | None) -> dict[str, PropertyValue]:
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


def tell(
    connection: Connection, form: Form, kept: Fetched, lead_id: int, *, owner: str | None, now: datetime
) -> None:
    """Mail whoever the form names, and the lead's owner."""
    labels = {each.field: each.label or label_of(each.field) for each in form.fields}
    values: dict[str, PropertyValue] = {
        "link": f"/leads/{lead_id}",
        "form": form.name,
        "lead_name": " ".join(
            str(kept.fields[name]) for name in ("first_name", "last_name") if kept.fields.get(name)
        )
        or str(kept.fields["email"]),
        "answers": {labels.get(name) or label_of(name): _short(value) for name, value in kept.fields.items()},
    }
    for to in dict.fromkeys(each for each in (form.notify, owner) if each):
        key = f"form:{kept.id}:{to}"
        post(connection, "form-notification", to=to, values=values, key=key, now=now, lead_id=lead_id)


def label_of(field: str) -> str:
    """What a field is called where its form calls it nothing; said in the reader's language."""
    return ADDRESS if field == "email" else field.replace("_", " ").capitalize()


def _short(value: PropertyValue) -> str | bool:
    return value if isinstance(value, bool) else str(value)[:SHOWN_MAX]
