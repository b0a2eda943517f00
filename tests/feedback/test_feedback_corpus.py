"""The score on the bounce corpus, by its own way of scoring. The floors are what has been reached: they only rise.

Of the eight rows whose class differs, six are labels of one reader for words that say the opposite ("User unknown" as
soft); the complaints that differ are two DMARC reports and a request to unsubscribe, which must not count as spam.
"""

import json
from pathlib import Path

import pytest

from nurture.feedback.model import FeedbackKind
from nurture.feedback.read import read
from nurture.vocabulary.words import BounceKind

CORPUS = Path(__file__).parents[3] / "shared" / "corpora" / "bounces"
FAILED = ("hard", "soft", "mixed", "hard_or_permanent")
COMPLAINTS_OF_OTHERS = {"arf-18.eml", "arf-19.eml", "arf-26.eml"}

pytestmark = pytest.mark.skipif(not CORPUS.is_dir(), reason="the corpus is not on this machine")


@pytest.fixture(scope="module")
def rows():
    """Each message of the corpus: its name, what is expected, what we read."""
    expected = json.loads((CORPUS / "expected.json").read_text())
    return [(name, row, read((CORPUS / name).read_bytes())) for name, row in sorted(expected.items())]


def scored(rows):
    return [each for each in rows if each[1]["class"] is not None and not each[1]["disputed"]]


def share(right):
    return sum(right) / len(right)


def test_bounces_are_found(rows):
    failed = [feedback for _, row, feedback in scored(rows) if row["class"] in FAILED]
    assert share([each.kind is FeedbackKind.BOUNCE for each in failed]) == 1


def test_the_right_recipient_is_named(rows):
    right = []
    for _, row, feedback in scored(rows):
        if row["recipients"]:
            named = [each.recipient for each in feedback.failures] or feedback.recipients
            right.append(
                {each.casefold() for each in named} == {each.casefold() for each in row["recipients"]}
            )
    assert share(right) >= 0.99


def test_hard_is_told_from_soft(rows):
    right = [
        {"hard" if each.bounce is BounceKind.HARD else "soft" for each in feedback.failures} == {row["class"]}
        for _, row, feedback in scored(rows)
        if row["class"] in ("hard", "soft")
    ]
    assert share(right) >= 0.95


def test_nobody_who_lives_is_reported_as_a_bounce(rows):
    assert [
        name
        for name, row, feedback in scored(rows)
        if row["class"] not in FAILED and feedback.kind is FeedbackKind.BOUNCE
    ] == []


def test_complaints_are_found(rows):
    missed = {
        Path(name).name
        for name, row, feedback in scored(rows)
        if row["class"] == "complaint" and feedback.kind is not FeedbackKind.COMPLAINT
    }
    assert missed == COMPLAINTS_OF_OTHERS


def test_human_replies_are_never_taken_for_machines(rows):
    kinds = {feedback.kind for _, row, feedback in rows if row["class"] == "human_reply"}
    assert kinds <= {FeedbackKind.REPLY, FeedbackKind.OTHER}
