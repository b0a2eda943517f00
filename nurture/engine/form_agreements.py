"""What becomes of what people agree to with a form: given at once, or only when the address has confirmed it.

Anybody can type anybody's address into a form. So an agreement waits for a confirmation (double opt-in) where the form asks
for one, and always where the person has refused before.
"""

from collections.abc import Mapping
from datetime import datetime

from sqlalchemy import Connection, select

from nurture.content.model import Form, Programme
from nurture.engine.form_proof import Agreed, give, said
from nurture.engine.intake import add_events
from nurture.engine.opt_in import ask
from nurture.identity import Keyring
from nurture.store import records as table
from nurture.store.mapping import unpacked
from nurture.vocabulary.state import LeadState
from nurture.vocabulary.words import EventKind


def agree(
    connection: Connection,
    programme: Programme,
    form: Form,
    agreed: Agreed,
    *,
    keyring: Keyring,
    now: datetime,
) -> None:
    """Record what was agreed to, or ask for its confirmation by mail."""
    submission, wording = agreed.submission, agreed.submission.agreed
    state = _state(connection, agreed.lead_id)
    refused = _has_refused(connection, state, agreed.address, wording)
    if agreed.made and agreed.refused:
        topics = dict.fromkeys(agreed.refused, False)
        choice = {"topics": topics, "how": "the box was left empty", "form": submission.form}
        add_events(connection, [said(agreed, EventKind.PREFERENCES_CHANGED, now, choice)])
    if not wording:
        return
    if agreed.proven or not (form.double_opt_in or refused):
        give(connection, agreed, now, how="link" if agreed.proven else "form")
    elif refused or agreed.made or state.unconfirmed or not set(wording) <= set(state.opted_in):
        asked = {"topics": wording, "form": submission.form}
        add_events(connection, [said(agreed, EventKind.CONSENT_ASKED, now, asked)])
        ask(connection, programme, form, agreed, keyring=keyring, now=now)


def _has_refused(connection: Connection, state: LeadState, address: str, topics: Mapping[str, str]) -> bool:
    """Whether the person has said no before, taken in or not: then a stranger's yes is none."""
    if set(topics) & set(state.opted_out):
        return True
    suppressed = select(table.suppression.c.cause).where(table.suppression.c.address == address)
    kinds = (EventKind.UNSUBSCRIBED.value, EventKind.PREFERENCES_CHANGED.value)
    waiting = select(table.event.c.id).where(
        table.event.c.lead_id.in_([state.lead.id, *state.merged]),
        table.event.c.absorbed_at.is_(None),
        table.event.c.kind.in_(kinds),
    )
    return any(connection.execute(each.limit(1)).first() is not None for each in (suppressed, waiting))


def _state(connection: Connection, lead_id: int) -> LeadState:
    state = table.lead_state.c
    return unpacked(connection.execute(select(state.state).where(state.lead_id == lead_id)).scalar_one())
