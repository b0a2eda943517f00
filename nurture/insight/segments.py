"""Segments and tags as they were last counted: how many leads, and how many of them no mail would reach."""

from datetime import datetime

import msgspec
from sqlalchemy import Connection, select

from nurture.engine.sweep_rows import Sweep, SweepKind, running
from nurture.store.records import audience_count


class Audience(msgspec.Struct, frozen=True):
    """Leads of a segment or with a tag, as of a moment.

    condition    of the segment as it was counted; another one now makes the count an old one.
    no_address, suppressed, sales_owned   of the members, by the first of these that holds.
    """

    kind: str
    key: str
    condition: str
    members: int
    no_address: int
    suppressed: int
    sales_owned: int
    counted_at: datetime

    @property
    def mailable(self) -> int:
        """Those whom marketing mail would reach, unless a topic or a gate says otherwise."""
        return self.members - self.no_address - self.suppressed - self.sales_owned


def audiences(connection: Connection) -> dict[tuple[str, str], Audience]:
    """Every count, by ('segment' or 'tag', key)."""
    rows = connection.execute(select(audience_count))
    found = (Audience(**{name: getattr(row, name) for name in Audience.__struct_fields__}) for row in rows)
    return {(each.kind, each.key): each for each in found}


def counting(connection: Connection) -> Sweep | None:
    """The count that is under way."""
    return running(connection, SweepKind.SEGMENTS)
