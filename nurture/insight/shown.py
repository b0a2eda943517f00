"""Whom reports tell of: sample leads while there are no others, and from the first real lead on, real leads alone."""

from enum import StrEnum
from typing import Any

from sqlalchemy import ColumnElement, Connection, select, text, true

from nurture.store.records import lead


class Shown(StrEnum):
    """Of whom the numbers are: of sample leads, of all but those, or of everybody where there are none."""

    SAMPLE = "sample"
    REAL = "real"
    EVERYBODY = "everybody"


def shown(connection: Connection) -> Shown:
    """Whom reports tell of now. It costs a look at the sample leads, who come before all others."""
    has_sample = connection.execute(SAMPLE.limit(1)).first() is not None
    if connection.execute(select(lead.c.id).where(text("NOT lead.sample")).limit(1)).first() is not None:
        return Shown.REAL if has_sample else Shown.EVERYBODY
    return Shown.SAMPLE if has_sample else Shown.REAL


def of_shown(lead_id: ColumnElement[Any], whom: Shown) -> ColumnElement[bool]:
    """The condition that a row, of the lead in its column *lead_id*, is of those whom reports tell of.

    While all are alike nothing is asked, which is quicker, and the same condition holds for every column.
    """
    return lead_id.not_in(SAMPLE) if whom is Shown.REAL else true()


SAMPLE = select(lead.c.id).where(text("lead.sample"))
"""As the index says it (ix_lead_sample), so that it costs nothing where there are none."""
