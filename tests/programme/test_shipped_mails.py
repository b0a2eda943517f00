"""What every shipped mail keeps to: short, one action, nobody left out, nothing that an inbox would refuse."""

import re
from collections import defaultdict
from itertools import combinations
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from selectolax.lexbor import LexborHTMLParser
from shipped import ADDRESS, NOBODY, NORA, ROOT

PATHS = sorted(path.relative_to(ROOT).as_posix() for path in ROOT.glob("campaigns/*/mails/*.mjml"))

SUBJECT_MAX = 60
PREHEADER_MAX = 90
SIZE_MAX = 102 * 1024  # Gmail clips what is longer
SHARED_WORDS = 6  # shorter phrases, such as a greeting, may recur
SHARE_MAX = 0.3
TRIPLES_MAX = 0.1


@pytest.fixture(params=PATHS)
def mail(request, mails):
    return mails[request.param]


def test_subject_and_preheader_fit_an_inbox(mail):
    for subject in (
        mail.front.subject,
        *(head.subject for head in mail.front.variants.values() if head.subject),
    ):
        assert 0 < len(subject) <= SUBJECT_MAX
    assert 0 < len(mail.front.preheader) <= PREHEADER_MAX
    assert mail.front.preheader != mail.front.subject


@pytest.mark.parametrize("lead", [NORA, NOBODY], ids=["a lead we know", "a lead with nothing but an address"])
def test_mail_can_be_written_to_anyone(mail, lead, html_of):
    html = html_of(mail, lead)
    assert len(html.encode()) < SIZE_MAX
    assert "{{" not in html
    assert "mj-" not in LexborHTMLParser(html).body.text()


def test_mail_has_one_call_and_uses_every_link(mail, html_of):
    page = LexborHTMLParser(html_of(mail, NORA))
    targets = [anchor.attributes["href"] for anchor in page.css("a[href]")]
    buttons, choices = page.css(".button a"), page.css(".choices a")
    assert len(buttons) == 1 or (not buttons and choices)  # one thing to do, or one question with its answers
    assert set(mail.front.links.values()) == {url for url in targets if not url.startswith(ADDRESS)}


def test_links_are_https_and_invented(mail):
    for url in mail.front.links.values():
        assert urlsplit(url).scheme == "https"
        assert urlsplit(url).hostname.endswith(".example")


def test_footer_says_who_why_and_how_to_stop(mail, html_of, catalog):
    footer = LexborHTMLParser(html_of(mail, NORA)).css_first(".footer")
    programme = catalog.sound_programme()
    targets = [anchor.attributes["href"] for anchor in footer.css("a")]
    assert programme.postal_address in footer.text()
    assert programme.campaigns[Path(mail.path).parts[1]].contact in footer.text()
    assert targets == [f"{ADDRESS}/{page}/1" for page in ("unsubscribe", "preferences", "view")]


def test_images_have_a_text(mail, html_of):
    assert all(image.attributes.get("alt") for image in LexborHTMLParser(html_of(mail, NORA)).css("img"))


def test_language_of_the_file_is_the_language_of_the_page(mail, html_of):
    expected = "de" if mail.path.endswith(".de.mjml") else "en"
    assert LexborHTMLParser(html_of(mail, NORA)).css_first("html").attributes["lang"] == expected


def test_buying_stage_is_named(mail):
    assert mail.front.buying_stage in {"research", "compare", "decide", "onboard", "grow"}


def test_no_sentence_stands_in_two_mails(mails, html_of):
    found = defaultdict(set)
    for path, mail in mails.items():
        for sentence in sentences(html_of(mail, NORA)):
            if len(sentence.split()) >= SHARED_WORDS:
                found[sentence].add(path)
    assert {sentence: paths for sentence, paths in found.items() if len(paths) > 1} == {}


def test_no_two_mails_share_more_than_three_tenths_of_their_sentences(mails, html_of):
    """Greetings and other short phrases count here; the signature and the footer, which all mails share, do not."""
    said = {path: sentences(html_of(mail, NORA)) for path, mail in mails.items()}
    shares = {
        (one, other): len(said[one] & said[other]) / min(len(said[one]), len(said[other]))
        for one, other in combinations(said, 2)
    }
    assert {pair: share for pair, share in shares.items() if share > SHARE_MAX} == {}


def test_nine_tenths_of_a_mail_are_its_own_words(mails, html_of):
    """Rewording a sentence is not a new one: of three words in a row, few stand in any other mail too."""
    runs = {path: triples(sentences(html_of(mail, NORA))) for path, mail in mails.items()}
    for one, other in combinations(runs, 2):
        common = len(runs[one] & runs[other]) / min(len(runs[one]), len(runs[other]))
        assert common < TRIPLES_MAX, (one, other, common)


def sentences(html: str) -> set[str]:
    """What a mail says between masthead and footer, each cell or paragraph cut into sentences; without its signature."""
    page = LexborHTMLParser(html)
    for signature in page.css(".signature"):
        signature.decompose()
    return {
        sentence
        for node in page.css(".surface td, .poster td")
        if not node.css("table")
        for sentence in re.split(r"(?<=[.?!:])\s+", node.text(separator=" ", strip=True))
        if " " in sentence  # the number of a step is no sentence
    }


def triples(said: set[str]) -> set[tuple[str, ...]]:
    """Every three words in a row."""
    words = [re.findall(r"\w+", sentence.lower()) for sentence in said]
    return {tuple(each[at : at + 3]) for each in words for at in range(len(each) - 2)}
