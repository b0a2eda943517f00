"""The rows of leads after a batch of turns: their states, and what lists show of them where that has changed."""

from collections.abc import Collection, Iterable, Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Text, bindparam, case, exists, or_, update

from nurture.engine.list_keys import list_keys
from nurture.store import records as table
from nurture.store.mapping import packed, state_row
from nurture.vocabulary.lead import Lead
from nurture.vocabulary.state import LeadState

LISTED = ("first_name", "last_name", "company", "country", "source")
"""What lists show and search of a lead, beside its address."""
KEYS = ("name_key", "last_key", "company_key")
"""What they find and sort it by."""


def write_states(
    connection: Connection, states: Mapping[int, LeadState], listed: Collection[int], now: datetime
) -> None:
    """Write every state; of the leads in *listed* also the columns that lists filter and sort by."""
    shown = [state_row(states[lead_id], now) for lead_id in listed]
    if shown:
        connection.execute(UPDATE_LISTED, [{**row, "lead": row.pop("lead_id")} for row in shown])
    others = [
        {"lead": lead_id, "state": packed(state)}
        for lead_id, state in states.items()
        if lead_id not in listed
    ]
    if others:
        connection.execute(UPDATE_STATE, others)


def write_leads(connection: Connection, leads: Iterable[Lead]) -> None:
    """Write who these leads are now."""
    rows = [_identity(lead) for lead in leads]
    if rows:
        connection.execute(UPDATE_LEAD, rows)


def lists_alike(before: LeadState, after: LeadState) -> bool:
    """Whether nothing has changed that lists filter and sort by: then no index has to be touched."""
    return (
        before.accumulators is after.accumulators
        and before.temperature is after.temperature
        and before.stage is after.stage
        and before.grade is after.grade
        and before.persona == after.persona
        and before.fit_score == after.fit_score
        and before.lead.owner == after.lead.owner
        and before.suppressed is after.suppressed
        and before.clock == after.clock
    )


def _identity(lead: Lead) -> dict[str, Any]:
    shown = {name: getattr(lead, name) for name in ("email", *LISTED)}
    keys = list_keys(
        email=lead.email, first_name=lead.first_name, last_name=lead.last_name, company=lead.company
    )
    return {"ref": lead.id, **{f"new_{name}": value for name, value in {**shown, **keys}.items()}}


UPDATE_STATE = (
    update(table.lead_state)
    .where(table.lead_state.c.lead_id == bindparam("lead"))
    .values(state=bindparam("state"))
)
UPDATE_LISTED = (
    update(table.lead_state)
    .where(table.lead_state.c.lead_id == bindparam("lead"))
    .values(
        {
            name: bindparam(name)
            for name in (
                "state",
                "temperature",
                "stage",
                "grade",
                "persona",
                "owner",
                "suppressed",
                "clock_due_at",
                "fit_score",
                "interest_score",
                "scored_at",
            )
        }
    )
)
_other = table.lead.alias()
_merged = table.lead_merge
UPDATE_LEAD = (
    update(table.lead)
    .where(table.lead.c.id == bindparam("ref"))
    .values(
        **{name: bindparam(f"new_{name}") for name in (*LISTED, *KEYS)},
        # An address is one lead's, that of a merged one its survivor's: another that claims it keeps its own row until the
        # two are merged.
        email=case(
            (
                or_(
                    exists().where(
                        _other.c.email == bindparam("new_email"),
                        _other.c.id != bindparam("ref", unique=False),
                    ),
                    exists().where(
                        _merged.c.email == bindparam("new_email"),
                        _merged.c.lead_id != bindparam("ref", unique=False),
                        _merged.c.undone_at.is_(None),
                    ),
                ),
                table.lead.c.email,
            ),
            else_=bindparam("new_email", type_=Text),
        ),
    )
)
