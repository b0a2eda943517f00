"""Moving in, as a person types it: every command of the how-tos is run on files in each product's own form."""

import re
import shlex
import shutil
import zipfile
from pathlib import Path

import pytest
from click.testing import CliRunner

from nurture.cli import main

ROOT = Path(__file__).parents[2]
FILES = ROOT / "tests" / "capture" / "exports"
HOW_TO = ROOT / "docs" / "howto"
ZIP = "audience_export_7c1f0a9e2b.zip"


@pytest.fixture(scope="module")
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
def nurture(tmp_path, monkeypatch, applied):
    """Types a command where the exports lie; returns what it told. Nothing may end in a traceback."""
    shutil.copytree(applied, tmp_path / "var")
    for file in FILES.glob("*.csv"):
        shutil.copy(file, tmp_path)
    with zipfile.ZipFile(tmp_path / ZIP, "w") as archive:
        for file in sorted(FILES.glob("*_email_audience_*.csv")):
            archive.write(file, file.name)
    for folder, rows in (("left", slice(2, 3)), ("unconfirmed", slice(1, 2)), ("confirmed", slice(0, 1))):
        (tmp_path / folder).mkdir()
        header, *lines = (FILES / "subscribers.csv").read_text().splitlines()
        (tmp_path / folder / "subscribers.csv").write_text("\n".join((header, *lines[rows])))
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("NURTURE_HOME", str(tmp_path / "var"))
    monkeypatch.setenv("NURTURE_CAMPAIGNS", str(ROOT / "campaigns"))
    monkeypatch.setenv("NURTURE_TEMPLATES", str(ROOT / "templates"))
    monkeypatch.setenv("COLUMNS", "200")

    def typed(*words, code=0):
        ran = CliRunner().invoke(main, [str(word) for word in words])
        assert ran.exception is None or isinstance(ran.exception, SystemExit), ran.output
        assert ran.exit_code == code, ran.output
        return ran.output

    return typed


def commands(product):
    """What the how-to of a product tells a person to type."""
    text = (HOW_TO / f"move-in-from-{product}.md").read_text()
    blocks = re.findall(r"^```\n(.*?)^```", text, re.MULTILINE | re.DOTALL)
    return [shlex.split(line)[1:] for block in blocks for line in block.splitlines()]


@pytest.mark.parametrize(
    ("product", "rows", "mailed"),
    [
        ("mailchimp", 3, "ida.brandt@nordhafen.example"),
        ("hubspot", 7, "ida.brandt@nordhafen.example"),
        ("mautic", 5, "tom@harbour.example"),
        ("listmonk", 4, "ida.brandt@nordhafen.example"),
    ],
)
def test_the_commands_of_each_how_to_do_what_it_says(nurture, product, rows, mailed):
    *before, rehearsal, why = commands(product)
    first, *_ = [nurture(*words) for words in before]
    assert "Nothing was changed." in first
    nurture("tick")
    told = nurture(*rehearsal)
    assert f"{rows} about leads that are here already" in told
    assert "Nothing was changed." in told
    leaves = re.compile(r": (planned|sent)$", re.MULTILINE)  # by night the send window keeps it planned
    assert not leaves.search(nurture(*why))
    assert leaves.search(nurture("why", mailed))


def test_a_product_is_named_as_it_was_recognised(nurture):
    told = nurture("leads", "import", ZIP, "--dry-run")
    assert told.count("Read as an export of Mailchimp") == 4
    for standing in ("subscribed", "not asked", "unsubscribed", "bounced"):
        assert f"everybody in it: {standing}." in told


def test_each_file_says_what_it_would_bring(nurture):
    told = nurture("leads", "import", ZIP, "--dry-run", "--list", "events")
    assert "Who is subscribed agrees to: events." in told
    assert "suppressed: 1 complaint, 1 unsubscribed" in told
    assert "suppressed: 1 hard bounce" in told
    assert "consents: 3" in told
    assert "wait for their consent: 1" in told
    assert "columns left out: LATITUDE, LONGITUDE, GMTOFF, DSTOFF, LAST_CHANGED, EUID" in told
    assert "line 5: Email Address: 'not-an-address' is not an e-mail address" in told


def test_a_list_that_is_no_topic_is_said(nurture):
    told = nurture("leads", "import", "subscribers.csv", "--list", "Gazette", "--dry-run")
    assert "No topic is called Gazette" in told
    assert "consents: 0" in told


def test_stages_are_shown_before_they_are_set(nurture):
    file = "hubspot-crm-exports-all-contacts-2026-11-20.csv"
    told = nurture("leads", "import", file, "--dry-run")
    assert re.search(r"Marketing Qualified Lead .* mql, and is handed to sales", told)
    assert "stages: 1 advocate, 1 customer, 1 mql" in told
    told = nurture("leads", "import", file, "--dry-run", "--stage", "Marketing Qualified Lead=")
    assert "stages: 1 advocate, 1 customer" in told
    assert "mql" not in told


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["subscribers.csv", "--stage", "SQL=hot"], "write it as 'THEIRS=OURS'"),
        ([ZIP, "--mapping", "m.yaml"], "--mapping is for one file"),
        (["renamed.csv"], "nothing says whether these contacts of Mailchimp are subscribed"),
        (["mixed.zip"], "holds people.csv beside an export of listmonk"),
    ],
)
def test_what_cannot_be_told_is_asked_for_in_one_line(nurture, tmp_path, words, told):
    shutil.copy(next(FILES.glob("subscribed_*")), tmp_path / "renamed.csv")
    with zipfile.ZipFile(tmp_path / "mixed.zip", "w") as archive:
        archive.write(FILES / "subscribers.csv", "subscribers.csv")
        archive.writestr("people.csv", "email,first name\na@x.example,Ann\n")
    assert told in nurture("leads", "import", *words, code=1)


def test_a_person_may_say_what_the_columns_do_not(nurture, tmp_path):
    shutil.copy(next(FILES.glob("subscribed_*")), tmp_path / "renamed.csv")
    told = nurture("leads", "import", "renamed.csv", "--standing", "not asked", "--dry-run")
    assert "wait for their consent: 3" in told
    told = nurture("leads", "import", "subscribers.csv", "--from", "list", "--dry-run")
    assert "Read as an export" not in told
    told = nurture("leads", "import", "subscribers.csv", "--from", "mautic", "--dry-run")
    assert "Read as an export of Mautic" in told


def test_rejects_of_a_zip_are_kept_apart_by_file(nurture, tmp_path):
    nurture("leads", "import", ZIP)
    (rejects,) = tmp_path.glob("*.rejects.*")
    assert rejects.name == f"{ZIP}.rejects.subscribed_email_audience_export_7c1f0a9e2b.csv"
    assert "not-an-address" in rejects.read_text(encoding="utf-8-sig")


def test_any_list_may_be_one_of_people_who_left(nurture, tmp_path):
    (tmp_path / "left.csv").write_text("email,first name\nann@x.example,Ann\nbob@x.example,Bob\n")
    told = nurture("leads", "import", "left.csv", "--standing", "unsubscribed")
    assert "Read as a list; everybody in it: unsubscribed." in told
    assert "suppressed: 2 unsubscribed" in told


def test_a_mapping_may_say_more_of_any_list(nurture, tmp_path):
    file, mapping = tmp_path / "odd.csv", tmp_path / "odd.yaml"
    file.write_text(
        "email,Signed up on,Wants no mail since\nann@x.example,2024-05-01 10:00,\nbob@x.example,,2025-01-01\n"
    )
    nurture("leads", "import", file, "--mapping", mapping, "--dry-run")
    mapping.write_text(
        "columns:\n- {column: email, to: email}\n- {column: Signed up on, says: consent_at}\n"
        "- {column: Wants no mail since, says: unsubscribed_at}\n"
    )
    told = nurture("leads", "import", file, "--mapping", mapping)
    assert "suppressed: 1 unsubscribed" in told
    assert "consents: 1" in told
