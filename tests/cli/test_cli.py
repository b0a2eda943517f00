"""What a person types and reads: each command on a store of its own; an error is one red line and exit 1."""

import shutil
from pathlib import Path

import pytest
from click.testing import CliRunner
from sqlalchemy.exc import OperationalError

from nurture import app
from nurture.cli import main, run
from nurture.config import read_settings
from nurture.content.edit import Replace
from nurture.engine.editing import edit

ROOT = Path(__file__).parents[2]
LEADS = """id,email,first_name,job_title,seniority,company_size,phone number
1,ann@fjord.example,Ann,CFO,vp,300,
2,bob@quay.example,Bob,Freight clerk,individual,80,
3,bob@quay.example,Bobby,Freight clerk,individual,80,,,surplus
"""


@pytest.fixture
def home(tmp_path, monkeypatch):
    """An installation of its own: the shipped programme, copied, and an empty store."""
    for folder in ("campaigns", "templates"):
        shutil.copytree(ROOT / folder, tmp_path / folder)
        monkeypatch.setenv(f"NURTURE_{folder.upper()}", str(tmp_path / folder))
    monkeypatch.setenv("NURTURE_HOME", str(tmp_path / "var"))
    return tmp_path


@pytest.fixture
def nurture(home):
    """Types a command; returns what came of it. Nothing may end in a traceback."""

    def typed(*words, code=0):
        ran = CliRunner().invoke(main, [str(word) for word in words], color=True)
        assert ran.exception is None or isinstance(ran.exception, SystemExit), ran.output
        assert ran.exit_code == code, ran.output
        return ran

    return typed


@pytest.fixture(scope="session")
def applied(tmp_path_factory):
    """What an installation keeps once the shipped programme is live in it: made once, for it takes a while."""
    kept = tmp_path_factory.mktemp("applied") / "var"
    environment = {
        "NURTURE_HOME": str(kept),
        "NURTURE_CAMPAIGNS": str(ROOT / "campaigns"),
        "NURTURE_TEMPLATES": str(ROOT / "templates"),
    }
    ran = CliRunner().invoke(main, ["apply"], env=environment)
    assert ran.exit_code == 0, ran.output
    return kept


@pytest.fixture
def live(nurture, home, applied):
    """The same, with the programme live and three rows of leads waiting in a file."""
    shutil.copytree(applied, home / "var")
    (home / "leads.csv").write_text(LEADS)
    return nurture


def red_line(ran):
    """The only line of the error, which must be red."""
    assert ran.stderr.startswith("\x1b[31m"), ran.stderr
    assert ran.stderr.rstrip("\n").endswith("\x1b[0m")
    (line,) = ran.stderr.strip().splitlines()
    return line


def test_the_shipped_programme_keeps_its_promises(nurture):
    assert "error" not in nurture("check").output


def test_a_broken_promise_is_told_with_its_place_and_exits_1(nurture, home):
    campaign = home / "campaigns" / "win-back" / "campaign.yaml"
    campaign.write_text(campaign.read_text().replace("mail: door-open", "mail: door-shut"))
    told = nurture("check", code=1).output
    assert "win-back/campaign.yaml:" in told
    assert "door-shut" in told


def test_files_are_formatted_in_place_and_only_told_of_with_check(nurture, home):
    campaign = home / "campaigns" / "win-back" / "campaign.yaml"
    straight = campaign.read_text()
    assert nurture("fmt", "--check", campaign).output == ""
    campaign.write_text(straight.replace("key: win-back", "key:    win-back"))
    crooked = campaign.read_text()
    assert f"{campaign}: would be formatted" in nurture("fmt", "--check", campaign, code=1).output
    assert campaign.read_text() == crooked
    assert f"{campaign}: formatted" in nurture("fmt", campaign).output
    assert campaign.read_text() == straight


def test_up_greets_though_the_store_has_gone_away_since(monkeypatch, capsys):
    def away(_):
        raise OperationalError("", {}, Exception("the database is away"))

    monkeypatch.setattr(run, "first_link", away)
    run.greet(read_settings())
    assert "Nurture is at http://127.0.0.1:8025" in capsys.readouterr().out


def test_a_programme_goes_live_and_the_same_one_stays(nurture):
    assert "Revision 1 is live." in nurture("apply").output
    assert "Revision 1 is live." in nurture("apply").output


def test_a_programme_that_breaks_a_promise_does_not_go_live(nurture, home):
    nurture("apply")
    campaign = home / "campaigns" / "win-back" / "campaign.yaml"
    campaign.write_text(campaign.read_text().replace("mail: door-open", "mail: door-shut"))
    assert "door-shut" in nurture("apply", code=1).output
    campaign.write_text(campaign.read_text().replace("mail: door-shut", "mail: door-open"))
    assert "Revision 1 is live." in nurture("apply").output


def test_a_turn_of_the_engine_says_what_it_did(live, home):
    live("leads", "import", home / "leads.csv")
    assert "events absorbed" in live("tick").output
    assert "There was nothing to do." in live("tick").output


def test_a_rehearsal_changes_nothing(live, home):
    told = live("leads", "import", home / "leads.csv", "--dry-run").output
    assert "Dry run: 2 rows would be imported" in told
    assert "Nothing was changed." in told
    assert "2 leads made" in live("leads", "import", home / "leads.csv").output


def test_an_import_says_what_became_of_every_row_and_keeps_the_rejects(live, home):
    told = live("leads", "import", home / "leads.csv").output
    assert "2 leads made" in told
    assert "1 row rejected" in told
    rejects = (home / "leads.csv.rejects.csv").read_text(encoding="utf-8-sig")
    assert "bob@quay.example" in rejects.splitlines()[1]
    assert "import_reason" in rejects.splitlines()[0]


def test_the_same_import_again_says_that_it_is_done(live, home):
    live("leads", "import", home / "leads.csv")
    told = live("leads", "import", home / "leads.csv").output
    assert "Going on after line 4." in told
    assert "2 leads made" in told
    assert (home / "leads.csv.rejects.csv").exists()


def test_a_mapping_is_written_to_be_edited_and_then_read(live, home):
    mapping = home / "mapping.yaml"
    told = live("leads", "import", home / "leads.csv", "--dry-run", "--mapping", mapping).output
    assert "The guess is written to" in told
    assert "last_name" not in told
    mapping.write_text(mapping.read_text().replace("to: first_name", "to: last_name"))
    assert "last_name" in live("leads", "import", home / "leads.csv", "--mapping", mapping).output


def test_why_a_lead_got_its_mails_is_told_by_the_gates(live, home):
    live("leads", "import", home / "leads.csv")
    live("tick")
    told = live("why", "ann@fjord.example").output
    assert told.startswith("Lead 1: cold, stage inquiry")
    assert "suppressed pass" in told
    assert "long-cycle/" in told


def test_a_test_mail_goes_to_whom_it_is_said(live, home):
    live("leads", "import", home / "leads.csv")
    live("tick")
    told = live("send-test", "long-cycle/six-lines", "--to", "me@here.example", "--as", "ann@fjord.example")
    assert "Sent long-cycle/six-lines as ann@fjord.example to the local mailbox." in told.output


# ---------------------------------------------------------------- errors


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["tick"], "no programme is live"),
        (["leads", "import", "LEADS"], "no programme is live"),
        (["why", "nobody@x.example"], "no lead 'nobody@x.example'"),
        (["send-test", "long-cycle/six-lines", "--to", "me@x.example", "--as", "77"], "no lead '77'"),
    ],
    ids=lambda value: value[0] if isinstance(value, list) else "",
)
def test_without_a_programme_or_a_lead_one_line_says_what_to_do(nurture, home, words, told):
    file = home / "leads.csv"
    file.write_text(LEADS)
    assert told in red_line(nurture(*(file if word == "LEADS" else word for word in words), code=1))


def test_a_mail_that_is_not_live_is_told_with_those_that_are(live, home):
    live("leads", "import", home / "leads.csv")
    ran = live("send-test", "long-cycle/none", "--to", "me@x.example", "--as", "1", code=1)
    assert "long-cycle/six-lines" in red_line(ran)


@pytest.mark.parametrize("content", [b"", b"\n\n\n"], ids=["empty", "blank"])
def test_a_file_that_is_no_list_is_told_in_one_line(live, home, content):
    file = home / "odd.csv"
    file.write_bytes(content)
    red_line(live("leads", "import", file, code=1))


def test_a_mapping_that_cannot_be_read_is_told_in_one_line(live, home):
    mapping = home / "mapping.csv"
    mapping.write_text("this is no mapping")
    red_line(live("leads", "import", home / "leads.csv", "--mapping", mapping, code=1))


def test_a_setting_that_does_not_fit_is_told_in_one_line(nurture, monkeypatch):
    monkeypatch.setenv("NURTURE_PORT", "many")
    assert "NURTURE_PORT" in red_line(nurture("tick", code=1))


def test_a_database_that_cannot_be_opened_is_told_in_one_line(nurture, home, monkeypatch):
    monkeypatch.setenv("NURTURE_DATABASE_URL", f"sqlite:///{home / 'campaigns'}")
    assert "the database cannot be opened" in red_line(nurture("tick", code=1))


def test_an_edit_on_the_pages_comes_back_with_pull_and_is_not_undone_by_apply(live, home):
    file = home / "campaigns" / "programme.yaml"
    written = file.read_text()
    engine = app.make_engine(read_settings())
    changed = [Replace(("sender", "name"), "Mira at Tarewell")]
    edit(engine, "campaigns/programme.yaml", changed, expecting=1, actor="mira", reason="sender")
    engine.close()

    refused = live("apply", code=1)
    assert "campaigns/programme.yaml" in refused.stderr
    assert "nurture pull" in refused.stderr
    assert "would be written" in live("pull", "--dry-run").output
    assert file.read_text() == written

    assert live("pull").output == "campaigns/programme.yaml: written\n"
    assert "Mira at Tarewell" in file.read_text()
    assert live("show", "campaigns/programme.yaml").output == file.read_text()
    assert live("pull").output == "The files say what is live.\n"
    assert "Revision 2 is live" in live("apply").output

    file.write_text(written)
    live("apply", code=1)
    assert "Revision 3 is live" in live("apply", "--overwrite").output


def test_mails_in_files_are_put_up_for_a_review_where_the_programme_wants_it(live, home):
    programme = home / "campaigns/programme.yaml"
    programme.write_text(
        programme.read_text().replace("  overflow: defer\n", "  overflow: defer\n  approval: all\n", 1)
    )
    mail = home / "campaigns/long-cycle/mails/six-lines.mjml"
    mail.write_text(mail.read_text().replace("Six", "Seven", 1))
    refused = live("apply", code=1)
    assert "campaigns/long-cycle/mails/six-lines.mjml:1:1" in refused.stderr
    assert "nurture review" in refused.stderr
    assert "six-lines.mjml: in review" in live("review").output
    assert "six-lines.mjml: still in review" in live("review").output
