"""`nurture webhook-secret`: the one value that a receiver is given."""

import shutil
from pathlib import Path

import pytest
from click.testing import CliRunner

from nurture.cli.webhooks import webhook_secret
from nurture.errors import SetupError
from nurture.identity import Keyring

SECRET = "0123456789" * 4
PROGRAMME = Path(__file__).parents[1] / "stories" / "programme"


@pytest.fixture
def installation(tmp_path, monkeypatch):
    shutil.copytree(PROGRAMME, tmp_path / "campaigns")
    monkeypatch.setenv("NURTURE_CAMPAIGNS", str(tmp_path / "campaigns"))
    monkeypatch.setenv("NURTURE_HOME", str(tmp_path / "var"))
    monkeypatch.setenv("NURTURE_SECRET_KEY", SECRET)


@pytest.mark.usefixtures("installation")
def test_a_receiver_gets_what_our_posts_are_signed_with():
    run = CliRunner().invoke(webhook_secret, ["chat-alert"], catch_exceptions=False)
    assert run.output == Keyring(SECRET.encode()).webhook_secret("chat-alert") + "\n"


@pytest.mark.usefixtures("installation")
def test_a_webhook_that_nobody_declared_has_none():
    with pytest.raises(SetupError, match="no webhook 'fax'; declared: chat-alert"):
        CliRunner().invoke(webhook_secret, ["fax"], catch_exceptions=False)
