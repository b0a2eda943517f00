"""`nurture receive`: a mail server pipes a message in, and learns whether it may forget it."""

import shutil
from pathlib import Path

import pytest
from click.testing import CliRunner

from nurture import app
from nurture.cli.receive import EX_TEMPFAIL, receive
from nurture.config import read_settings

PROGRAMME = Path(__file__).parents[1] / "stories" / "programme"
BOUNCE = b"Return-Path: <>\nFrom: MAILER-DAEMON@mx.example\nTo: TO\nSubject: failure notice\n\n<jane@x.example>:\nno such user\n"


@pytest.fixture
def installation(tmp_path, monkeypatch):
    shutil.copytree(PROGRAMME, tmp_path / "campaigns")
    monkeypatch.setenv("NURTURE_CAMPAIGNS", str(tmp_path / "campaigns"))
    monkeypatch.setenv("NURTURE_HOME", str(tmp_path / "var"))
    monkeypatch.setenv("NURTURE_SECRET_KEY", "0123456789" * 4)
    return tmp_path


@pytest.fixture
def programme(installation):
    settings = read_settings()
    engine = app.make_engine(settings)
    engine.publish(app.read_catalog(settings), actor="a person", reason="a test")
    engine.close()


@pytest.mark.usefixtures("programme")
def test_a_message_is_taken_in_once():
    run = CliRunner().invoke(receive, input=BOUNCE)
    assert (run.exit_code, run.output) == (0, "bounce: kept it: no signature of ours names a mail\n")
    assert CliRunner().invoke(receive, input=BOUNCE).output == "bounce: it had been taken in before\n"


@pytest.mark.usefixtures("installation")
def test_without_a_programme_the_mail_server_tries_again():
    run = CliRunner().invoke(receive, input=BOUNCE)
    assert run.exit_code == EX_TEMPFAIL
    assert "try again later" in run.output


def test_without_a_store_the_mail_server_tries_again(installation, monkeypatch):
    monkeypatch.setenv("NURTURE_DATABASE_URL", "postgresql://nobody@127.0.0.1:1/none")
    assert CliRunner().invoke(receive, input=BOUNCE).exit_code == EX_TEMPFAIL
