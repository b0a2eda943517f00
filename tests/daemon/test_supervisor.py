"""What several processes under one roof owe each other where the roof itself breaks."""

import os
import signal
import socket
import subprocess
import sys
from time import monotonic

import pytest

from nurture.daemon import supervisor
from nurture.daemon.signals import ENDING
from nurture.daemon.supervisor import end, supervise


@pytest.fixture(autouse=True)
def handlers_as_before():
    before = {number: signal.getsignal(number) for number in ENDING}
    yield
    for number, handler in before.items():
        signal.signal(number, handler)


@pytest.fixture
def pids(monkeypatch, tmp_path):
    """Children that note their process, and would stay for ever."""
    child = tmp_path / "child"
    child.write_text(f'#!/bin/sh\necho $$ > "{tmp_path}/pid-$3"\nexec sleep 600\n')
    child.chmod(0o755)
    monkeypatch.setattr(sys, "executable", str(child))
    return lambda: [int(each.read_text()) for each in sorted(tmp_path.glob("pid-*"))]


def is_there(pid):
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


def test_the_children_end_where_saying_that_all_is_ready_breaks(pids):
    def ready():
        while len(pids()) < 2:
            continue
        raise BrokenPipeError("nobody reads what we print")

    with socket.create_server(("127.0.0.1", 0)) as listening, pytest.raises(BrokenPipeError):
        supervise([["one"], ["two"]], at=listening.getsockname(), ready=ready)
    assert len(pids()) == 2
    assert not any(is_there(pid) for pid in pids())


def test_the_first_child_ends_where_the_second_cannot_be_started(pids, monkeypatch):
    started = []

    def start(command, **given):
        if started:
            raise OSError(11, "Resource temporarily unavailable")
        started.append(real(command, **given))
        return started[0]

    real = subprocess.Popen
    monkeypatch.setattr(subprocess, "Popen", start)
    with pytest.raises(OSError, match="Resource"):
        supervise([["one"], ["two"]], at=("127.0.0.1", 9), ready=lambda: None)
    assert started[0].returncode == -signal.SIGTERM


def test_children_that_do_not_end_have_one_time_together_and_not_each_its_own(monkeypatch):
    monkeypatch.setattr(supervisor, "STOP_SECONDS", 1)
    deaf = "import signal; signal.signal(signal.SIGTERM, signal.SIG_IGN); print(flush=True); signal.pause()"
    children = [
        subprocess.Popen([sys.executable, "-c", deaf], stdout=subprocess.PIPE, process_group=0)
        for _ in range(3)
    ]
    for child in children:
        child.stdout.readline()
    waited = []
    for child in children:
        monkeypatch.setattr(child, "wait", noting(waited, child.wait))
    end(children)
    assert [child.returncode for child in children] == [-signal.SIGKILL] * 3
    assert sum(waited) <= 1
    for child in children:
        child.stdout.close()


def noting(waited, wait):
    """Waits as *wait*, and notes how long it was willing to."""

    def instead(timeout=None):
        began = monotonic()
        try:
            return wait(timeout)
        finally:
            if timeout is not None:
                waited.append(min(timeout, monotonic() - began))

    return instead
