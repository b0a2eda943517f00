"""One seed, one history: in one process or two, on SQLite or PostgreSQL. And every gate matters to it."""

import subprocess
import sys
from pathlib import Path

import pytest
from gated import lived, outcomes
from played import played
from sqlalchemy import func, select

from nurture.simulation.digest import digest
from nurture.statemachine import gates
from nurture.store import records as table
from nurture.vocabulary.words import Gate

HERE = Path(__file__).parent
SMALL = {"leads": 8, "days": 14}
IN_MEMORY = "sqlite://"
PLAY = f"""
import sys
sys.path.insert(0, {str(HERE)!r})
from played import played
from nurture.simulation.digest import digest
print(digest(played({IN_MEMORY!r}, seed=7, **{SMALL!r}).database))
"""


def digest_of(url, seed=7):
    engine = played(url, seed=seed, **SMALL)
    try:
        return digest(engine.database)
    finally:
        engine.close()


@pytest.fixture(scope="module")
def seventh():
    return digest_of(IN_MEMORY)


def test_the_same_seed_is_the_same_history_on_either_engine(seventh, database_url):
    assert digest_of(database_url) == seventh


def test_the_same_seed_is_the_same_history_in_another_process(seventh):
    command = [sys.executable, "-c", PLAY]
    other = subprocess.run(command, capture_output=True, text=True, check=True, cwd=HERE.parents[1])
    assert other.stdout.strip().splitlines()[-1] == seventh


def test_another_seed_is_another_history(seventh):
    assert digest_of(IN_MEMORY, seed=8) != seventh


# ---------------------------------------------------------------- every gate matters


@pytest.fixture(scope="module")
def guarded():
    """What becomes of mails and leads with every gate in place."""
    engine = lived(IN_MEMORY)
    with engine.database.reading() as connection:
        said = dict(
            connection.execute(
                select(table.decision.c.gate, func.count()).group_by(table.decision.c.gate)
            ).all()
        )
    assert said.keys() - {None} == {gate.value for gate in Gate}
    yield digest(engine.database), outcomes(engine.database)
    engine.close()


def test_gates_decide_alike_every_time(guarded):
    engine = lived(IN_MEMORY)
    assert (digest(engine.database), outcomes(engine.database)) == guarded
    engine.close()


@pytest.mark.parametrize("missing", Gate)
def test_without_a_gate_other_mails_leave(guarded, missing, monkeypatch):
    left = tuple((gate, ask) for gate, ask in gates.GATES if gate is not missing)
    assert len(left) == len(gates.GATES) - 1
    monkeypatch.setattr(gates, "GATES", left)
    engine = lived(IN_MEMORY)
    with_all, outcomes_with_all = guarded
    assert digest(engine.database) != with_all
    assert outcomes(engine.database) != outcomes_with_all
    engine.close()
