"""What somebody reads of a page in German, and whether it is English that is left over: not what the company itself has written."""

import re
from collections.abc import Iterator, Sequence
from functools import cache

from lxml import html

from tests.webapp.stand import ROOT

ENGLISH = re.compile(
    r"(?<![\w-])(the|and|of|is|are|was|were|your|you|with|from|this|that|have|has|not|no|yet|what|who|when|why|which|would|by|to|"
    r"lead|mail|mails|step|track|day|days|save|saved|sent|all|none|each|every|choose|nobody)(?![\w-])",
    re.IGNORECASE,
)
GERMAN_TOO = {"was", "lead", "all"}
"""Words of the list that German has too; they say nothing alone."""
SAID_AS_IT_IS = re.compile(
    r"nurture \w+|[\w/ -]+\.(yaml|md|mjml|html)|\d+ (per \w+|days)|isle of man|https?:\S+|[\w.+-]+@[\w.-]+|one.click|message.id|opt.in"
)
"""Commands, files and addresses inside a German sentence."""
OURS = ("aria-label", "title", "placeholder", "alt", "data-label")
NOT_READ = {"script", "style", "code", "pre", "textarea", "iframe", "svg", "kbd", "q"}
THEIRS = ("campaigns", "templates", "recipes")
"""What the company has written, in its own language: names, purposes, mails, conditions."""
SAYING = re.compile(r"[\w’'][\w ’',.&-]*[\w.]")
SAYING_MIN = 4
FROM_THE_STAND = (
    "Head of transport",
    "Engine Ltd",
    "hot.example",
    "For you: Ada Nowak",
    "All you need is on",
)


@cache
def theirs() -> Sequence[str]:
    """The keys, names and sentences of the company's files as pages show them, the longest first."""
    found = set(FROM_THE_STAND)
    for path in (path for folder in THEIRS for path in (ROOT / folder).rglob("*") if path.is_file()):
        found.add(path.relative_to(ROOT).as_posix())
        for line in path.read_text("utf-8").splitlines():
            sayings = SAYING.findall(line)
            found.update(sayings, *(each.split(", ") for each in sayings))
    shown = {plain(each).strip(" .:") for each in found}
    return sorted((each for each in shown if len(each) >= SAYING_MIN), key=len, reverse=True)


def english(page: html.HtmlElement) -> list[str]:
    """The pieces of text of *page* that are English."""
    return [words.strip() for words in read(page) if is_english(words, theirs())]


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


def is_english(words: str, theirs: Sequence[str]) -> bool:
    text = plain(words)
    for each in theirs:
        text = text.replace(each, " ")
    text = SAID_AS_IT_IS.sub(" ", text)
    return bool({each.lower() for each in ENGLISH.findall(text)} - GERMAN_TOO)


def plain(text: str) -> str:
    return " ".join(re.sub(r"[-_\s]+", " ", text).lower().split())
