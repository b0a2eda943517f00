"""A new track is one entry at the end of the file, and what it begins as keeps its meaning."""

import pytest

from nurture.content.begun_track import NewTrack, begun, of_campaign, of_recipe
from nurture.content.codec import read_campaign
from nurture.content.edit import apply, written
from nurture.content.recipes import read_recipes
from nurture.errors import ProgrammeError
from tests.webapp.stand import ROOT, shipped

PATH = "campaigns/long-cycle/campaign.yaml"


def after(new, like=None):
    """The text with the track *new*, and the track."""
    text = shipped().texts[PATH]
    key = new.named({"cold", "warm"})
    edited = apply(text, begun(text, new, key, like))
    assert edited.startswith(text.rstrip("\n"))  # nothing before it has changed
    return read_campaign(edited, PATH).value.track(key)


def test_an_empty_one_says_for_whom_it_is():
    track = after(NewTrack(persona="buyer", temperature="hot", stage="inquiry", purpose="Say hello."))
    assert (track.key, track.personas, track.temperature, track.stages) == (
        "hot-buyer-inquiry",
        ("buyer",),
        "hot",
        ("inquiry",),
    )
    assert (track.purpose, track.steps) == ("Say hello.", ())


def test_a_copy_keeps_the_steps_and_is_for_others():
    like = written(shipped().texts[PATH], ("tracks", "recycled-cold"))
    track = after(NewTrack(temperature="cold"), like)
    before = shipped().programme.campaigns["long-cycle"].track("recycled-cold")
    assert (track.key, track.personas, track.stages) == ("cold-2", (), ())
    assert (track.steps, track.order, track.exhausted) == (before.steps, before.order, before.exhausted)
    assert track.purpose == before.purpose


def test_a_copy_of_another_campaigns_names_its_mails_in_full():
    like = written(shipped().texts[PATH], ("tracks", "warm-champion"))
    told = of_campaign(like, "long-cycle")
    inside = told["steps"][1]["choose"][0]
    assert told["steps"][0]["mail"] == "long-cycle/how-matching-works"
    assert inside["when"] == "clicked('long-cycle/how-matching-works', link='docs')"
    assert of_campaign(told, "elsewhere") == told


def test_a_recipe_brings_its_mails_under_names_that_are_free():
    recipe = read_recipes(ROOT / "recipes")["welcome"]
    value, texts = of_recipe(recipe, "series", "long-cycle", taken=lambda name: name == "hello")
    assert [each["mail"] for each in value["steps"]] == [
        "hello-2",
        "best-guide",
        "their-story",
        "one-question",
    ]
    assert sorted(texts) == [
        f"campaigns/long-cycle/mails/{name}.mjml"
        for name in ("best-guide", "hello-2", "one-question", "their-story")
    ]


@pytest.mark.parametrize("key", ["cold", "no key", "Big"])
def test_a_key_that_cannot_be_is_refused(key):
    with pytest.raises(ProgrammeError):
        NewTrack(key=key).named({"cold"})
