"""The commands of the how-tos do what the pages say, each page in a fresh installation."""

import os
import shutil
import sys
from pathlib import Path

import pytest

from tests.docs.consoles import commands, run

ROOT = Path(__file__).parents[2]
PAGES = sorted(path for path in (ROOT / "docs").glob("howto/*.md") if "```console" in path.read_text("utf-8"))


@pytest.fixture
def checkout(tmp_path):
    """What a newcomer has after the clone, with an empty store."""
    for folder in ("campaigns", "templates", "recipes", "samples"):
        shutil.copytree(ROOT / folder, tmp_path / folder)
    return tmp_path


def test_there_are_pages_with_commands():
    assert PAGES


@pytest.mark.parametrize("page", PAGES, ids=lambda path: path.stem)
def test_a_page_is_true(page, checkout):
    environment = {"PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}", "COLUMNS": "140"}
    for command in commands(page.read_text("utf-8")):
        run(command, checkout, environment)
