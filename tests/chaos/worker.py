"""A worker over a store that a test has filled: sends by a relay until nothing is due, or until it is killed.

python tests/chaos/worker.py DATABASE_URL JOURNALS PORT CONNECTIONS
"""

import sys
from pathlib import Path

from nurture import log
from nurture.app import SystemClock
from nurture.daemon.signals import on_stop
from nurture.delivery.smtp import Security, SmtpRoute, SmtpTransport
from nurture.engine.engine import Engine
from nurture.engine.recover import Journals
from nurture.identity import Keyring
from nurture.store.database import Database


def main(url: str, journals: str, port: str, connections: str) -> None:
    log.configure()
    clock = SystemClock()
    route = SmtpRoute(
        host="127.0.0.1",
        port=int(port),
        helo="chaos.example",
        security=Security.NONE,
        connections=int(connections),
    )
    engine = Engine(
        database=Database(url),
        transport=SmtpTransport(route, clock=clock),
        keyring=Keyring(b"k" * 32),
        clock=clock,
        base_url="http://127.0.0.1:8025",
        journals=Journals(Path(journals)),
    )
    on_stop(engine.stop)
    engine.tick()
    engine.close()


if __name__ == "__main__":
    main(*sys.argv[1:])
