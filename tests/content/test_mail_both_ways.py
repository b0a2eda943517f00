"""A mail compiled once and a mail compiled for each lead say the same, wherever both can be asked."""

from quopri import decodestring

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from nurture.content.compile import compile_mail
from nurture.content.flatten import flatten
from nurture.content.mails import read_mail
from nurture.content.mjml.protect import protect, read_markup
from nurture.content.per_lead import PerLead, per_lead
from nurture.content.promises import checked_spans
from nurture.content.quoted import SOFT_BREAK, quoted
from nurture.content.render import render, render_preview
from nurture.content.segments import Addresses
from nurture.errors import ProgrammeError, RenderError

BLOCKS = [
    "<mj-text>Hello {{ lead.name }} &amp; {{ lead.name|upper }}</mj-text>",
    "<mj-text>{% if lead.hot %}<b>hot {{ lead.name }}</b>{% else %}cold{% endif %}</mj-text>",
    "{% if lead.hot %}<mj-text>hot</mj-text>{% elif lead.name %}<mj-text>{{ lead.name }}</mj-text>{% endif %}",
    "{% for tag in lead.tags %}<mj-text>{{ loop.index }} {{ tag }}</mj-text>{% endfor %}",
    "<mj-button href=\"{{ link('docs') }}\">{{ lead.name }}</mj-button>",
    '<mj-image src="https://acme.example/{{ lead.hot }}.png" alt="{{ lead.name }}" />',
    "{{ lead.name }}",
    "{% set name = lead.name|lower %}<mj-text>{{ name }}</mj-text>",
    "{% if lead.hot %}<mj-divider />{% endif %}",
    '<mj-table><tr>{% for tag in lead.tags %}<td title="{{ tag }}">{{ tag }}</td>{% endfor %}</tr></mj-table>',
    "{# a note #}<!-- another {{ lead.name }} -->",
    '<mj-text color="{% if lead.hot %}#ff0000{% else %}#000{% endif %}">x</mj-text>',
]
SECTIONS = [
    "<mj-section><mj-column>{}</mj-column></mj-section>",
    "{{% if lead.hot %}}<mj-section><mj-column>{}</mj-column></mj-section>{{% endif %}}",
    '<mj-section><mj-column width="100%">{}</mj-column></mj-section>',
    "<mj-wrapper><mj-section><mj-column>{}</mj-column></mj-section></mj-wrapper>",
    '<mj-section>{{% if lead.hot %}}<mj-column width="100%">{}</mj-column>{{% endif %}}</mj-section>',
]
NAMES = st.one_of(
    st.text(min_size=1),
    st.sampled_from(["{{ x }}", "<mj-text>", "jx00000x", "\r\n", " Ada ", "a&b", "<!--", "-->", "hx00000x"]),
)
LOOPS_MAX = 5
"""More would ask for more than a mail may, and is refused either way."""
START = '---\nsubject: Hi\nlinks: {docs: "https://acme.example"}\n---\n'


def mail(body):
    return read_mail("a.mjml", f"{START}<mjml><mj-body>{body}</mj-body></mjml>")


def body_of(html):
    """What is shown. The head of a mail compiled once also holds the rules of what is hidden from this lead."""
    return html[html.index("<body") :]


def forced(read):
    """The mail compiled for each lead though it need not be."""
    addresses = Addresses("https://go.acme.example", {"docs": 1})
    flat = flatten(read, {}).html
    jinja = checked_spans(flat, addresses.links)
    return per_lead(flat, protect(flat, jinja, read_markup(flat, jinja)), addresses)


@settings(max_examples=40)  # each compiles twice, in a process apart
@given(
    st.lists(
        st.tuples(st.sampled_from(SECTIONS), st.lists(st.sampled_from(BLOCKS), min_size=1, max_size=4)),
        max_size=3,
    ),
    NAMES,
    st.booleans(),
    st.lists(NAMES, max_size=2),
)
def test_once_and_for_each_lead_are_the_same(sections, name, hot, tags):
    assume(sum(block.count("{% for") for _, blocks in sections for block in blocks) <= LOOPS_MAX)
    read = mail("".join(section.format("".join(blocks)) for section, blocks in sections))
    program = compile_mail(read, templates={}, base_url="https://go.acme.example")
    lead = {"name": name, "hot": hot, "tags": tags}
    slow = forced(read).plain({"lead": lead, "token": "t", "link": lambda _: "https://go.acme.example/c/t/1"})
    assert not isinstance(program.html, PerLead)
    assert body_of(render_preview(program, lead=lead, token="t").html) == body_of(slow)


CONDITIONAL_COLUMN = (
    "<mj-section><mj-column><mj-text>a</mj-text></mj-column>"
    "{% if lead.size > 3 %}<mj-column><mj-text>{{ lead.name }}</mj-text></mj-column>{% endif %}</mj-section>"
)
CONDITIONAL_ICON = (
    '<mj-section><mj-column><mj-social>{% if lead.size %}<mj-social-element name="facebook-noshare" alt=""'
    " href=\"{{ link('docs') }}\">{{ lead.name }}</mj-social-element>{% endif %}</mj-social></mj-column></mj-section>"
)
MEASURED = '<mj-section><mj-column><mj-text padding="{{ lead.size }}px">x</mj-text></mj-column></mj-section>'


@pytest.mark.parametrize(
    ("body", "shown"),
    [
        (MEASURED, "padding:40px"),
        (CONDITIONAL_COLUMN, "mj-column-per-50"),
        (CONDITIONAL_ICON, 'href="https://go.acme.example/c/t/1"'),
    ],
)
@settings(max_examples=25)
@given(name=NAMES)
def test_what_changes_the_layout_is_compiled_for_each_lead(body, shown, name):
    program = compile_mail(mail(body), templates={}, base_url="https://go.acme.example")
    assert isinstance(program.html, PerLead)
    assert [problem.severity for problem in program.problems]
    lead = {"name": name, "size": 40}
    parts = render(program, lead=lead, token="t")
    preview = render_preview(program, lead=lead, token="t")
    assert shown in preview.html
    assert decoded(parts.html) == preview.html
    assert "<mj-" not in preview.html


def decoded(body):
    return decodestring(body).decode().replace("\r\n", "\n")


def test_the_compiler_never_sees_a_value_that_it_need_not_see():
    body = "<mj-section><mj-column>{% if lead.size > 3 %}<mj-text padding='{{ lead.size }}px'>{{ lead.name }}</mj-text>{% endif %}</mj-column></mj-section>"
    program = compile_mail(mail(body), templates={}, base_url="https://go.acme.example")
    bomb = "<mj-section>" * 9_000
    assert "&lt;mj-section&gt;" in render_preview(program, lead={"name": bomb, "size": 4}, token="t").html


def test_a_value_cannot_make_a_tag():
    with pytest.raises(ProgrammeError, match=r"a\.mjml:5:20: .*inside a tag"):
        compile_mail(mail("<mj-{{ lead.name }}>"), templates={}, base_url="https://go.acme.example")


def test_a_layout_that_a_value_breaks_fails_that_message_only():
    program = compile_mail(mail(MEASURED), templates={}, base_url="https://go.acme.example")
    with pytest.raises(RenderError, match="'size' is not known"):
        render(program, lead={}, token="t")
    assert render(program, lead={"size": '"><mj-raw>'}, token="t").html


@given(st.text(alphabet=st.characters(exclude_categories=["Cs"]).filter(lambda c: c != "\r")))
def test_quoted_printable_is_what_it_was(text):
    lines = (quoted(text) + SOFT_BREAK).split("\r\n")
    assert all(len(line) <= 76 for line in lines)
    assert decoded((quoted(text) + SOFT_BREAK + "end").encode()) == text + "end"
