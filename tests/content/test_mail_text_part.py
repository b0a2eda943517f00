"""The plain text of a mail: what a reader of text gets from the same MJML."""

import pytest

from nurture.content.compile import compile_mail
from nurture.content.mails import read_mail
from nurture.content.render import render_preview
from nurture.content.text_part import text_of


@pytest.mark.parametrize(
    ("mjml", "text"),
    [
        ("<mj-text>Hello\n   there</mj-text>", "Hello there\n"),
        ("<mj-text>a</mj-text><mj-text>b</mj-text>", "a\n\nb\n"),
        ("<mj-text><p>a</p><p>b<br>c</p></mj-text>", "a\n\nb\nc\n"),
        ("<mj-text>a &amp; b &lt; c &nbsp;d</mj-text>", "a & b < c \xa0d\n"),
        ('<mj-text>See <a href="https://acme.example">our page</a>.</mj-text>', "See our page (https://acme.example).\n"),
        ('<mj-text><a href="https://acme.example">https://acme.example</a></mj-text>', "https://acme.example\n"),
        ('<mj-text><a href="mailto:a@acme.example">a@acme.example</a></mj-text>', "a@acme.example\n"),
        ('<mj-button href="https://acme.example"> Read </mj-button>', "Read (https://acme.example)\n"),
        ('<mj-image src="a.png" alt="A chart" href="https://acme.example" />', "A chart (https://acme.example)\n"),
        ('<mj-image src="a.png" alt="" />', "\n"),
        ("<mj-text><ul><li>a</li><li>b</li></ul></mj-text>", "- a\n- b\n"),
        ("<mj-text>x<ol><li>a</li><li>b</li></ol>y</mj-text>", "x\n\n1. a\n2. b\n\ny\n"),
        ("<mj-table><tr><td>7</td><td>errors</td></tr><tr><td>9</td><td>days</td></tr></mj-table>", "7 | errors\n9 | days\n"),
        ("<mj-table><tr>\n  <td>7</td>\n  <td>errors</td>\n</tr>\n<tr> <td>9</td> </tr></mj-table>", "7 | errors\n9\n"),
        ("<mj-text>a</mj-text><mj-divider /><mj-text>b</mj-text>", "a\n\n----\n\nb\n"),
        ("<mj-head><mj-title>t</mj-title><mj-style>p { }</mj-style></mj-head><mj-text>a</mj-text>", "a\n"),
        ("<mj-text><style>p { }</style>a<!-- note --></mj-text>", "a\n"),
        ('<mj-social><mj-social-element href="https://acme.example">Us</mj-social-element></mj-social>', "Us (https://acme.example)\n"),
    ],
)  # fmt: skip
def test_what_a_reader_of_text_gets(mjml, text):
    assert text_of(mjml, "jx") == text


def as_rendered(template, **names):
    """The text of *template* by Jinja, as a mail shows it."""
    body = f"---\nsubject: x\n---\n<mjml><mj-body><mj-section><mj-column>{template}</mj-column></mj-section></mj-body></mjml>"
    program = compile_mail(read_mail("a.mjml", body), templates={}, base_url="https://go.acme.example")
    return render_preview(program, lead=names, token="t").text


CONDITION = "<mj-text>a</mj-text>\n{% if lead.hot %}\n<mj-text>b</mj-text>\n{% endif %}\n<mj-text>c</mj-text>"
LOOP = "<mj-text>a<ul>{% for tag in lead.tags %}<li>{{ tag }}</li>{% endfor %}</ul></mj-text><mj-text>c</mj-text>"


@pytest.mark.parametrize(
    ("template", "names", "text"),
    [
        (CONDITION, {"hot": True}, "a\n\nb\n\nc\n"),
        (CONDITION, {"hot": False}, "a\n\nc\n"),
        (LOOP, {"tags": ["x", "y"]}, "a\n\n- x\n- y\n\nc\n"),
        ("<mj-text>Hello{% if lead.hot %} you{% endif %}, come</mj-text>", {"hot": True}, "Hello you, come\n"),
        ("{% if lead.hot %}<mj-text>a</mj-text>{% else %}<mj-text>b</mj-text>{% endif %}<mj-text>c</mj-text>", {}, "b\n\nc\n"),
    ],
)  # fmt: skip
def test_conditions_and_loops_leave_no_gaps(template, names, text):
    assert as_rendered(template, **names) == text
