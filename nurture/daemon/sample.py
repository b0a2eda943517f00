"""A sample that is asked for on a page is played in a process of its own: a minute of one processor, which holds up nobody.

The worker starts it, and tells it to end when it ends itself; where the worker is killed, it goes on without one.
"""

import secrets
import subprocess
import sys
from threading import Event as Flag

from nurture.engine.engine import Engine
from nurture.engine.sample_loads import leave_load, waits
from nurture.log import get_log

log = get_log(__name__)

LOOK_SECONDS = 0.25
END_SECONDS = 5.0
"""How long it may take to end once it is told to: it hears at every turn of its clock."""


def play_what_is_asked(engine: Engine) -> None:
    """Play a sample that waits, until it is over or the engine stops; then it is left to the next start."""
    with engine.database.reading() as connection:
        if not waits(connection, engine.clock.now()):
            return
    claim = secrets.token_hex(8)
    player = subprocess.Popen([sys.executable, "-m", "nurture", "sample", "load", "--claim", claim])  # noqa: S603 our own
    log.info("sample begun", process=player.pid)
    try:
        while player.poll() is None and not engine.is_stopping:
            Flag().wait(LOOK_SECONDS)
    finally:
        told = player.poll() is None
        if told:
            end(player)
        if not told and not player.returncode:
            log.info("sample over")
        if player.returncode:
            log.warning("sample broken off", exit=player.returncode)
            with engine.deciding() as (connection, _):
                leave_load(connection, claim, told=told)


def end(player: "subprocess.Popen[bytes]") -> None:
    """Tell it to end, and see to it that it does."""
    player.terminate()
    try:
        player.wait(END_SECONDS)
    except subprocess.TimeoutExpired:
        player.kill()
        player.wait()
