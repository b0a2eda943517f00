"""What comes next for a lead: the mails that wait, and which gates would hold them as things stand."""

from collections.abc import Sequence
from datetime import datetime

import msgspec
from sqlalchemy import Connection, select

from nurture.content.model import Programme
from nurture.engine.facts import standing_facts
from nurture.engine.held import HELD
from nurture.insight.mails import GateLine, MailLine
from nurture.statemachine.gates import GATES
from nurture.store.due import DueKind
from nurture.store.records import due
from nurture.vocabulary.state import LeadState
from nurture.vocabulary.words import Gate, Verdict


class Coming(msgspec.Struct, frozen=True):
    """A mail that waits.

    at       when it is due, or now where that has passed.
    binding  the gates that would not let it pass at that moment, if nothing happened until then; of them the first decides.
    next_at  when the last of those that put it off would ask again; None where none does, or where a person must resume it.
    held     whether somebody has paused it.
    """

    mail: MailLine
    at: datetime
    binding: tuple[GateLine, ...]
    next_at: datetime | None
    held: bool


def coming(
    connection: Connection, programme: Programme, state: LeadState, mails: Sequence[MailLine], now: datetime
) -> tuple[Coming, ...]:
    """Those of *mails* that are not over, the next one first. Domain throttle and warm-up concern others too and are not asked."""
    waiting = sorted((each for each in mails if not each.status.is_final), key=lambda each: each.touch.due_at)
    if not waiting:
        return ()
    facts = {each.touch.id: standing_facts(connection, programme, state, each.touch, now) for each in waiting}
    held = set(
        connection.execute(
            select(due.c.id).where(
                due.c.kind == DueKind.TOUCH.value, due.c.id.in_(list(facts)), due.c.due_at == HELD
            )
        ).scalars()
    )
    found = []
    for mail in waiting:
        touch, at = mail.touch, max(mail.touch.due_at, now)
        answers = [(gate, asked(touch, facts[touch.id], at)) for gate, asked in GATES]
        binding = [(gate, answer) for gate, answer in answers if answer.verdict is not Verdict.PASS]
        later = [answer.next_at for _, answer in binding if answer.next_at is not None]
        lines = tuple(GateLine(gate, answer.verdict, answer.why) for gate, answer in binding)
        is_paused = any(gate is Gate.PAUSED for gate, _ in binding)
        next_at = None if is_paused else max(later, default=None)
        found.append(Coming(mail, at, lines, next_at, is_paused or touch.id in held))
    return tuple(found)
