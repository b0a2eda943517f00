"""Pauses: no mail leaves, of one campaign or of all, until a person resumes it. What is due meanwhile waits and is never late for it.

a person ─────────────┐
a refusal of ours ────┼─► pause ─► claims hold what is due, senders give back what is not begun ─► resume ─► due again
rates that are bad ───┘       └─► audit log, a system mail to every admin
"""

from datetime import datetime

from sqlalchemy import Connection, exists, literal, select, update

from nurture.delivery.sender_problems import PROBLEMS
from nurture.engine.accounts import active_admins
from nurture.engine.audit import audit
from nurture.engine.held import HELD, halted_broadcasts
from nurture.engine.pause_rows import EVERYTHING, Cause, live_pauses
from nurture.engine.system_mails import post
from nurture.log import get_log
from nurture.store import records as table
from nurture.store.due import DueKind
from nurture.store.statements import insert_new
from nurture.vocabulary.words import TouchStatus

log = get_log(__name__)

OPEN = tuple(status.value for status in TouchStatus if not status.is_final)
"""Also of a mail whose worker has gone: what is held is in nobody's hands."""


def pause(
    connection: Connection,
    campaign: str,
    *,
    cause: Cause,
    why: str,
    actor: str,
    now: datetime,
    problem: str | None = None,
) -> bool:
    """Let no mail leave, of *campaign* or of EVERYTHING. Returns whether it left until now.

    What is due is held when it is claimed; what is claimed and not begun goes back within half a second. What a person did not
    ask for is told to every admin by mail.
    """
    row = {
        "campaign": campaign,
        "cause": cause.value,
        "problem": problem,
        "why": why,
        "began_at": now,
        "actor": actor,
    }
    while not (made := insert_new(connection, table.pause, [row], key="campaign")):
        if any(each.campaign == campaign for each in live_pauses(connection, lock=True)):
            return False  # and it stays one until this transaction ends
    detail = {"why": why, "cause": cause.value}
    target = campaign or "all mail"
    audit(connection, actor=actor or "nurture", what="paused sending", now=now, target=target, detail=detail)
    log.warning("sending paused", campaign=campaign or "all", cause=cause.value, why=why)
    if cause is not Cause.PERSON:
        for admin in active_admins(connection):
            post(
                connection,
                "sending-paused",
                to=admin.email,
                key=f"sending-paused:{made[campaign]}:{admin.id}",
                values={
                    "link": "/pace",
                    "name": admin.name,
                    "campaign": campaign,
                    "why": why,
                    "remedy": remedy_of(cause, problem),
                },
                now=now,
            )
    return True


def resume(
    connection: Connection,
    campaign: str,
    *,
    why: str,
    actor: str,
    now: datetime,
    only: int | None = None,
) -> bool:
    """Let mail leave again, of *campaign* or of EVERYTHING but what is paused for itself. Returns whether it was paused.

    only  the number of the one pause that ends, if it still lasts, and no other; None for whichever lasts.

    On PostgreSQL it waits for claims that have seen the pause, so that nothing they held stays held.
    """
    which = () if only is None else (table.pause.c.id == only,)
    ended = connection.execute(
        update(table.pause)
        .where(table.pause.c.campaign == campaign, table.pause.c.ended_at.is_(None), *which)
        .values(ended_at=now, ended_by=actor, ended_why=why)
    ).rowcount
    if not ended:
        return False
    release(connection, now)
    audit(
        connection,
        actor=actor,
        what="resumed sending",
        now=now,
        target=campaign or "all mail",
        detail={"why": why},
    )
    log.info("sending resumed", campaign=campaign or "all")
    return True


def release(connection: Connection, now: datetime) -> int:
    """Let what nothing holds any more be due again, as of now: it is not late. Returns how many mails."""
    paused = {each.campaign for each in live_pauses(connection)}
    if EVERYTHING in paused:
        return 0
    touch, due = table.touch, table.due
    halted = sorted(paused | halted_broadcasts(connection))
    is_held = (due.c.kind == DueKind.TOUCH.value, due.c.due_at == literal(HELD, due.c.due_at.type))
    is_free = (touch.c.status.in_(OPEN), touch.c.campaign.not_in(halted))
    freed = update(touch).where(touch.c.id.in_(select(due.c.id).where(*is_held)), *is_free)
    connection.execute(freed.values(due_at=now))
    is_freed = exists().where(touch.c.id == due.c.id, *is_free)
    return connection.execute(update(due).where(*is_held, is_freed).values(due_at=now)).rowcount


def remedy_of(cause: Cause, problem: str | None) -> str:
    """What a person does before resuming."""
    if cause is Cause.SENDER and problem in PROBLEMS:
        return PROBLEMS[problem].remedy
    return REMEDIES[cause]


REMEDIES = {
    Cause.PERSON: "",
    Cause.SENDER: "Mend what the server names; then resume.",
    Cause.COMPLAINTS: "Look at whom the campaign mails, what they agreed to, and how often; then resume.",
    Cause.BOUNCES: "Look at where the addresses come from, and take old ones out; then resume.",
}
