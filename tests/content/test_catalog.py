"""A set of texts as one catalog: what belongs where, and what its revision means."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nurture.content.catalog import load, load_texts, revision_of
from nurture.errors import ProgrammeError

ROOT = Path(__file__).parents[2]

PROGRAMME = """\
format: 1
name: Acme
time_zone: Europe/Berlin
sender: {name: Ada, address: ada@acme.example}
postal_address: Acme GmbH, Berlin
scoring: {interest: {groups: {}, rules: []}}
temperature: {hot: {enter: 60, leave: 50}, warm: {enter: 25, leave: 18}}
stages: {inquiry: {}}
sending: {time_zone: {otherwise: Europe/Berlin}}
"""
CAMPAIGN = "format: 1\nkey: trial\nname: Trial\nentry: {when: 'true'}\ntracks: []\n"
MAIL = "---\nsubject: Hello\n---\n<mj-text>Hello</mj-text>\n"
TEXTS = {
    "programme.yaml": PROGRAMME,
    "trial/campaign.yaml": CAMPAIGN,
    "trial/mails/welcome.mjml": MAIL,
    "trial/mails/welcome.de.mjml": MAIL,
}
LAYOUT = {"mail/layout.mjml": "<mjml></mjml>"}


def test_a_programme_comes_with_its_campaigns_and_mails():
    catalog = load(TEXTS, LAYOUT)
    assert catalog.problems == ()
    assert list(catalog.sound_programme().campaigns) == ["trial"]
    assert [variant.language for variant in catalog.mails["trial/welcome"].variants] == ["de", None]
    assert catalog.templates == LAYOUT


def test_files_and_their_texts_are_the_same_catalog(tmp_path):
    for path, text in TEXTS.items():
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).write_bytes(text.encode())
    assert load(tmp_path, LAYOUT) == load(TEXTS, LAYOUT)


def test_what_the_store_kept_is_the_same_catalog():
    catalog = load(TEXTS, LAYOUT)
    assert load_texts(catalog.texts) == catalog


def test_the_shipped_programme_loads():
    catalog = load(ROOT / "campaigns", ROOT / "templates")
    assert [str(problem) for problem in catalog.problems] == []
    assert catalog.sound_programme().campaigns


@pytest.mark.parametrize(
    ("changes", "problem"),
    [
        (
            {"trial/campaign.yaml": CAMPAIGN.replace("key: trial", "key: tria")},
            "campaigns/trial/campaign.yaml:2:6: the campaign's key is 'tria' and its folder 'trial', expected the same; write 'key: trial', or rename the folder",
        ),
        (
            {"trial/mails/welcome.mjml": "<mj-text/>"},
            "campaigns/trial/mails/welcome.mjml:1:1: the mail has no front matter; begin the file with a line '---', 'subject: ...' and another line '---'",
        ),
        (
            {"trial/mails/a.b.c.d.mjml": MAIL},
            "campaigns/trial/mails/a.b.c.d.mjml:1:1: this is not the name of a mail; name it name[.persona][.language].mjml, the language by two letters",
        ),
        (
            {"programme.yaml": PROGRAMME.replace("name: Acme\n", "")},
            "campaigns/programme.yaml:1:1: the file has no 'name'; write 'name:' with text",
        ),
    ],
)
def test_what_cannot_be_read_is_told_and_refused(changes, problem):
    catalog = load({**TEXTS, **changes}, LAYOUT)
    assert [str(found) for found in catalog.problems] == [problem]
    with pytest.raises(ProgrammeError, match=r"; "):
        catalog.sound_programme()


def test_without_a_programme_there_is_nothing():
    catalog = load({}, {})
    assert catalog.programme is None
    assert str(catalog.problems[0]).startswith("campaigns/programme.yaml:1:1: there is no programme.yaml")


def test_a_file_that_is_not_utf8_is_told(tmp_path):
    (tmp_path / "programme.yaml").write_bytes(b"name: \xff")
    with pytest.raises(ProgrammeError, match=r"programme\.yaml:1:1: byte 6 is not UTF-8"):
        load(tmp_path, {})


@given(
    st.dictionaries(st.text(max_size=5), st.text(max_size=5), max_size=3),
    st.dictionaries(st.text(max_size=5), st.text(max_size=5), max_size=3),
)
def test_a_revision_names_one_set_of_texts(one, other):
    assert (revision_of(one) == revision_of(other)) is (one == other)
