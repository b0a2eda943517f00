"""System mails that a programme writes itself: they are mails of the product, and say only what it tells them."""

import re
from pathlib import Path

import pytest

from nurture.check.mails import files_for_everybody, sendable
from nurture.check.written import written
from nurture.content.catalog import load_texts
from nurture.content.system_mails import SYSTEM_MAILS
from nurture.content.system_texts import system_mail

PROGRAMME = """
format: 1
name: Small
time_zone: Europe/Berlin
sender: {name: Small, address: hello@small.example}
postal_address: Am Kai 1, Hamburg
scoring: {fit: [], interest: {groups: {}, rules: []}, grades: {}}
temperature: {hot: {enter: 60, leave: 50}, warm: {enter: 25, leave: 18}, min_dwell: 1 day}
stages: {inquiry: {owner: marketing}}
sending: {time_zone: {otherwise: Europe/Berlin}}
"""
MAIL = """---
subject: A lead for {{ name or 'you' }}
---
{% extends "system/layout.mjml" %}
{% block body %}<mj-text>WORDS</mj-text>{% endblock %}
"""


HOW_TO = Path(__file__).parents[2] / "docs" / "howto" / "change-a-system-mail.md"


def programme(name, words, mail=MAIL):
    texts = {
        "campaigns/programme.yaml": PROGRAMME,
        f"campaigns/system/mails/{name}.mjml": mail.replace("WORDS", words),
    }
    sound = written(load_texts(texts))
    assert sound is not None
    return sound


def told(name, words, mail=MAIL):
    sound = programme(name, words, mail)
    return [str(problem) for problem in sendable(sound)]


def test_a_mail_that_says_what_it_is_told_is_sound_without_a_way_out():
    assert told("hand-off", "{{ lead_name }}: {{ link }}") == []


@pytest.mark.parametrize(
    ("name", "words", "place", "about"),
    [
        ("hand-off", "{{ until }}", "hand-off.mjml:5:26: ", "there is no 'until' in a mail"),
        ("hand-off", "{{ lead.email }}", "hand-off.mjml:5:26: ", "there is no 'lead' in a mail"),
        ("hand-of", "x", "hand-of.mjml:1:1: ", "there is no system mail 'hand-of'"),
    ],
)
def test_what_a_system_mail_is_not_told_is_an_error_where_it_stands(name, words, place, about):
    (problem,) = told(name, words)
    assert problem.startswith(f"campaigns/system/mails/{place}")
    assert about in problem


def test_one_in_a_single_language_leaves_the_shipped_text_to_readers_of_the_others():
    sound = programme("hand-off.de", "{{ lead_name }}")
    assert list(files_for_everybody(sound)) == []
    own = "campaigns/system/mails/hand-off.de.mjml"
    paths = {
        language: system_mail(sound.catalog, "hand-off", language).mail.path
        for language in ("de", "en", None)
    }
    assert paths == {"de": own, "en": "system/hand-off.mjml", None: "system/hand-off.mjml"}


def test_one_for_everybody_goes_before_the_shipped_texts_of_all_languages():
    sound = programme("hand-off", "{{ lead_name }}")
    for language in ("de", "en", None):
        assert system_mail(sound.catalog, "hand-off", language).mail.path.endswith("mails/hand-off.mjml")


def test_the_guide_shows_a_mail_that_is_sound_and_lists_every_name():
    guide = HOW_TO.read_text("utf-8")
    (example,) = re.findall(r"```\n(---\n.*?)```", guide, re.DOTALL)
    assert told("hand-off", "", example) == []
    rows = {
        row[0]: re.findall(r"`(\w+)`", row[1])
        for row in re.findall(r"^\| `([a-z-]+)` \|.*\| (.*) \|$", guide, re.MULTILINE)
    }
    assert rows == {name: list(mail.names) for name, mail in SYSTEM_MAILS.items()}
