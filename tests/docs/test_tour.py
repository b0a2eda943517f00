"""The five-minute tour, walked in a real browser beside a real `nurture up --sample`, as a newcomer would."""

import os
import re
import shutil
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest
from playwright.sync_api import Page, expect

from tests.docs.consoles import commands, run

ROOT = Path(__file__).parents[2]
TOUR = (ROOT / "docs" / "tour.md").read_text("utf-8")
STEPS = re.compile(r"<!-- try: (.*?) -->", re.DOTALL)


class Started(msgspec.Struct):
    """A running installation.

    link  what it printed for the first admin.
    """

    folder: Path
    link: str
    environment: dict[str, str]


@pytest.fixture(scope="module")
def started(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Started]:
    """What `make run` starts, in a checkout of its own."""
    folder = tmp_path_factory.mktemp("checkout")
    for name in ("campaigns", "templates", "recipes", "samples"):
        shutil.copytree(ROOT / name, folder / name)
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    environment = {
        "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}",
        "NURTURE_PORT": str(port),
        "NURTURE_TRACKING_URL": f"http://127.0.0.1:{port}",
        "COLUMNS": "140",
    }
    with (folder / "log").open("w") as log:
        process = subprocess.Popen(
            [sys.executable, "-m", "nurture", "up", "--sample"],
            cwd=folder,
            env={**os.environ, **environment},
            stdout=subprocess.PIPE,
            stderr=log,
            text=True,
        )
    try:
        yield Started(folder, printed_link(process), environment)
    finally:
        process.send_signal(signal.SIGTERM)
        assert process.wait(timeout=60) == 0
        assert process.stdout
        process.stdout.close()


def printed_link(process: "subprocess.Popen[str]") -> str:
    assert process.stdout
    for line in process.stdout:
        if found := re.search(r"Nurture is at (\S+/login/\S+)", line):
            return found[1]
    raise AssertionError(f"it ended with {process.wait(timeout=10)} and printed no link")


def test_the_tour_is_true(started: Started, page: Page):
    for steps in STEPS.findall(TOUR):
        for step in re.split(r";\s+", steps):
            take(step, page, started)
    commanded = [command for command in commands(TOUR) if "activate" not in command.typed]
    assert commanded
    for command in commanded:
        run(command, started.folder, started.environment)


def take(step: str, page: Page, started: Started) -> None:
    """One step of the tour, as its comment says it."""
    verb, _, what = step.partition(" ")
    match verb, what:
        case "open", "the printed link":
            page.goto(started.link)
        case "open", path:
            page.goto(f"{started.environment['NURTURE_TRACKING_URL']}{path}")
        case "click", "the first lead" | "the first mail":
            page.locator("main [data-row]").first.click()
        case "click", words:
            named(page, words.strip('"')).click()
        case "see", words:
            expect(page.get_by_text(words.strip('"')).locator("visible=true").first).to_be_visible()
        case _:
            raise AssertionError(f"the tour asks for {step!r}, which is no step")
    page.wait_for_load_state()


def named(page: Page, words: str):
    """The button, link or summary of this name that one can see."""
    found = (
        page.get_by_role("button", name=words)
        .or_(page.get_by_role("link", name=words))
        .or_(page.locator("summary", has_text=words))
    )
    return found.locator("visible=true").first
