"""Commands as a person types them, in a home of the test's own."""

import logging

import pytest
from click.testing import CliRunner

from nurture.cli import main


@pytest.fixture(autouse=True)
def own_log():
    """Commands log to a stream that is gone after the test: nobody may log to it later."""
    yield
    root = logging.getLogger()
    root.handlers[:] = [each for each in root.handlers if type(each) is not logging.StreamHandler]


@pytest.fixture
def nurture(tmp_path, monkeypatch):
    """Types a command; returns what click made of it."""
    monkeypatch.setenv("NURTURE_HOME", str(tmp_path / "var"))
    return lambda *words, **options: CliRunner().invoke(main, words, **options)
