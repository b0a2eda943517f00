"""`nurture simulate`: what is assumed, then what a campaign would come to, as a table or for a program."""

import json
import shutil

import pytest
from click.testing import CliRunner

from nurture import app
from nurture.cli import main
from nurture.config import read_settings
from nurture.engine.intake import NewLead
from tests.webapp.stand import ROOT


@pytest.fixture
def home(tmp_path, monkeypatch):
    """An installation with the shipped programme and three leads."""
    monkeypatch.setenv("NURTURE_HOME", str(tmp_path / "var"))
    monkeypatch.setenv("NURTURE_CAMPAIGNS", str(ROOT / "campaigns"))
    monkeypatch.setenv("NURTURE_TEMPLATES", str(ROOT / "templates"))
    settings = read_settings()
    (tmp_path / "var").mkdir()
    engine = app.make_engine(settings)
    engine.publish(app.read_catalog(settings), actor="test", reason="the first revision")
    engine.enter_leads(
        [NewLead(reference=f"n{n}", fields={"email": f"n{n}@x.example"}) for n in range(3)], source="import"
    )
    engine.tick()
    engine.close()
    return tmp_path


def typed(*words, code=0):
    ran = CliRunner().invoke(main, ["simulate", *words])
    assert ran.exit_code == code, ran.output
    return ran.output


def test_what_is_assumed_comes_before_what_it_comes_to(home):
    told = typed("long-cycle", "--days", "14")
    assert told.index("Assumed") < told.index("In 14 days")
    assert "20 runs, each with 3 of them" in told
    assert "UTC  Was sent “" in told  # which one depends on the hour: the fixture may have sent the first
    assert "there is no campaign 'none'" in typed("none", code=1)


def test_a_program_reads_the_same_and_files_may_be_played_before_they_are_live(home):
    first = json.loads(typed("long-cycle", "--days", "21", "--json", "--seed", "4"))
    assert (first["days"], len(first["weeks"]), first["inside"]) == (21, 3, 3)
    assert first["outcomes"]["clicked"].keys() == {"low", "middle", "high"}
    shutil.copytree(ROOT / "campaigns", home / "slower")
    path = home / "slower" / "long-cycle" / "campaign.yaml"
    path.write_text(path.read_text().replace("every: 7 days", "every: 70 days"))
    slower = json.loads(typed("long-cycle", "--days", "21", "--json", "--files", str(home / "slower")))
    assert slower["mails"]["middle"] < first["mails"]["middle"]
