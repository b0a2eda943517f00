"""Claimed touches onto the wire: built as the transport asks for them, marked before they leave, settled in small commits."""

from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from datetime import datetime

import msgspec
from sqlalchemy import Connection, bindparam, or_, select, update

from nurture.delivery.journal import Journal
from nurture.delivery.sender_problems import problem_of
from nurture.engine.build import Builder
from nurture.engine.claim import Claim
from nurture.engine.fence import CHOSEN_LATELY, SUPPRESSED_MEANWHILE, Fence
from nurture.engine.ramp import give_places_back
from nurture.engine.settle import Settling
from nurture.errors import NurtureError
from nurture.log import get_log
from nurture.ports import Clock, OutgoingMessage, Receipt, ReceiptStatus, Transport
from nurture.store import records as table
from nurture.store.database import Database
from nurture.store.due import DueKind, lease, requeue
from nurture.vocabulary.words import Lane, TouchStatus

log = get_log(__name__)

MARKED_AT_ONCE = 64
"""Touches marked `sending` in one commit: what a crash may leave unknown (spec: at most 64 a worker)."""


class Delivered(msgspec.Struct, frozen=True):
    """What came of a batch, by the transport's word."""

    sent: int = 0
    deferred: int = 0
    refused: int = 0
    unknown: int = 0


def deliver(
    database: Database,
    transport: Transport,
    builder: Builder,
    clock: Clock,
    claims: Sequence[Claim],
    *,
    journal: Journal | None = None,
    stopping: Callable[[], bool] = lambda: False,
) -> Delivered:
    """Send every claim once and write what came of it. Interrupted, it leaves claims to their journal, or to their lease.

    stopping  told to end: what is on the wire is finished, and what is not begun goes back to the queue.
    """
    outgoing = Outgoing(database, builder, clock, claims, journal=journal, stopping=stopping)
    counts = dict.fromkeys(ReceiptStatus, 0)
    try:
        for receipt in transport.send(outgoing.messages(), outgoing.fence):
            if outgoing.fence.kept_back(receipt.touch_id):
                outgoing.not_begun(receipt.touch_id)
                continue
            counts[receipt.status] += 1
            outgoing.answered(receipt)
    finally:  # whatever breaks, what has been answered is known
        outgoing.settle()
    outgoing.give_back()
    if journal is not None:
        journal.release()
    refused = counts[ReceiptStatus.BOUNCED] + counts[ReceiptStatus.FAILED] + outgoing.refused
    return Delivered(
        sent=counts[ReceiptStatus.SENT],
        deferred=counts[ReceiptStatus.DEFERRED],
        refused=refused,
        unknown=counts[ReceiptStatus.UNKNOWN],
    )


class Outgoing:
    """One batch on its way out."""

    def __init__(
        self,
        database: Database,
        builder: Builder,
        clock: Clock,
        claims: Sequence[Claim],
        *,
        journal: Journal | None = None,
        stopping: Callable[[], bool] = lambda: False,
    ) -> None:
        self._stopping = stopping
        self._not_begun = {claim.touch.id: claim for claim in claims}
        self.fence = Fence(database, clock, claims, journal)
        self._database = database
        self._builder = builder
        self._clock = clock
        self._claims = claims
        self._by_touch = {claim.touch.id: claim for claim in claims}
        self._receipts: list[Receipt] = []
        self._is_halted = False
        self.refused = 0

    def messages(self) -> Iterator[OutgoingMessage]:
        """Each message as the transport asks for it, with its touch durably marked `sending` before."""
        self.fence.hold()
        for start in range(0, len(self._claims), MARKED_AT_ONCE):
            for claim in self._mark(self._claims[start : start + MARKED_AT_ONCE]):
                if self._stopping() or self._is_halted:
                    return
                self.fence.look_again()
                if self.fence.is_overtaken and claim.lane is Lane.CADENCE:
                    return
                if self.fence.is_paused(claim):
                    continue
                del self._not_begun[claim.touch.id]
                if not self.fence.is_ours(claim):
                    continue
                if self.fence.is_suppressed(claim):
                    self._withdraw(claim, SUPPRESSED_MEANWHILE)
                    continue
                if self.fence.has_chosen(claim):
                    self._put_back([claim], self._clock.now() + CHOSEN_LATELY)
                    continue
                try:
                    message = self._builder.build(claim)
                except NurtureError as error:
                    self._fail(claim, str(error))
                except Exception as error:  # noqa: BLE001 a bug that one lead meets is not the others'
                    log.error("mail not built", touch=claim.touch.id, error=error)  # noqa: TRY400 it adds the traceback
                    self._fail(claim, f"{type(error).__name__}: {error}")
                else:
                    yield message

    def answered(self, receipt: Receipt) -> None:
        """The transport has answered: written with the next touches that are marked, in the same commit. A refusal that is our
        fault ends the batch.
        """
        self._receipts.append(receipt)
        problem = problem_of(receipt)
        self._is_halted |= problem is not None and problem.mails == 1
        if (
            len(self._receipts) >= 2 * MARKED_AT_ONCE
        ):  # the last ones of a batch, when nothing is marked any more
            self.settle()

    def not_begun(self, touch_id: int) -> None:
        """It was kept back before its last byte: it waits with those that were not begun."""
        self._not_begun[touch_id] = self._by_touch[touch_id]

    def settle(self) -> None:
        """Write what the transport has answered so far."""
        if self._receipts:
            with self._database.writing() as connection:
                self._settle(connection)
            self._receipts = []  # only now that it is committed

    def give_back(self) -> None:
        """What was not begun is due again at once, for whoever comes next: we end, it was paused, or mail that somebody waits
        for overtakes it.
        """
        if self._not_begun:
            self._put_back(list(self._not_begun.values()), self._clock.now())

    def _put_back(self, claims: Sequence[Claim], until: datetime) -> None:
        """Nothing of these has left: they are due again at *until*."""
        refs = [claim.touch.id for claim in claims]
        with self._database.writing() as connection:
            connection.execute(
                GIVEN_BACK, [{"ref": claim.touch.id, "attempt": claim.attempt} for claim in claims]
            )
            still_open = set(connection.execute(STILL_OPEN, {"refs": refs}).scalars())
            requeue(connection, DueKind.TOUCH, dict.fromkeys(still_open, until))
            give_places_back(connection, [each.place for each in claims if each.touch.id in still_open])

    def _settle(self, connection: Connection) -> None:
        settling = Settling(self._clock.now(), resend=self._builder.resends)
        for receipt in self._receipts:
            settling.receipt(self._by_touch[receipt.touch_id], receipt)
        settling.write(connection)

    def _mark(self, claims: Sequence[Claim]) -> list[Claim]:
        """Durably, before the first byte leaves. Returns those that are still ours: another worker takes over what was
        held longer than its lease, and sends it.
        """
        alike: dict[tuple[int, int], list[int]] = defaultdict(list)
        for claim in claims:
            alike[self._builder.revision_of(claim), claim.attempt].append(claim.touch.id)
        mine: set[int] = set()
        with self._database.writing() as connection:
            if self._receipts:
                self._settle(connection)
            for (number, attempt), refs in alike.items():
                bound = {"refs": refs, "revision": number, "attempt": attempt}
                mine.update(connection.execute(SENDING, bound).scalars())
            # Their lease begins anew: how long the batch before them took is not their fault.
            lease(connection, DueKind.TOUCH, sorted(mine), self._clock.now() + claims[0].lease_for)
        self._receipts = []
        self.fence.marked(mine)
        return [claim for claim in claims if claim.touch.id in mine]

    def _withdraw(self, claim: Claim, why: str) -> None:
        settling = Settling(self._clock.now())
        settling.withdrawn(claim, why)
        with self._database.writing() as connection:
            settling.write(connection)

    def _fail(self, claim: Claim, why: str) -> None:
        """One lead's mail cannot be built: its track goes on, and so does all other mail."""
        log.warning("mail not built", touch=claim.touch.id, mail=claim.touch.mail, why=why)
        self.refused += 1
        settling = Settling(self._clock.now())
        settling.unbuilt(claim, why)
        with self._database.writing() as connection:
            settling.write(connection)


SENDING = (
    update(table.touch)
    .where(
        table.touch.c.id.in_(bindparam("refs", expanding=True)),
        table.touch.c.status == TouchStatus.CLAIMED.value,
        table.touch.c.attempts == bindparam("attempt"),
    )
    .values(status=TouchStatus.SENDING.value, mail_revision=bindparam("revision"))
    .returning(table.touch.c.id)
)
GIVEN_BACK = (
    update(table.touch)
    .where(
        table.touch.c.id == bindparam("ref"),
        table.touch.c.attempts == bindparam("attempt"),
        or_(
            table.touch.c.status == TouchStatus.CLAIMED.value,
            table.touch.c.status == TouchStatus.SENDING.value,
        ),
    )
    .values(status=TouchStatus.PLANNED.value)
)
STILL_OPEN = select(table.touch.c.id).where(
    table.touch.c.id.in_(bindparam("refs", expanding=True)),
    table.touch.c.status == TouchStatus.PLANNED.value,
)
