"""What a task says to the person who gets it: the step's note, written for this lead."""

from collections.abc import Mapping
from datetime import datetime
from functools import lru_cache
from typing import Any

from jinja2 import Template
from sqlalchemy import Connection

from nurture.content.model import Programme
from nurture.content.render import FAILURES
from nurture.content.sandbox import Sandbox
from nurture.content.scope import LeadView
from nurture.engine.reasons import heaviest
from nurture.statemachine.scope import Fields
from nurture.vocabulary.state import LeadState

REASONS = 3


def written(
    connection: Connection, programme: Programme, state: LeadState, note: str | None, now: datetime
) -> str | None:
    """The text of *note* for the lead; where it cannot be written for it, the note as its author wrote it."""
    if note is None or "{" not in note:
        return note
    lead: Mapping[str, Any] = {
        **LeadView(programme, Fields(state, now)),
        "why_hot": why_hot(connection, state.lead.id, now),
    }
    try:
        return _template(note).render(lead=lead).strip()
    except FAILURES:
        return note


def why_hot(connection: Connection, lead_id: int, now: datetime) -> str:
    """What raised the lead's interest most in the last 30 days: 'asked for demo +50, visited pricing ×2 +20'."""
    found = heaviest(connection, lead_id, now, most=REASONS)
    return ", ".join(f"{reason.briefly} +{reason.points:.0f}" for reason in found)


@lru_cache(maxsize=256)
def _template(note: str) -> Template:
    return Sandbox().from_string(note)
