"""Reading mails: front matter, names of files, who gets which, layouts and partials."""

import pytest

from nurture.content.flatten import flatten
from nurture.content.mails import MailFamily, read_mail, variant_name
from nurture.errors import ProgrammeError
from nurture.vocabulary.words import MailClass

TEXT = """---
subject: "{{ lead.first_name|default('Hello', true) }}, one page"
preheader: Three numbers.
buying_stage: research
links:
  docs: https://acme.example/docs
variants:
  playful: {subject: "What did it cost?"}
---
<mjml></mjml>
"""


@pytest.mark.parametrize("ends", ["\n", "\r\n", "\r"])
def test_a_mail_is_front_matter_and_a_body(ends):
    mail = read_mail("a.mjml", "\ufeff" + TEXT.replace("\n", ends))
    assert mail.front.subject == "{{ lead.first_name|default('Hello', true) }}, one page"
    assert mail.front.links == {"docs": "https://acme.example/docs"}
    assert mail.front.variants["playful"].subject == "What did it cost?"
    assert mail.front.variants["playful"].preheader is None
    assert (mail.body, mail.body_line) == ("<mjml></mjml>\n", 10)
    assert mail.marks["links.docs"] == (6, 9)


@pytest.mark.parametrize(
    ("front", "place", "message"),
    [
        (None, "1:1", "no front matter"),
        ("preheader: x", "2:1", "no subject"),
        ("subject: x\nsubjct: y", "3:1", "no key 'subjct'"),
        ("subject: x\nsubject: y", "3:1", "stands twice"),
        ("subject: on", "2:10", 'quote it: "on"'),
        ("subject: 12:30", "2:10", 'quote it: "12:30"'),
        ("subject:", "2:1", "empty"),
        ("subject: [x]", "2:10", "one text"),
        ("subject: &a x", "2:10", "one text"),
        ("subject: x\nlinks: https://acme.example", "3:8", "keys and values"),
        ("subject: x\nlinks:\n  no: https://acme.example", "4:3", 'quote it: "no"'),
        ("subject: x\nvariants:\n  a: {sbject: x}", "4:7", "no key 'sbject'"),
        ("subject: x\nclass: urgent", "3:8", "expected marketing or operational"),
        ("subject: x\nfrom: sales", "3:7", "expected programme or owner"),
        ("subject: x\nutm: later", "3:6", "expected programme or none"),
        ("subject: 'x", "3:1", "not YAML"),
    ],
)
def test_front_matter_that_cannot_be_read_says_where(front, place, message):
    text = "<mjml></mjml>" if front is None else f"---\n{front}\n---\n<mjml></mjml>"
    with pytest.raises(ProgrammeError) as raised:
        read_mail("a.mjml", text)
    assert str(raised.value).startswith(f"a.mjml:{place}: ")
    assert message in str(raised.value)


@pytest.mark.parametrize(
    ("filename", "parts"),
    [
        ("deep-dive.mjml", ("deep-dive", None, None)),
        ("deep-dive.champion.mjml", ("deep-dive", "champion", None)),
        ("deep-dive.de.mjml", ("deep-dive", None, "de")),
        ("mails/deep-dive.champion.de.mjml", ("deep-dive", "champion", "de")),
    ],
)
def test_a_file_name_says_for_whom_it_is(filename, parts):
    assert variant_name(filename) == parts


@pytest.mark.parametrize(
    "filename", ["a.de.champion.mjml", "a.b.c.mjml", ".mjml", "a.html", "a..de.mjml", "a.de.fr.mjml"]
)
def test_a_file_name_that_says_nothing(filename):
    with pytest.raises(ProgrammeError, match="not the name of a mail"):
        variant_name(filename)


@pytest.mark.parametrize(
    ("files", "persona", "language", "picked"),
    [
        (["a", "a.champion", "a.de", "a.champion.de"], "champion", "de", "a.champion.de"),
        (["a", "a.champion", "a.de", "a.champion.de"], "champion", "de-AT", "a.champion.de"),
        (["a", "a.champion", "a.de"], "champion", "de", "a.de"),
        (["a", "a.champion", "a.de"], "champion", "fr", "a.champion"),
        (["a", "a.champion", "a.de"], None, "DE", "a.de"),
        (["a", "a.champion", "a.de"], "buyer", None, "a"),
        (["a.champion", "a.champion.de"], None, None, "a.champion"),
    ],
)
def test_the_most_specific_file_that_the_reader_understands(files, persona, language, picked):
    family = MailFamily.of(read_mail(f"{name}.mjml", TEXT) for name in files)["a"]
    assert family.pick(persona, language).path == f"{picked}.mjml"


# ---------------------------------------------------------------- flattening


def flat(body, **templates):
    mail = read_mail("a.mjml", f"---\nsubject: x\n---\n{body}")
    return flatten(mail, {f"{name}.mjml": text for name, text in templates.items()})


@pytest.mark.parametrize(
    ("body", "templates", "text"),
    [
        ("a", {}, "a"),
        ('a{% include "p.mjml" %}c', {"p": "b"}, "abc"),
        ('{% extends "l.mjml" %}{% block x %}mine{% endblock %}', {"l": "<{% block x %}its{% endblock %}>"}, "<mine>"),
        ('{% extends "l.mjml" %}', {"l": "<{% block x %}its{% endblock %}>"}, "<its>"),
        (
            '{% extends "l.mjml" %}{% block x %}{{ super() }}+mine{% endblock %}',
            {"l": '{% extends "m.mjml" %}{% block x %}{{ super() }}+middle{% endblock %}', "m": "{% block x %}base{% endblock %}"},
            "base+middle+mine",
        ),
        (
            '{% extends "l.mjml" %}{% block y %}inner{% endblock %}',
            {"l": "{% block x %}[{% block y %}{% endblock %}]{% endblock %}"},
            "[inner]",
        ),
        ("{% raw %}{% block %}{% endraw %}", {}, "{% raw %}{% block %}{% endraw %}"),
        ("{{ '{% block x %}' }}", {}, "{{ '{% block x %}' }}"),
    ],
)  # fmt: skip
def test_inheritance_is_gone(body, templates, text):
    assert flat(body, **templates).html.text == text


def test_every_character_knows_where_it_was_written():
    layout = '<mjml>\n{% block body %}{% endblock %}\n{% include "p.mjml" %}</mjml>'
    found = flat(
        '{% extends "l.mjml" %}\n{% block body %}\n  mine\n{% endblock %}', l=layout, p="\n foot"
    ).html
    assert found.at(found.text.index("mine")) == ("a.mjml", 6, 3)
    assert found.at(found.text.index("foot")) == ("p.mjml", 2, 2)
    assert found.at(found.text.index("</mjml>")) == ("l.mjml", 3, 23)


def test_a_mail_may_write_its_own_text():
    found = flat("<mjml>{% block text %}Plain{% endblock %}</mjml>")
    assert (found.html.text, found.text.text) == ("<mjml></mjml>", "Plain")


@pytest.mark.parametrize(
    ("body", "templates", "place", "message"),
    [
        ('\n{% extends "nowhere.mjml" %}', {}, "a.mjml:5:1", "no template 'nowhere.mjml'"),
        ('{% extends "../../etc/passwd" %}', {}, "a.mjml:4:1", "no template"),
        ("{% extends lead.layout %}", {}, "a.mjml:4:1", "one constant name"),
        ('{% extends "l.mjml" %} words', {"l": ""}, "a.mjml:4:24", "outside every block"),
        ("{% block x %}", {}, "a.mjml:4:1", "has no end"),
        ("x {% endblock %}", {}, "a.mjml:4:3", "no block begins"),
        ("{% block x %}{% endblock %}{% block x %}{% endblock %}", {}, "a.mjml:4:28", "a name of its own"),
        ("{{ 'x }}", {}, "a.mjml:4:1", "unexpected char"),
        ('{% include "p.mjml" %}', {"p": '{% include "p.mjml" %}'}, "p.mjml:1:1", "each other more than"),
        ('{% extends "l.mjml" %}', {"l": '{% extends "l.mjml" %}'}, "l.mjml:1:1", "extend each other"),
        ('{% include "p.mjml" %}', {"p": "x" * 600_000}, "a.mjml:4:1", "over 512 KiB"),
    ],
)
def test_templates_that_do_not_fit_say_where(body, templates, place, message):
    with pytest.raises(ProgrammeError) as raised:
        flat(body, **templates)
    assert str(raised.value).startswith(f"{place}: ")
    assert message in str(raised.value)


def test_partials_that_double_are_stopped():
    bombs = {f"p{n}": f'{{% include "p{n + 1}.mjml" %}}' * 10 for n in range(9)} | {"p9": ""}
    with pytest.raises(ProgrammeError, match="more than 1000"):
        flat('{% include "p0.mjml" %}', **bombs)


def test_a_mail_may_say_its_class_its_sender_and_whether_its_links_are_marked():
    head = "---\nsubject: x\nclass: operational\nfrom: owner\nutm: none\n---\n"
    front = read_mail("a.mjml", head).front
    assert (front.class_, front.from_, front.utm) == (MailClass.OPERATIONAL, "owner", "none")
    assert (
        MailFamily.of([read_mail("a.mjml", "---\nsubject: x\n---\n"), read_mail("a.de.mjml", head)])[
            "a"
        ].mail_class
        is MailClass.OPERATIONAL
    )
