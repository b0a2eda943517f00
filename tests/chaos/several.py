"""R3: several workers on one PostgreSQL: clocks that differ, and workers that stand still for longer than their lease."""

import os
import signal
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

from tests.chaos.attacked import Attacked, attacked, chance, rest
from tests.chaos.figures import Figures, Options, Progress, bounds
from tests.chaos.stores import fill, store

CREWS = (2, 4, 8)
SKEW = timedelta(minutes=5)
STOPS = 10
LEASE_SECONDS = 4
CONNECTIONS = 8


def run(options: Options) -> Iterator[Figures]:
    for workers in CREWS if options.workers is None else (options.workers,):
        for measure, messages in ((skewed, 10_000), (stopped, 20_000)):
            with (
                TemporaryDirectory(prefix="nurture-chaos-store-") as directory,
                store("postgresql", Path(directory)) as url,
            ):
                yield measure(
                    url,
                    workers=workers,
                    messages=options.messages or messages,
                    seed=options.seed,
                    stops=options.rounds or STOPS,
                )


def skewed(
    url: str, *, workers: int, messages: int, seed: int, stops: int = 0, delay_milliseconds: int = 200
) -> Figures:
    """Every other worker's clock is five minutes ahead, within their leases."""
    fill(url, messages)
    with attacked(url, messages, seed=seed, delay_milliseconds=delay_milliseconds) as send:
        for number in range(workers):
            send.start(skew=number % 2 * SKEW)
        return judged(send, f"{workers} workers, clocks 5 minutes apart", seed, unknown_most=0)


def stopped(
    url: str,
    *,
    workers: int,
    messages: int,
    seed: int,
    stops: int,
    lease_seconds: int = LEASE_SECONDS,
    delay_milliseconds: int = 200,
) -> Figures:
    """One worker after the other stands still for longer than its lease, then goes on."""
    fill(url, messages)
    random, progress, stood = chance(seed, "R3", workers), Progress(f"R3 {workers} workers, stopped"), 0
    with attacked(
        url, messages, seed=seed, delay_milliseconds=delay_milliseconds, lease_seconds=lease_seconds
    ) as send:
        for number in range(workers):
            send.start(skew=number % 2 * SKEW)
        while stood < stops and send.left():
            target = send.arrived.look() + random.randint(1, max(1, messages // stops // 2))
            while send.arrived.look() < min(target, messages) and send.left():
                rest(0.01)
            process = random.choice(send.living)
            os.kill(process.pid, signal.SIGSTOP)
            rest(lease_seconds * random.uniform(1.1, 1.6))
            os.kill(process.pid, signal.SIGCONT)
            stood += 1
            progress.say(f"{send.arrived.count:,} arrived, {stood} stood still")
        what = f"{workers} workers, {stood} times one stood still for longer than its lease"
        return judged(send, what, seed, unknown_most=None)


def judged(send: Attacked, what: str, seed: int, *, unknown_most: int | None) -> Figures:
    """The figures when all is sent. *unknown_most*: None where there is no bound but the account."""
    send.until_finished(30)
    finished = send.finish()
    tally = send.tally()
    return Figures(
        row="R3",
        what=what,
        seed=seed,
        numbers={
            "messages": send.messages,
            "lost": tally.lost,
            "doubled": tally.doubled,
            "unknown": tally.unknown,
            "states unlike": tally.unlike,
        },
        broken=bounds(
            finished=finished,
            none_lost=tally.lost == 0,
            none_doubled=tally.doubled == 0,
            few_unknown=unknown_most is None or tally.unknown <= unknown_most,
            states_as_the_model=tally.unlike == 0,
        ),
    )
