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
        ("Given back: not yet — call her in May", "Zurückgegeben: not yet — call her in May"),
        ("Given back by lena without a reason", "Zurückgegeben von lena ohne Grund"),
        ("Replied to “hot”", "Hat auf „hot“ geantwortet"),
        ("Tagged: hot. It shows within seconds.", "Schlagwort angeheftet: hot. In wenigen Sekunden zu sehen."),
        ("<mj-foo> cannot stand directly in <mj-body>", "<mj-foo> kann hier nicht stehen: direkt in <mj-body>"),

        ("campaigns/a/mails/b.mjml:1:1: the mail has no front matter; write less", "campaigns/a/mails/b.mjml:1:1: die E-Mail hat keine Kopfdaten; schreiben Sie weniger"),
        ("Profile changed: first name, job title, company", "Profil geändert: Vorname, job title, Unternehmen"),
        ("A machine opened “welcome” (privacy proxy)", "Eine Maschine öffnete „welcome“ (Datenschutz-Proxy)"),
        ("A machine clicked “docs” in “welcome” (same instant)", "Eine Maschine klickte „docs“ in „welcome“ (gleicher Augenblick)"),
        ("Hot from", "Heiß ab"),
        ("this is not YAML: found a tab", "das ist kein YAML: „found a tab“"),
        ("Ada Nowak", "Ada Nowak"),
        ("by its name; 50.0% of the sample's values cannot be read", "dem Namen nach; 50,0\xa0% der Werte in der Stichprobe sind nicht lesbar"),
        ("by its name; 12 dates begin with a day above 12", "dem Namen nach; 12 Datumsangaben beginnen mit einem Tag über 12"),
        ("line 4: Status: hot: 'hot' is not an e-mail address", "Zeile 4: Status: hot: 'hot' ist keine E-Mail-Adresse"),
        ("not declared; only 'hot', 'warm'", "nicht deklariert; nur 'hot', 'warm'"),
        ("", ""),
        (3, "3"),
    ],
)  # fmt: skip
def test_a_sentence_is_said_with_its_values_in_their_places(english: object, german: str):
    assert said(english) == german


@pytest.mark.parametrize(
    ("english", "german"),
    [
        ("Took the track “hot” of “lost”", "Nahm die Strecke „hot“ von „lost“"),
        ("Opened “hot”", "Öffnete „hot“"),
        ("Opened a mail", "Öffnete eine E-Mail"),
        ("Tagged: hot by lena@example.com", "Schlagwort angeheftet: hot von lena@example.com"),
        ("Persona: lost → hot", "Persona: lost → hot"),
        ("Called by lena@example.com: lost", "Angerufen von lena@example.com: lost"),
        ("the goal is reached: won", "das Ziel ist erreicht: won"),
    ],
)
def test_what_somebody_named_keeps_its_name_though_it_is_a_word_of_ours(english: str, german: str):
    assert said(english) == german


@pytest.mark.parametrize(
    ("english", "german"),
    [
        ("9 of 2,400 delivered mails were reported as spam (0.38%)", "9 von 2.400 zugestellten E-Mails wurden als Spam gemeldet (0,38\xa0%)"),
        ("the lead had hot/welcome on 2026-03-02", "der Lead bekam hot/welcome am 2. März 2026"),
        ("Asked for a pause until 02 March 2026", "Hat um eine Pause bis 2. März 2026 gebeten"),
        ("Put off in the inbox until 2026-03-02 10:30 UTC", "Im Eingang zurückgestellt bis 2. März 2026, 10:30 UTC"),
        ("1.5 days late", "1,5 Tage zu spät"),
        ("lead 12480", "Lead 12480"),
        ("5.1.1", "5.1.1"),
    ],
)  # fmt: skip
def test_figures_and_days_in_a_sentence_are_written_as_the_reader_writes_them(english: str, german: str):
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
