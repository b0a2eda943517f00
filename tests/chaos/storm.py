"""R9: ten times the normal events arrive during a send: all are answered soon, none is lost, and the send goes on."""

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory
from time import monotonic

import msgspec
import psutil
from sqlalchemy import func, select

from nurture.store import records as table
from nurture.vocabulary.words import EventKind
from tests.chaos.attacked import ROOT, Attacked, rest, sink
from tests.chaos.figures import Figures, Options, Progress, bounds
from tests.chaos.installed import Installed, tokens
from tests.chaos.stores import fill, store
from tests.chaos.visitors import CLICK, OPEN, SITE, VISIT, Blown, Storm

MINUTES = 10
NORMAL_A_SECOND = 20
"""Hits of a send of 100,000 mails in an hour: three of five opened and one of ten clicked within the same hour."""
TIMES = 10
MAILS_A_SECOND = 200
"""More than eight connections to the sink can take."""
CALM_SECONDS = 60
P99_MILLISECONDS = 100
SEND_SHARE = 0.8
MEMORY_GROWS_MOST = 1.1
ABSORBED_SECONDS = 300
FINE = {OPEN: 200, CLICK: 302, VISIT: 204}
EVENTS = {OPEN: EventKind.MAIL_OPENED, CLICK: EventKind.MAIL_CLICKED, VISIT: EventKind.PAGE_VISITED}


def run(options: Options) -> Iterator[Figures]:
    seconds = 60 * (options.minutes or MINUTES) if options.seconds is None else options.seconds
    calm = min(CALM_SECONDS, seconds)
    for backend in options.backends():
        with (
            TemporaryDirectory(prefix="nurture-chaos-store-") as directory,
            store(backend, Path(directory)) as url,
        ):
            yield stormed(
                url,
                f"{backend}, {seconds / 60:g} minutes",
                messages=options.messages or int(MAILS_A_SECOND * (calm + seconds)),
                a_second=options.rate or TIMES * NORMAL_A_SECOND,
                calm=calm,
                seconds=seconds,
                seed=options.seed,
                timed=True,
            )


def stormed(
    url: str,
    what: str,
    *,
    messages: int,
    a_second: int,
    calm: float,
    seconds: float,
    seed: int,
    timed: bool,
    delay_milliseconds: int = 200,
) -> Figures:
    """Send for a calm while, then in a storm of so many hits a second. *timed*: whether bounds of time are held."""
    fill(url, messages)
    with TemporaryDirectory(prefix="nurture-chaos-storm-") as name:
        directory = Path(name)
        with sink(directory, seed, delay_milliseconds) as (relay, log):
            send = Attacked(directory, url, messages, port=relay, log=log)
            installed = Installed(
                directory / "home", url, relay, proxies=1, site_origins=f'["{SITE}"]', batch_touches=500
            )
            storm = Storm(installed.port, a_second, seconds, list(tokens(url).values()), seed)
            with installed.up() as up:
                while not send.arrived.look():
                    rest(0.01)
                before = rate_of(send, calm)
                processes = [psutil.Process(up.pid), *psutil.Process(up.pid).children(recursive=True)]
                blown, during, memory = blow(send, storm, processes)
                lasted = send.left() > 0
                counted = absorbed(send, blown)
                finished = send.until_finished(60)
                tally = send.tally()
    answered = {kind: blown.answered.get(kind, {}).get(status, 0) for kind, status in FINE.items()}
    wrong = {
        f"{kind} {status}": count
        for kind, counts in blown.answered.items()
        for status, count in counts.items()
        if status != FINE[kind]
    }
    grown = memory[-1] / memory[0]
    in_time = {
        "redirect_p99": blown.milliseconds[CLICK][1] < P99_MILLISECONDS,
        "send_lasted": lasted,
        "send_rate": during >= SEND_SHARE * before,
        "memory_flat": grown <= MEMORY_GROWS_MOST,
        "storm_as_strong_as_asked": blown.seconds < 1.05 * seconds,
    }
    return Figures(
        row="R9",
        what=what,
        seed=seed,
        numbers={
            "hits a second": round(sum(answered.values()) / blown.seconds, 1),
            "hits answered": sum(answered.values()),
            "other answers": str(wrong or 0),
            "lost": sum(answered.values()) - sum(counted.values()),
            "redirect p50, p99, most in ms": str(blown.milliseconds[CLICK]),
            "pixel": str(blown.milliseconds[OPEN]),
            "p99 of the storm's own delay in ms": blown.behind,
            "mails a second calm": round(before, 1),
            "in the storm": round(during, 1),
            "memory in MiB": " to ".join(f"{each / 2**20:.0f}" for each in (memory[0], memory[-1])),
            "mails lost": tally.lost,
            "doubled": tally.doubled,
            "load": round(os.getloadavg()[1], 1),
        },
        broken=bounds(
            no_other_answers=not wrong,
            counted_once=counted == answered,
            finished=finished,
            none_lost=tally.lost == 0,
            none_doubled=tally.doubled == 0,
            **(in_time if timed else {}),
        ),
    )


def rate_of(send: Attacked, seconds: float) -> float:
    """Mails a second, over so long."""
    first, began = send.arrived.look(), monotonic()
    rest(seconds)
    return (send.arrived.look() - first) / (monotonic() - began)


def blow(send: Attacked, storm: Storm, processes: list[psutil.Process]) -> tuple[Blown, float, list[int]]:
    """The storm: what came of it, mails a second meanwhile, and how much memory the processes had in each fifth of it."""
    progress = Progress("R9 storm")
    with subprocess.Popen(
        [sys.executable, "-m", "tests.chaos.visitors"],
        cwd=ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    ) as visitors:
        assert visitors.stdin is not None
        assert visitors.stdout is not None
        visitors.stdin.write(msgspec.json.encode(storm))
        visitors.stdin.close()
        first, began, samples = send.arrived.look(), monotonic(), []
        while visitors.poll() is None and monotonic() - began < storm.seconds:
            samples.append(sum(each.memory_info().rss for each in processes))
            rest(min(1.0, storm.seconds / 10))
            progress.say(f"{send.arrived.look():,} arrived")
        during = (send.arrived.look() - first) / (monotonic() - began)
        blown = msgspec.json.decode(visitors.stdout.read(), type=Blown)
    fifth = max(1, len(samples) // 5)
    return blown, during, [max(samples[fifth : 2 * fifth] or samples), max(samples[-fifth:])]


def absorbed(send: Attacked, blown: Blown) -> dict[str, int]:
    """How many events became of the hits, when no more come."""
    wanted = sum(counts.get(FINE[kind], 0) for kind, counts in blown.answered.items())
    counted, before, moved_at = events(send), -1, monotonic()
    while sum(counted.values()) < wanted and monotonic() - moved_at < ABSORBED_SECONDS:
        rest(0.2)
        counted = events(send)
        if sum(counted.values()) != before:
            before, moved_at = sum(counted.values()), monotonic()
    return counted


def events(send: Attacked) -> dict[str, int]:
    with send.database() as database, database.reading() as connection:
        rows = dict(
            connection.execute(
                select(table.event.c.kind, func.count())
                .where(table.event.c.kind.in_([each.value for each in EVENTS.values()]))
                .group_by(table.event.c.kind)
            ).all()
        )
    return {kind: rows.get(event.value, 0) for kind, event in EVENTS.items()}
