"""What refuses us stops all sending: at once where a code says that it is our fault, else when too many say the same."""

from datetime import datetime, timedelta

from sqlalchemy import Connection, func, select, text

from nurture.delivery.sender_problems import PROBLEMS, SenderProblem, problem_of_code
from nurture.engine.pause_rows import EVERYTHING, ITSELF, Cause
from nurture.engine.pauses import pause
from nurture.log import get_log, redact
from nurture.store import records as table

log = get_log(__name__)


def stop_for(connection: Connection, problem: SenderProblem, words: str, now: datetime) -> bool:
    """A server has refused us for *problem*, in its *words*. Returns whether sending stops now."""
    if problem.mails > 1:
        waiting = select(func.count()).where(DEFERRED, table.touch.c.code == problem.key)
        if connection.execute(waiting).scalar_one() < problem.mails:
            return False
    return pause(
        connection,
        EVERYTHING,
        cause=Cause.SENDER,
        problem=problem.key,
        why=redact(words) or problem.what,
        actor=ITSELF,
        now=now,
    )


def stop_for_returned(connection: Connection, code: str, words: str, now: datetime) -> bool:
    """A mail came back for what is our fault. One message proves little, for who gets our mail can write such a notice
    himself: sending stops when as many as RETURNED mails came back so within a day.
    """
    problem = problem_of_code(code)
    if problem is None:
        return False
    before = select(func.count(table.inbound.c.touch_id.distinct())).where(
        table.inbound.c.received_at > now - DAY, table.inbound.c.code.in_(PROBLEMS)
    )
    if connection.execute(before).scalar_one() + 1 < RETURNED:
        log.warning("a mail came back for what we must mend", code=code, why=words)
        return False
    return stop_for(connection, problem, words, now)


RETURNED = 3
DAY = timedelta(days=1)
DEFERRED = text("touch.status = 'deferred'")
"""As its index says it: SQLite uses a partial index only for its own words."""
