"""The suppression list as its page shows it: newest first, or what an address was searched for."""

from datetime import datetime

import msgspec
from sqlalchemy import Connection, func, select

from nurture.engine.suppression_list import may_be_lifted
from nurture.store.records import lead, suppression
from nurture.vocabulary.words import SuppressionCause


class SuppressionLine(msgspec.Struct, frozen=True):
    """One entry; *lead_id* where the address is a lead's; *liftable* whether a person of ours may take it off."""

    address: str
    scope: str
    cause: SuppressionCause
    at: datetime
    lead_id: int | None
    liftable: bool


def suppressions(
    connection: Connection,
    *,
    page: int = 1,
    size: int,
    search: str = "",
    cause: SuppressionCause | None = None,
) -> tuple[SuppressionLine, ...]:
    """The entries of a page, newest first; those whose address has *search* in it, those of a *cause*."""
    listed = suppression.c
    statement = select(suppression, lead.c.id.label("lead_id")).join(
        lead, lead.c.email == listed.address, isouter=True
    )
    if search:
        statement = statement.where(listed.address.contains(search.lower(), autoescape=True))
    if cause is not None:
        statement = statement.where(listed.cause == cause.value)
    rows = connection.execute(
        statement.order_by(listed.at.desc(), listed.address).limit(size).offset((page - 1) * size)
    ).all()
    return tuple(
        SuppressionLine(
            row.address,
            row.scope,
            SuppressionCause(row.cause),
            row.at,
            row.lead_id,
            may_be_lifted(connection, row.address, SuppressionCause(row.cause)),
        )
        for row in rows
    )


def cause_counts(connection: Connection) -> dict[SuppressionCause, int]:
    """How many entries there are of each cause."""
    rows = connection.execute(
        select(suppression.c.cause, func.count().label("entries")).group_by(suppression.c.cause)
    )
    return {SuppressionCause(row.cause): row.entries for row in rows}
