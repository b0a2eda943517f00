"""Companies counted from their leads: again for each that a batch of turns has touched, so that no page counts them."""

from collections.abc import Collection

from sqlalchemy import ColumnElement, Connection, bindparam, case, delete, func, select

from nurture.store import records as table
from nurture.store.statements import upsert
from nurture.vocabulary.words import Temperature

AT_ONCE = 500
"""Keys bound by one statement."""


def recount(connection: Connection, keys: Collection[str]) -> None:
    """Count these companies anew; one that no lead is of any more is gone."""
    wanted = sorted(keys)
    for start in range(0, len(wanted), AT_ONCE):
        some = wanted[start : start + AT_ONCE]
        rows = connection.execute(COUNTED, {"wanted": some}).mappings()
        found = [{**row, "name": " ".join(row["name"].split())} for row in rows]
        upsert(connection, table.company, found, key=("key",))
        gone = set(some) - {row["key"] for row in found}
        if gone:
            connection.execute(delete(table.company).where(table.company.c.key.in_(sorted(gone))))


def _at(temperature: Temperature) -> ColumnElement[int]:
    return case((table.lead_state.c.temperature == temperature.value, 1), else_=0)


COUNTED = (
    select(
        table.lead.c.company_key.label("key"),
        # One spelling of several: capitals come first in the alphabet of code points.
        func.coalesce(func.min(table.lead.c.company), table.lead.c.company_key).label("name"),
        func.count().label("leads"),
        func.sum(_at(Temperature.HOT)).label("hot"),
        func.sum(_at(Temperature.WARM)).label("warm"),
    )
    .join(table.lead_state, table.lead_state.c.lead_id == table.lead.c.id)
    .where(table.lead.c.company_key.in_(bindparam("wanted", expanding=True)))
    .group_by(table.lead.c.company_key)
)
