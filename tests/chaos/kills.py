"""R1: workers are killed with -9, at random and at every named point, while a sink that fsyncs takes what they send."""

import os
import shutil
import signal
from collections.abc import Iterator
from contextlib import suppress
from itertools import count
from multiprocessing.process import BaseProcess
from pathlib import Path
from tempfile import TemporaryDirectory
from time import monotonic

import msgspec

from tests.chaos.attacked import Attacked, attacked, chance, rest
from tests.chaos.dying import OF_BATCHES, OF_COMMITS, POINTS
from tests.chaos.figures import Figures, Options, Progress, bounds
from tests.chaos.stores import fill, store

CONNECTIONS = 8
MARKED = 64
WIRE = ("rcpt", "dot", "answer")
BATCHES = (64, 256, 1_000)
LEASE_SECONDS = 20
"""Where the journal is lost, only the lease tells that a worker has gone."""
STUCK_SECONDS = 180
SPREAD = 1.6
"""A worker that dies at a point lives for up to so many times its share of the messages: four fifths of it on average."""


class Variant(msgspec.Struct, frozen=True):
    """One way to kill.

    workers     at once.
    keeps       whether the journals outlive their worker.
    unknown     the programme's policy.
    at_random   whether every other death is at random; the rest go round the named points.
    """

    name: str
    backend: str
    workers: int
    keeps: bool = True
    unknown: str = "hold"
    at_random: bool = True


VARIANTS = (
    Variant("sqlite", "sqlite", 1),
    Variant("sqlite-journal-lost", "sqlite", 1, keeps=False),
    Variant("sqlite-resend", "sqlite", 1, unknown="resend"),
    Variant("postgresql", "postgresql", 4),
    Variant("postgresql-journal-lost", "postgresql", 4, keeps=False),
    Variant("postgresql-resend", "postgresql", 4, unknown="resend"),
)


class Plan(msgspec.Struct, frozen=True):
    """How one worker dies: at a point for the *count*th time, or, with none, at random after *extra* seconds."""

    point: str
    count: int
    batch: int
    extra: float


def run(options: Options) -> Iterator[Figures]:
    for variant in VARIANTS:
        if options.variant not in (None, variant.name) or variant.backend not in options.backends():
            continue
        messages, kills = options.messages or 100_000, options.kills or 200
        at_work = msgspec.structs.replace(variant, workers=options.workers or variant.workers)
        with (
            TemporaryDirectory(prefix="nurture-chaos-store-") as directory,
            store(variant.backend, Path(directory)) as url,
        ):
            yield killed(url, at_work, messages=messages, kills=kills, seed=options.seed)


def killed(
    url: str, variant: Variant, *, messages: int, kills: int, seed: int, delay_milliseconds: int = 200
) -> Figures:
    """Fill the empty store at *url*, kill so often while it is sent from, and count."""
    fill(url, messages, unknown=variant.unknown)
    with attacked(
        url,
        messages,
        seed=seed,
        delay_milliseconds=delay_milliseconds,
        connections=CONNECTIONS,
        lease_seconds=900 if variant.keeps else LEASE_SECONDS,
    ) as send:
        began = monotonic()
        died = kill_again_and_again(send, variant, kills=kills, seed=seed)
        finished = send.finish()
        took = monotonic() - began
        tally = send.tally()
    at_most = CONNECTIONS * died if variant.keeps else MARKED * variant.workers * died
    resends = variant.unknown == "resend"
    numbers = {
        "messages": messages,
        "kills": died,
        "workers": variant.workers,
        "lost": tally.lost,
        "doubled": tally.doubled,
        "unknown": tally.unknown,
        "at most": at_most,
        "states unlike": tally.unlike,
        "seconds": round(took),
    }
    return Figures(
        row="R1",
        what=variant.name,
        seed=seed,
        numbers=numbers,
        broken=bounds(
            finished=finished,
            all_kills=died == kills,
            none_lost=tally.lost == 0,
            none_doubled=tally.extra <= CONNECTIONS * died if resends else tally.doubled == 0,
            one_message_id=tally.renamed == 0,
            few_unknown=tally.unknown <= (0 if resends else at_most),
            states_as_the_model=tally.unlike == 0,
        ),
    )


def plans(variant: Variant, *, kills: int, messages: int, seed: int) -> Iterator[Plan]:
    """How one worker after the other dies."""
    random = chance(seed, variant.name)
    life = max(1, messages // kills)  # messages that one life can send
    points = [*POINTS, *WIRE]
    for number in count():
        batch = random.choice([batch for batch in BATCHES if batch <= life] or [max(1, life // 2)])
        point = points[number % len(points)]
        if variant.at_random:
            point = "" if number % 2 else points[number // 2 % len(points)]
        often = int(SPREAD * life)
        if point in OF_COMMITS:
            often = often // MARKED
        elif point in OF_BATCHES:
            often = often // batch
        yield Plan(point, random.randint(1, max(1, often)), batch, random.uniform(0, 0.3))


def kill_again_and_again(send: Attacked, variant: Variant, *, kills: int, seed: int) -> int:
    """Keep so many workers at work, and let them die one after the other, evenly over the messages."""
    progress, died = Progress(f"R1 {variant.name}"), 0
    plan = plans(variant, kills=kills, messages=send.messages, seed=seed)
    slots: dict[int, tuple[Plan, BaseProcess, int]] = {}
    moved_at, before = monotonic(), -1
    while died < kills and monotonic() - moved_at < STUCK_SECONDS:
        arrived = send.arrived.look()
        if arrived != before:
            before, moved_at = arrived, monotonic()
        for slot in range(variant.workers):
            if slot not in slots:
                slots[slot] = begin(send, variant, slot, next(plan), arrived)
            given, process, kill_after = slots[slot]
            if not given.point and arrived >= kill_after and process.is_alive():
                rest(given.extra)
                with suppress(ProcessLookupError):
                    os.kill(process.pid, signal.SIGKILL)
                process.join()
            if not process.is_alive():
                assert process.exitcode == -signal.SIGKILL, send.worker_log(home_of(variant, slot))
                died += 1
                del slots[slot]
                send.living.remove(process)
                if not variant.keeps:
                    shutil.rmtree(send.directory / home_of(variant, slot) / "journal", ignore_errors=True)
        progress.say(f"{arrived:,} arrived, {died} killed")
        rest(0.01)
    return died


def begin(
    send: Attacked, variant: Variant, slot: int, plan: Plan, arrived: int
) -> tuple[Plan, BaseProcess, int]:
    """A worker with its plan, and how many will have arrived when it is killed if that is left to chance."""
    process = send.start(home_of(variant, slot), point=plan.point, count=plan.count, batch=plan.batch)
    return plan, process, arrived + plan.count * variant.workers  # the others go on meanwhile


def home_of(variant: Variant, slot: int) -> str:
    """Workers share a home, and read the journals of their dead; a lost disk is one worker's."""
    return "home" if variant.keeps else f"home-{slot}"
