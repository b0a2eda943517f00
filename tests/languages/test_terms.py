"""A German word that stands for a thing which has another one here is found before a reader finds it."""

import pytest
from babel.messages.catalog import Message

from tools.translations import flaws


@pytest.mark.parametrize(
    ("german", "ours"),
    [
        ("Eine Mail ging hinaus", "E-Mail"),
        ("Was aus den Mails wurde", "E-Mail"),
        ("Schritte des Tracks", "Strecke"),
        ("Die Systemmail kam an", "System-E-Mail"),
        ("Ihr Posteingang", "Eingang"),
        ("Der Interesse-Wert fällt", "Interesse"),
        ("Die Firma ist bekannt", "Unternehmen"),
    ],
)
def test_another_word_is_told(german: str, ours: str):
    assert list(flaws(Message("something", german))) == [f"our word is {ours}: {german!r}"]


def test_our_words_and_names_that_hold_others_are_left_alone():
    for german in (
        "Eine E-Mail",
        "Rundmails",
        "Ihr Mailserver",
        "Apple Mail holt jedes Bild",
        "Tracking-Domain",
    ):
        assert list(flaws(Message("something", german))) == []


def test_a_place_in_braces_is_kept():
    (told,) = flaws(Message("line {line}", "Zeile {zeile}"))
    assert told.startswith("other places")
