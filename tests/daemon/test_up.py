"""The processes as an operator runs them: they answer, end within half a minute when told to, and go on where they were."""

import contextlib
import http.client
import os
import signal
import socket
import subprocess
import sys
import time
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import func, select

from nurture.engine.intake import NewLead, enter_leads
from nurture.store import records as table
from nurture.store.database import Database

ROOT = Path(__file__).parents[2]
START_SECONDS = 60
STOP_SECONDS = 30


def free_port():
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return found.getsockname()[1]


class Installation:
    """A home of its own, and the processes that a test starts in it."""

    def __init__(self, home):
        self.home = home
        self.port = free_port()
        self.environment = {
            **{name: value for name, value in os.environ.items() if not name.startswith("NURTURE_")},
            "NURTURE_HOME": str(home),
            "NURTURE_CAMPAIGNS": str(ROOT / "campaigns"),
            "NURTURE_TEMPLATES": str(ROOT / "templates"),
            "NURTURE_PORT": str(self.port),
            "NURTURE_TRACKING_URL": f"http://127.0.0.1:{self.port}",
        }
        self.started = []

    def nurture(self, *words):
        """A command that ends by itself."""
        return subprocess.run(
            [sys.executable, "-m", "nurture", *words],
            env=self.environment,
            check=True,
            capture_output=True,
            text=True,
        ).stdout

    def up(self, *words):
        log = (self.home.parent / f"log-{len(self.started)}").open("w")
        process = subprocess.Popen(
            [sys.executable, "-m", "nurture", "up", *words],
            env=self.environment,
            stdout=log,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
        self.started.append((process, log))
        return process

    def get(self, path):
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=10)
        try:
            connection.request("GET", path)
            return connection.getresponse().status
        finally:
            connection.close()

    def answers(self, path):
        """The status of *path* as soon as somebody answers."""
        return self.eventually(lambda: self.get(path), OSError)

    def eventually(self, ask, *failures):
        """What *ask* says as soon as it says something true."""
        deadline = time.monotonic() + START_SECONDS
        while True:
            try:
                said = ask()
            except failures:
                said = None
            if said:
                return said
            assert time.monotonic() < deadline, self.logs()
            time.sleep(0.1)  # noqa: TID251 another process is waited for

    @contextmanager
    def store(self):
        database = Database(f"sqlite:///{self.home / 'nurture.sqlite'}")
        with database.writing() as connection:
            yield connection
        database.close()

    def enter(self, numbers):
        """People who have begun a trial."""
        people = [
            NewLead(reference=f"{n}", fields={"email": f"p{n}@x.example", "plan": "trial"}) for n in numbers
        ]
        with self.store() as connection:
            enter_leads(connection, people, source="test", now=datetime.now(UTC))  # noqa: TID251 as processes do

    def count(self, column, *conditions):
        with self.store() as connection:
            return connection.execute(select(func.count(column)).where(*conditions)).scalar_one()

    def logs(self):
        return "\n".join(Path(log.name).read_text() for _, log in self.started)

    def close(self):
        for process, log in self.started:
            if process.poll() is None:
                os.killpg(process.pid, signal.SIGKILL)
                process.wait()
            log.close()


@pytest.fixture
def installation(tmp_path):
    installation = Installation(tmp_path / "var")
    yield installation
    installation.close()


def ended(process):
    """Its exit code, after it was told to end."""
    process.send_signal(signal.SIGTERM)
    return process.wait(timeout=STOP_SECONDS)


@contextlib.contextmanager
def standing_still(installation):
    """Who would keep it from ending: a mailbox whose server greets and says nothing more, and an upload that does not go on."""
    with socket.create_server(("127.0.0.1", 0)) as mailbox, contextlib.ExitStack() as kept:
        installation.environment |= {
            "NURTURE_IMAP_HOST": "127.0.0.1",
            "NURTURE_IMAP_PORT": str(mailbox.getsockname()[1]),
            "NURTURE_IMAP_TLS": "none",
            "NURTURE_IMAP_USER": "replies",
            "NURTURE_IMAP_PASSWORD": "nothing secret",
            "NURTURE_INBOX_SECONDS": "1",
        }

        def stand_still():
            kept.enter_context(mailbox.accept()[0]).sendall(b"* OK ready\r\n")
            upload = kept.enter_context(socket.create_connection(("127.0.0.1", installation.port)))
            upload.sendall(b"POST /login HTTP/1.1\r\nHost: localhost\r\nContent-Length: 100000\r\n\r\nsome")

        yield stand_still


def test_everything_comes_up_answers_ends_when_told_and_goes_on(installation):
    up = installation.up()
    assert installation.answers("/") in (200, 302)
    assert installation.get("/o/nothing.gif") == 200
    installation.enter(range(5))
    welcomed = (table.touch.c.status == "sent", table.touch.c.mail == "trial-onboarding/welcome")
    installation.eventually(lambda: installation.count(table.touch.c.id, *welcomed) == 5)
    assert ended(up) == 0, installation.logs()
    with pytest.raises(OSError):  # nobody listens any more
        installation.get("/")

    with standing_still(installation) as stand_still:
        again = installation.up()
        assert installation.answers("/") in (200, 302)
        installation.enter(range(4, 6))
        installation.eventually(lambda: installation.count(table.touch.c.id, *welcomed) == 6)
        assert installation.count(table.revision.c.number) == 1
        stand_still()
        assert ended(again) == 0, installation.logs()
        with pytest.raises(ProcessLookupError):  # not even a child of a child
            os.killpg(again.pid, 0)
    assert "child killed" not in installation.logs()
    assert "Traceback" not in installation.logs()


def test_a_worker_alone_works_and_ends_when_told(installation):
    installation.nurture("apply")
    worker = installation.up("--role", "worker")
    installation.enter(range(5))
    installation.eventually(lambda: installation.count(table.touch.c.id, table.touch.c.status == "sent") >= 5)
    assert ended(worker) == 0
    assert installation.count(table.touch.c.id, table.touch.c.status.in_(["claimed", "sending"])) == 0
    assert "Traceback" not in installation.logs()


def test_when_one_process_dies_the_others_end_and_say_so(installation):
    up = installation.up()
    assert installation.answers("/") in (200, 302)
    worker = next(
        int(path.parent.name)
        for path in Path("/proc").glob("[0-9]*/cmdline")
        if b"--role\0worker" in path.read_bytes()
        and f"PPid:\t{up.pid}\n" in (path.parent / "status").read_text()
    )
    os.kill(worker, signal.SIGKILL)
    assert up.wait(timeout=STOP_SECONDS) != 0
    with pytest.raises(OSError):
        installation.get("/")
