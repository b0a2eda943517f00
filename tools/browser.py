"""Which browser the tests drive: one that is here, else Playwright's own, else Debian's; or a failure that says what to do."""

import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

from playwright.sync_api import sync_playwright

ON_PATH = ("chromium", "google-chrome", "chromium-browser")
DOWNLOAD_SECONDS = 60
"""Playwright's download is large and its host may be out of reach; apt usually has a mirror nearby."""

REMEDY = (
    "No browser for the tests. On Debian: apt-get install chromium (as root). "
    "Elsewhere: .venv/bin/playwright install --with-deps chromium"
)


def main() -> None:
    """Print the browser that will be used, installing one if there is none."""
    found = find_browser()
    if found is None:
        found = install_browser()
    if found is None:
        sys.exit(REMEDY)
    print(f"Browser: {found}")


def find_browser() -> Path | None:
    """The first Chromium that answers, by path; None if this machine has none."""
    return next(filter(answers, candidates()), None)


def candidates() -> Iterator[Path]:
    """Where a Chromium may be, the quickest to ask first."""
    for name in ON_PATH:
        if path := shutil.which(name):
            yield Path(path)
    with sync_playwright() as playwright:
        own = Path(playwright.chromium.executable_path)
    yield own


def install_browser() -> Path | None:
    """Try Playwright's download, then apt where we may; the browser, or None if neither gave one that runs."""
    as_root = os.geteuid() == 0
    print(f"No browser found; trying Playwright's own for {DOWNLOAD_SECONDS} s", flush=True)
    run([sys.executable, "-m", "playwright", "install", "chromium"], seconds=DOWNLOAD_SECONDS)
    if not find_browser() and as_root and shutil.which("apt-get"):
        print("Installing Debian's chromium", flush=True)
        run(["apt-get", "update", "-qq"], seconds=300)
        run(["apt-get", "install", "-y", "-qq", "--no-install-recommends", "chromium"], seconds=900)
    return find_browser()


def answers(browser: Path) -> bool:
    """Whether *browser* starts; a missing library and Ubuntu's stub without snap do not."""
    return browser.exists() and run([str(browser), "--version"], seconds=30, quiet=True)


def run(command: list[str], *, seconds: int, quiet: bool = False) -> bool:
    """Whether *command* ended well within *seconds*; what it said is shown unless *quiet*."""
    shown = subprocess.DEVNULL if quiet else None
    process = subprocess.Popen(
        command,
        stdin=subprocess.DEVNULL,
        stdout=shown,
        stderr=shown,
        env={**os.environ, "DEBIAN_FRONTEND": "noninteractive"},
        start_new_session=True,
    )
    try:
        return process.wait(seconds) == 0
    except subprocess.TimeoutExpired:
        # The whole session, for the one that downloads is a child of the one that we started.
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()
        return False


if __name__ == "__main__":
    main()
