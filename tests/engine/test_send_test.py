"""A test mail: real, to whom one names, and recorded nowhere."""

from email import message_from_bytes, policy

import pytest
from company import campaign, catalog

from nurture.content.system_mails import SYSTEM_MAILS
from nurture.engine.send_test import send_test
from nurture.errors import ProgrammeError
from nurture.store import records as table
from nurture.vocabulary.touch import lead_of

ME = "me@small.example"


@pytest.fixture
def mailed(bare):
    bare.publish(catalog(campaign(entry="false"), campaign("account", class_="operational", entry="false")))
    bare.enter("ann")
    bare.engine.tick()

    def mailed(mail):
        said = send_test(bare.engine, mail, to=ME, lead="ann@x.example")
        message = bare.relay.messages[-1]
        assert (said, message.rcpt_to) == (f"Sent {mail} as ann@x.example to the local mailbox.", ME)
        assert lead_of(message.touch_id) == 0
        assert bare.rows(table.outbox) == bare.rows(table.touch) == []
        return message_from_bytes(message.data, policy=policy.default)

    return mailed


@pytest.mark.parametrize(("mail", "has_way_out"), [("news/first", True), ("account/first", False)])
def test_a_campaigns_mail_has_the_head_of_its_class(mailed, mail, has_way_out):
    sent = mailed(mail)
    assert sent["Subject"] == "Hello ann"
    assert (sent["List-Unsubscribe"] is not None) == has_way_out


@pytest.mark.parametrize("name", SYSTEM_MAILS)
def test_a_system_mail_comes_with_sample_words(mailed, name):
    sent = mailed(f"system/{name}")
    assert sent["Subject"]
    assert sent["List-Unsubscribe"] is None


def test_a_mail_that_is_not_live_is_told_with_those_that_are(mailed):
    with pytest.raises(ProgrammeError, match=r"news/first.*system/hand-off"):
        mailed("news/fourth")
