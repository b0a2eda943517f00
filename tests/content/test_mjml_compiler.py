"""MJML into HTML: what the compiler alone would misread, and what must never take the process with it."""

import importlib.util
import json
from collections import Counter
from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nurture.content.mjml.compiler import CompileError, compile_mjml

CORPUS = Path(__file__).parents[3] / "shared/corpora/mjml"


def body(content, head=""):
    html = compile_mjml(f"<mjml><mj-head>{head}</mj-head><mj-body>{content}</mj-body></mjml>")
    return html[html.index("<body") :]


def column(content, head=""):
    return body(f"<mj-section><mj-column>{content}</mj-column></mj-section>", head)


@pytest.mark.parametrize(
    "html",
    [
        '<p style="color:red;\n margin:0">a</p>',
        "<a href='https://acme.example/?a=\"b\"'>a</a>",
        "<p>unclosed",
        "5 < 6 & 7 > 6",
        "<img src=a.png>",
        "<![CDATA[ a ]]>",
        "<?php endif ?>",
        "<br>&copy;<o:p></o:p>",
        "</p> stray",
    ],
)
def test_html_is_copied_to_the_byte(html):
    assert html in column(f"<mj-text>{html}</mj-text>")


@pytest.mark.parametrize(
    ("content", "found"),
    [
        ('<mj-image src="a.png" />', 'alt=""'),
        ("<mj-image src='a.png' alt='say \"hi\"' />", 'alt="say &quot;hi&quot;"'),
        ('<mj-button\n href="https://acme.example"\n>a</mj-button>', 'href="https://acme.example"'),
        ('<mj-new-thing color="red" /><mj-text>kept</mj-text>', "kept"),
        ('<mj-table width="400px" role="presentation"><tr></tr></mj-table>', 'width="400" style'),
    ],
)
def test_what_the_compiler_needs_written_another_way(content, found):
    assert found in column(content)


def test_inline_styles_reach_the_tags():
    html = column(
        '<mj-text><p class="a">x</p></mj-text>', '<mj-style inline="inline">.a { color: red; }</mj-style>'
    )
    assert '<p class="a" style="color: red' in html
    assert "touched" not in html


def test_html_attributes_are_set():
    html = column(
        '<mj-text css-class="a">x</mj-text>',
        '<mj-html-attributes><mj-selector path=".a div"><mj-html-attribute name="data-id">42</mj-html-attribute>'
        "</mj-selector></mj-html-attributes>",
    )
    assert 'data-id="42"' in html


@pytest.mark.parametrize(("family", "imported"), [("Lato, sans-serif", True), ("Helvetica", False)])
def test_only_fonts_that_are_used_are_imported(family, imported):
    text = f'<mj-text font-family="{family}">x</mj-text>'
    html = compile_mjml(
        f"<mjml><mj-body><mj-section><mj-column>{text}</mj-column></mj-section></mj-body></mjml>"
    )
    assert ("fonts.googleapis.com" in html) is imported


@pytest.mark.parametrize(
    ("mjml", "reason"),
    [
        ("<mj-section>" * 9_000, "inside each other"),
        ("<mjml><mj-body><mj-section><mj-column><mj-text>" + "<b>" * 9_000, "inside each other"),
        ("x" * 600_000, "KiB"),
        ('<mjml><mj-body><mj-include path="/etc/passwd" /></mj-body></mjml>', "mj-include"),
        ("<mjml><mj-body", "no end"),
        ("", "refused"),
        ("<mjml></mjml>", None),
    ],
)
def test_what_cannot_be_compiled_is_refused(mjml, reason):
    if reason is None:
        assert "<html" in compile_mjml(mjml)
        return
    with pytest.raises(CompileError, match=reason):
        compile_mjml(mjml)


def test_a_gutter_stands_between_columns_and_between_stacked_ones():
    columns = '<mj-column css-class="a"><mj-text>x</mj-text></mj-column>' * 2
    html = compile_mjml(f'<mjml><mj-body><mj-section gutter="30px">{columns}</mj-section></mj-body></mjml>')
    assert "mj-column-per-47-5 a mj-column-gutter-2-1-per-5" in html
    assert ".mj-column-gutter-2-1-per-5 { padding: 0% 2.5% 0% 0% !important; }" in html
    assert "padding:0% 0% 2.5% 0%;" in html
    assert "width:300px;padding:0px 15px 0px 0px;" in html
    assert "gutter-mark" not in html


PIECES = st.sampled_from(
    [
        "<mjml>",
        "</mjml>",
        "<mj-body>",
        "</mj-body>",
        "<mj-section>",
        "</mj-section>",
        "<mj-column>",
        "</mj-column>",
        "<mj-text>",
        "</mj-text>",
        "<mj-raw>",
        "</mj-raw>",
        "<mj-image/>",
        "<mj-button",
        "</mj-button>",
        'width="0px"',
        "padding='-1px'",
        'width="1e999%"',
        'border="x"',
        ">",
        "<",
        '"',
        "'",
        "<!--",
        "-->",
        "<![CDATA[",
        "]]>",
        "<!DOCTYPE>",
        "<mj-head>",
        "</mj-head>",
        "<mj-style>",
        "<mj-attributes>",
        "<mj-class",
        "<mj-carousel>",
        "é",
        "\x00",
        "&",
    ]
)


@given(st.lists(PIECES, max_size=60))
def test_nothing_but_a_refusal_comes_out_of_any_text(pieces):
    with suppress(CompileError):
        assert "<html" in compile_mjml(" ".join(pieces))


@pytest.mark.skipif(not CORPUS.exists(), reason="the corpus of reference documents is not at hand")
def test_the_corpus_compiles_as_the_reference_compiler_does():
    spec = importlib.util.spec_from_file_location("mjml_score", CORPUS / "score.py")
    score = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(score)

    def body_of(html, mode):
        return score.l2(score.strip_benign(score.canon(html, mode)["body"], 1))

    figures = Counter()
    for entry in json.loads((CORPUS / "index.json").read_text()):
        path = CORPUS / "templates" / entry["id"]
        if not entry["partial"]:
            html = compile_mjml(
                path.read_text(), includes=lambda name, base=path.parent: (base / name).read_text()
            )
            expected = (CORPUS / "oracle" / entry["id"]).with_suffix(".html").read_text()
            figures["documents"] += 1
            figures["web"] += body_of(expected, "web") == body_of(html, "web")
            figures["outlook"] += body_of(expected, "mso") == body_of(html, "mso")
    assert figures["documents"] == 136
    assert figures["web"] >= 133
    assert figures["outlook"] >= 128
