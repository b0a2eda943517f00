"""What leaves the engine, sentence by sentence of spec/6-reliability, 'Mail on the wire'; bytes and signatures: tests/wire."""

import re
from datetime import timedelta
from email import message_from_bytes, policy

import pytest

from nurture.config import Settings
from nurture.delivery.smtp import Security, SmtpRoute, Timeouts
from nurture.identity import Keyring
from nurture.ports import ReceiptStatus
from tests.engine.company import Company, campaign, catalog

KEYRING = Keyring(b"k" * 32)
BUSY = {"status": ReceiptStatus.DEFERRED, "code": "4.2.1", "text": "try again later"}


@pytest.fixture
def acme(tmp_path):
    """A company with everything set that is told on the wire."""
    company = Company(
        f"sqlite:///{tmp_path / 'n.sqlite'}",
        base_url="https://links.small.example",
        return_path_domain="bounces.small.example",
        reply_domain="in.small.example",
    )
    company.publish(
        catalog(
            campaign("news", steps="[{mail: first}]"),
            campaign("account", class_="operational", steps="[{mail: first}]"),
        )
    )
    yield company
    company.engine.close()


def mailed(company, name="news"):
    """The one message of a campaign, and how it reads."""
    read = [(each, message_from_bytes(each.data, policy=policy.default)) for each in company.relay.messages]
    (found,) = [pair for pair in read if pair[1]["List-ID"] == f"<{name}.small.example>"]
    return found


def test_a_marketing_mail_offers_both_ways_out_and_one_click(acme):
    acme.enter("ann")
    acme.engine.tick()
    _, mail = mailed(acme)
    way_out = re.fullmatch(
        r"<(https://links\.small\.example/u/[^>]+)>,\s*<mailto:([^>?]+)[^>]*>", mail["List-Unsubscribe"]
    )
    assert mail["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    (touch,) = [each for each in acme.touches(1) if each.campaign == "news"]
    assert KEYRING.read_touch_token(way_out[1].rpartition("/")[2]).touch_id == touch.id
    assert KEYRING.read_unsubscribe_address(way_out[2]) == touch.id


def test_an_operational_mail_offers_none_and_says_why_it_comes(acme):
    acme.enter("ann")
    acme.engine.tick()
    _, mail = mailed(acme, "account")
    assert mail["List-Unsubscribe"] is mail["List-Unsubscribe-Post"] is None
    assert mail["List-Help"].startswith("<https://links.small.example/p/")


def test_every_mail_says_what_it_is(acme):
    acme.enter("ann")
    acme.engine.tick()
    for name, mail_class in (("news", "marketing"), ("account", "operational")):
        _, mail = mailed(acme, name)
        assert mail["Auto-Submitted"] == "auto-generated"
        assert mail["Feedback-ID"] == f"{name}:first:{mail_class}:small.example"
        assert mail["MIME-Version"] == "1.0"
        assert mail.get_content_type() == "multipart/alternative"
        assert [part.get_content_type() for part in mail.iter_parts()] == ["text/plain", "text/html"]
        assert {part.get_content_charset() for part in mail.iter_parts()} == {"utf-8"}


def test_bounces_come_back_to_the_touch_by_an_address_that_nobody_else_can_make(acme):
    acme.enter("ann", "bea")
    acme.engine.tick()
    for message in acme.relay.messages:
        local, _, domain = message.mail_from.partition("@")
        assert domain == "bounces.small.example"
        assert KEYRING.read_return_path(message.mail_from) == message.touch_id
        forged = f"{local[:-1]}{'0' if local[-1] != '0' else '1'}@{domain}"
        with pytest.raises(Exception, match="not made here"):
            KEYRING.read_return_path(forged)


def test_each_message_has_one_recipient(acme):
    acme.enter("ann", "bea", "cid")
    acme.engine.tick()
    for message in acme.relay.messages:
        read = message_from_bytes(message.data, policy=policy.default)
        assert [each.addr_spec for each in read["To"].addresses] == [message.rcpt_to]
        assert read["Cc"] is read["Bcc"] is None


def test_tried_again_it_carries_the_same_message_id_of_our_domain(acme):
    acme.enter("ann")
    tried = []

    def answer(message):
        tried.append(message)
        return BUSY if len(tried) <= 4 else None

    acme.relay.answer = answer
    acme.engine.tick()
    for _ in range(3):
        acme.later(minutes=15)
    ids = {}
    for message in tried:
        read = message_from_bytes(message.data, policy=policy.default)
        ids.setdefault(message.touch_id, set()).add(read["Message-ID"])
    assert len(tried) > len(ids), "nothing was tried again"
    for touch_id, found in ids.items():
        (message_id,) = found
        assert message_id.endswith("@small.example>")
        assert KEYRING.read_message_id(message_id) == touch_id


def test_out_of_the_box_the_way_is_encrypted_and_its_end_is_verified():
    settings = Settings()
    assert Security(settings.smtp_tls) is Security.STARTTLS
    route = SmtpRoute(host="relay.example", helo="acme.example")
    assert (route.security, route.verify, route.ca_file) == (Security.STARTTLS, True, None)


def test_we_wait_as_long_as_rfc_5321_asks():
    """Section 4.5.3.2: greeting, MAIL and RCPT 5 minutes, DATA 2, each block 3, the final dot 10."""
    minutes = {
        name: timedelta(seconds=getattr(Timeouts(), name)) / timedelta(minutes=1)
        for name in ("greeting", "command", "data", "block", "dot")
    }
    assert minutes == {"greeting": 5, "command": 5, "data": 2, "block": 3, "dot": 10}
