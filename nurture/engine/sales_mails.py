"""What sales is told by mail: a lead that is theirs now, an agreed time that runs out, one that has passed."""

from datetime import datetime

from sqlalchemy import Connection

from nurture.content.model import Programme
from nurture.engine.reasons import heaviest
from nurture.engine.system_mails import post
from nurture.scoring.ledger import interest_score
from nurture.statemachine.effects import Notify
from nurture.vocabulary.state import LeadState

REASONS = 5
WARNED, BREACHED = "sla warning", "sla breach"


def tell_of_hand_off(
    connection: Connection,
    programme: Programme,
    state: LeadState,
    *,
    rep: str,
    team: str,
    serial: int,
    now: datetime,
) -> None:
    """Let the rep know whom it got, and why now."""
    persona = programme.persona(state.persona or "")
    post(
        connection,
        "hand-off",
        to=rep,
        key=f"hand-off:{state.lead.id}:{serial}",
        now=now,
        lead_id=state.lead.id,
        values={
            **_about(programme, state, reader=rep),
            "link": f"/inbox?lead={state.lead.id}",
            "team": team.replace("-", " "),
            "grade": state.grade.value,
            "interest": round(interest_score(state.accumulators, now)),
            "persona": None if persona is None else persona.name,
            "reasons": {
                reason.plainly: round(reason.points)
                for reason in heaviest(connection, state.lead.id, now, most=REASONS)
            },
        },
    )


def tell_of_clock(
    connection: Connection,
    programme: Programme,
    state: LeadState,
    notice: Notify,
    *,
    occasion: str,
    now: datetime,
) -> None:
    """Let the rep know that its time runs out, or whom the agreement names that it has; other notices are not ours.

    occasion  names the event that the notice comes of.
    """
    rep = state.lead.owner
    to = notice.to or rep
    if to is None or notice.what not in (WARNED, BREACHED):
        return
    values = {**_about(programme, state, reader=to), "link": f"/inbox?lead={state.lead.id}"}
    if notice.what == BREACHED:
        values["rep"] = _called(programme, rep) or rep
    post(
        connection,
        "hand-off-warned" if notice.what == WARNED else "hand-off-breached",
        to=to,
        key=f"{notice.what}:{state.lead.id}:{occasion}",
        now=now,
        lead_id=state.lead.id,
        values=values,
    )


def _about(
    programme: Programme, state: LeadState, *, reader: str
) -> dict[str, str | int | dict[str, int] | None]:
    lead = state.lead
    name = " ".join(part for part in (lead.first_name, lead.last_name) if part)
    return {
        "name": _called(programme, reader),
        "lead_name": name or lead.email or f"Lead {lead.id}",
        "company": lead.company,
        "respond_by": None if state.clock is None else state.clock.due_at.isoformat(),
    }


def _called(programme: Programme, email: str | None) -> str | None:
    member = programme.member(email or "")
    return None if member is None else member.name
