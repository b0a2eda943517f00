"""Why a lead got its mails, or not: the decisions as they were written, in words."""

from collections.abc import Iterator

from sqlalchemy import select

from nurture.engine.engine import Engine
from nurture.engine.pause_rows import live_pauses
from nurture.engine.people import find_lead
from nurture.insight.mails import moved_by
from nurture.store import records as table
from nurture.store.mapping import Fetched, touch_of
from nurture.vocabulary.words import EventKind, TouchStatus


def why_lead(engine: Engine, name: str, mail: str | None = None) -> Iterator[str]:
    """Lines about every touch of the lead (by address or id), newest last, and every broadcast that passed it by; of one mail
    where *mail* names it.
    """
    with engine.database.reading() as connection:
        state = find_lead(connection, name)
        touches = connection.execute(
            select(table.touch)
            .where(table.touch.c.lead_id.in_([state.lead.id, *state.merged]))
            .order_by(table.touch.c.planned_at)
        ).all()
        decisions = connection.execute(
            select(table.decision)
            .where(table.decision.c.touch_id.in_([touch.id for touch in touches]))
            .order_by(table.decision.c.id)
        ).all()
        missed = connection.execute(
            select(table.event)
            .where(
                table.event.c.lead_id.in_([state.lead.id, *state.merged]),
                table.event.c.kind == EventKind.BROADCAST_MISSED.value,
            )
            .order_by(table.event.c.id)
        ).all()
        pauses = live_pauses(connection)
        movers = moved_by(connection, [touch_of(touch) for touch in touches])
    yield (
        f"Lead {state.lead.id}: {state.temperature}, stage {state.stage}, grade {state.grade}, "
        f"persona {state.persona or 'none'}"
    )
    for touch in touches:
        if mail is None or mail in (touch.mail, touch.mail.rpartition("/")[2]):
            yield from _about(
                touch, [each for each in decisions if each.touch_id == touch.id], movers.get(touch.id)
            )
            if not TouchStatus(touch.status).is_final:
                yield from (f"  now: {each.told}" for each in pauses if each.covers(touch.campaign))
    for passed in () if mail is not None else missed:
        yield ""
        yield f"the broadcast {passed.properties['campaign']} passed by"
        yield f"  {passed.occurred_at:%Y-%m-%d %H:%M} UTC: {passed.properties['why']}"


def _about(touch: Fetched, decisions: list[Fetched], mover: str | None) -> Iterator[str]:
    yield ""
    yield f"{touch.mail} ({touch.campaign}, track {touch.track}, step {touch.step}): {touch.status}"
    if mover is not None:
        yield f"  moved to this track by hand, by {mover}"
    yield f"  planned {touch.planned_at:%Y-%m-%d %H:%M} UTC for {touch.due_at:%Y-%m-%d %H:%M} UTC"
    for decision in decisions:
        outcome = decision.verdict if decision.gate is None else f"{decision.verdict} by {decision.gate}"
        until = "" if decision.next_at is None else f", again at {decision.next_at:%Y-%m-%d %H:%M} UTC"
        yield f"  {decision.at:%Y-%m-%d %H:%M} UTC  {outcome}: {decision.why or 'every gate passed'}{until}"
        asked = ", ".join(f"{gate} {verdict}" for gate, verdict, _ in decision.checks)
        yield f"      asked: {asked}"
    if touch.answer:
        yield f"  answer: {touch.code or ''} {touch.answer}".rstrip()
