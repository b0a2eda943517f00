"""Finding one lead as a person names it."""

from sqlalchemy import Connection, select

from nurture.capture.addresses import normalise
from nurture.engine.aliases import by_address, survivor_of
from nurture.errors import NurtureError
from nurture.store import records as table
from nurture.store.mapping import unpacked
from nurture.vocabulary.state import LeadState


class LeadError(NurtureError):
    """There is no such lead."""


def find_lead(connection: Connection, name: str) -> LeadState:
    """The lead with this address or id, or the one into which that was merged. Raises LeadError."""
    address = normalise(name) or name
    merged = {} if name.isdecimal() else by_address(connection, [address])
    number = survivor_of(connection, int(name)) if name.isdecimal() else merged.get(address)
    wanted = table.lead.c.email == address if number is None else table.lead.c.id == number
    value = connection.execute(
        select(table.lead_state.c.state)
        .join(table.lead, table.lead.c.id == table.lead_state.c.lead_id)
        .where(wanted)
    ).scalar()
    if value is None:
        raise LeadError(f"no lead {name!r}; write the address or the number of one, as /leads lists them")
    return unpacked(value)
