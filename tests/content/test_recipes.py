"""Recipes: read whole, made into campaigns under another name, and sound in every programme."""

from pathlib import Path

import pytest

from nurture.check import check
from nurture.content.catalog import load, load_texts
from nurture.content.codec import read_campaign
from nurture.content.recipes import blanks, instantiate, read_recipes
from nurture.errors import ProgrammeError

ROOT = Path(__file__).parents[2]
RECIPES = read_recipes(ROOT / "recipes")
SHIPPED = load(ROOT / "campaigns", ROOT / "templates")

MINIMAL = """\
format: 1
name: Small & Co
time_zone: Europe/Berlin
sender: {name: Kim, address: kim@mail.small.example}
postal_address: Small & Co, Am Markt 1, 10115 Berlin

scoring:
  fit: [{key: known, when: "lead.completeness >= 0.5", points: 60}]
  interest:
    groups: {email: 60}
    rules: [{key: clicked, event: mail.clicked, points: 30, group: email, half_life: 30 days}]
  grades:
    A: {fit: 60, interest: 60}

temperature:
  hot: {enter: 60, leave: 50}
  warm: {enter: 25, leave: 18}

stages:
  inquiry: {owner: marketing}
  customer: {owner: success}

sending:
  time_zone: {otherwise: Europe/Berlin}
"""
PROGRAMMES = {
    "the shipped programme": dict(SHIPPED.texts),
    "the least that a programme can be": {
        "campaigns/programme.yaml": MINIMAL,
        **{path: text for path, text in SHIPPED.texts.items() if path.startswith("templates/")},
    },
}


@pytest.fixture(params=RECIPES.values(), ids=RECIPES)
def recipe(request):
    return request.param


@pytest.mark.parametrize("programme", PROGRAMMES.values(), ids=PROGRAMMES)
def test_a_campaign_from_a_recipe_keeps_every_promise(recipe, programme):
    made = instantiate(recipe, key="a-new-one", name="A new one", draft=True)
    catalog = load_texts({**programme, **made})
    assert [str(problem) for problem in check(catalog)] == []


def test_a_campaign_bears_the_key_the_name_and_the_topic_that_it_was_given(recipe):
    made = instantiate(recipe, key="a-new-one", name="Émile: a #1 start", topic="product")
    campaign = read_campaign(made["campaigns/a-new-one/campaign.yaml"], "campaign.yaml").value
    assert campaign is not None
    assert (campaign.key, campaign.name, campaign.topic) == ("a-new-one", "Émile: a #1 start", "product")


def test_a_draft_is_the_same_campaign_that_nobody_enters(recipe):
    path = "campaigns/a-new-one/campaign.yaml"
    made = instantiate(recipe, key="a-new-one", name="A new one")
    drafted = instantiate(recipe, key="a-new-one", name="A new one", draft=True)
    assert drafted[path].replace("draft: true\n", "", 1) == made[path]
    assert read_campaign(drafted[path], "campaign.yaml").value.draft
    assert {**made, path: drafted[path]} == drafted


def test_only_key_name_and_topic_differ_from_the_recipe(recipe):
    made = instantiate(recipe, key="a-new-one", name="A new one")
    lines = made.pop("campaigns/a-new-one/campaign.yaml").splitlines()
    assert made == {
        f"campaigns/a-new-one/{path}": text for path, text in recipe.texts.items() if path != "campaign.yaml"
    }
    before = recipe.texts["campaign.yaml"].splitlines()
    assert {was.partition(":")[0] for was, now in zip(before, lines, strict=True) if was != now} == {
        "key",
        "name",
    }


def test_a_recipe_says_what_to_replace(recipe):
    assert recipe.card.replace
    for path, text in recipe.texts.items():
        if path.endswith(".mjml"):
            assert blanks(text) or "www.example.com" in text, path


def test_a_recipe_bears_its_own_slug(recipe):
    campaign = read_campaign(recipe.texts["campaign.yaml"], "campaign.yaml").value
    assert campaign is not None
    assert (campaign.key, campaign.name) == (recipe.slug, recipe.card.name)


@pytest.mark.parametrize("key", ["", "Two Words", "../out", "a/b", "-a", "a-", "ä", "a\n"])
def test_a_key_that_is_no_folder_is_refused(key):
    with pytest.raises(ProgrammeError, match="expected small letters, digits and dashes"):
        instantiate(RECIPES["welcome"], key=key, name="Any")


def test_words_in_brackets_are_blanks_and_nothing_else_is():
    text = "{{ lead['x'] }} [your product] {{ a[0] }} [Why so?] [00 %] [your product] td[class=x] []"
    assert blanks(text) == ("your product", "Why so?", "00 %")


def test_a_folder_without_recipes_has_none(tmp_path):
    assert read_recipes(tmp_path) == {}
    assert read_recipes(tmp_path / "nowhere") == {}


def test_a_card_that_cannot_be_read_is_told_with_its_place(tmp_path):
    folder = tmp_path / "odd"
    folder.mkdir()
    (folder / "recipe.yaml").write_text("format: 1\nname: Odd\npurpos: None\n")
    with pytest.raises(ProgrammeError, match=r"recipes/odd/recipe\.yaml:3:1: .*purpos"):
        read_recipes(tmp_path)


def test_a_recipe_without_a_campaign_is_refused(tmp_path):
    folder = tmp_path / "odd"
    folder.mkdir()
    (folder / "recipe.yaml").write_text("format: 1\nname: Odd\npurpose: None.\nenters: Nobody.\n")
    with pytest.raises(ProgrammeError, match=r"the recipe has no campaign\.yaml"):
        read_recipes(tmp_path)
