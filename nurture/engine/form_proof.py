"""An agreement that is given, and its proof: an event that says when, where, in which words and how."""

from collections.abc import Mapping
from datetime import datetime

import msgspec
from sqlalchemy import Connection

from nurture.engine.intake import add_events
from nurture.engine.suppress import lift
from nurture.store.mapping import Fetched
from nurture.vocabulary.event import Event, PropertyValue
from nurture.vocabulary.words import EventKind

SOURCE = "consent"


class Agreed(msgspec.Struct, frozen=True):
    """What a submission agreed to, and how far its lead is proved.

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


def give(connection: Connection, agreed: Agreed, now: datetime, *, how: str, client: str = "") -> None:
    """Record that the lead agreed. *how*: by the form alone, a link in a mail of ours, or the mail that asked for it."""
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
        lift(connection, agreed.address)
    if client:
        proof["confirmed_by"] = client
    add_events(connection, [said(agreed, EventKind.CONSENT_GIVEN, now, proof)])


def said(agreed: Agreed, kind: EventKind, now: datetime, properties: Mapping[str, PropertyValue]) -> Event:
    """What a submission says of consent, once for each kind."""
    return Event(
        lead_id=agreed.lead_id,
        kind=kind,
        occurred_at=now,
        received_at=now,
        source=SOURCE,
        source_id=f"{agreed.submission.key}:{kind}",
        properties=properties,
    )
