"""Whether the work is done: a worker that lives, and a queue that does not grow old."""

from collections.abc import Iterator
from datetime import datetime, timedelta

from nurture.doctor.facts import Facts
from nurture.doctor.finding import Finding, fail, ok, warn
from nurture.doctor.kept import BEAT

DEAD = 4 * BEAT
"""A worker that has said nothing for so long is gone, or stands still."""
SLOW, STUCK = timedelta(minutes=5), timedelta(hours=1)
"""What is due waits a second or two for the worker; more than a few minutes is a jam."""

KINDS = {
    "touch": "Mails",
    "message": "System mails",
    "webhook": "Webhook posts",
    "timer": "Timers",
    "sweep": "Walks over leads",
}
"""What waits in the due queue, as people call it."""
START = "Start `nurture up`, or `nurture up --role worker` where the web server runs apart."
LOOK = "If the worker is alive, its log says what holds it up; if it is not, start `nurture up`."


def worker(facts: Facts) -> Iterator[Finding]:
    queue = facts.store.queue
    if queue is None:
        return
    if queue.worker_at is None:
        yield fail("Worker", "no worker has been at work here yet: no mail is sent", START)
    elif facts.now - queue.worker_at > DEAD:
        ago = span(facts.now - queue.worker_at)
        yield fail("Worker", f"no worker has been at work for {ago}: no mail is sent", START)
    else:
        yield ok("Worker", "at work")


def queues(facts: Facts) -> Iterator[Finding]:
    queue = facts.store.queue
    if queue is None:
        return
    for kind, what in KINDS.items():
        yield _age(what, queue.due.get(kind), facts.now, "due")
    yield _age("Events", queue.unabsorbed_at, facts.now, "come in")


def _age(what: str, oldest: datetime | None, now: datetime, how: str) -> Finding:
    if oldest is None or now - oldest < SLOW:
        return ok(what, "none waits")
    found = f"the oldest that waits has been {how} for {span(now - oldest)}"
    return (fail if now - oldest > STUCK else warn)(what, found, LOOK)


def span(length: timedelta) -> str:
    """'3 days', '2 hours', '7 minutes'."""
    for unit, size in (
        ("day", timedelta(days=1)),
        ("hour", timedelta(hours=1)),
        ("minute", timedelta(minutes=1)),
    ):
        count = length // size
        if count:
            return f"{count} {unit}{'s' if count != 1 else ''}"
    return "less than a minute"
