"""Workers are killed in the middle of sending: no mail is lost, none is sent twice, and few are of unknown fate."""

import random
import signal
import subprocess
import sys
import time
from collections import Counter
from datetime import UTC, datetime
from pathlib import Path

import pytest

from nurture.store import records as table
from tests.delivery.scripted_relay import ScriptedRelay
from tests.engine.company import Company

ROOT = Path(__file__).parents[2]
MAILS = 150
KILLS = 5
CONNECTIONS = 4
ENDS_SECONDS = 60


class SlowRelay(ScriptedRelay):
    """Keeps each message at its dot, and says so only up to 40 ms later.

    recipients  how often each one's mail was kept.
    """

    def __init__(self, seed):
        super().__init__()
        self.faults = self
        self.recipients = Counter()
        self.chance = random.Random(seed)

    def get(self, verb_and_count):
        """What happens instead of the right thing at a verb."""
        return self.keep if verb_and_count[0] == "DOT" else None

    def keep(self, session):
        with self.lock:
            self.recipients[session.rcpt_to] += 1
        self.wait(self.chance.uniform(0, 0.04))
        return session.say("250 2.0.0 queued")


@pytest.fixture
def filled(tmp_path):
    """A store whose leads all have a mail due now; worked on from outside."""
    url = f"sqlite:///{tmp_path / 'nurture.sqlite'}"
    company = Company(url, now=datetime.now(UTC))  # noqa: TID251 as the workers do
    company.publish()
    company.enter(*(f"lead{number}" for number in range(MAILS)))
    yield company
    company.engine.close()


def worker(company, tmp_path, relay):
    command = [sys.executable, ROOT / "tests" / "chaos" / "worker.py", str(company.database.url)]
    with (tmp_path / "log").open("a") as log:
        return subprocess.Popen(
            [*command, tmp_path / "journal", str(relay.port), str(CONNECTIONS)],
            cwd=ROOT,
            env={"PYTHONPATH": str(ROOT), "PATH": ""},
            stdout=log,
            stderr=log,
        )


def first_mails(company):
    """How the first mail of each lead stands."""
    return Counter(row.status for row in company.rows(table.touch, table.touch.c.mail == "news/first"))


def until(relay, count, process):
    """Wait until the relay has taken so many, or the worker has ended."""
    while relay.counts["DOT"] < count and process.poll() is None:
        time.sleep(0.005)  # noqa: TID251 another process is waited for


def test_killed_five_times_it_loses_nothing_and_doubles_nothing(filled, tmp_path):
    with SlowRelay(seed=5) as relay:
        for kill in range(KILLS):
            process = worker(filled, tmp_path, relay)
            until(relay, relay.counts["DOT"] + 10 + 3 * kill, process)
            process.send_signal(signal.SIGKILL)
            process.wait()
        process = worker(filled, tmp_path, relay)
        assert process.wait(timeout=ENDS_SECONDS) == 0, (tmp_path / "log").read_text()
    stands, arrived = first_mails(filled), relay.recipients
    assert max(arrived.values()) == 1, "sent twice"
    assert stands["sent"] + stands["unknown"] == MAILS, stands
    assert len(arrived) >= stands["sent"], "lost"
    assert stands["unknown"] <= CONNECTIONS * KILLS
    assert list((tmp_path / "journal").glob("*.journal")) == []


def test_told_to_end_behind_a_slow_relay_it_leaves_nothing_unknown(filled, tmp_path):
    with SlowRelay(seed=6) as relay:
        process = worker(filled, tmp_path, relay)
        until(relay, 20, process)
        process.send_signal(signal.SIGTERM)
        assert process.wait(timeout=30) == 0, (tmp_path / "log").read_text()
        stands = first_mails(filled)
        assert stands.keys() <= {"sent", "planned"}, stands
        assert stands["sent"] == len(relay.recipients)
        process = worker(filled, tmp_path, relay)
        assert process.wait(timeout=ENDS_SECONDS) == 0
    assert first_mails(filled) == {"sent": MAILS}
    assert set(relay.recipients.values()) == {1}
