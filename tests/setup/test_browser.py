"""The tests' browser: taken only if it starts, and its absence is an error that names the command."""

import os
import select

import pytest

from tools import browser


@pytest.fixture
def bare_path(tmp_path, monkeypatch):
    """A machine with no browser at all, and a folder on its PATH."""
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setenv("PLAYWRIGHT_BROWSERS_PATH", str(tmp_path / "playwright"))
    return tmp_path


def put(folder, name, script):
    program = folder / name
    program.write_text(f"#!/bin/sh\n{script}\n")
    program.chmod(0o755)
    return program


def test_a_browser_that_starts_is_taken(bare_path):
    chromium = put(bare_path, "chromium", "exit 0")
    assert browser.find_browser() == chromium


def test_a_stub_that_does_not_start_is_passed_over(bare_path):
    put(bare_path, "chromium", "echo 'requires the chromium snap' >&2; exit 1")
    chrome = put(bare_path, "google-chrome", "exit 0")
    assert browser.find_browser() == chrome


def test_no_browser_is_none(bare_path):
    assert browser.find_browser() is None


def test_without_a_browser_the_set_up_fails_and_names_the_command(bare_path, monkeypatch):
    monkeypatch.setattr(browser, "install_browser", lambda: None)
    with pytest.raises(SystemExit, match="apt-get install chromium"):
        browser.main()


def test_a_command_that_hangs_is_ended_with_its_children(tmp_path):
    os.mkfifo(tmp_path / "held")
    reader = os.open(tmp_path / "held", os.O_RDONLY | os.O_NONBLOCK)
    held_by_a_child = f"exec 3>{tmp_path / 'held'}; /bin/sleep 60 & wait"
    assert not browser.run(["/bin/sh", "-c", held_by_a_child], seconds=1)
    poll = select.poll()
    poll.register(reader)
    assert poll.poll(5_000) == [(reader, select.POLLHUP)]  # the last writer is gone
    os.close(reader)
