"""A mail, a lead, and what arrives: the quick ways of rendering say exactly what plain Jinja says."""

from email import message_from_bytes, policy
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nurture.content.compile import compile_mail
from nurture.content.mails import read_mail
from nurture.content.render import render, render_preview
from nurture.errors import RenderError

SAMPLES = Path(__file__).parent / "samples"
TEMPLATES = {f"mail/{name}.mjml": (SAMPLES / f"{name}.mjml").read_text() for name in ("layout", "footer")}
EXTRA = {
    "programme": {"name": "Acme", "postal_address": "Acme GmbH & Co, Torstrasse 1"},
    "campaign": {"name": "Trial", "contact": "growth@acme.example"},
}


def compiled(name):
    mail = read_mail(f"{name}.mjml", (SAMPLES / f"{name}.mjml").read_text())
    return compile_mail(mail, templates=TEMPLATES, base_url="https://go.acme.example")


SLOTS, CONDITIONS = compiled("slots"), compiled("conditions")


def received(body):
    """*body* as a mail client decodes it."""
    head = b"Content-Type: text/html; charset=utf-8\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n"
    return message_from_bytes(head + body, policy=policy.default).get_content().replace("\r\n", "\n")


HOSTILE = st.one_of(
    st.text(),
    st.text(alphabet=st.sampled_from(list("\r\n\0\u2028\u2029\x85\x0b =.<>&\"'{}%#é€😀\ud800\u202e\t-a"))),
    st.sampled_from(
        [
            "Bcc: all@acme.example\r\nX: y",
            "{{ 7*7 }}{% raw %}",
            "\r\n.\r\n",
            "<script>alert(1)</script>",
            "\" onload='x'",
            "=\r\n=3D" * 40,
            "x" * 2000,
            "jx00000x",
            "<mj-include path='/etc/passwd'/>",
            "\x02 lead \x03\x04 if x \x05",
        ]
    ),
    st.integers(),
    st.booleans(),
)


@pytest.mark.parametrize("program", [SLOTS, CONDITIONS], ids=["slots", "conditions"])
@given(
    first_name=HOSTILE,
    company=HOSTILE,
    plan=st.sampled_from(["trial", "none"]),
    tags=st.lists(HOSTILE, max_size=3),
)
def test_the_wire_says_what_the_page_says(program, first_name, company, plan, tags):
    lead = {"first_name": first_name, "company": company, "plan": plan, "tags": tags}
    parts = render(program, lead=lead, token="tok_en-1", extra=EXTRA)
    preview = render_preview(program, lead=lead, token="tok_en-1", extra=EXTRA)
    assert received(parts.html) == preview.html
    assert received(parts.text) == preview.text
    assert parts.subject == preview.subject
    assert "\r" not in parts.subject
    assert "\n" not in parts.subject
    for body in (parts.html, parts.text):
        assert body.isascii()
        assert all(len(line) <= 76 for line in body.split(b"\r\n"))
        assert b"\n" not in body.replace(b"\r\n", b"")
        assert b"\r" not in body.replace(b"\r\n", b"")


def test_a_mail_as_it_arrives():
    parts = render(SLOTS, lead={"first_name": "Ada <3"}, token="tok_en-1", extra=EXTRA)
    html = received(parts.html)
    assert parts.subject == "Ada <3, one page on incident cost"
    assert "Hello Ada &lt;3 of your team," in html
    assert 'href="https://go.acme.example/c/tok_en-1/2"' in html
    assert 'href="https://go.acme.example/u/tok_en-1"' in html
    assert "Acme GmbH &amp; Co, Torstrasse 1" in html
    assert "Three numbers that matter." in html
    assert "readers never see it" not in html
    assert html.index("https://go.acme.example/o/tok_en-1.gif") > html.index("Torstrasse")


def test_machines_find_one_link_more_than_readers():
    parts = render(SLOTS, lead={"first_name": "Ada <3"}, token="tok_en-1", extra=EXTRA)
    html = received(parts.html)
    hidden = '<a href="https://go.acme.example/c/tok_en-1/0" tabindex="-1" aria-hidden="true"></a>'
    assert html.count("/c/tok_en-1/0") == html.count(hidden) == 1
    assert "/c/tok_en-1/0" not in received(parts.text)


def test_the_text_part_reads_like_the_mail():
    parts = render(SLOTS, lead={"first_name": "Ada <3"}, token="tok_en-1", extra=EXTRA)
    assert received(parts.text) == (
        "Hello Ada <3 of your team,\n\n"
        "three numbers from Göteborg:\n\n- 42 % fewer & shorter outages\n- 9 days = quick\n\n"
        "Outages by month (https://go.acme.example/c/tok_en-1/2)\n\n"
        "Read the page (https://go.acme.example/c/tok_en-1/1)\n\n"
        "Unsubscribe (https://go.acme.example/u/tok_en-1) · Acme GmbH & Co, Torstrasse 1\n"
    )


@pytest.mark.parametrize(
    ("plan", "shown", "hidden"), [("trial", "goes on", "Start"), ("none", "Start", "goes on")]
)
def test_conditions_choose(plan, shown, hidden):
    parts = render(CONDITIONS, lead={"plan": plan, "company": "Acme"}, token="t", extra=EXTRA)
    for body in map(received, (parts.html, parts.text)):
        assert shown in body
        assert hidden not in body


def test_a_variant_changes_its_subject_and_nothing_else():
    plain = render(SLOTS, lead={}, token="t", extra=EXTRA)
    playful = render(SLOTS, lead={}, token="t", variant="playful", extra=EXTRA)
    assert plain.subject == "Hello, one page on incident cost"
    assert playful.subject == "What did the last outage cost?"
    assert (plain.html, plain.text) == (playful.html, playful.text)


def test_a_mail_without_conditions_is_spliced():
    assert SLOTS.simple
    assert not CONDITIONS.simple
    assert [(link.index, link.name) for link in SLOTS.links] == [(1, "docs"), (2, "pricing")]


@pytest.mark.parametrize("body", ["{{ lead.company }}", "{% if true %}{{ lead.company|upper }}{% endif %}"])
def test_what_nobody_knows_fails_that_message_only(body):
    text = f"---\nsubject: Hi\n---\n<mjml><mj-body><mj-section><mj-column><mj-text>{body}</mj-text></mj-column></mj-section></mj-body></mjml>"
    program = compile_mail(read_mail("a.mjml", text), templates={}, base_url="https://go.acme.example")
    with pytest.raises(RenderError, match=r"a\.mjml: .*company.*fallback"):
        render(program, lead={}, token="t")
    assert "ACME" in received(render(program, lead={"company": "ACME"}, token="t").html)
