"""`nurture doctor`: what it prints, and how it ends."""

import msgspec
import pytest
from click.testing import CliRunner

from nurture import app
from nurture.cli import main
from nurture.engine.at_work import note_worker


@pytest.fixture
def at_work():
    """An installation that has been started, and whose worker is alive."""
    engine = app.make_engine(app.installed())
    with engine.deciding() as (connection, now):
        note_worker(connection, now)
    engine.close()


def doctor(*words):
    return CliRunner().invoke(main, ["doctor", *words], catch_exceptions=False)


def test_before_the_first_start_it_says_what_to_do_and_makes_nothing(tmp_path):
    ran = doctor()
    assert ran.exit_code == 1
    assert "FAIL  Database: there is no database" in ran.output
    assert "Run `nurture up`" in ran.output
    assert not (tmp_path / "var").exists()


@pytest.mark.usefixtures("at_work")
def test_it_ends_with_0_where_nothing_fails():
    ran = doctor()
    assert ran.exit_code == 0, ran.output
    assert "ok    Worker: at work" in ran.output
    assert "skip  SPF: nothing leaves this machine" in ran.output
    assert "0 fail" in ran.output


@pytest.mark.usefixtures("at_work")
def test_programs_read_it_as_json():
    report = msgspec.json.decode(doctor("--json").output)
    assert {each["level"] for each in report["findings"]} <= {"ok", "warn", "skipped"}
    worker = next(each for each in report["findings"] if each["what"] == "Worker")
    assert worker == {
        "level": "ok", "what": "Worker", "found": "at work", "remedy": "", "record": "", "area": "Work",
    }  # fmt: skip


def test_a_setting_that_does_not_fit_is_said_at_once(monkeypatch):
    monkeypatch.setenv("NURTURE_SMTP_PORT", "0")
    ran = CliRunner().invoke(main, ["doctor"])
    assert ran.exit_code == 1
    assert "NURTURE_SMTP_PORT" in ran.output
