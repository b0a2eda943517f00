"""Words of Python in the reader's language: word for word, with values in them, joined; and what is no word of ours, as it is."""

import ast
import re

import pytest
from flask import Flask, g
from markupsafe import Markup

from tools.worded import worded
from webapp.said import said


@pytest.fixture(autouse=True)
def german_reader(app: Flask):
    with app.test_request_context(headers={"Accept-Language": "de"}):
        g.account = None
        yield


@pytest.mark.parametrize(
    ("english", "german"),
    [
        ("hot", "heiß"),
        ("decision-maker", "Entscheider"),
        ("Saved. It holds within a few seconds, for the worker and for these pages.", "Gespeichert. Es gilt in wenigen Sekunden, für den Worker und für diese Seiten."),
        ("sales owns the lead: stage sql", "der Vertrieb hat den Lead: Phase SQL"),
        ("Temperature: cold → hot by lena@example.com", "Temperatur: kalt → heiß von lena@example.com"),
        ("Set to SQL by lena@example.com: a fine lead", "Auf SQL gesetzt von lena@example.com: a fine lead"),
        ("Opened “welcome” (privacy proxy)", "Öffnete „welcome“ (Datenschutz-Proxy)"),
        ("“welcome” was skipped: the lead has no address", "„welcome“ wurde übersprungen: der Lead hat keine Adresse"),
        ("Given back: not yet — call her in May", "Zurückgegeben: noch nicht — call her in May"),
        ("Ada Nowak", "Ada Nowak"),
        ("", ""),
        (3, "3"),
    ],
)  # fmt: skip
def test_a_sentence_is_said_with_its_values_in_their_places(english: object, german: str):
    assert said(english) == german


def test_what_is_markup_stays_markup_and_the_rest_is_escaped_where_it_is_shown(app: Flask):
    assert isinstance(said(Markup("hot")), Markup)
    page = app.jinja_env.from_string("{{ words|said }}").render(words="Opened “<b>”")
    assert page == "Öffnete „&lt;b&gt;“"


def test_english_is_as_it_was_written(app: Flask):
    with app.test_request_context():
        g.account = None
        assert said("sales owns the lead: stage sql") == "sales owns the lead: stage sql"


SOURCE = '''
"""Docstring of words."""
log.info("mail sent to somebody")
raise LeadError(f"there is no lead {lead_id}; it may have been erased already")
SHORT = {"a key of words": "the value is said"}
words = f"{who.email} by {actor}" if one else f" by {who.called}"
class Role(StrEnum):
    DECISION_MAKER = "decision-maker"
LINK = "https://www.example.com/a page"
'''


def test_what_reads_like_words_is_found_and_keys_logs_and_addresses_are_not():
    assert set(worded(ast.parse(SOURCE))) == {
        "there is no lead %(lead_id)s; it may have been erased already",
        "the value is said",
        "%(email)s by %(actor)s",
        " by %(called)s",
        "decision maker",
    }


def test_every_place_of_a_sentence_has_a_name_of_its_own():
    (found,) = worded(ast.parse('f"{one.name} and {two.name} are the same"'))
    assert len(set(re.findall(r"%\((\w+)\)s", found))) == 2
