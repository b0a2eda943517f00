"""Mail that came back, for a page: from whom, what it was, and what came of it."""

from datetime import datetime

import msgspec
from sqlalchemy import Connection, select

from nurture.store.records import inbound


class InboundLine(msgspec.Struct, frozen=True):
    """One message that came back.

    lead_id  whose it is; None where nothing proves that it is a lead's.
    text     what a person wrote, or what the server gave as its reason.
    did      what came of it, in a sentence.
    """

    id: int
    received_at: datetime
    kind: str
    sender: str
    subject: str
    text: str
    lead_id: int | None
    did: str


COLUMNS = (
    inbound.c.id, inbound.c.received_at, inbound.c.kind, inbound.c.sender, inbound.c.subject, inbound.c.text,
    inbound.c.lead_id, inbound.c.did,
)  # fmt: skip


def came_back(connection: Connection, *, before: int | None = None, most: int) -> tuple[InboundLine, ...]:
    """The newest *most* messages; those older than the id *before* where it is given."""
    statement = select(*COLUMNS).order_by(inbound.c.id.desc()).limit(most)
    if before is not None:
        statement = statement.where(inbound.c.id < before)
    return tuple(InboundLine(**row) for row in connection.execute(statement).mappings())
