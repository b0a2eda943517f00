"""Each promise that a mail can break, broken once: what the author reads, and where it points."""

from pathlib import Path

import pytest

from nurture.content.lint import lint_mail
from nurture.content.mails import read_mail
from nurture.content.mjml.contrast import colour, ratio

SAMPLES = Path(__file__).parent / "samples"
TEMPLATES = {f"mail/{name}.mjml": (SAMPLES / f"{name}.mjml").read_text() for name in ("layout", "footer")}
FIELDS = {"first_name", "company", "plan", "tags", "email", "stage"}


def problems(body, front="", *, extends=True, templates=TEMPLATES, **options):
    """What the linter says; the body's first line is line 6 of the file, or 7 with one more line of front matter."""
    if extends:
        body = '{% extends "mail/layout.mjml" %}{% block body %}\n' + body + "\n{% endblock %}"
    text = f"---\nsubject: Hi\n{front}---\n{body}\n"
    return lint_mail(read_mail("a.mjml", text), templates=templates, fields=FIELDS, **options)


@pytest.mark.parametrize(
    ("body", "place", "message", "remedy"),
    [
        ("<mj-txt>x</mj-txt>", "a.mjml:5:1", "no element <mj-txt>", "did you mean 'mj-text'"),
        ('<mj-text colour="red">x</mj-text>', "a.mjml:5:10", "no attribute 'colour'", "did you mean 'color'"),
        ("<mj-section></mj-section>", "a.mjml:5:1", "cannot stand directly in <mj-column>", "<mj-body>"),
        ("<p>x</p>", "a.mjml:5:1", "no element <p>", "mj-text"),
        ("words", "a.mjml:5:1", "words cannot stand", "mj-text"),
        ("<mj-text>x", "a.mjml:5:1", "<mj-text> has no end", "</mj-text>"),
        ("</mj-button>", "a.mjml:5:1", "closes nothing", "remove"),
        ('<mj-image src="a.png" />', "a.mjml:5:1", "without alt", 'alt=""'),
        ('<mj-text>\n  <img src="a.png"></mj-text>', "a.mjml:6:3", "without alt", 'alt=""'),
        (
            "<mj-text>{{ lead.company }}</mj-text>",
            "a.mjml:5:10",
            "'company' is not known",
            "|default('…', true)",
        ),
        (
            "<mj-text>{{ lead.compny }}</mj-text>",
            "a.mjml:5:10",
            "no field 'compny'",
            "did you mean 'company'",
        ),
        ("{% if lead.compny == 1 %}{% endif %}", "a.mjml:5:1", "no field 'compny'", "did you mean 'company'"),
        ("<mj-text>{{ led.plan|default('x') }}</mj-text>", "a.mjml:5:10", "no 'led'", "did you mean 'lead'"),
        ("<mj-text>{{ link('dcos') }}</mj-text>", "a.mjml:5:10", "no link 'dcos'", "links:"),
        ("<mj-text>{{ lead.plan|upcase }}</mj-text>", "a.mjml:5:10", "No filter named 'upcase'", "mend"),
        ("<mj-text>\n{% if lead.plan %}\n</mj-text>", "a.mjml:6:1", "this 'if' has no end", "endif"),
        ("<mj-text>{{ 10 ** 9 }}</mj-text>", "a.mjml:5:10", "powers", "mend"),
        (
            '<mj-button href="https://acme.example">x</mj-button>',
            "a.mjml:5:18",
            "stands in the body",
            "link(",
        ),
        (
            '<mj-text><a href="http://acme.example">x</a></mj-text>',
            "a.mjml:5:19",
            "stands in the body",
            "link(",
        ),
        ('<mj-text><a href="javascript:x">x</a></mj-text>', "a.mjml:5:19", "stands in the body", "link("),
        (
            '<mj-text {% if lead.plan %}color="red"{% endif %}>x</mj-text>',
            "a.mjml:5:10",
            "inside a tag",
            "color=",
        ),
        ('<mj-text color="red>x</mj-text>', "a.mjml:5:16", "the value of color has no end", "close it"),
        ('<mj-include path="x" />', "a.mjml:5:1", "mj-include", "{% include"),
        ('{% include "mail/fotter.mjml" %}', "a.mjml:5:1", "no template 'mail/fotter.mjml'", "mend the name"),
        (
            "{{ super() }}{{ super() }}{% block x %}{{ super() }}{% endblock %}",
            "a.mjml:5:40",
            "no layout's",
            "remove",
        ),
    ],
)
def test_an_error_says_what_where_and_what_to_do(body, place, message, remedy):
    found = [problem for problem in problems(body) if problem.severity == "error"]
    assert found
    assert str(found[0]).startswith(f"{place}: ")
    assert message in found[0].message
    assert remedy in found[0].remedy


@pytest.mark.parametrize(
    "body",
    [
        "<mj-text>{{ lead.company|default('your team', true) }}</mj-text>",
        "<mj-text>{{ lead.company|upper|default('your team') }}</mj-text>",
        "<mj-text>{% if lead.company %}{{ lead.company }}{% endif %}</mj-text>",
        "<mj-text>{% if lead.company is defined and lead.plan == 'trial' %}{{ lead.company }}{% endif %}</mj-text>",
        "<mj-text>{{ lead.company if lead.company else 'your team' }}</mj-text>",
        "<mj-text>{{ lead.company or 'your team' }}</mj-text>",
        "<mj-text>{{ lead.email }} {{ programme.name }} {{ campaign.contact }}</mj-text>",
        "{% for tag in lead.tags %}<mj-text>{{ loop.index }} {{ tag }}</mj-text>{% endfor %}",
        "{% set team = lead.company|default('you', true) %}<mj-text>{{ team }}</mj-text>",
        '<mj-text><a href="mailto:a@acme.example">write</a> <a href="#top">up</a></mj-text>',
        '<mj-image src="a.png" alt="" />',
        "<mj-text>5 < 6 <p>unclosed</mj-text>",
        "<!-- a note -->",
    ],
)
def test_a_mail_that_keeps_its_promises(body):
    assert problems(body) == []


@pytest.mark.parametrize(
    "body",
    [
        "<mj-text>{% if lead.company %}{% else %}{{ lead.company }}{% endif %}</mj-text>",
        "<mj-text>{% if lead.company or lead.plan %}{{ lead.company }}{% endif %}</mj-text>",
        "<mj-text>{% if not lead.company %}{{ lead.company }}{% endif %}</mj-text>",
        "<mj-text>{% if lead.company %}x{% endif %}{{ lead.company }}</mj-text>",
    ],
)
def test_a_condition_that_makes_nothing_sure(body):
    assert ["'company' is not known" in problem.message for problem in problems(body)] == [True]


@pytest.mark.parametrize(
    ("links", "severity", "message"),
    [
        ("http://acme.example", "error", "begins with https"),
        ("acme.example", "error", "begins with https"),
        ('"https://acme.example/{{ lead.email }}"', "error", "not a constant address"),
        ("https://acme.example", "warning", "not used"),
    ],
)
def test_links_of_the_front_matter(links, severity, message):
    (found,) = problems("<mj-text>x</mj-text>", f"links:\n  docs: {links}\n")
    assert (found.line, found.severity) == (4, severity)
    assert message in found.message


def test_a_problem_of_a_layout_points_into_the_layout():
    templates = TEMPLATES | {
        "mail/footer.mjml": "\n  <mj-text>{{ unsubscribe_url }} {{ lead.company }}</mj-text>"
    }
    (found,) = problems("<mj-text>x</mj-text>", templates=templates)
    assert (found.file, found.line, found.column) == ("mail/footer.mjml", 2, 34)


@pytest.mark.parametrize("name", ["layout", "footer"])
def test_marketing_mail_offers_to_unsubscribe_and_shows_an_address(name):
    templates = TEMPLATES | {"mail/footer.mjml": ""}
    said = [problem.message for problem in problems("<mj-text>x</mj-text>", templates=templates)]
    assert sum("unsubscribe link" in message for message in said) == 2
    assert sum("postal address" in message for message in said) == 2
    assert problems("<mj-text>x</mj-text>", templates=templates, marketing=False) == []


def test_a_mail_that_gmail_would_cut():
    (found,) = problems(f"<mj-text>{'many words ' * 11_000}</mj-text>")
    assert "expected at most 102" in found.message


@pytest.mark.parametrize(
    ("body", "told"),
    [
        ('<mj-text color="#999999">x</mj-text>', "#999999 on #ffffff has a contrast of 2.8"),
        ('<mj-text color="#999999" font-size="30px">x</mj-text>', "expected 3"),
        ('<mj-text><span style="color: #aaa">x</span></mj-text>', "#aaa on #ffffff"),
        ('<mj-button background-color="#ffff00">x</mj-button>', "#ffffff on #ffff00"),
        ('<mj-text color="#767676">x</mj-text>', None),
    ],
)
def test_low_contrast_is_a_warning(body, told):
    found = problems(body)
    assert [problem.severity for problem in found] == ["warning"] * (told is not None)
    assert all(told in problem.message for problem in found)


def test_contrast_is_that_of_wcag():
    assert ratio(colour("#000"), colour("white")) == pytest.approx(21)
    assert ratio(colour("#777777"), colour("rgb(255, 255, 255)")) == pytest.approx(4.48, abs=0.01)
    assert colour("var(--x)") is None


@pytest.mark.parametrize(
    "body",
    [
        '<mj-text padding="{{ lead.plan|default(0) }}px">x</mj-text>',
    ],
)
def test_what_changes_the_layout_is_a_warning_with_its_remedy(body):
    (found,) = problems(body)
    assert found.severity == "warning"
    assert "needed to lay the mail out" in found.message
    assert "{% if %}" in found.remedy
