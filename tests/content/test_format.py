"""The canonical form: one way to write, the same meaning, no comment lost."""

from collections import Counter
from pathlib import Path

import pytest
from authored_yaml import as_text, documents
from hypothesis import given
from hypothesis import strategies as st

from nurture.content.codec import read_campaign
from nurture.content.comments import comments_of
from nurture.content.format import fmt
from nurture.content.printing import data_of
from nurture.content.yaml_reader import parse
from nurture.errors import ProgrammeError

SHIPPED = Path(__file__).parents[2] / "campaigns"

WRITTEN = """\

# Who we are.
format:   1
'name':  'Trial'       # as pages show it


entry: {  when: "lead.stage == 'inquiry'",again_after: 180 days }
goals: [ship faster,
        stop firefighting]   # two
tracks:
# the cold one
- key: cold
  purpose: >
     Be useful
     and ask for nothing.
  steps:
  # first of all
  -   {mail: welcome}

  - mail: more   # later
    wait: 3 days
    # nothing else
  - {mail: last, when: "lead.company_size >= 200 and lead.seniority in ['vp', 'c-level', 'director'] and lead.country in ['DE', 'AT', 'CH', 'FR', 'NL']"}
"""

CANONICAL = """\
# Who we are.
format: 1
name: "Trial"          # as pages show it

entry: {when: "lead.stage == 'inquiry'", again_after: 180 days}
goals: [ship faster, stop firefighting]  # two
tracks:
  # the cold one
  - key: cold
    purpose: >
      Be useful
      and ask for nothing.
    steps:
      # first of all
      - {mail: welcome}

      - mail: more  # later
        wait: 3 days
        # nothing else
      - mail: last
        when: "lead.company_size >= 200 and lead.seniority in ['vp', 'c-level', 'director'] and lead.country in ['DE', 'AT', 'CH', 'FR', 'NL']"
"""


def test_there_is_one_way_to_write():
    assert fmt(WRITTEN) == CANONICAL


def test_what_is_canonical_stays():
    assert fmt(CANONICAL) == CANONICAL


def test_brackets_with_a_comment_inside_go_line_by_line():
    assert fmt("a: [x, # why\n  y]\n") == "a:\n  - x  # why\n  - y\n"


def test_windows_line_ends_become_plain_ones():
    assert fmt(CANONICAL.replace("\n", "\r\n")) == CANONICAL


def test_a_comment_below_a_block_stays_with_it():
    text = "a:\n  b: 1\n  # about a\n# about c\nc: 2\n# the end\n"
    assert fmt(text) == text


def test_a_comment_behind_nothing_stays_there():
    assert fmt("a:   # why\nb: 1\n") == "a:   # why\nb: 1\n"


def test_a_comment_behind_a_dash_goes_above_it():
    assert fmt("a:\n  - # why\n    b: 1\n    c: 2\n") == "a:\n  # why\n  - b: 1\n    c: 2\n"


@pytest.mark.parametrize("text", ["a: |\n  x\n", "a: |-\n  x\nb: 1\n", "a: >\n  x\n\n  y\nb: 1\n"])
def test_texts_in_lines_stay_in_lines(text):
    assert fmt(text) == text


@pytest.mark.parametrize("text", ["a: |\n  x", "a: |+\n  x\n\n", "a: |2\n   x\n", "a: >+\n  x\n\n\nb: 1\n"])
def test_texts_that_count_spaces_are_quoted(text):
    printed = fmt(text)
    assert printed.startswith('a: "')
    assert data_of(parse(printed, "f")[0]) == data_of(parse(text, "f")[0])


def test_what_cannot_be_read_cannot_be_formatted():
    with pytest.raises(ProgrammeError, match="the anchor"):
        fmt("a: &x 1\n")


@st.composite
def texts(draw):
    text = as_text(draw(documents), draw)
    return text.replace("\n", "\r\n") if draw(st.booleans()) else text


def comments(text: str) -> Counter[str]:
    return Counter(comment.text for comment in comments_of(text, parse(text, "f")[0]))


@given(texts())
def test_the_same_is_said_before_and_after_and_twice_is_once(text):
    printed = fmt(text)
    assert fmt(printed) == printed
    assert data_of(parse(printed, "f")[0]) == data_of(parse(text, "f")[0])
    assert comments(printed) == comments(text)


@pytest.mark.parametrize("path", sorted(SHIPPED.glob("*/campaign.yaml")), ids=lambda path: path.parent.name)
def test_a_shipped_campaign_means_the_same_when_formatted(path):
    text = path.read_text("utf-8")
    assert read_campaign(fmt(text), path.name).value == read_campaign(text, path.name).value
    assert fmt(fmt(text)) == fmt(text)
