"""`nurture person`: what one person may ask of us, without a page."""

import os
from zipfile import ZipFile

import pytest
from click.testing import CliRunner

from nurture.cli import main
from tests.webapp.stand import Stand

ADA = "ada@engine.example"


@pytest.fixture
def home(tmp_path, monkeypatch):
    for name in list(os.environ):
        if name.startswith("NURTURE_"):
            monkeypatch.delenv(name)
    monkeypatch.setenv("NURTURE_HOME", str(tmp_path))
    stand = Stand(f"sqlite:///{tmp_path / 'nurture.sqlite'}", tmp_path / "mailbox").publish().with_people()
    stand.engine.close()
    return tmp_path


def nurture(*words, **kept):
    return CliRunner().invoke(main, ["person", *words], **kept)


def test_all_that_is_kept_is_written_to_a_file(home):
    file = home / "ada.zip"
    done = nurture("export", ADA, str(file))
    assert (done.exit_code, file.name in done.output) == (0, True)
    assert "person.json" in ZipFile(file).namelist()


def test_a_person_is_erased_after_a_yes_and_searched_for_everywhere(home):
    (home / "notes.txt").write_text(f"call {ADA}")
    kept = nurture("erase", ADA, "--why", "asked", input="n\n")
    assert (kept.exit_code, "for good?" in kept.output) == (1, True)
    found = nurture("erase", ADA, "--why", "asked", "--yes")
    assert found.exit_code == 1
    assert "still named in file: notes.txt" in found.output
    (home / "notes.txt").unlink()
    again = nurture("erase", ADA, "--why", "asked")
    assert (again.exit_code, "It was erased before" in again.output) == (0, True)
    assert "no lead" in nurture("erase", "eva@nowhere.example", "--why", "asked", "--yes").output
    last = nurture("erase", "bob@norr.example", "--why", "asked", "--yes")
    assert (last.exit_code, "it is nowhere" in last.output) == (0, True)
