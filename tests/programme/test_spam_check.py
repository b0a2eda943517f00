"""What the spam filters' answers are read as, and when the check fails."""

import mailbox
from datetime import UTC, datetime
from email import message_from_bytes, policy

import pytest

from tools.spam_check import Verdict, received, table
from tools.spam_filters import FILTERS, Rule, mbox, of_status

MORNING = datetime(2026, 11, 24, 8, 30, tzinfo=UTC)
MESSAGE = b"From: a@x.example\r\nSubject: One\r\n\r\nFrom here on\r\n>From there\r\n"


@pytest.mark.parametrize(
    ("status", "rules"),
    [
        (b"rules=none end", ()),
        (b"rules=HTML_MESSAGE=0.001 end", (Rule("HTML_MESSAGE", 0.001),)),
        (
            b"rules=DKIM_VALID=-0.1,\n\tMIME_HTML_ONLY=1.1,RCVD_ILLEGAL_IP=1.3 end",
            (Rule("DKIM_VALID", -0.1), Rule("MIME_HTML_ONLY", 1.1), Rule("RCVD_ILLEGAL_IP", 1.3)),
        ),
    ],
)
def test_the_rules_are_read_from_the_header(status, rules):
    assert of_status(status) == rules


def test_messages_stay_whole_in_one_file(tmp_path):
    (tmp_path / "box").write_bytes(mbox([MESSAGE, MESSAGE]))
    box = mailbox.mbox(tmp_path / "box")
    assert [message["Subject"] for message in box] == ["One", "One"]
    box.close()


def test_a_receiving_server_writes_its_trace_on_top():
    message = message_from_bytes(
        received(MESSAGE, return_path="b+1@x.example", now=MORNING), policy=policy.default
    )
    assert message.keys() == ["Return-Path", "Received", "From", "Subject"]
    assert message["Return-Path"] == "<b+1@x.example>"
    assert message["Received"].endswith("Tue, 24 Nov 2026 08:30:00 +0000")


def test_only_what_costs_points_and_is_not_explained_is_a_fault():
    ours = Rule("MIME_HTML_ONLY", 1.1)
    others = (Rule("HTML_MESSAGE", 0.001), Rule("MIME_GOOD", -0.1), Rule("SUBJECT_ENDS_QUESTION", 1.0))
    assert Verdict("a/b", (*others, ours)).faults == (ours,)


def test_the_table_says_what_an_expected_rule_means():
    shown = table(FILTERS[0], [Verdict("a/b", (Rule("RCVD_ILLEGAL_IP", 1.3),))])
    assert "a/b    1.30  RCVD_ILLEGAL_IP(1.3)" in shown
    assert "RCVD_ILLEGAL_IP: the relay of the sample" in shown
