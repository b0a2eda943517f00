"""The names that conditions may use about a lead: lead, event, hand_off, enrolment, and what it clicked, opened, visited, sent."""

from collections.abc import Callable, Mapping
from datetime import datetime

from nurture.content.model import Programme
from nurture.content.scope import LeadView
from nurture.scoring.ledger import interest_score
from nurture.vocabulary.event import Event
from nurture.vocabulary.lead import FieldValue
from nurture.vocabulary.state import LeadState

SECONDS_A_DAY = 86_400


def scope_of(
    programme: Programme, state: LeadState, event: Event | None, now: datetime
) -> Mapping[str, object]:
    """The scope of a condition, asked about *state* at *now*; *event* is what has just happened, if anything."""
    acts = state.acts
    hand_off = state.hand_off
    return {
        "lead": LeadView(programme, lead_values(state, now)),
        "event": {} if event is None else {**event.properties, "kind": event.kind.value},
        "hand_off": {
            "made": hand_off is not None and hand_off.closed_at is None,
            "accepted": hand_off is not None and hand_off.accepted,
        },
        "clicked": _done(acts, "clicked"),
        "opened": _done(acts, "opened"),
        "visited": _done(acts, "visited"),
        "submitted": _done(acts, "submitted"),
        "days_since": _days_since(acts, now),
    }


def lead_values(state: LeadState, now: datetime) -> dict[str, FieldValue]:
    """Every field of the lead that is known, built-in and declared, as it is at *now*."""
    lead = state.lead
    values: dict[str, FieldValue] = {
        "created_at": lead.created_at.isoformat(),
        "temperature": state.temperature.value,
        "stage": state.stage.value,
        "grade": state.grade.value,
        "fit_score": state.fit_score,
        "interest_score": interest_score(state.accumulators, now),
        "completeness": state.completeness,
    }
    for name in (
        "email",
        "first_name",
        "last_name",
        "company",
        "country",
        "time_zone",
        "language",
        "source",
        "owner",
    ):
        value = getattr(lead, name)
        if value is not None:
            values[name] = value
    if state.persona is not None:
        values["persona"] = state.persona
    values.update(lead.fields)
    return values


def act_key(act: str, *names: str) -> str:
    """How an act is kept in a lead's state: 'clicked:long-cycle/checklist:docs'."""
    return ":".join((act, *names))


def _done(acts: Mapping[str, datetime], act: str) -> Callable[..., bool]:
    def done(name: str, link: str | None = None) -> bool:
        names = (name,) if link is None else (name, link)
        return act_key(act, *names) in acts

    return done


def _days_since(acts: Mapping[str, datetime], now: datetime) -> Callable[[str], float | None]:
    def days_since(kind: str) -> float | None:
        last = acts.get(act_key("event", kind))
        return None if last is None else (now - last).total_seconds() / SECONDS_A_DAY

    return days_since
