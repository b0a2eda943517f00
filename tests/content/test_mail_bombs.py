"""Mails that would take the process with them are refused, and soon (SEC2)."""

import pytest

from nurture.content.mails import read_mail
from nurture.content.proof import Lint, MailText, Reader, looked_over, prove, shown
from nurture.errors import RenderError

START = "---\nsubject: x\n---\n"
SECTION = "<mjml><mj-body><mj-section><mj-column>{}</mj-column></mj-section></mj-body></mjml>"
MANY = 20_000


def in_text(body):
    return SECTION.format(f"<mj-text>{body}</mj-text>")


BOMBS = {
    "nested tags": "<mj-section>" * 9_000,
    "nested html": in_text("<b>" * 9_000),
    "nested conditions": in_text("{% if lead.a %}" * 900 + "{% endif %}" * 900),
    "nested parentheses": in_text("{{ " + "(" * 900 + "1" + ")" * 900 + " }}"),
    "nested lists": in_text("{{ " + "[" * 150 + "]" * 150 + " }}"),
    "nested loops": in_text("{% for a in lead.l %}" * 6 + "{% endfor %}" * 6),
    "a long power": in_text("{{ 9 ** 9 ** 9 }}"),
    "a repeated text": in_text("{{ 'a' * 1000000000 }}"),
    "padding": in_text("{{ 'a'.rjust(1000000000) }}"),
    "a formatted number": in_text("{{ '%999999999d' % 1 }}"),
    "mj-include": '<mjml><mj-body><mj-include path="/etc/passwd" /></mj-body></mjml>',
    "doctype": '<!DOCTYPE a [<!ENTITY b "c">]><mjml><mj-body>&b;</mj-body></mjml>',
    "a text that doubles": in_text("{% set a = 'aaaaaaaaaa' %}" + "{% set a = a ~ a %}" * 30 + "{{ a }}"),
    "a list that doubles": in_text("{% set a = [1] %}" + "{% set a = [a, a] %}" * 30 + "{{ a }}"),
    "a number that squares": in_text("{% set a = 99 %}" + "{% set a = a * a %}" * 40 + "{{ a > 1 }}"),
    "a number of many digits": in_text("{{ " + "9" * 5_000 + " }}"),
    "a product of many digits": in_text("{{ " + "9" * 4_000 + " * " + "9" * 4_000 + " }}"),
    "names within names": in_text("{% with a = 'a' %}" * 3 + "{% endwith %}" * 3),
    "joins within joins": in_text(
        "{{ lead.tags|join(lead.tags|join(lead.tags|join(lead.tags|join('xxxxxxxx')))) }}"
    ),
    "a chain of texts": in_text("{{ " + " ~ ".join(["lead.first_name"] * 5_000) + " }}"),
    "long values in a loop": in_text("{% for a in lead.tags %}{{ lead.first_name }}{% endfor %}"),
    "a constant in a loop": in_text("{% for a in lead.tags %}" + "x" * 2_000 + "{% endfor %}"),
    "a text of another's method": in_text("{{ 'x'.format(lead) }}"),
    "a format of the text": in_text("{{ '{0.__class__}'.format(lead) }}"),
    "partials within themselves": '{% include "mail/again.mjml" %}',
    "layouts within themselves": '{% extends "mail/again.mjml" %}',
    "a macro within itself": in_text("{% macro a() %}{{ a() }}{% endmacro %}{{ a() }}"),
    "a recursive loop": in_text("{% for a in lead.tags recursive %}{{ loop(lead.tags) }}{% endfor %}"),
    "half a megabyte": in_text("x" * (512 * 1024)),
    "a half tag": "<mjml><mj-body" + " a" * MANY,
    "open quotes": in_text('<a href="' * MANY),
}

HEAVY = {
    "many elements": SECTION.format("<mj-divider />" * MANY),
    "many unknown elements": SECTION.format("<mj-x/>" * MANY),
    "many comments": SECTION.format("<!-- -->" * MANY),
    "many notes": in_text("{##}" * MANY),
    "many slots": in_text("{{ 1 }}" * MANY),
    "many columns with a gutter": "<mjml><mj-body>"
    + '<mj-section gutter="1px"><mj-column></mj-column><mj-column></mj-column></mj-section>' * 600
    + "</mj-body></mjml>",
    "many tags left open": in_text("<p>" * 90 + "</p>" * MANY),
    "many ampersands": in_text("&#x" * 100_000),
    "many brackets": in_text("{" * 100_000),
    "many comments left open": in_text("<!-- " * 50_000),
    "styles for everything": SECTION.format("<mj-text>" + "<b><i>x</i></b>" * 1_000 + "</mj-text>").replace(
        "<mj-body>",
        '<mj-head><mj-style inline="inline">'
        + "a b c d e>i~j+k{color:red}" * 5_000
        + "</mj-style></mj-head><mj-body>",
    ),
    "rounding": in_text("{{ 5|round(-999999999) }}"),
    "many angles": in_text("< " * MANY),
}


PARTIALS = {"mail/again.mjml": '{% include "mail/again.mjml" %}' * 2}


def read(body):
    return MailText(read_mail("a.mjml", START + body), PARTIALS)


@pytest.mark.parametrize("name", BOMBS)
def test_a_bomb_is_refused_where_it_stands(name):
    (refused,) = prove([read(BOMBS[name])])
    assert refused.file in ("a.mjml", *PARTIALS)
    assert refused.line >= 1
    assert refused.column >= 1
    assert refused.remedy
    assert len(str(refused)) < 500


@pytest.mark.parametrize(
    "name", ["range(1000000000)", "config", "request", "environ", "self", "cycler", "lipsum(1000000)"]
)
def test_a_name_that_no_mail_has_is_refused(name):
    (problems,) = looked_over([(read(in_text("{% for a in " + name + " %}{% endfor %}")), Lint())])
    assert any(name.partition("(")[0] in problem.message for problem in problems)


def test_a_bomb_in_a_subject_is_refused():
    mail = read_mail("a.mjml", START.replace("x", "\"{{ 'a' * 1000000000 }}\"") + in_text("x"))
    (refused,) = prove([MailText(mail, {})])
    assert "takes numbers only" in refused.message


@pytest.mark.parametrize("name", HEAVY)
def test_a_heavy_mail_is_made_or_refused(name):
    text = read(HEAVY[name])
    (refused,) = prove([text])
    if refused is None:
        reader = Reader(base_url="https://go.acme.example", lead={}, token="t", extra={})
        assert shown(text, reader).html
    else:
        assert refused.file == "a.mjml"


def test_what_no_try_would_find_is_counted():
    """The branch that the tried leads do not take."""
    bomb = "{% if lead.first_name == 'Bob' %}{% for a in lead.tags %}{% for b in lead.tags %}x{% endfor %}{% endfor %}{% endif %}"
    (refused,) = prove([read(in_text(bomb))])
    assert "may ask for" in refused.message


def test_a_value_that_is_long_beyond_sense_stops_its_own_mail():
    text = read(in_text("{{ lead.first_name }}" * 100))
    assert prove([text]) == [None]
    reader = Reader(base_url="https://x.example", lead={"first_name": "x" * 10_000_000}, token="t", extra={})
    with pytest.raises(RenderError, match="grows beyond"):
        shown(text, reader)
