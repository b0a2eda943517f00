"""R2: workers are told to end and others take their place, again and again, in the middle of a send."""

from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

from tests.chaos.attacked import attacked, chance, rest
from tests.chaos.figures import Figures, Options, Progress, bounds
from tests.chaos.stores import fill, store

WORKERS = {"sqlite": 1, "postgresql": 2}
ROUNDS = 100
A_ROUND = 80
"""Messages that a round may take."""
ENDS_SECONDS_MAX = 30


def run(options: Options) -> Iterator[Figures]:
    for backend in options.backends():
        rounds = options.rounds or ROUNDS
        with (
            TemporaryDirectory(prefix="nurture-chaos-store-") as directory,
            store(backend, Path(directory)) as url,
        ):
            yield ended(
                url,
                backend,
                workers=options.workers or WORKERS[backend],
                messages=options.messages or A_ROUND * rounds,
                rounds=rounds,
                seed=options.seed,
            )


def ended(
    url: str,
    backend: str,
    *,
    workers: int,
    messages: int,
    rounds: int,
    seed: int,
    delay_milliseconds: int = 200,
) -> Figures:
    """Fill the empty store at *url*; so often start a new worker and tell the oldest to end."""
    fill(url, messages)
    random, progress = chance(seed, "R2", backend), Progress(f"R2 {backend}")
    took: list[float] = []
    codes: set[int | None] = set()
    with attacked(url, messages, seed=seed, delay_milliseconds=delay_milliseconds) as send:
        for _ in range(workers):
            send.start()
        while len(took) < rounds:
            target = send.arrived.look() + random.randint(1, max(1, messages // rounds))
            while send.arrived.look() < min(target, messages) and send.left():
                rest(0.01)
            oldest = send.living[0]
            if workers > 1:  # rolling: the new one is at work before the old one ends
                send.start()
            took.append(send.stop(oldest))
            codes.add(oldest.exitcode)
            if workers == 1:
                send.start()
            progress.say(f"{send.arrived.count:,} arrived, {len(took)} ended")
        in_time = send.until_finished(30)  # nobody waits for a lease or a retry: the clock stays as it is
        send.finish()
        tally = send.tally()
    return Figures(
        row="R2",
        what=f"{backend}, {'rolling' if workers > 1 else 'one after the other'}",
        seed=seed,
        numbers={
            "messages": messages,
            "ends": len(took),
            "lost": tally.lost,
            "doubled": tally.doubled,
            "unknown": tally.unknown,
            "states unlike": tally.unlike,
            "slowest end in seconds": round(max(took), 2),
        },
        broken=bounds(
            finished_at_once=in_time,
            ended_with_0=codes == {0},
            none_lost=tally.lost == 0,
            none_doubled=tally.doubled == 0,
            none_unknown=tally.unknown == 0,
            states_as_the_model=tally.unlike == 0,
            soon=max(took) <= ENDS_SECONDS_MAX,
        ),
    )
