"""Gate M1 in small: odd names in every field of a mail, read back by two parsers and believed by a verifier.

``make wire-check`` is the whole of it: a thousand mails, every shipped one, and OpenDKIM too.
"""

import unicodedata

import dkim
import msgspec
import pytest

from tests.wire.mails import Keys, mails_to_odd_people
from tests.wire.read_back import faults_of
from tests.wire.values import NAUGHTY, SCRIPTS, VALUES
from tests.wire.verify import by_dkimpy

OVERSIGNED = (
    "from", "to", "subject", "date", "message-id", "reply-to", "mime-version", "content-type",
    "list-unsubscribe", "list-unsubscribe-post", "list-id", "list-help", "feedback-id",
)  # fmt: skip
"""What spec/6-reliability has covered, once more than it occurs."""


@pytest.fixture(scope="module")
def keys():
    return Keys()


@pytest.fixture(scope="module")
def sent():
    """One mail for each odd value."""
    return list(mails_to_odd_people(len(VALUES)))


def test_the_names_are_of_forty_scripts():
    assert len(SCRIPTS) >= 40
    for script, name in SCRIPTS.items():
        assert any(unicodedata.name(each, "").startswith(script) for each in name), script
    assert any(len(each) == 2_000 for each in NAUGHTY)


def test_no_odd_name_stops_a_mail_and_all_read_back_as_meant(sent):
    assert len(sent) == len(VALUES)
    wrong = {each.what: faults for each in sent if (faults := list(faults_of(each)))}
    assert wrong == {}


def test_a_mail_that_is_not_what_it_should_be_is_noticed(sent):
    (mail,) = [each for each in sent if each.greeted == SCRIPTS["LATIN"]]
    spoilt = {
        "a bare CR or LF": mail.data.replace(b"Date:", b"X: a\nDate:", 1),
        "a line of": mail.data.replace(b"Date:", b"X-Long: " + b"x" * 1_000 + b"\r\nDate:", 1),
        "more than once": b"Subject: another\r\n" + mail.data,
        "missing": mail.data.replace(b"List-Help:", b"X-Help:", 1),
        "To reads": mail.data,
    }
    for told, data in spoilt.items():
        changed = msgspec.structs.replace(mail, data=data, to_name=None if told != "To reads" else "Nobody")
        if told == "more than once":
            changed = msgspec.structs.replace(changed, greeted=None)
            with pytest.raises(ValueError, match="too many values"):
                list(faults_of(changed))
        else:
            assert any(told in fault for fault in faults_of(changed)), told


def test_dkimpy_believes_them(keys, sent):
    some = sent[::6]  # it takes its time, and what a name may break is in no signature of its own
    assert [each.what for each in some if not by_dkimpy(keys, keys.sign(each.data))] == []


def test_both_signatures_cover_what_they_must_and_one_more_of_each(keys, sent):
    for name, value in dkim.rfc822_parse(keys.sign(sent[0].data))[0]:
        if name.lower() != b"dkim-signature":
            continue
        tags = dkim.parse_tag_value(value)
        covered = [each.strip().lower() for each in tags[b"h"].decode().split(":")]
        fields = [field.decode().lower() for field, _ in dkim.rfc822_parse(sent[0].data)[0]]
        for field in OVERSIGNED:
            assert covered.count(field) == fields.count(field) + 1, field
        assert b"l" not in tags
        assert tags[b"c"] == b"relaxed/relaxed"
