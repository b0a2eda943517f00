"""Every system mail that is shipped keeps what a mail promises, in all that may be known and in the little that must be."""

import pytest

from nurture.content.catalog import load_texts
from nurture.content.compile import compile_mail
from nurture.content.lint import lint_mail
from nurture.content.mails import read_mail
from nurture.content.render import render, render_preview
from nurture.content.system_mails import SYSTEM_MAILS
from nurture.content.system_texts import shipped_family, shipped_templates, system_mail
from nurture.errors import ProgrammeError
from nurture.languages.catalogues import LANGUAGES, WRITTEN_IN

COMPANY = {
    "name": "Small",
    "postal_address": "Am Kai 1",
    "sender": {"name": "Small", "address": "hello@small.example"},
}
EVERYTHING = {
    "link": "https://small.example/page",
    "name": "Lena",
    "reasons": {"asked for a demo": 50},
    "answers": {"size": 20, "note": None},
    "text": "One",
}
BODY = """---
subject: SUBJECT
---
{% extends "system/layout.mjml" %}
{% block body %}<mj-text>WORDS</mj-text>{% endblock %}
"""


def written(words, subject="Hello", path="campaigns/system/mails/invitation.mjml"):
    return read_mail(path, BODY.replace("WORDS", words).replace("SUBJECT", subject))


def problems(mail, name="invitation"):
    sample = SYSTEM_MAILS[name].sample()
    return lint_mail(mail, templates=shipped_templates(), marketing=False, sample=sample)


def shown(kind, /, language=None, **given):
    mail = shipped_family(kind).pick(None, language)
    program = compile_mail(
        mail, templates=shipped_templates(), base_url="https://small.example", tracked=False
    )
    names = {"programme": COMPANY, **SYSTEM_MAILS[kind].said(given)}
    parts = render(program, lead={}, token="", extra=names)
    assert parts.subject
    assert parts.html.isascii()
    return render_preview(program, lead={}, token="", extra=names)


@pytest.mark.parametrize("name", SYSTEM_MAILS)
def test_a_shipped_mail_has_no_problem_and_uses_all_that_it_may(name):
    for variant in shipped_family(name).variants:
        assert problems(variant.mail, name) == []
        for used in SYSTEM_MAILS[name].names:
            assert used in variant.mail.body + variant.mail.front.subject


@pytest.mark.parametrize("name", SYSTEM_MAILS)
def test_every_shipped_mail_is_there_in_each_of_our_languages(name):
    assert {each.language or WRITTEN_IN for each in shipped_family(name).variants} == set(LANGUAGES)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", SYSTEM_MAILS)
def test_a_shipped_mail_can_be_written_with_everything_and_with_next_to_nothing(name, language):
    assert "https://small.example/page" in shown(name, language, **EVERYTHING).text
    sparse = shown(name, language, link="https://small.example/x")
    assert "https://small.example/x" in sparse.html
    assert "None" not in sparse.text


@pytest.mark.parametrize("name", SYSTEM_MAILS)
def test_nobody_is_watched_by_a_system_mail(name):
    html = shown(name, **EVERYTHING).html
    for way in ("/o/", "/c/", "/u/", "/p/", "/v/"):
        assert f"https://small.example{way}" not in html


def test_what_a_lead_wrote_cannot_write_markup_or_headers():
    parts = shown(
        "reply-forwarded", lead_name="<b>Ann</b>\r\nBcc: x@y.example", text="One\n<script>two</script>"
    )
    assert "<script>" not in parts.html
    assert "<b>Ann" not in parts.html
    assert "\n" not in parts.subject
    assert "One\n" in parts.text


def test_the_hand_off_says_why_heaviest_first():
    text = shown("hand-off", lead_name="Ann", reasons={"asked for a demo": 50, "pricing": 20}).text
    assert text.index("asked for a demo: +50") < text.index("pricing: +20")


# ---------------------------------------------------------------- an author's own


@pytest.mark.parametrize(
    ("words", "found"),
    [
        ("{{ link }} {{ name }} {{ programme.name }}", None),
        ("{{ lead.first_name }}", "there is no 'lead'"),
        ("{{ unsubscribe_url }}", "there is no 'unsubscribe_url'"),
        ("{{ reasons }}", "there is no 'reasons'"),
        ('<a href="http://small.example/">x</a>', "http://small.example/"),
        ('<a href="https://small.example/">x</a>', None),
        ("{{ name.no_such() }}", "cannot be written"),
    ],
)
def test_a_system_mail_may_say_its_own_names_and_no_others(words, found):
    messages = [problem.message for problem in problems(written(words))]
    assert (messages == []) if found is None else any(found in message for message in messages)


def test_a_subject_too_may_say_its_own_names_only():
    (problem,) = problems(written("x", subject='"{{ reason }}"'))
    assert "there is no 'reason'" in problem.message


def test_links_by_name_are_refused_for_nobody_counts_their_clicks():
    text = BODY.replace("WORDS", "x").replace("subject:", "links: {a: https://small.example/}\nsubject:")
    (problem,) = problems(read_mail("campaigns/system/mails/invitation.mjml", text))
    assert "names no links" in problem.message


def test_the_programmes_own_text_goes_before_the_shipped_one_and_the_readers_language_before_both():
    texts = {
        "campaigns/system/mails/invitation.mjml": BODY.replace("SUBJECT", "Ours"),
        "campaigns/system/mails/invitation.de.mjml": BODY.replace("SUBJECT", "Unsere"),
    }
    catalog = load_texts(texts)
    assert system_mail(catalog, "invitation", None).mail.front.subject == "Ours"
    assert system_mail(catalog, "invitation", "de-AT").mail.front.subject == "Unsere"
    shipped = system_mail(catalog, "password-reset", "de").mail
    assert shipped.front.subject.startswith("Ein neues Passwort")


def test_a_programme_may_bring_its_own_layout_for_all_of_them():
    catalog = load_texts({"templates/system/layout.mjml": "<mjml></mjml>"})
    assert system_mail(catalog, "hand-off", None).templates["system/layout.mjml"] == "<mjml></mjml>"


def test_there_is_no_mail_that_is_none_of_them():
    with pytest.raises(ProgrammeError, match="write one of confirmation"):
        system_mail(load_texts({}), "fax", None)
