"""Taking leads out: every row that is kept of them, in whichever table, and the mail that the local mailbox has of them."""

from collections.abc import Iterator, Sequence
from pathlib import Path

from sqlalchemy import ColumnElement, Connection, Table, delete, func, or_, select

from nurture.delivery.mailbox import Mailbox
from nurture.engine.companies import recount
from nurture.store import records as table
from nurture.vocabulary.touch import lead_of, message_number


def remove_mail(connection: Connection, mailbox: Path | None, leads: Sequence[int]) -> int:
    """Take what was sent to these leads, or told of them, out of the mailbox, if there is one. Returns how many files.

    Before their rows: what is left of a file whose touch is gone is found by nobody.
    """
    if mailbox is None:
        return 0
    about = select(table.outbox.c.id).where(table.outbox.c.lead_id.in_(leads))
    messages = {message_number(ref) for ref in connection.execute(about).scalars()}
    wanted, kept = set(leads), Mailbox(mailbox)
    theirs = [
        stored
        for stored in kept.newest_first()
        if lead_of(stored.touch_id) in wanted or stored.touch_id in messages
    ]
    for stored in theirs:
        kept.remove(stored)
    return len(theirs)


def remove_rows(connection: Connection, leads: Sequence[int]) -> int:
    """Take every row of these leads out, and count their companies anew. Returns how many rows."""
    of = select(table.lead.c.company_key).where(table.lead.c.id.in_(leads)).distinct()
    companies = {key for key in connection.execute(of).scalars() if key is not None}
    removed = sum(connection.execute(delete(each).where(theirs)).rowcount for each, theirs in rows_of(leads))
    recount(connection, companies)
    return removed


def rows_left(connection: Connection, leads: Sequence[int]) -> int:
    """How many rows of these leads there are, in any table."""
    return sum(
        connection.execute(select(func.count()).select_from(each).where(theirs)).scalar_one()
        for each, theirs in rows_of(leads)
    )


def rows_of(leads: Sequence[int]) -> Iterator[tuple[Table, ColumnElement[bool]]]:
    """Every table that keeps something of a lead, and which rows are of these; whom others refer to, last."""
    addresses = select(table.lead.c.email).where(table.lead.c.id.in_(leads), table.lead.c.email.is_not(None))
    merged = select(table.lead_merge.c.email).where(
        table.lead_merge.c.other_id.in_(leads), table.lead_merge.c.email.is_not(None)
    )
    touches = select(table.touch.c.id).where(table.touch.c.lead_id.in_(leads))
    yield table.decision, table.decision.c.touch_id.in_(touches)
    yield table.provider_event, table.provider_event.c.touch_id.in_(touches)
    yield table.suppression, or_(*(table.suppression.c.address.in_(each) for each in (addresses, merged)))
    for each in reversed(table.metadata.sorted_tables):
        if "lead_id" in each.c:
            yield each, or_(*(each.c[name].in_(leads) for name in ("lead_id", "other_id") if name in each.c))
    yield table.lead, table.lead.c.id.in_(leads)
