"""A part of a mail becomes a shared file, and the mail that includes it is the same for every reader."""

from pathlib import Path

import pytest

from nurture.content.catalog import load
from nurture.content.compile import compile_mail
from nurture.content.mail_edits import MailEditError
from nurture.content.mails import read_mail
from nurture.content.outline import outline
from nurture.content.render import render_preview
from nurture.content.retyped import spliced
from nurture.content.shared_block import PAGE_PARTS, SHARED_KINDS, shared_block

ROOT = Path(__file__).parents[2]
LIVE = load(ROOT / "campaigns", ROOT / "templates")
PATH = "campaigns/long-cycle/mails/six-lines.mjml"
MAIL = """\
---
subject: Hello
links:
  docs: https://docs.example/start
---
<mjml><mj-body>
  <mj-section>
    <mj-column>
      <mj-text>Dear {{ lead.first_name|default('you', true) }},<br>
        welcome.</mj-text>
      {% if lead.temperature == 'hot' %}
      <mj-button href="{{ link('docs') }}">Book</mj-button>
      {% else %}
      <mj-divider />
      {% endif %}
      {% for each in lead.tags %}<mj-text>{{ loop.index }}. {{ each }}</mj-text>{% endfor %}
      {% set firm = lead.company|default('your firm', true) %}
      <mj-text>{{ firm }}, <a href="{{ unsubscribe_url }}">no more</a></mj-text>
    </mj-column>
  </mj-section>
</mj-body></mjml>
"""
SECTION, COLUMN = (0, 0, 0), (0, 0, 0, 0)
TEXT, IF, LOOP, SET, FIRM = ((*COLUMN, index) for index in range(5))
LEADS = (
    {"first_name": "Ada", "temperature": "hot", "tags": ["a", "b"], "company": "Acme <b>"},
    {"temperature": "cold", "tags": []},
)


def read_by(text, lead, templates, path=PATH):
    program = compile_mail(read_mail(path, text), templates=templates, base_url="https://t.example")
    programme = {
        "name": "Tarewell",
        "postal_address": "Kai 1",
        "sender": {"name": "T", "address": "t@t.example"},
    }
    extra = {
        "programme": programme,
        "campaign": {"name": "C", "contact": "c@t.example"},
        "owner": {},
        "signature": "T",
    }
    return render_preview(program, lead=lead, token="t" * 20, extra=extra)


def same_after(text, at, path=PATH):
    """The mail with the node at *at* as a block, which every lead reads as before."""
    block = shared_block(text, at, "One block")
    after = spliced(text, block.splice)
    templates = {**LIVE.templates, block.name: block.text}
    for lead in LEADS:
        assert read_by(after, lead, templates, path) == read_by(text, lead, LIVE.templates, path)
    return block, after


@pytest.mark.parametrize("text", [MAIL, MAIL.replace("\n", "\r\n")], ids=["lines", "lines of Windows"])
@pytest.mark.parametrize(
    "at", [TEXT, IF, LOOP, SECTION, COLUMN], ids=["text", "if", "loop", "section", "column"]
)
def test_a_mail_with_a_part_as_a_block_is_the_same_mail(text, at):
    block, after = same_after(text, at)
    assert block.path == "templates/mail/one-block.mjml"
    node = outline(text).find(at)
    assert block.text.strip() == text[node.start : node.end]
    assert after == text[: node.start] + '{% include "mail/one-block.mjml" %}' + text[node.end :]


def test_so_is_every_part_of_a_shipped_mail_that_can_be_one():
    kept = 0
    for path in (PATH, "campaigns/trial-onboarding/mails/welcome.mjml"):
        text = LIVE.texts[path]
        for at, node in outline(text).walk():
            if node.kind in SHARED_KINDS and node.name not in PAGE_PARTS:
                same_after(text, at, path)
                kept += 1
    assert kept >= 6


@pytest.mark.parametrize(
    ("at", "called", "why"),
    [
        ((*LOOP, 0), "row", "uses 'each', which is given by the loop around it"),
        (FIRM, "firm", "uses 'firm', which is given outside of it"),
        (SET, "firm", "only an element, a condition or a loop"),
        ((*IF, 1), "else", "only an element, a condition or a loop"),
        ((0,), "all", "<mjml> is a part of the whole mail"),
        ((0, 0), "all", "<mj-body> is a part of the whole mail"),
        ((0, 9), "gone", "choose it again"),
        (TEXT, "!", "name it in letters and digits"),
        (TEXT, "../../programme", ""),
    ],
)
def test_what_cannot_be_a_block_is_told_why(at, called, why):
    if not why:  # no name leads out of the folder
        assert shared_block(MAIL, at, called).path == "templates/mail/programme.mjml"
        return
    with pytest.raises(MailEditError, match=why):
        shared_block(MAIL, at, called)


def test_what_belongs_to_a_layout_stays_in_the_mail():
    text = "---\nsubject: x\n---\n{% extends 'mail/layout.mjml' %}{% block page %}<mj-section>{% block body %}{% endblock %}</mj-section>{% endblock %}"
    with pytest.raises(MailEditError, match="belongs to the layout"):
        shared_block(text, (1, 0), "page")
    with pytest.raises(MailEditError, match="only an element"):
        shared_block(text, (1,), "page")
    said = text.replace(
        "{% block body %}{% endblock %}", "<mj-column><mj-text>{{ super() }}</mj-text></mj-column>"
    )
    with pytest.raises(MailEditError, match="super"):
        shared_block(said, (1, 0), "page")
