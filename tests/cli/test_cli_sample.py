"""`nurture up --sample` that is stopped half-way keeps nothing; `nurture sample remove` asks, and takes everything out."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from threading import Event as Flag

import pytest
from click.testing import CliRunner
from sqlalchemy import select, update

from nurture import app
from nurture.cli import main
from nurture.config import read_settings
from nurture.delivery.mailbox import Mailbox
from nurture.store import records as table
from nurture.store.database import Database
from tests.webapp.stand import Stand

ROOT = Path(__file__).parents[2]
PATIENCE_SECONDS = 120


@pytest.fixture
def home(tmp_path, monkeypatch):
    for name in list(os.environ):
        if name.startswith("NURTURE_"):
            monkeypatch.delenv(name)
    monkeypatch.setenv("NURTURE_HOME", str(tmp_path))
    return tmp_path


def wait_for(condition):
    until = time.monotonic() + PATIENCE_SECONDS
    while not condition():
        assert time.monotonic() < until, "it did not happen in time"
        Flag().wait(0.1)


def test_ctrl_c_while_the_sample_is_played_leaves_an_empty_store(home):
    draft = home / "mailbox.sample" / "new"
    command = [sys.executable, "-m", "nurture", "up", "--sample"]
    starting = subprocess.Popen(
        command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    )
    try:
        wait_for(lambda: starting.poll() is not None or (draft.is_dir() and any(draft.iterdir())))
        starting.send_signal(signal.SIGINT)
        said, _ = starting.communicate(timeout=PATIENCE_SECONDS)
    finally:
        starting.kill()
    assert starting.returncode == 130
    assert "Nothing of the sample was kept" in said
    database = Database(f"sqlite:///{home / 'nurture.sqlite'}")
    with database.reading() as connection:
        for empty in (table.lead, table.event, table.revision):
            assert connection.execute(select(empty)).first() is None
    database.close()
    assert Mailbox(home / "mailbox").newest_first() == []


@pytest.fixture
def sampled(home):
    """A company all of whose leads were made for show, and their mail."""
    stand = Stand(f"sqlite:///{home / 'nurture.sqlite'}", home / "mailbox").publish().with_people()
    with stand.engine.database.writing() as connection:
        connection.execute(update(table.lead).values(sample=True))
    stand.engine.close()
    return home


def test_mail_of_a_sample_that_is_in_the_store_is_put_into_the_mailbox_later(sampled):
    (sampled / "mailbox").rename(sampled / "mailbox.sample")
    app.settle_sample(read_settings())
    assert len(Mailbox(sampled / "mailbox").newest_first()) == 3
    assert not (sampled / "mailbox.sample").exists()


def test_mail_of_a_sample_that_was_broken_off_is_thrown_away(home):
    database = Database(f"sqlite:///{home / 'nurture.sqlite'}")
    database.migrate()
    database.close()
    (home / "mailbox.sample" / "new").mkdir(parents=True)
    (home / "mailbox.sample" / "new" / "1234567890.T1000001N1.nurture").write_bytes(b"")
    app.settle_sample(read_settings())
    assert [path.name for path in home.iterdir() if "mailbox" in path.name] == []


def test_the_sample_is_removed_after_a_yes(sampled):
    kept = CliRunner().invoke(main, ["sample", "remove"], input="n\n")
    assert kept.exit_code == 1
    assert "Remove 4 sample leads" in kept.output
    removed = CliRunner().invoke(main, ["sample", "remove"], input="y\n")
    assert removed.exit_code == 0
    assert "Removed 4 leads" in removed.output
    assert "0 rows left" in removed.output
    assert Mailbox(sampled / "mailbox").newest_first() == []
    assert "There are no sample leads." in CliRunner().invoke(main, ["sample", "remove", "--yes"]).output
