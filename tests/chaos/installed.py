"""A whole installation: the processes of ``nurture up`` over a store that is filled already, asked as the world asks them."""

import http.client
import json
import os
import signal
import subprocess
import sys
from base64 import b64encode
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from time import monotonic

from sqlalchemy import select

from nurture.bench.programs import free_port
from nurture.identity import Keyring
from nurture.store import records as table
from nurture.store.database import Database
from tests.chaos.attacked import ROOT, rest
from tests.chaos.stores import MAIL
from tests.chaos.worker import KEY

LOGIN = "hooks:correct horse"
STARTS_SECONDS = 180
STOPS_SECONDS = 35
"""Thirty are promised; the rest is for a machine that is busy with other things."""
ASKS_SECONDS = 90
NOBODY = 0
"""In place of a status: nobody answered."""
ONE_CLICK = b"List-Unsubscribe=One-Click"
FORM = {"Content-Type": "application/x-www-form-urlencoded"}


class Installed:
    """One installation. *relay*: the port of the sink that its mail goes to."""

    def __init__(self, home: Path, url: str, relay: int, **settings: object) -> None:
        self.home = home
        self.port = free_port()
        self.url = url
        said = {
            "home": home,
            "database_url": url,
            "secret_key": KEY.decode(),
            "port": self.port,
            "transport": "smtp",
            "smtp_host": "127.0.0.1",
            "smtp_port": relay,
            "smtp_tls": "none",
            "smtp_helo": "chaos.example",
            "tracking_url": "https://t.chaos.example",
            "public_url": "https://chaos.example",
            "tick_seconds": 1,
            "hook_postmark": LOGIN,
            **settings,
        }
        own = {name: value for name, value in os.environ.items() if not name.startswith("NURTURE_")}
        self.environment = own | {f"NURTURE_{name.upper()}": str(value) for name, value in said.items()}
        home.mkdir(parents=True, exist_ok=True)
        self.log = home / "log"

    @contextmanager
    def up(self) -> Iterator[subprocess.Popen[bytes]]:
        """Its processes, from the moment at which they answer; ended with the block."""
        with self.log.open("ab") as log:
            process = subprocess.Popen(
                [sys.executable, "-m", "nurture", "up"],
                cwd=ROOT,
                env=self.environment,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )
        try:
            began = monotonic()
            while self.ask("GET", "/o/nothing.gif") != 200:
                assert monotonic() - began < STARTS_SECONDS, self.log.read_text()
                rest(0.1)
            yield process
            process.terminate()
            process.wait(STOPS_SECONDS)
        finally:
            if process.poll() is None:
                os.killpg(process.pid, signal.SIGKILL)
                process.wait()

    def ask(self, method: str, path: str, body: bytes = b"", headers: dict[str, str] | None = None) -> int:
        """The status of the answer."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=ASKS_SECONDS)
        try:
            connection.request(method, path, body or None, headers or {})
            return connection.getresponse().status
        except (OSError, http.client.HTTPException):
            return NOBODY
        finally:
            connection.close()

    def webhook(self, number: int) -> int:
        """A provider tells of something that nobody has told of yet."""
        told = {
            "RecordType": "Bounce",
            "Type": "HardBounce",
            "ID": number,
            "Email": f"nobody.{number}@elsewhere.example",
            "MessageID": f"message-{number}",
            "BouncedAt": "2026-03-02T09:04:00Z",
        }
        login = "Basic " + b64encode(LOGIN.encode()).decode()
        headers = {"Authorization": login, "Content-Type": "application/json"}
        return self.ask("POST", "/hooks/postmark", json.dumps(told).encode(), headers)

    def unsubscribe(self, token: str) -> int:
        return self.ask("POST", f"/u/{token}", ONE_CLICK, FORM)


def tokens(url: str) -> dict[int, str]:
    """What stands in the links of each lead's mail, by lead."""
    database, keyring = Database(url), Keyring(KEY)
    try:
        with database.reading() as connection:
            revision = connection.execute(
                select(table.mail_revision.c.number).where(table.mail_revision.c.path.like(f"%/{MAIL_FILE}"))
            ).scalar_one()
            rows = connection.execute(
                select(table.touch.c.lead_id, table.touch.c.id).where(table.touch.c.mail == MAIL)
            ).all()
        return {row.lead_id: keyring.touch_token(row.id, revision) for row in rows}
    finally:
        database.close()


MAIL_FILE = f"{MAIL.rpartition('/')[2]}.mjml"
