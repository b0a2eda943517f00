"""Several processes under one roof: they begin together and end together."""

import signal
import socket
import subprocess
import sys
from collections.abc import Callable, Sequence
from threading import Event as Flag
from time import monotonic

from nurture.daemon.signals import on_stop
from nurture.log import get_log

log = get_log(__name__)

LOOK_SECONDS = 0.25
STOP_SECONDS = 28
"""How long the children may take together to finish what they have in hand: all is over within half a minute."""


def supervise(arguments: Sequence[Sequence[str]], *, at: tuple[str, int], ready: Callable[[], None]) -> int:
    """Run one child process for each of *arguments* of ``nurture``; when one ends, or we are told to, all end.

    at     host and port on which one of them listens.
    ready  called once somebody answers there.

    Returns the exit code: 0 when told to stop, else that of the child that ended by itself.
    """
    stopping = Flag()
    on_stop(stopping.set)
    children: list[subprocess.Popen[bytes]] = []
    is_ready = False
    try:
        for each in arguments:
            child = subprocess.Popen([sys.executable, "-m", "nurture", *each])  # noqa: S603 our own
            children.append(child)  # at once: the next may fail to start
        while not stopping.wait(timeout=LOOK_SECONDS):
            if any(child.poll() is not None for child in children):
                break
            if not is_ready and answers(at):
                is_ready = True
                ready()
        ended = next((child.returncode for child in children if child.poll() is not None), 0)
    finally:  # whatever breaks here, nobody goes on sending without us
        end(children)
    return 0 if stopping.is_set() else ended or 1


def end(children: Sequence[subprocess.Popen[bytes]]) -> None:
    """Tell them to end, and see to it that they do."""
    for child in children:
        if child.poll() is None:
            child.send_signal(signal.SIGTERM)
    until = monotonic() + STOP_SECONDS
    for child in children:
        try:
            child.wait(timeout=max(0.0, until - monotonic()))
        except subprocess.TimeoutExpired:
            log.warning("child killed", pid=child.pid, after_seconds=STOP_SECONDS)
            child.kill()
            child.wait()


def answers(at: tuple[str, int]) -> bool:
    """Whether somebody listens there."""
    try:
        socket.create_connection(at, timeout=LOOK_SECONDS).close()
    except OSError:
        return False
    return True
