"""Whether the work is done: a worker that lives, and a queue that does not grow old."""

from collections.abc import Iterator
from datetime import timedelta

from nurture.doctor.facts import Facts
from nurture.doctor.finding import Finding, fail, ok, warn
from nurture.engine.at_work import BEAT
from nurture.languages.told import told

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
DUE = "the oldest that waits has been due for {span}"
CAME = "the oldest that waits has been come in for {span}"
START = "Start `nurture up`, or `nurture up --role worker` where the web server runs apart."
SEE_TO_IT = (
    "Our own code failed on it, and everything else went on. Upgrade if there is a newer version; then, on the page"
    " `Settings, Set aside`, have it tried again, or dismiss it with a reason."
)
LOOK = "If the worker is alive, its log says what holds it up; if it is not, start `nurture up`."


def worker(facts: Facts) -> Iterator[Finding]:
    queue = facts.store.queue
    if queue is None:
        return
    if queue.worker_at is None:
        yield fail("Worker", "no worker has been at work here yet: no mail is sent", START)
    elif facts.now - queue.worker_at > DEAD:
        ago = span(facts.now - queue.worker_at)
        yield fail("Worker", told("no worker has been at work for {span}: no mail is sent", span=ago), START)
    else:
        yield ok("Worker", "at work")


def queues(facts: Facts) -> Iterator[Finding]:
    queue = facts.store.queue
    if queue is None:
        return
    waiting = [(what, queue.due.get(kind), DUE) for kind, what in KINDS.items()]
    waiting.append(("Events", queue.unabsorbed_at, CAME))
    late = [_late(what, facts.now - at, how) for what, at, how in waiting if at and facts.now - at >= SLOW]
    yield from late or [ok("Queue", "nothing that is due waits")]


def set_aside(facts: Facts) -> Iterator[Finding]:
    """What our own code failed on waits for a person, and nothing else waits for it."""
    queue = facts.store.queue
    if queue is None:
        return
    if not queue.aside:
        yield ok("Set aside", "nothing: our own code failed on nothing")
        return
    waits = (
        "1 thing waits for a person, the last: {quoted}"
        if queue.aside == 1
        else "{count} things wait for a person, the last: {quoted}"
    )
    yield fail("Set aside", told(waits, count=queue.aside, quoted=queue.aside_last), SEE_TO_IT)


def _late(what: str, age: timedelta, how: str) -> Finding:
    found = told(how, span=span(age))
    return (fail if age > STUCK else warn)(what, found, LOOK)


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
