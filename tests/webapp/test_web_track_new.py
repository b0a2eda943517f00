"""A track is begun for whomever, and removed again: in a draft, with what becomes of those inside."""

from html import unescape

import pytest

from nurture.content.codec import read_campaign
from nurture.engine import drafts
from nurture.engine.accounts import Role
from tests.webapp.conftest import token_of

PATH = "campaigns/long-cycle/campaign.yaml"
TRACK = "/campaigns/long-cycle/tracks/"


@pytest.fixture
def author(client_as):
    """Somebody who writes, and may not make live."""
    client = client_as(Role.AUTHOR)
    client.token = token_of(client)
    return client


def draft_at(stand, path=PATH):
    with stand.engine.database.reading() as connection:
        return drafts.draft_of(connection, path)


def tracks(stand):
    return {each.key: each for each in read_campaign(draft_at(stand).text, PATH).value.tracks}


def make(author, **said):
    return author.post(
        "/tracks/new", data={"csrf_token": author.token, "campaign": "long-cycle", "like": "", **said}
    )


def press(author, stand, track, **said):
    found = draft_at(stand)
    seeing = 0 if found is None else found.number
    return author.post(TRACK + track, data={"csrf_token": author.token, "seeing": seeing, **said})


def test_an_empty_track_is_begun_where_the_matrix_has_none(stand, author):
    page = author.get("/tracks/new?campaign=long-cycle&persona=buyer&temperature=hot").text
    assert '<option value="buyer" selected>' in page
    made = make(author, persona="buyer", temperature="hot")
    assert made.headers["Location"] == TRACK + "hot-buyer"
    assert (tracks(stand)["hot-buyer"].personas, tracks(stand)["hot-buyer"].steps) == (("buyer",), ())
    empty = unescape(author.get(made.headers["Location"]).text)
    assert "Add the first one." in empty
    assert 'href="/tracks/new?campaign=long-cycle&persona=buyer&temperature=hot"' in empty
    assert press(author, stand, "hot-buyer", do="add", kind="mail", what="terms").status_code == 303
    assert [each.key for each in tracks(stand)["hot-buyer"].steps] == ["terms"]


def test_a_track_begins_as_one_of_another_campaign(stand, author):
    key = stand.engine.live.programme.campaigns["trial-onboarding"].tracks[0].key
    assert make(author, like=f"copy trial-onboarding/{key}", key="borrowed", stage="lost").status_code == 303
    mails = [each.mail for each in tracks(stand)["borrowed"].walk() if each.mail]
    assert mails
    assert all(each.startswith("trial-onboarding/") for each in mails)


def test_a_recipe_brings_mails_that_are_drafts(stand, author):
    make(author, like="recipe welcome/series", stage="lost", persona="user")
    assert tracks(stand)["user-lost"].steps[0].key == "hello"
    assert "[" in draft_at(stand, "campaigns/long-cycle/mails/hello.mjml").text
    page = author.get(TRACK + "user-lost").text
    assert "4 mails, drafts" in page
    assert "there is no mail" in page  # until they are live, and said so


@pytest.mark.parametrize(
    ("said", "words"),
    [
        ({"campaign": "none"}, "choose the campaign"),
        ({"campaign": "product-note"}, "choose the campaign"),
        ({"persona": "none"}, "no such persona"),
        ({"temperature": "tepid"}, "choose cold, warm, hot"),
        ({"stage": "none"}, "choose a stage"),
        ({"key": "cold"}, "already"),
        ({"key": "No key"}, "small letters"),
    ],
)
def test_what_cannot_be_is_told_and_nothing_begun(stand, author, said, words):
    refused = make(author, **said)
    assert refused.status_code == 422
    assert words in refused.text
    assert draft_at(stand) is None


def test_a_track_goes_with_a_word_on_those_inside_and_comes_back(stand, author):
    page = author.get(TRACK + "cold").text
    assert "Remove this track" in page
    assert "lead is" in page or "leads are" in page
    assert "to no track" in page
    assert (
        press(author, stand, "cold", do="remove-track").headers["Location"] == TRACK + "cold-decision-maker"
    )
    assert "cold" not in tracks(stand)
    compared = author.get("/campaigns/long-cycle/compare").text
    assert "Leads that change track" in compared
    back = author.post(
        "/campaigns/long-cycle/draft/undo", data={"csrf_token": author.token, "track": "cold-decision-maker"}
    )
    assert back.headers["Location"] == TRACK + "cold"
    assert draft_at(stand) is None


def test_the_last_track_stays(stand, author):
    stand.with_a_draft()
    there = stand.engine.live.programme.campaigns["hello"].tracks
    page = f"/campaigns/hello/tracks/{there[0].key}"
    refused = author.post(page, data={"csrf_token": author.token, "seeing": 0, "do": "remove-track"})
    assert (len(there), refused.status_code) == (1, 422)
    assert "at least one track" in refused.text


def test_for_whom_a_track_is_is_ticked(stand, author):
    press(
        author, stand, "warm-buyer", do="set-track", temperature="warm", personas=["user", "buyer"], stages=["recycled"],
        purpose="", order="sequence", **{"for-whom": "1", "every-amount": "5", "every-unit": "days"},
    )  # fmt: skip
    track = tracks(stand)["warm-buyer"]
    assert (track.personas, track.stages, track.purpose) == (("buyer", "user"), ("recycled",), None)
