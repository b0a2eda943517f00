"""Reading files: what is taken, what is refused, and where the refusal points."""

from datetime import time
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nurture.content.codec import read_campaign, read_programme
from nurture.content.model import StepKind
from nurture.durations import Count, Duration, Percent, Rate, Unit
from nurture.vocabulary.words import MailClass, Stage

SHIPPED = Path(__file__).parents[2] / "campaigns"

CAMPAIGN = """\
format: 1
key: trial
name: Trial
class: operational
entry: {when: "lead.stage == 'inquiry'"}
exit: [{when: "lead.plan == 'paid'"}]
tracks:
  - key: cold
    stages: [inquiry, recycled]
    steps:
      - {mail: welcome, wait: 2 business hours}
      - {mail: other/late}
      - {task: call, for: ada@acme.example}
      - {webhook: chat}
      - key: way
        choose:
          - {key: read, when: "clicked('welcome')", mail: more}
          - {key: rest, steps: [{mail: last, repeat: true}]}
"""


def told(text: str) -> list[str]:
    """The problems of a campaign file, without its name."""
    return [str(problem).removeprefix("c.yaml:") for problem in read_campaign(text, "c.yaml").problems]


@pytest.fixture
def campaign():
    loaded = read_campaign(CAMPAIGN, "c.yaml")
    assert loaded.problems == ()
    return loaded.value


# ---------------------------------------------------------------- what is taken


def test_a_step_is_called_by_its_mail_task_or_webhook(campaign):
    steps = campaign.tracks[0].steps
    assert [step.key for step in steps] == ["welcome", "late", "call", "chat", "way"]
    assert [step.kind for step in steps] == [
        StepKind.MAIL,
        StepKind.MAIL,
        StepKind.TASK,
        StepKind.WEBHOOK,
        StepKind.CHOOSE,
    ]


def test_keys_that_are_words_of_python_are_read(campaign):
    assert campaign.class_ is MailClass.OPERATIONAL
    assert campaign.tracks[0].steps[2].for_ == "ada@acme.example"


def test_a_branch_with_a_mail_is_one_step(campaign):
    read, rest = campaign.tracks[0].steps[4].choose
    assert [step.mail for step in read.all_steps] == ["more"]
    assert [(step.key, step.repeat) for step in rest.all_steps] == [("last", True)]


def test_an_exit_is_called_by_its_condition(campaign):
    assert campaign.exit[0].key == "lead.plan == 'paid'"


def test_what_is_left_out_has_its_default(campaign):
    assert campaign.priority == 50
    assert str(campaign.tracks[0].cadence.every) == "7 days"


def test_amounts_times_and_enums_are_values():
    loaded = read_programme((SHIPPED / "programme.yaml").read_text("utf-8"), "programme.yaml")
    assert loaded.problems == ()
    programme = loaded.value
    assert programme is not None
    assert programme.sending.between == (time(9), time(17))
    assert programme.sending.holdout == Percent(5)
    assert programme.sending.per_domain["otherwise"] == Rate(5, Unit.SECOND)
    assert programme.persona_policy.unreceptive_after == Count(4, "mails")
    assert programme.sla["accept"].within == Duration(4, Unit.HOUR, business=True)
    assert Stage.MQL in programme.stages


@pytest.mark.parametrize("path", sorted(SHIPPED.glob("*/campaign.yaml")), ids=lambda path: path.parent.name)
def test_every_shipped_campaign_reads(path):
    assert [str(problem) for problem in read_campaign(path.read_text("utf-8"), path.name).problems] == []


# ---------------------------------------------------------------- what is refused


@pytest.mark.parametrize(
    ("was", "now", "problems"),
    [
        ("name: Trial", "name: &n Trial", ["3:7: the anchor &n; remove it; values are written out"]),
        (
            "name: Trial",
            "name: !!str Trial",
            ["3:7: the tag tag:yaml.org,2002:str; remove it; types are known without tags"],
        ),
        (
            "name: Trial",
            "name: Trial\nname: Again",
            ["4:1: the key 'name' stands here twice, first in line 3; keep one of them"],
        ),
        (
            "name: Trial",
            "name: NO",
            ['3:7: plain NO is false to readers of YAML 1.1, expected quotes; quote it: "NO"'],
        ),
        (
            "name: Trial",
            "name: 12:30",
            ['3:7: plain 12:30 is a number in base 60 to readers of YAML 1.1, expected quotes; quote it: "12:30"'],
        ),
        (
            "name: Trial",
            "name: 2026-10-01",
            ['3:7: plain 2026-10-01 is a date to readers of YAML 1.1, expected quotes; quote it: "2026-10-01"'],
        ),
        ("name: Trial", "name: 2026", ['3:7: \'name\' is plain 2026, expected text; quote it: "2026"']),
        ("name: Trial", "name:", ["3:6: 'name' is empty, expected text; write the text, or remove the key"]),
        (
            "wait: 2 business hours",
            "wait: 2 bussines hours",
            ["11:31: 'wait' of 'welcome' is '2 bussines hours', expected a duration; did you mean '2 business hours'?"],
        ),
        (
            "wait: 2 business hours",
            "wait: soon",
            [
                "11:31: 'wait' of 'welcome' is 'soon', expected a duration; write a duration such as '3 days', '90 minutes' or '2 business hours'"
            ],
        ),
        (
            "stages: [inquiry",
            "stages: [inqiry",
            [
                "9:14: entry 1 of 'stages' is 'inqiry', expected one of inquiry, mql, sal, sql, opportunity, customer, advocate, recycled, disqualified, lost; did you mean 'inquiry'?"
            ],
        ),
        (
            "repeat: true",
            'repeat: "true"',
            ["18:54: 'repeat' of 'last' is 'true', expected true or false; write true or false, without quotes"],
        ),
        (
            "{webhook: chat}",
            "{webhook: chat, mail: last}",
            [
                "14:9: 'last' of 'steps' has mail and webhook of mail, task, webhook and choose, expected one; make a step of each"
            ],
        ),
        (
            "- key: way\n        choose",
            "- choose",
            ["15:9: entry 5 of 'steps' has no name to stand for its key; write 'key:'"],
        ),
        (
            "{task: call,",
            "{task: welcome,",
            ["13:9: 'welcome' stands twice in 'steps' of 'cold', first in line 11; give one of them a key of its own"],
        ),
        ("mail: more}", "whn: x}", ["17:53: 'read' of 'choose' has an unknown key 'whn'; did you mean 'when'?",
                                    "17:13: 'read' of 'choose' leads nowhere, expected steps or a mail; write 'steps:' or 'mail:'"]),
        ("format: 1\nkey: trial", "key: trial\nformat: 1", ["1:1: the first key is 'key', expected 'format'; write 'format: 1' first"]),
        ("format: 1", "format: 2", ["1:9: 'format' is '2', expected 1; write 1"]),
        ("entry: {when: \"lead.stage == 'inquiry'\"}\n", "", ["1:1: the file has no 'entry'; write 'entry:' with keys and values"]),
    ],
)  # fmt: skip
def test_a_fault_is_told_where_it_stands(was, now, problems):
    assert CAMPAIGN.count(was) == 1
    assert sorted(told(CAMPAIGN.replace(was, now))) == sorted(problems)


def test_an_alias_is_refused_with_its_anchor():
    text = CAMPAIGN.replace("name: Trial", "name: &n Trial\ncontact: *n")
    assert told(text)[:2] == [
        "3:7: the anchor &n; remove it; values are written out",
        "4:10: the alias *n stands for another value; write it out",
    ]


def test_a_second_document_is_refused():
    assert told(CAMPAIGN + "---\nformat: 1\n") == [
        "19:1: a second document starts here; keep one document in a file"
    ]


def test_all_problems_are_told_at_once():
    text = (
        CAMPAIGN.replace("name: Trial", "name: off").replace("wait: 2", "wait: two").replace("task:", "taks:")
    )
    assert [line.split(":")[0] for line in told(text)] == ["3", "11", "13", "13"]


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("", "1:1: the file is empty; write 'format: 1' first"),
        ("# only words\n", "1:1: the file is empty; write 'format: 1' first"),
        ("- 1\n", "1:1: the file is a list, expected a mapping; write keys with values"),
        (
            "format: 1\nname: 'x\n",
            "3:1: this is not YAML: while scanning a quoted scalar: found unexpected end of stream; look at the indentation, quotes and brackets here",
        ),
        ("format: 1\nname: \x01\n", "2:7: a control character is not allowed in YAML; remove it"),
        ("a: " + "[" * 9000, "1:43: more than 40 levels deep; nest less"),
        ("#" * 300_000, "1:1: the file has 300000 characters; keep it below 262144"),
        (
            "a: [" + "1," * 50_000 + "]",
            "1:39997: the file holds too many values to be a programme; write less",
        ),
    ],
)
def test_what_is_no_campaign_at_all_is_told(text, problem):
    assert told(text)[0] == problem


# ---------------------------------------------------------------- marks


def test_a_value_is_found_by_keys_and_survives_insertion():
    path = ("tracks", "cold", "steps", "late", "mail")
    inserted = CAMPAIGN.replace("      - {mail: other", "      - {mail: between}\n      - {mail: other")
    places = [read_campaign(text, "c.yaml").marks.place(path) for text in (CAMPAIGN, inserted)]
    assert [(place.line, place.column) for place in places] == [(12, 16), (13, 16)]


def test_a_default_is_found_at_what_holds_it():
    marks = read_campaign(CAMPAIGN, "c.yaml").marks
    assert marks.place(("tracks", "cold", "cadence", "every")).line == 8


def test_a_word_inside_a_condition_is_found():
    marks = read_campaign(CAMPAIGN, "c.yaml").marks
    place = marks.place(("entry", "when"), word="lead.stage")
    assert CAMPAIGN[place.start : place.end] == "lead.stage"
    assert (place.line, place.column) == (5, 16)


# ---------------------------------------------------------------- bounds


@given(st.text(alphabet=st.sampled_from("ab:-[]{}&*!|>'\"%@#?,\\ \n\t019uU~=<"), max_size=80))
def test_no_text_makes_the_reader_fall(text):
    loaded = read_campaign(text, "c.yaml")
    assert loaded.problems
    assert all(problem.line >= 1 and problem.column >= 1 for problem in loaded.problems)


@given(
    st.integers(0, len(CAMPAIGN)),
    st.sampled_from(["", "\x00", "&a ", "*a", "\ud800", ": ", "\n", "}", "\t", "'"]),
)
def test_no_slip_in_a_file_makes_the_reader_fall(at, slip):
    loaded = read_campaign(CAMPAIGN[:at] + slip + CAMPAIGN[at:], "c.yaml")
    assert loaded.value is not None or loaded.problems


def test_windows_line_ends_read_the_same():
    assert (
        read_campaign(CAMPAIGN.replace("\n", "\r\n"), "c.yaml").value
        == read_campaign(CAMPAIGN, "c.yaml").value
    )
