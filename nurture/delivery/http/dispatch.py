"""Sending one run of messages through a provider: several requests at once, on one event loop, none of them twice."""

import asyncio
from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta

import httpx

from nurture.delivery.headers import clean
from nurture.delivery.http.answers import Judged
from nurture.delivery.http.exchange import exchange
from nurture.delivery.http.pace import Pace
from nurture.delivery.http.provider import Account, Ask, Provider, Verdict
from nurture.delivery.outcome import Outcome
from nurture.delivery.queue import Queue
from nurture.ports import Clock, OutgoingMessage, Receipt, ReceiptStatus, SendLog

WAIT_MAX = 10.0
"""Seconds that one message waits in all for a provider which is asked too often; told to wait longer, the run ends. A worker
that is told to stop waits no longer either.
"""
BUSY_MAX = 8
"""Times that one message is offered to a provider which says each time that it is asked too often."""
REPEATS = 2
"""Times that a request with an idempotency key is made again after its answer was lost."""
SILENCES = 3
"""Requests in a row without an answer after which the rest of the run is not risked."""


class Dispatch:
    """Messages in, receipts out. Where the provider refuses us rather than a message, the rest of the run is deferred."""

    def __init__(
        self,
        provider: Provider,
        account: Account,
        messages: Iterable[OutgoingMessage],
        *,
        clock: Clock,
        log: SendLog,
        client: httpx.AsyncClient,
        most: int,
    ) -> None:
        self._provider = provider
        self._account = account
        self._queue = Queue(messages)
        self._clock = clock
        self._log = log
        self._client = client
        self._most = most
        self._pace = Pace(most)
        self._silences = 0
        self._answered_once = False
        self._over: Outcome | None = None
        self._retry_at: datetime | None = None

    def run(self, loop: asyncio.AbstractEventLoop) -> Iterator[Receipt]:
        """Every message's receipt, as they come. What *messages* raises is raised when those under way have ended."""
        under_way: set[asyncio.Task[Receipt]] = set()
        try:
            while True:
                while len(under_way) < self._most:
                    message = self._queue.next_message()
                    if message is None:
                        break
                    under_way.add(loop.create_task(self._carry(message)))
                if not under_way:
                    break
                waiting = asyncio.wait(under_way, return_when=asyncio.FIRST_COMPLETED)
                done, under_way = loop.run_until_complete(waiting)
                for task in done:
                    yield task.result()
            self._queue.raise_failure()
        finally:
            for task in under_way:  # only if the caller has left early
                task.cancel()
            if under_way:
                loop.run_until_complete(asyncio.wait(under_way))

    async def _carry(self, message: OutgoingMessage) -> Receipt:
        """Send one message, however often that takes."""
        try:
            ask = self._provider.ask(message, self._account, self._clock.now())
        except ValueError as error:
            return self._told(
                message, Outcome(ReceiptStatus.FAILED, "", f"it cannot be read: {clean(str(error))}")
            )
        busy = lost = 0
        waited = 0.0
        while True:
            async with self._pace.turn():
                if self._over is not None:
                    return self._told(message, self._over)
                found = await self._try(message, ask)
                self._learn(found)
            if found.verdict is Verdict.BUSY:
                wait = found.wait if found.wait is not None else 2.0**busy / 2
                if busy < BUSY_MAX and waited + wait <= WAIT_MAX:
                    busy, waited = busy + 1, waited + wait
                    self._pace.too_fast(wait)
                    # Amazon's signature holds for five minutes only.
                    ask = self._provider.ask(message, self._account, self._clock.now())
                    continue
                self._end(found)
            elif found.verdict is Verdict.LOST and ask.repeatable and lost < REPEATS:
                lost += 1
                continue
            return self._told(message, found.outcome)

    async def _try(self, message: OutgoingMessage, ask: Ask) -> Judged:
        def mark() -> None:
            self._log.before_dot(message.touch_id)

        return await exchange(self._client, self._provider, ask, self._clock, mark)

    def _learn(self, found: Judged) -> None:
        """What one answer says about those to come."""
        match found.verdict:
            case Verdict.OURS:
                self._end(found)
            case Verdict.UNREACHED | Verdict.LOST:
                self._silences += 1
                nobody_there = found.verdict is Verdict.UNREACHED and not self._answered_once
                if nobody_there or self._silences >= SILENCES:
                    self._end(found)
            case Verdict.BUSY:
                self._silences = 0
            case _:
                self._silences, self._answered_once = 0, True
                self._pace.went_well()

    def _end(self, found: Judged) -> None:
        """Nothing more is asked in this run."""
        self._over = Outcome(ReceiptStatus.DEFERRED, found.outcome.code, found.outcome.text)
        if found.wait is not None:
            self._retry_at = self._clock.now() + timedelta(seconds=found.wait)

    def _told(self, message: OutgoingMessage, outcome: Outcome) -> Receipt:
        receipt = Receipt(
            touch_id=message.touch_id,
            status=outcome.status,
            at=self._clock.now(),
            code=outcome.code,
            text=outcome.text,
            bounce=outcome.bounce,
            retry_at=self._retry_at if outcome.status is ReceiptStatus.DEFERRED else None,
        )
        self._log.answered(receipt)
        return receipt
