"""Leads to look at a mail with: as unlike each other as may be found without looking at everyone."""

from typing import Any

import msgspec
from sqlalchemy import Connection, select

from nurture.store.mapping import unpacked
from nurture.store.records import lead, lead_state
from nurture.vocabulary.state import LeadState

LOOKED_AT = 200
"""The newest leads among whom examples are sought."""


class Example(msgspec.Struct, frozen=True):
    """A lead and what to call it."""

    state: LeadState

    @property
    def words(self) -> str:
        """'Ada Nowak · champion · warm'."""
        who = self.state.lead
        name = (
            " ".join(part for part in (who.first_name, who.last_name) if part)
            or who.email
            or f"Lead {who.id}"
        )
        kind = (self.state.persona, who.language, self.state.temperature.value)
        return " · ".join([name, *(part for part in kind if part)])


def example_leads(connection: Connection, *, most: int) -> tuple[Example, ...]:
    """Up to *most* leads with an address: one of each persona, language and temperature first, then the newest."""
    rows = connection.execute(
        select(lead_state.c.state)
        .join(lead, lead.c.id == lead_state.c.lead_id)
        .where(lead.c.email.is_not(None))
        .order_by(lead_state.c.lead_id.desc())
        .limit(LOOKED_AT)
    )
    states = [unpacked(row.state) for row in rows]
    kinds: dict[Any, LeadState] = {}
    for state in states:
        kinds.setdefault((state.persona, state.lead.language, state.temperature), state)
    first = list(kinds.values())
    rest = [state for state in states if state not in first]
    return tuple(Example(state) for state in (first + rest)[:most])
