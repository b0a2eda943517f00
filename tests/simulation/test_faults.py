"""Whatever goes wrong, the invariants hold and everything comes to an end; and the simulator finds bugs that are planted.

A seed that fails tells the command that tells its story; it is then added to FOUND, by what is true since.
"""

import logging

import pytest
from planted import PLANTED, first_found

from nurture.simulation.faults.perils import CALM, Perils
from nurture.simulation.faults.run import run
from nurture.simulation.faults.shrink import shrunk, told

SEEDS = range(1, 9)
"""What `make test` has time for; `make simulate-faults` plays five hundred."""
COMMAND = 'make simulate-faults FAULTS="--seed {}"'
FOUND = {
    "an idle home keeps up by its heartbeat": 71,
    "a system mail that was given up and then put off is sent": 307,
}
"""Seeds that have found a bug of ours."""
TRIES = 60
"""So many seeds from the one that found it last: another turn of the engine more or less makes every seed another story."""


@pytest.fixture(autouse=True)
def quiet():
    """A run warns of a hundred things that are meant."""
    logging.disable(logging.CRITICAL)
    yield
    logging.disable(logging.NOTSET)


def holds(seed):
    outcome = run(seed)
    assert not outcome.violations, f"{COMMAND.format(seed)}\n" + "\n".join(outcome.violations)
    return outcome


@pytest.mark.parametrize("seed", SEEDS)
def test_the_invariants_hold_and_everything_is_finished(seed):
    assert holds(seed).mails


@pytest.mark.parametrize("seed", FOUND.values(), ids=FOUND)
def test_what_was_found_stays_mended(seed):
    assert holds(seed).steps


def test_everything_goes_wrong_at_once():
    outcome = run(1, perils=Perils(), leads=7)
    assert not outcome.violations
    assert outcome.mails


def test_one_seed_is_one_story():
    once, again = run(13), run(13)
    assert once.digest == again.digest
    assert once.story == again.story
    assert run(13, leads=once.leads + 1).digest != once.digest


@pytest.mark.parametrize("planted", PLANTED, ids=lambda each: each.name)
def test_a_planted_bug_is_found(planted):
    found = first_found(planted, range(planted.seed, planted.seed + TRIES), planted.among)
    assert found is not None
    assert planted.said in found.violation


def test_a_failing_run_is_made_smaller_and_tells_what_it_needs(monkeypatch):
    planted = PLANTED[0]
    planted.plant(monkeypatch)
    failed = run(planted.seed, perils=CALM.of("switch", "late", "deferred"), leads=2)
    smallest = shrunk(failed)
    assert (smallest.leads, smallest.perils) == (1, CALM.of("switch"))
    assert planted.said in told(smallest)
