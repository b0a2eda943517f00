"""How long each page takes at the server over a large store: 100,000 leads and 5,000,000 events, made of the sample.

Asks for every page as the first admin does, a few times each, and prints the median of the processor's time beside that of
the clock, slowest first. The processor's time is what the machine's other work does not disturb. Fails where a page's
median is above what it may take.
"""

import argparse
import gc
import re
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from statistics import median
from time import perf_counter, process_time

import msgspec
from flask.testing import FlaskClient
from pydantic import SecretStr

from nurture import app
from nurture.config import Settings
from nurture.engine.accounts import first_admin
from nurture.engine.accounts_links import Purpose, new_link
from nurture.engine.engine import Engine
from nurture.secret_key import secret
from tools.many_leads import add_copies
from tools.page_walk import Walk, view_of
from tools.screenshots import STARTS
from webapp import create_app

URL = "http://127.0.0.1:8080"
LISTS = ("leads.leads", "lead.lead", "companies.companies", "mailbox.messages", "verdicts.listed")
PAGE_MS, LIST_MS = 200, 300
"""What a page, and what a list, may take."""
LINK = re.compile(r"""href=["'](/[^"'#]*)""")


class Taken(msgspec.Struct, frozen=True):
    """Medians of one page, in milliseconds."""

    path: str
    processor: float
    clock: float
    most: int

    @property
    def is_slow(self) -> bool:
        return self.processor > self.most


def main() -> None:
    """Fill a store, walk the pages, print the table."""
    wanted = parser().parse_args()
    with tempfile.TemporaryDirectory() as folder:
        home = wanted.home or Path(folder)
        settings = Settings(
            home=home, public_url=URL, tracking_url=URL, secret_key=SecretStr("for measuring only " * 2)
        )
        if not (home / "nurture.sqlite").exists():
            fill(settings, wanted.leads, wanted.events)
        engine = app.make_engine(settings)
        taken = sorted(walked(engine, settings, wanted.times), key=lambda each: -each.processor)
        engine.close()
    for each in taken:
        print(f"{each.processor:7.0f} {each.clock:7.0f}  {each.path}{'  SLOW' if each.is_slow else ''}")
    if any(each.is_slow for each in taken):
        sys.exit(1)


def parser() -> argparse.ArgumentParser:
    asked = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    asked.add_argument("--leads", type=int, default=100_000)
    asked.add_argument("--events", type=int, default=5_000_000)
    asked.add_argument("--times", type=int, default=5, help="how often each page is asked for")
    asked.add_argument("--home", type=Path, help="a folder that keeps the filled store for the next time")
    return asked


def fill(settings: Settings, leads: int, events: int) -> None:
    settings.home.mkdir(parents=True, exist_ok=True)
    print("Playing the sample, about a minute", flush=True)
    app.play_sample(settings, lambda _: None)
    engine = app.make_engine(settings)
    leads, events = add_copies(engine.database, leads, events)
    engine.close()
    print(f"{leads:,} leads, {events:,} events", flush=True)


def walked(engine: Engine, settings: Settings, times: int) -> Iterator[Taken]:
    """Every page of the product that links lead to, a few of each kind."""
    pages = create_app(
        engine, secret=secret(settings), mailbox=app.mailbox(settings), public_url=settings.public_url
    )
    client = pages.test_client()
    enter(client, engine)
    walk = Walk(pages, STARTS)
    for path in walk:
        first = client.get(path, base_url=URL)
        walk.links(LINK.findall(first.get_data(as_text=True)))
        if first.status_code == 200:
            yield asked_for(client, path, times, LIST_MS if view_of(pages, path) in LISTS else PAGE_MS)
        first.close()


def asked_for(client: FlaskClient, path: str, times: int, most: int) -> Taken:
    processor: list[float] = []
    clock: list[float] = []
    for _ in range(times):
        gc.collect()
        began = process_time(), perf_counter()
        client.get(path, base_url=URL).close()
        processor.append((process_time() - began[0]) * 1e3)
        clock.append((perf_counter() - began[1]) * 1e3)
    return Taken(path, median(processor), median(clock), most)


def enter(client: FlaskClient, engine: Engine) -> None:
    """Log in as the first admin, by the link that a new installation prints."""
    with engine.deciding() as (connection, now):
        who = first_admin(connection, now=now)
        assert who, "a new installation lets its first admin in by a link"
        token = new_link(connection, who, Purpose.LOGIN, now=now)
    page = client.get(f"/login/{token}", base_url=URL).get_data(as_text=True)
    csrf = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', page)
    assert csrf
    client.post(
        f"/login/{token}", data={"csrf_token": csrf[1]}, base_url=URL, headers={"Referer": f"{URL}/login"}
    )
    assert client.get("/leads", base_url=URL).status_code == 200, "could not log in"


if __name__ == "__main__":
    main()
