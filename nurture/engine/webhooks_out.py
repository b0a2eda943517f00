"""Outgoing webhooks: what is due is claimed, posted outside any transaction, and its answer written after.

    due row --claim, lease--> Call --sign--> post (a pool of threads) --> Answer --> delivered | tried again | failed

A turn waits for answers only for a moment: an endpoint that is slow holds one thread of the pool, and nothing else.
"""

from concurrent.futures import Future, ThreadPoolExecutor, wait
from datetime import datetime

import msgspec
from sqlalchemy import Connection

from nurture.engine.apart import Portions
from nurture.engine.live import Live
from nurture.engine.webhook_answers import settle_calls
from nurture.engine.webhook_calls import Call, CallStatus, claim_calls, first_call, hold_calls
from nurture.identity import Keyring
from nurture.log import get_log
from nurture.ports import Answer, Caller, Clock
from nurture.store.database import Database

log = get_log(__name__)

THREADS = 8
MOST_A_TURN = 64
HELD_AT_ONCE = 1_000
PATIENCE_SECONDS = 0.2
"""How long a round of THREADS posts is waited for: mail waits at most 1.6 seconds for the eight rounds of a turn."""
EVENT_TYPE = "step.reached"
"""What receivers tell our posts by; it stays between releases."""


class Called(msgspec.Struct, frozen=True):
    """What a turn learnt: posts that were taken, and posts that were not."""

    taken: int = 0
    refused: int = 0


class WebhooksOut:
    """The calls of one worker. Only the posts leave its thread; all rows are read and written here.

    caller  None holds every call that is due: nothing leaves the machine.
    """

    def __init__(self, database: Database, keyring: Keyring, clock: Clock, caller: Caller | None) -> None:
        self._database = database
        self._keyring = keyring
        self._clock = clock
        self._caller = caller
        self._pool = ThreadPoolExecutor(THREADS, thread_name_prefix="webhook")
        self._portions = Portions(database, clock)
        self._running: dict[Future[Answer], Call] = {}

    @property
    def is_posting(self) -> bool:
        """Whether answers are still to come, which a turn will have to settle."""
        return bool(self._running)

    def turn(self, live: Live) -> Called:
        """Settle what was answered, and post what is due: at most MOST_A_TURN, and only while answers come at once."""
        if self._caller is None:
            self._hold()
            return Called()
        settled = self._settle()
        for _ in range(MOST_A_TURN // THREADS):
            if not self._start(live, self._caller):
                break
            wait(self._running, timeout=PATIENCE_SECONDS)
            settled += self._settle()
            if self._running:
                break
        taken = sum(status is CallStatus.DELIVERED for status in settled)
        return Called(taken=taken, refused=len(settled) - taken)

    def close(self) -> None:
        """Wait for the posts that are out, which takes seconds, and write what came of them."""
        self._pool.shutdown()
        self._settle()

    def _start(self, live: Live, caller: Caller) -> int:
        """Claim as many as there are threads free, and hand them over. Returns how many."""
        free = THREADS - len(self._running)
        if not free:
            return 0
        running = {call.id for call in self._running.values()}

        def claim_some(connection: Connection, now: datetime, most: int) -> list[Call]:
            return claim_calls(connection, now, most=most, running=running)

        calls = self._portions.take(free, claim_some, first_call, None) or []
        for call in calls:
            url = live.programme.webhooks.get(call.webhook)
            self._running[
                self._pool.submit(sign_and_post, caller, url, self._keyring, call, self._clock.now())
            ] = call
        return len(calls)

    def _settle(self) -> list[CallStatus]:
        """Write the answers that have come. Returns where their calls are now."""
        done = [future for future in self._running if future.done()]
        if not done:
            return []
        answers = [(self._running[future], future.result()) for future in done]
        now = self._clock.now()
        with self._database.writing() as connection:
            become = settle_calls(connection, answers, now)
        for future in done:
            del self._running[future]
        for call, answer in answers:
            if become.get(call.id) is CallStatus.FAILED:
                log.warning(
                    "webhook given up",
                    step=call.step,
                    lead=call.lead_id,
                    webhook=call.webhook,
                    answer=answer.text,
                )
        return list(become.values())

    def _hold(self) -> None:
        now = self._clock.now()
        with self._database.writing() as connection:
            held = hold_calls(connection, now, most=HELD_AT_ONCE)
        if held:
            log.info("webhooks held", calls=held)


def message_id(call: Call) -> str:
    """The same at every try, so that a receiver knows what it has had."""
    return f"call_{call.id}"


def message(call: Call) -> bytes:
    """The body, in the shape that Standard Webhooks proposes."""
    return msgspec.json.encode(
        {
            "id": message_id(call),
            "type": EVENT_TYPE,
            "timestamp": call.created_at,
            "data": {**call.payload, "webhook": call.webhook, "step": call.step},
        }
    )


def sign_and_post(caller: Caller, url: str | None, keyring: Keyring, call: Call, now: datetime) -> Answer:
    """One call, in a thread of the pool: a message that cannot be made has failed as one that is not taken."""
    try:
        body = message(call)
        signed = keyring.webhook_headers(call.webhook, message_id(call), now, body)
    except Exception as error:  # noqa: BLE001 our own mistake in one call must not end the turn of all others
        log.error("webhook not written", error=error)  # noqa: TRY400 our log, which adds the traceback itself
        return Answer(None, type(error).__name__)
    return post(caller, url, {"content-type": "application/json", **signed}, body)


def post(caller: Caller, url: str | None, headers: dict[str, str], body: bytes) -> Answer:
    """One post, in a thread of the pool."""
    if url is None:
        return Answer(None, "the programme declares no such webhook any more")
    try:
        return caller.post(url, headers, body)
    except Exception as error:  # noqa: BLE001 our own mistake in one call must not end the turn of all others
        log.error("webhook not posted", error=error)  # noqa: TRY400 our log, which adds the traceback itself
        return Answer(None, type(error).__name__)
