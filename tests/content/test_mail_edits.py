"""A mail is edited by splices: what was not named stays, byte for byte, and everything can be taken back."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nurture.content.mail_edits import (
    Add,
    Delete,
    Duplicate,
    MailEditError,
    Move,
    Retype,
    SetAttribute,
    SetHead,
    SetText,
    SetWords,
    Unwrap,
    Wrap,
    edited,
)
from nurture.content.outline import outline
from nurture.content.retyped import between, inverse, retyped, spliced
from tools import editor_proof

CORPUS = Path(__file__).parents[3] / "shared" / "corpora" / "mjml"
FOLDERS = [*editor_proof.SHIPPED, *([CORPUS] if CORPUS.is_dir() else [])]
FILES = sorted(editor_proof.files(FOLDERS))

MAIL = """\
---
subject: "Hello"   # short, please
links:
  docs: https://docs.example/start
---
{% extends "mail/layout.mjml" %}
{% block body %}
<mj-text mj-class='lead'>Dear {{ lead.first_name|default('you', true) }},<br>welcome.</mj-text>
{% if lead.temperature == 'hot' %}
<mj-button href="{{ link('docs') }}">Book</mj-button>
{% elif lead.company %}
<mj-text>Hello {{ lead.company }}</mj-text>
{% else %}
<mj-divider />
{% endif %}
{% for each in lead.tags %}<mj-text>{{ each }}</mj-text>{% endfor %}
{# a note #}
<mj-image src="https://x.example/a.png" />
{% endblock %}
"""
BODY = (1,)
TEXT, IF, LOOP, NOTE, IMAGE = ((1, index) for index in range(5))


def after(edit, text=MAIL):
    splice = edited(text, edit)
    made = spliced(text, splice)
    assert spliced(made, inverse(text, splice)) == text
    return made


def changed(edit, text=MAIL):
    """The lines that are gone, and those that are new."""
    before, now = text.split("\n"), after(edit, text).split("\n")
    return [line for line in before if line not in now], [line for line in now if line not in before]


def drawn(text):
    return [
        ("  " * (len(address) - 1) + f"{node.kind} {node.name}").rstrip()
        for address, node in outline(text).walk()
    ]


def test_the_outline_brackets_conditions_and_loops():
    assert drawn(MAIL) == [
        "tag extends", "block block", "  element mj-text", "  condition if", "    element mj-button",
        "    otherwise elif", "      element mj-text", "    otherwise else", "      element mj-divider",
        "  loop for", "    element mj-text", "  comment", "  element mj-image",
    ]  # fmt: skip


def test_nothing_opened_is_changed_by_saving_it():
    assert len(FILES) > 60
    for path in FILES:
        text = path.read_bytes().decode()
        assert editor_proof.opened_and_saved(text) == text, path


@pytest.mark.parametrize("path", FILES[::9], ids=lambda path: path.stem)
def test_any_edit_changes_its_span_alone_and_is_undone(path):
    made = editor_proof.proven(path.read_bytes().decode(), 20, seed=path.name)
    assert sum(made.values()) - made["refused"] > 5


def test_text_changes_between_its_tags():
    assert changed(SetText((*IF, 0), "Book <b>now</b>")) == (
        ["<mj-button href=\"{{ link('docs') }}\">Book</mj-button>"],
        ["<mj-button href=\"{{ link('docs') }}\">Book <b>now</b></mj-button>"],
    )


def test_only_what_differs_is_spliced():
    splice = edited(MAIL, SetText(TEXT, "Dear {{ lead.first_name|default('you', true) }},<br>Welcome."))
    assert (splice.put, splice.end - splice.start) == ("W", 1)


@pytest.mark.parametrize(
    "text",
    ["</mj-text>", "a</mj-text><mj-text>b", "{% endblock %}", "{% if x %}", "{{ open", "<b", "<!-- open"],
)
def test_text_that_would_end_its_element_or_its_bracket_is_refused(text):
    with pytest.raises(MailEditError):
        edited(MAIL, SetText(TEXT, text))


@pytest.mark.parametrize(
    ("name", "value", "line"),
    [
        ("alt", "A chart", '<mj-image src="https://x.example/a.png" alt="A chart" />'),
        (
            "alt",
            'say "hi" < now',
            '<mj-image src="https://x.example/a.png" alt="say &quot;hi&quot; &lt; now" />',
        ),
        (
            "href",
            '{{ link("docs") }}',
            '<mj-image src="https://x.example/a.png" href="{{ link("docs") }}" />',
        ),
        ("src", "https://x.example/b.png", '<mj-image src="https://x.example/b.png" />'),
        ("src", None, "<mj-image />"),
    ],
)
def test_an_attribute_is_written_changed_and_taken_out(name, value, line):
    assert changed(SetAttribute(IMAGE, name, value))[1] == [line]


def test_an_attribute_keeps_the_quotes_that_it_has():
    (line,) = changed(SetAttribute(TEXT, "mj-class", "it's"))[1]
    assert line.startswith("<mj-text mj-class='it&#39;s'>")


def test_a_condition_changes_its_words_alone():
    assert changed(SetWords(IF, "lead.grade == 'A'")) == (
        ["{% if lead.temperature == 'hot' %}"],
        ["{% if lead.grade == 'A' %}"],
    )
    bare = MAIL.replace("{% if lead.temperature == 'hot' %}", "{%if(lead.temperature)%}")
    assert changed(SetWords(IF, "lead.country"), bare)[1] == ["{%if lead.country%}"]
    assert changed(SetWords((*IF, 1), "lead.country"))[1] == ["{% elif lead.country %}"]
    assert changed(SetWords(LOOP, "each in lead.pages"))[1] == [
        "{% for each in lead.pages %}<mj-text>{{ each }}</mj-text>{% endfor %}"
    ]


@pytest.mark.parametrize("words", ["lead.", "", "x %}{% endif %}", "a\nb"])
def test_words_that_are_no_condition_are_refused(words):
    for edit in (SetWords(IF, words), Wrap(TEXT, words)):
        with pytest.raises(MailEditError):
            edited(MAIL, edit)


def test_a_condition_goes_around_a_node_and_away_again():
    wrapped = after(Wrap(IMAGE, "lead.company"))
    assert '{% if lead.company %}\n<mj-image src="https://x.example/a.png" />\n{% endif %}\n' in wrapped
    assert after(Unwrap(IMAGE), wrapped) == MAIL


def test_a_condition_with_an_otherwise_is_not_taken_away_blindly():
    with pytest.raises(MailEditError, match="else"):
        edited(MAIL, Unwrap(IF))


def test_a_node_goes_with_its_lines():
    assert changed(Delete(NOTE)) == (["{# a note #}"], [])
    assert len(after(Delete(NOTE)).split("\n")) == len(MAIL.split("\n")) - 1


def test_a_copy_stands_below_on_a_line_of_its_own():
    assert "<mj-divider />\n<mj-divider />\n{% endif %}" in after(Duplicate((*IF, 2, 0)))


def test_neighbours_change_places_and_what_stands_between_stays():
    moved = after(Move(NOTE, 1))
    assert moved.endswith('<mj-image src="https://x.example/a.png" />\n{# a note #}\n{% endblock %}\n')
    assert after(Move(IMAGE, -1), moved) == MAIL
    far = after(Move(TEXT, 3))
    assert far.index("a note") < far.index("Dear") < far.index("a.png")
    assert after(Move(NOTE, -3), far) == MAIL


@pytest.mark.parametrize(("node", "by"), [(TEXT, -1), (IMAGE, 1), ((0,), 1), ((*IF, 1), 1), (TEXT, 5)])
def test_what_has_no_other_place_stays(node, by):
    with pytest.raises(MailEditError):
        edited(MAIL, Move(node, by))


def test_a_block_is_added_beside_and_inside_as_deep_as_its_neighbours():
    text = "<mj-section>\n  <mj-column>\n    <mj-text>a</mj-text>\n  </mj-column>\n</mj-section>\n"
    added = after(Add((0, 0, 0), "<mj-button>\n  Go\n</mj-button>"), text)
    assert "    <mj-text>a</mj-text>\n    <mj-button>\n      Go\n    </mj-button>\n  </mj-column>" in added
    assert "<mj-text>b</mj-text>\n    <mj-text>a</mj-text>" in after(
        Add((0, 0, 0), "<mj-text>b</mj-text>", "before"), text
    )
    assert "a</mj-text>\n    <mj-spacer />\n  </mj-column>" in after(
        Add((0, 0), "<mj-spacer />", "inside"), text
    )


def test_what_is_empty_gets_room():
    assert after(Add((0,), "<mj-text>a</mj-text>", "inside"), "<mj-column />") == (
        "<mj-column>\n  <mj-text>a</mj-text>\n</mj-column>"
    )
    assert after(Add((0,), "<mj-text>a</mj-text>", "inside"), "<mj-column></mj-column>\n") == (
        "<mj-column>\n  <mj-text>a</mj-text>\n</mj-column>\n"
    )


@pytest.mark.parametrize(
    "text", ["words", "<mj-text>", "</mj-column>", "{% if x %}", "---\na: b\n---\n<mj-text/>", ""]
)
def test_only_whole_elements_are_added(text):
    with pytest.raises(MailEditError):
        edited(MAIL, Add(TEXT, text))


def test_an_element_without_an_end_is_mended_in_the_code():
    with pytest.raises(MailEditError, match="has no end"):
        edited("<mj-body>\n<mj-text>a\n</mj-body>", Delete((0, 0)))


@pytest.mark.parametrize(
    ("path", "value", "line"),
    [
        (("subject",), "Grüße: {{ lead.company }}", 'subject: "Grüße: {{ lead.company }}"   # short, please'),
        (("preheader",), "More: inside", 'preheader: "More: inside"'),
        (("links", "docs"), "https://docs.example/new", '  docs: "https://docs.example/new"'),
        (("links", "demo"), "https://demo.example/", '  demo: "https://demo.example/"'),
        (("variants", "b", "subject"), "Hi", "variants: {b: {subject: Hi}}"),
    ],
)
def test_the_front_matter_keeps_its_comments(path, value, line):
    assert line in changed(SetHead(path, value))[1]
    assert "# short, please" in after(SetHead(path, value))


def test_a_value_of_the_front_matter_is_taken_out():
    assert "links" not in after(SetHead(("links",), None))


def test_a_file_without_front_matter_says_so():
    with pytest.raises(MailEditError, match="front matter"):
        edited("<mjml></mjml>", SetHead(("subject",), "x"))


@pytest.mark.parametrize("node", [(9,), (1, 9), (), (1, 0, 0)])
def test_a_place_that_is_gone_is_refused(node):
    with pytest.raises(MailEditError):
        edited(MAIL, Delete(node))


def test_lines_keep_their_ends_when_others_are_typed():
    text = "one\r\ntwo\nthree\r\n"
    assert after(Retype("one\r\ntwo\r\nthree!\r\n"), text) == "one\r\ntwo\nthree!\r\n"
    assert after(Retype("one\nnew\ntwo\nthree\n"), text) == "one\r\nnew\r\ntwo\nthree\r\n"


LINES = st.text(st.sampled_from("ab\n\r🚀"), max_size=12)


@given(LINES, LINES)
def test_what_is_typed_is_what_is_read(text, typed):
    made = spliced(text, retyped(text, typed))
    shown = [each.replace("\r\n", "\n").replace("\r", "\n") for each in (made, typed)]
    assert shown[0] == shown[1]
    assert editor_proof.opened_and_saved(text) == text


@given(LINES, LINES)
def test_the_smallest_splice_makes_the_one_of_the_other(before, after):
    splice = between(before, after)
    assert spliced(before, splice) == after
    assert spliced(after, inverse(before, splice)) == before


PIECES = [
    "<mj-text>",
    "</mj-text>",
    "<mj-column>",
    "</mj-column>",
    "<br/>",
    "<!--",
    "-->",
    "{{ a }}",
    "{{",
    "{# c #}",
    "a",
]
PIECES += [
    f"{{% {word} %}}"
    for word in ("if x", "elif y", "else", "endif", "for a in b", "endfor", "end", "block c", "endblock")
]


@given(
    st.lists(st.sampled_from(PIECES), max_size=20).map("".join)
    | st.text(st.sampled_from("<>/ab{}%# \n"), max_size=60)
)
def test_anything_has_an_outline_whose_spans_nest(text):
    tree = outline(text)
    for address, node in tree.walk():
        assert node.start <= node.inner_start <= node.inner_end <= node.end <= len(text)
        parent = tree.find(address[:-1])
        assert parent is None or parent.inner_start <= node.start <= node.end <= parent.end
