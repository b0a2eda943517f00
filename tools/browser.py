"""Which browser the tests drive: one that is here, else Playwright's own, else Debian's; or a failure that says what to do."""

import os
import shutil
import subprocess
import sys
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
    on_path = [Path(path) for name in ON_PATH if (path := shutil.which(name))]
    return next((path for path in [*on_path, playwrights_own()] if answers(path)), None)


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


def playwrights_own() -> Path:
    """Where Playwright keeps the Chromium of its version, there or not."""
    with sync_playwright() as playwright:
        return Path(playwright.chromium.executable_path)


def answers(browser: Path) -> bool:
    """Whether *browser* starts; a missing library and Ubuntu's stub without snap do not."""
    return browser.exists() and run([str(browser), "--version"], seconds=30, quiet=True)


def run(command: list[str], *, seconds: int, quiet: bool = False) -> bool:
    """Whether *command* ended well within *seconds*; what it said is shown unless *quiet*."""
    shown = subprocess.DEVNULL if quiet else None
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    try:
        ended = subprocess.run(
            command,
            timeout=seconds,
            stdin=subprocess.DEVNULL,
            stdout=shown,
            stderr=shown,
            env=environment,
            check=False,
        )
    except subprocess.TimeoutExpired:
        return False
    return ended.returncode == 0


if __name__ == "__main__":
    main()
