"""Another key of a persona in texts: what names it follows, what only looks like it stays, what cannot be told is found."""

import pytest

from nurture.check import check
from nurture.content.catalog import PROGRAMME, load_texts
from nurture.content.persona_keys import left_over, renamed, renamed_path, renamed_programme
from tests.webapp.stand import shipped

MAIL = "campaigns/a/mails/hello.mjml"


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("{% if lead.persona == 'buyer' %}", "{% if lead.persona == 'cfo' %}"),
        ('{% if lead.persona != "buyer" %}', '{% if lead.persona != "cfo" %}'),
        ("{% if 'buyer' == lead.persona %}", "{% if 'cfo' == lead.persona %}"),
        ("lead.persona in ['user', 'buyer']", "lead.persona in ['user', 'cfo']"),
        ("lead.persona not in ('buyer',)", "lead.persona not in ('cfo',)"),
        ("(lead.persona|default('', true)) == 'buyer'", "(lead.persona|default('', true)) == 'cfo'"),
        ("lead.seniority == 'buyer' and lead.persona == 'user'", None),
        ("lead.persona == 'buyer-of-fleets'", None),
        ("Dear buyer, says 'buyer'", None),
    ],
)
def test_what_names_the_persona_follows_and_nothing_else(before, after):
    assert renamed(MAIL, before, "buyer", "cfo") == (after or before)


@pytest.mark.parametrize(
    ("path", "to"),
    [
        ("campaigns/a/mails/hello.buyer.mjml", "campaigns/a/mails/hello.cfo.mjml"),
        ("campaigns/a/mails/hello.buyer.de.mjml", "campaigns/a/mails/hello.cfo.de.mjml"),
        ("campaigns/a/mails/buyer.mjml", None),
        ("campaigns/a/mails/hello.user.mjml", None),
        ("templates/mail/hello.buyer.mjml", None),
    ],
)
def test_the_file_of_its_mail_gets_another_name(path, to):
    assert renamed_path(path, "buyer", "cfo") == (to or path)


@pytest.mark.parametrize(
    "line", ["{% set who = lead.persona %}{% if who == 'buyer' %}", "lead.persona|default('buyer') == 'x'"]
)
def test_what_is_said_in_another_way_is_found_and_not_guessed_at(line):
    (place,) = left_over({MAIL: renamed(MAIL, f"Hello\n{line}", "buyer", "cfo")}, "buyer")
    assert (place.path, place.line) == (MAIL, 2)


def test_a_persona_remembers_the_keys_it_had_and_the_old_one_may_come_back():
    text = shipped().texts[PROGRAMME]
    once = renamed_programme(text, "buyer", "cfo")
    twice = renamed_programme(once, "cfo", "payer")
    back = renamed_programme(once, "cfo", "buyer")
    was = {
        each.key: each.was
        for said in (once, twice, back)
        for each in load_texts({**shipped().texts, PROGRAMME: said}).programme.personas
        if each.was
    }
    assert was == {"cfo": ("buyer",), "payer": ("buyer", "cfo"), "buyer": ("cfo",)}


def test_a_key_that_another_persona_has_or_had_is_refused():
    once = renamed_programme(shipped().texts[PROGRAMME], "buyer", "cfo")
    broken = once.replace("key: champion", "key: buyer", 1)
    found = [each.message for each in check(load_texts({**shipped().texts, PROGRAMME: broken}))]
    assert any("'buyer' is the key of a persona" in message for message in found)
