"""``nurture new``: a recipe becomes a folder of one's own, once."""

import shutil
from pathlib import Path

import pytest
from click.testing import CliRunner

from nurture.cli import main

ROOT = Path(__file__).parents[2]


@pytest.fixture
def home(tmp_path, monkeypatch):
    for folder in ("campaigns", "templates"):
        shutil.copytree(ROOT / folder, tmp_path / folder)
        monkeypatch.setenv(f"NURTURE_{folder.upper()}", str(tmp_path / folder))
    monkeypatch.setenv("NURTURE_RECIPES", str(ROOT / "recipes"))
    return tmp_path


def typed(*words, code=0):
    ran = CliRunner().invoke(main, list(words))
    assert ran.exit_code == code, ran.output
    return ran.output


def test_the_recipes_are_listed_with_what_they_are_for(home):
    listed = typed("new", "--list")
    for folder in (ROOT / "recipes").iterdir():
        assert folder.name in listed


def test_an_empty_folder_says_where_recipes_are_looked_for(home, monkeypatch):
    monkeypatch.setenv("NURTURE_RECIPES", str(home / "nowhere"))
    assert "There are no recipes in" in typed("new", "--list")
    assert "the recipes are none in" in typed("new", "campaign", "x", "--recipe", "welcome", code=1)


def test_a_recipe_becomes_a_campaign_that_passes_the_check(home):
    told = typed("new", "campaign", "autumn", "--recipe", "welcome", "--name", "Autumn welcome")
    assert "nurture check" in told
    assert "nurture apply" in told
    text = (home / "campaigns" / "autumn" / "campaign.yaml").read_text()
    assert text.startswith("format: 1\nkey: autumn\nname: Autumn welcome\ntopic: product\ndraft: true\n")
    assert "every promise is kept" in typed("check")


def test_nothing_is_overwritten(home):
    campaign = home / "campaigns" / "long-cycle" / "campaign.yaml"
    before = campaign.read_bytes()
    assert "is there already" in typed("new", "campaign", "long-cycle", "--recipe", "welcome", code=1)
    assert campaign.read_bytes() == before


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("x", "--recipe", "nope"), "there is no recipe 'nope'; the recipes are "),
        (("Two Words", "--recipe", "welcome"), "expected small letters, digits and dashes"),
        (("x", "--recipe", "welcome", "--topic", "sport"), "the programme has no topic 'sport'"),
    ],
)
def test_a_wish_that_cannot_be_met_writes_nothing(home, words, told):
    before = sorted((home / "campaigns").rglob("*"))
    assert told in typed("new", "campaign", *words, code=1)
    assert sorted((home / "campaigns").rglob("*")) == before


def test_without_a_topic_the_risk_is_told(home):
    programme = home / "campaigns" / "programme.yaml"
    programme.write_text(programme.read_text().replace("  product: {", "  novelties: {"))
    assert "It has no topic" in typed("new", "campaign", "x", "--recipe", "welcome")
