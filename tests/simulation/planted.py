"""Bugs as peers of ours have had them, each planted into the engine for as long as a test looks, never into the product.

Each says by which words of which invariant it is known, and among which perils it soon is.
"""

from collections.abc import Callable, Iterable
from contextlib import contextmanager
from datetime import timedelta

import msgspec
import pytest
from msgspec.structs import replace
from sqlalchemy import bindparam, func, select, update

from nurture.engine import absorb, absorbing, apart, apply, claim, deliver, facts, settle, stages
from nurture.engine.arming import Arming
from nurture.engine.engine import Engine
from nurture.engine.fence import Fence
from nurture.simulation.faults import run as simulator
from nurture.simulation.faults.perils import CALM, Perils
from nurture.simulation.faults.run import Outcome, run
from nurture.simulation.faults.shelf import ShelvedEngine
from nurture.simulation.faults.store import StoreFailsError
from nurture.store import records as table
from nurture.store.due import DueKind, requeue
from nurture.vocabulary.words import EventKind, TouchStatus


class Planted(msgspec.Struct, frozen=True):
    """A bug.

    plant  puts it into the engine until the patches are undone.
    said   what the violation says that tells of it.
    among  perils that bring it out soon; any seed's own mixture does, later.
    seed   the first that finds it among those, when that was last measured.
    """

    name: str
    plant: Callable[[pytest.MonkeyPatch], None]
    said: str
    among: Perils
    seed: int


def claims_without_a_lease(patched):
    patched.setattr(claim, "lease", lambda *_: None)


def goes_on_after_its_lease(patched):
    """No fence: what was taken over meanwhile is sent all the same."""
    marked = (
        update(table.touch)
        .where(table.touch.c.id.in_(bindparam("refs", expanding=True)))
        .values(status=TouchStatus.SENDING.value, mail_revision=bindparam("revision"))
        .returning(table.touch.c.id)
    )

    def before_dot(self, touch_id):
        if self._journal is not None:
            self._journal.before_dot(touch_id)

    patched.setattr(deliver, "SENDING", marked)
    patched.setattr(Fence, "is_ours", lambda *_: True)
    patched.setattr(Fence, "before_dot", before_dot)


def marks_after_sending(patched):
    """The batch is committed as sent when it is over; until then it looks as if nothing had begun."""

    def mark(self, claims):
        self.settle()
        self.fence.marked({each.touch.id for each in claims})
        return list(claims)

    held = [TouchStatus.CLAIMED.value, TouchStatus.SENDING.value, TouchStatus.UNKNOWN.value]
    still = select(table.touch.c.id, table.touch.c.attempts, table.touch.c.status).where(
        table.touch.c.id.in_(bindparam("refs", expanding=True)), table.touch.c.status.in_(held)
    )
    patched.setattr(deliver.Outgoing, "_mark", mark)
    patched.setattr(settle, "STILL", still)
    patched.setattr(Fence, "_look", lambda *_: None)


def sends_unknown_again(patched):
    begin = settle.Settling.__init__

    def resends(self, now, *, resend=False):
        del resend
        begin(self, now, resend=True)

    patched.setattr(settle.Settling, "__init__", resends)


def absorbs_by_a_cursor(patched):
    """What comes with a lower number than what was absorbed last is never seen."""
    event = table.event.c
    last = select(func.max(event.id)).where(event.absorbed_at.is_not(None), event.source != apply.DECIDED)
    waiting = absorb.WAITING.where(event.id > func.coalesce(last.scalar_subquery(), 0))
    patched.setattr(absorb, "WAITING", waiting)


def counts_caps_before_claiming(patched):
    """What a lead got is looked up now and then, and not in the transaction that claims."""
    fresh, known = facts._other_touches, {}

    def stale(connection, lead_ids, now, paused):
        recent, rivals = fresh(connection, lead_ids, now, paused)
        for lead_id in lead_ids:
            at, _ = known.get(lead_id, (None, None))
            if at is None or not timedelta(0) <= now - at < timedelta(hours=6):
                known[lead_id] = now, recent.get(lead_id, [])
        return {each: known[each][1] for each in lead_ids}, rivals

    patched.setattr(facts, "_other_touches", stale)


def asks_for_consent_only_when_claiming(patched):
    patched.setattr(Fence, "is_suppressed", lambda *_: False)


def absorbs_clicks_twice(patched):
    """What an event did is committed, and that it was absorbed only with the next batch."""
    write, told = apply.Changes._write_states, set()

    def forgets(self, connection):
        kinds = select(table.event.c.id, table.event.c.kind).where(
            table.event.c.id.in_([row["event"] for row in self._absorbed])
        )
        clicks = {row.id for row in connection.execute(kinds) if row.kind == EventKind.MAIL_CLICKED}
        self._absorbed = [row for row in self._absorbed if row["event"] not in clicks - told]
        told.update(clicks)
        write(self, connection)

    patched.setattr(apply.Changes, "_write_states", forgets)


def answers_before_the_commit(patched):
    deciding = Engine.deciding

    @contextmanager
    def hopes(self):
        has_begun = False
        try:
            with deciding(self) as found:
                has_begun = True
                yield found
        except StoreFailsError:
            if not has_begun:
                raise

    patched.setattr(ShelvedEngine, "deciding", hopes)


def sends_from_a_copy(patched):
    patched.setattr(Arming, "is_armed", property(lambda _: True))


def forgets_what_other_homes_sent(patched):
    """A home knows of its own batches only."""
    join = Arming.join

    def joins(self):
        if self._known() is None:
            join(self)

    patched.setattr(Arming, "join", joins)


def keeps_no_journal(patched):
    begin = Engine.__init__

    def forgets(self, **given):
        begin(self, **given)
        self._journals = None

    patched.setattr(Engine, "__init__", forgets)


def tries_again_only_what_is_queued(patched):
    """What was given up, and was then put off by the relay, has lost its place in the queue."""

    def moved(connection, rows):
        requeue(connection, DueKind.TOUCH, {ref: due_at for ref, _, due_at, _ in rows})

    patched.setattr(settle, "enqueue_touches", moved)


def holds_all_up(patched):
    """What raises ends the turn, and is met again first in the next: for ever, so few steps tell as much."""
    patched.setattr(simulator, "STEPS_MAX", simulator.STEPS_MAX // 50)
    patched.setattr(apart, "is_ours", lambda _: False)
    patched.setattr(absorbing, "is_ours", lambda _: False)
    patched.setattr(stages, "is_ours", lambda _: False)


ALONE = CALM.of("switch")
STALLED = replace(ALONE, stall=0.04)
PLANTED = (
    Planted("claims without a lease", claims_without_a_lease, "without a lease", ALONE, 1),
    Planted("goes on after its lease", goes_on_after_its_lease, "arrived twice", STALLED, 13),
    Planted("marks after sending", marks_after_sending, "arrived twice", ALONE.of("crash", "commit_failed"), 3),
    Planted("sends unknown again", sends_unknown_again, "arrived", replace(ALONE, dropped=0.3, crash=0.01), 2),
    Planted("one bad event holds all up", holds_all_up, "its tick broke", ALONE.of("bugs"), 1),
    Planted("absorbs by a cursor", absorbs_by_a_cursor, "never absorbed", ALONE.of("late"), 1),
    Planted("counts caps before claiming", counts_caps_before_claiming, "over a cap", ALONE, 1),
    Planted("asks for consent only when claiming", asks_for_consent_only_when_claiming, "after the right", ALONE.of("ends", "stall"), 9),
    Planted("absorbs clicks twice", absorbs_clicks_twice, "not the fold of its events", ALONE, 1),
    Planted("answers before the commit", answers_before_the_commit, "answered without a commit", ALONE.of("commit_failed"), 4),
    Planted("sends from a copy", sends_from_a_copy, "the copy of the store sent", ALONE.of("copied"), 2),
    Planted("forgets what other homes sent", forgets_what_other_homes_sent, "the copy of the store sent", ALONE.of("copied", "deferred", "crash"), 7),
    Planted("keeps no journal", keeps_no_journal, "nobody had reason not to know", replace(ALONE, crash=0.03), 2),
    Planted("tries again only what is queued", tries_again_only_what_is_queued, "lost: not in the queue", replace(STALLED, deferred=0.5, silent=0.3), 23),
)  # fmt: skip


class Found(msgspec.Struct, frozen=True):
    """That a run found it, and the sentence that tells of it."""

    seed: int
    violation: str


def with_bug(planted: Planted, seed: int, perils: Perils | None = None) -> Outcome:
    """The run of *seed*, with the bug in it."""
    with pytest.MonkeyPatch.context() as patched:
        planted.plant(patched)
        return run(seed, perils=perils)


def first_found(planted: Planted, seeds: Iterable[int], perils: Perils | None = None) -> Found | None:
    """By the first of *seeds* that finds it, by the words by which it is known; *perils*: in place of each seed's own."""
    for seed in seeds:
        for sentence in with_bug(planted, seed, perils).violations:
            if planted.said in sentence:
                return Found(seed, sentence)
    return None
