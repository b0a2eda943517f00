"""A storm of visitors, a process of its own: opens, clicks and visits at a steady rate, whatever the answers take.

    python -m tests.chaos.visitors        a Storm in JSON on its input, what came of it in JSON on its output

Each hit has its moment; one that finds every connection busy opens another. So a server that is slow is asked no less.
"""

import asyncio
import random
import sys
from collections import Counter, defaultdict
from collections.abc import Sequence
from time import perf_counter

import msgspec

from tests.chaos.attacked import chance

OPEN, CLICK, VISIT = "opens", "clicks", "visits"
SHARES = {OPEN: 0.6, CLICK: 0.3, VISIT: 0.1}
SITE = "https://www.chaos.example"
BROWSER = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"
MESSAGE = b'{"kind":"page.visited","page":"%b/pricing","consent":true}' % SITE.encode()
CONNECTIONS_MOST = 2_000
LATE_SECONDS = 30
NOBODY = 0


class Storm(msgspec.Struct, frozen=True):
    """How it blows: so many hits a second for so long, of the mails that these *tokens* name."""

    port: int
    a_second: int
    seconds: float
    tokens: list[str]
    seed: int


class Blown(msgspec.Struct, frozen=True):
    """What came of it.

    answered      by kind, how often with which status; 0 for no answer.
    milliseconds  by kind, how long the answers took: the median, the 99th of a hundred, the slowest.
    behind        by so many milliseconds the 99th of a hundred hits came late: the storm's own fault, or the machine's.
    """

    answered: dict[str, dict[int, int]]
    milliseconds: dict[str, tuple[float, float, float]]
    behind: float
    seconds: float


class Visitors:
    def __init__(self, storm: Storm) -> None:
        self._storm = storm
        self._chance = chance(storm.seed, "visitors")
        self._idle: list[tuple[asyncio.StreamReader, asyncio.StreamWriter]] = []
        self._room = asyncio.Semaphore(CONNECTIONS_MOST)
        self._answered: dict[str, Counter[int]] = defaultdict(Counter)
        self._took: dict[str, list[float]] = defaultdict(list)
        self._behind: list[float] = []

    async def blow(self) -> Blown:
        began = perf_counter()
        hits = set()
        for number in range(int(self._storm.a_second * self._storm.seconds)):
            due = began + number / self._storm.a_second
            if (wait := due - perf_counter()) > 0:
                await asyncio.sleep(wait)
            self._behind.append(perf_counter() - due)
            (kind,) = self._chance.choices(list(SHARES), list(SHARES.values()))
            hit = asyncio.create_task(self._hit(kind, _request(kind, self._storm.tokens, self._chance)))
            hits.add(hit)
            hit.add_done_callback(hits.discard)
        took = perf_counter() - began
        if hits:
            await asyncio.wait(hits, timeout=LATE_SECONDS)
        return Blown(
            answered={kind: dict(counts) for kind, counts in self._answered.items()},
            milliseconds={kind: percentiles(took) for kind, took in self._took.items()},
            behind=percentiles(self._behind)[1],
            seconds=took,
        )

    async def _hit(self, kind: str, request: bytes) -> None:
        async with self._room:
            began = perf_counter()
            try:
                reader, writer = await self._connection()
                writer.write(request)
                status = await _status(reader)
            except (OSError, EOFError, ValueError):
                status = NOBODY
            else:
                self._idle.append((reader, writer))
        self._took[kind].append(perf_counter() - began)
        self._answered[kind][status] += 1

    async def _connection(self) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        """One that is kept, unless the server has closed it while it was idle."""
        while self._idle:
            reader, writer = self._idle.pop()
            if not reader.at_eof():
                return reader, writer
            writer.close()
        return await asyncio.open_connection("127.0.0.1", self._storm.port)


def _request(kind: str, tokens: Sequence[str], chance: random.Random) -> bytes:
    """Everybody has an address of its own: clicks on many people's mail from one address are a scanner's."""
    lead = chance.randrange(len(tokens))
    heads = f"Host: t.chaos.example\r\nUser-Agent: {BROWSER}\r\nX-Forwarded-For: 2001:db8::{lead + 1:x}\r\n"
    if kind == OPEN:
        return f"GET /o/{tokens[lead]}.gif HTTP/1.1\r\n{heads}\r\n".encode()
    if kind == CLICK:
        return f"GET /c/{tokens[lead]}/1 HTTP/1.1\r\n{heads}\r\n".encode()
    heads += f"Origin: {SITE}\r\nContent-Length: {len(MESSAGE)}\r\n"
    return f"POST /t/events HTTP/1.1\r\n{heads}\r\n".encode() + MESSAGE


async def _status(reader: asyncio.StreamReader) -> int:
    head = (await reader.readuntil(b"\r\n\r\n")).lower()
    length = head.partition(b"content-length:")[2].partition(b"\r\n")[0].strip()
    if length:
        await reader.readexactly(int(length))
    return int(head[9:12])


def percentiles(seconds: Sequence[float]) -> tuple[float, float, float]:
    """Median, 99th of a hundred and slowest, in milliseconds."""
    ordered = sorted(seconds) or [0.0]
    at = (len(ordered) // 2, min(len(ordered) - 1, len(ordered) * 99 // 100), len(ordered) - 1)
    median, late, slowest = (round(1_000 * ordered[place], 1) for place in at)
    return median, late, slowest


if __name__ == "__main__":
    given = msgspec.json.decode(sys.stdin.buffer.read(), type=Storm)

    async def main() -> Blown:
        return await Visitors(given).blow()

    sys.stdout.buffer.write(msgspec.json.encode(asyncio.run(main())))
