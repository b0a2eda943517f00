"""``make simulate-faults``: seeds of the fault simulator, on every processor; a seed that fails tells its story and its command.

    make simulate-faults                            500 seeds
    make simulate-faults FAULTS="--seeds 10000"     as many; --first 501 begins there, --workers 1 leaves a processor to others
    make simulate-faults FAULTS="--seed 7"          one, told whole, and made smaller if it fails
    make simulate-faults FAULTS=planted             which seed finds which bug that is planted into the engine

docs/reliability.md tells what is simulated, and the figures of the last run.
"""

import logging
import sys
from argparse import ArgumentParser
from concurrent.futures import ProcessPoolExecutor
from functools import partial
from os import cpu_count
from time import monotonic, process_time

from nurture.simulation.faults.run import Outcome, run
from nurture.simulation.faults.shrink import shrunk, told
from tests.simulation.planted import PLANTED, Planted, first_found

SEEDS = 500
COMMAND = 'make simulate-faults FAULTS="--seed {}"'


def main() -> int:
    """1 if a seed fails, or a planted bug is not found."""
    parser = ArgumentParser(description=__doc__)
    parser.add_argument("what", nargs="?", choices=["seeds", "planted"], default="seeds")
    parser.add_argument("--seed", type=int)
    parser.add_argument("--seeds", type=int, default=SEEDS)
    parser.add_argument("--first", type=int, default=1)
    parser.add_argument("--workers", type=int, default=cpu_count())
    asked = parser.parse_args()
    logging.disable(logging.CRITICAL)  # each run warns of a hundred things that are meant
    if asked.seed is not None:
        return tell_one(asked.seed)
    seeds = range(asked.first, asked.first + asked.seeds)
    with ProcessPoolExecutor(asked.workers, initializer=logging.disable) as processors:
        return find_planted(seeds, processors) if asked.what == "planted" else play(seeds, processors)


def play(seeds: range, processors: ProcessPoolExecutor) -> int:
    """All of them; a line for each that fails."""
    begun, worked, failed, mails, steps = monotonic(), 0.0, 0, 0, 0
    for outcome, seconds in processors.map(timed, seeds, chunksize=5):
        mails, steps, worked = mails + outcome.mails, steps + outcome.steps, worked + seconds
        if outcome.violations:
            failed += 1
            print(f"seed {outcome.seed} fails: {COMMAND.format(outcome.seed)}")
            print("\n".join(f"    {sentence}" for sentence in outcome.violations), flush=True)
    took = f"{monotonic() - begun:.0f} s, {worked:.0f} s of processor"
    print(f"{len(seeds)} seeds, {mails} mails, {steps} turns in {took}: {failed} seeds fail")
    return 1 if failed else 0


def timed(seed: int) -> tuple[Outcome, float]:
    begun = process_time()
    return run(seed), process_time() - begun


def tell_one(seed: int) -> int:
    outcome = run(seed)
    print(told(outcome))
    if outcome.violations:
        print("\nmade smaller:\n")
        print(told(shrunk(outcome)))
    return 1 if outcome.violations else 0


def find_planted(seeds: range, processors: ProcessPoolExecutor) -> int:
    """A table: the bug, the first seed that finds it, and what it violates."""
    missed = 0
    for row in processors.map(partial(row_of, seeds=seeds), PLANTED):
        print(row, flush=True)
        missed += "not found" in row
    return 1 if missed else 0


def row_of(planted: Planted, seeds: range) -> str:
    found = first_found(planted, seeds)
    if found is None:
        return f"{planted.name:40} not found in {len(seeds)} seeds"
    return f"{planted.name:40} seed {found.seed:4}  {found.violation}"


if __name__ == "__main__":
    sys.exit(main())
