"""Every page in German: no English sentence is left on any of them, outside of what the company itself has written."""

import re
from collections.abc import Iterator

import pytest
from flask import Flask
from lxml import html

from nurture.engine.accounts import Role
from tests.webapp.stand import ROOT, Stand
from tools.page_walk import Walk

ENGLISH = re.compile(
    r"\b(the|and|of|is|are|was|were|your|you|with|from|this|that|have|has|not|no|yet|what|who|when|why|which|would|by|to|"
    r"lead|mail|mails|step|track|hot|cold|day|days|save|saved|sent|all|none|each|every|choose|nobody)\b",
    re.IGNORECASE,
)
GERMAN_TOO = {"was", "die", "war", "lead", "to"}
"""Words of the list that German has too; they say nothing alone."""
SAID_AS_IT_IS = re.compile(
    r"nurture \w+|\w+\.(yaml|md|mjml|html)|https?:\S+|[\w.+-]+@[\w.-]+|One-Click|Message-ID|Opt-in"
)
"""Commands, files and addresses inside a German sentence."""
OURS = ("aria-label", "title", "placeholder", "alt", "data-label")
NOT_READ = {"script", "style", "code", "pre", "textarea", "iframe", "svg", "kbd", "q"}
START = ("/", "/login", "/go", "/settings/account", "/settings/account/second-step", "/campaigns/new", "/broadcasts/new", "/scoring",
    "/settings/sending", "/settings/sender", "/settings/times", "/personas/new", "/suppressions", "/health", "/pace")  # fmt: skip
PAGES_MIN = 45
THEIRS = ("campaigns", "templates", "recipes")
"""What the company has written, in its own language: names, purposes, mails, conditions."""


@pytest.fixture(scope="module")
def theirs() -> str:
    """All that stands in the company's files, as pages show keys and words."""
    files = (path for folder in THEIRS for path in (ROOT / folder).rglob("*") if path.is_file())
    return plain(" ".join(path.read_text("utf-8") for path in files) + " ".join(FROM_THE_STAND))


FROM_THE_STAND = ("Head of transport", "Shop of one", "Published by the test")


def test_no_page_has_english_left(stand: Stand, app: Flask, theirs: str):
    client = stand.client(app, Role.ADMIN)
    walk, left = Walk(app, START, most=2), {}
    for path in walk:
        answer = client.get(path, headers={"Accept-Language": "de"})
        if answer.mimetype != "text/html":
            continue
        page = html.document_fromstring(answer.get_data(as_text=True))
        if page.get("lang") == "de":
            left |= {words: path for words in read(page) if is_english(words, theirs)}
        walk.links(page.xpath("//a/@href"))
    assert len(walk.paths) >= PAGES_MIN
    assert not left, "\n".join(f"{path}: {words.strip()}" for words, path in left.items())


def read(page: html.HtmlElement) -> Iterator[str]:
    """What somebody reads or hears of *page*, a piece of text at a time; not what says that it is in another language."""
    for node in page.iter():
        if not isinstance(node.tag, str) or node.tag in NOT_READ or elsewhere(node):
            continue
        yield from (node.get(name, "") for name in OURS)
        yield from (node.text or "", *(child.tail or "" for child in node))


def elsewhere(node: html.HtmlElement) -> bool:
    """Whether *node* stands in what is not ours to translate."""
    around = [node, *node.iterancestors()]
    return any(each.tag in NOT_READ or each.get("lang") not in (None, "de") for each in around)


def is_english(words: str, theirs: str) -> bool:
    text = " ".join(SAID_AS_IT_IS.sub("", words).split())
    found = {each.lower() for each in ENGLISH.findall(text)} - GERMAN_TOO
    return bool(found) and plain(text).strip(" .:,;“”„()·") not in theirs


def plain(text: str) -> str:
    return " ".join(re.sub(r"[-_\s]+", " ", text).lower().split())
