"""Mails that would take the process with them are refused, and soon (SEC2)."""

import pytest

from nurture.content.compile import compile_mail
from nurture.content.lint import lint_mail
from nurture.content.mails import read_mail
from nurture.content.render import render_preview
from nurture.errors import ProgrammeError, RenderError

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
    "a range": in_text("{% for a in range(1000000000) %}{% endfor %}"),
    "mj-include": '<mjml><mj-body><mj-include path="/etc/passwd" /></mj-body></mjml>',
    "doctype": '<!DOCTYPE a [<!ENTITY b "c">]><mjml><mj-body>&b;</mj-body></mjml>',
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
    "many angles": in_text("< " * MANY),
}


def outcome(body):
    mail = read_mail("a.mjml", START + body)
    lint_mail(mail, templates={})
    program = compile_mail(mail, templates={}, base_url="https://go.acme.example")
    return render_preview(program, lead={"l": [1] * 1000}, token="t")


@pytest.mark.parametrize("name", BOMBS)
def test_a_bomb_is_refused(name):
    with pytest.raises((ProgrammeError, RenderError)) as raised:
        outcome(BOMBS[name])
    assert len(str(raised.value)) < 500


@pytest.mark.parametrize("name", HEAVY)
def test_a_heavy_mail_is_made_or_refused(name):
    try:
        assert outcome(HEAVY[name]).html
    except (ProgrammeError, RenderError) as refusal:
        assert "a.mjml" in str(refusal)  # noqa: PT017 - both outcomes are right
