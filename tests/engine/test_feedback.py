"""What comes back changes what it must, once, and nothing where nobody has signed."""

from datetime import timedelta
from email import message_from_bytes
from email.policy import default

import pytest

from nurture.engine.feedback import forget_raw, receive
from nurture.feedback.model import FeedbackKind
from nurture.ports import ReceiptStatus
from nurture.store import records as table
from nurture.vocabulary.words import BounceKind, EventKind, SuppressionCause


@pytest.fixture
def jane(company):
    """A lead who has had one mail; *company* is the world around her."""
    (lead_id,) = company.enter("jane")
    company.later(minutes=1)
    return lead_id


@pytest.fixture
def back(company, jane):
    """Words for what comes back to Jane's mail."""
    return Back(company, jane)


class Back:
    def __init__(self, company, lead_id):
        self.company = company
        self.lead_id = lead_id
        self.touch_id = company.touches(lead_id)[0].id
        self.count = 0

    @property
    def sent(self):
        return self.company.relay.messages[0]

    def comes(self, raw, **how):
        return receive(self.company.engine, raw, source="test", **how)

    def mail(self, words, **fields):
        self.count += 1
        fields = {
            "From": "Jane <jane@x.example>",
            "To": self.sent.mail_from,
            "Subject": "Re: Hello",
            "Message_ID": f"<{self.count}@x.example>",
            **fields,
        }
        return (
            "".join(f"{k.replace('_', '-')}: {v}\r\n" for k, v in fields.items()) + "\r\n" + words
        ).encode()

    def bounce(
        self, code="5.1.1", words="550 User unknown", *, to=None, action="failed", recipient="jane@x.example"
    ):
        report = (
            "--x\r\n\r\nUndelivered\r\n--x\r\nContent-Type: message/delivery-status\r\n\r\n"
            f"Reporting-MTA: dns; mx\r\n\r\nFinal-Recipient: rfc822; {recipient}\r\nAction: {action}\r\n"
            f"Status: {code}\r\nDiagnostic-Code: smtp; {words}\r\n\r\n--x--\r\n"
        )
        return self.mail(
            report,
            From="MAILER-DAEMON@mx.example",
            To=to or self.sent.mail_from,
            Subject="Undelivered Mail Returned to Sender",
            Content_Type='multipart/report; report-type=delivery-status; boundary="x"',
        )

    def complaint(self, to="abuse@small.example", path=None):
        return self.mail(
            "--x\r\nContent-Type: message/feedback-report\r\n\r\nFeedback-Type: abuse\r\nVersion: 1\r\n\r\n"
            f"--x\r\nContent-Type: message/rfc822\r\n\r\nReturn-Path: <{path or self.sent.mail_from}>\r\n"
            "Subject: Hello\r\n\r\nHello\r\n--x--\r\n",
            From="fbl@x.example",
            To=to,
            Content_Type='multipart/report; report-type=feedback-report; boundary="x"',
        )

    def reply_address(self):
        return self.company.engine.keyring.reply_address(self.touch_id, "in.small.example")

    def suppressions(self):
        return [(row.address, row.scope, row.cause) for row in self.company.rows(table.suppression)]

    def mailed(self):
        """Who was mailed, people of ours included."""
        return [message.rcpt_to.partition("@")[0] for message in self.company.relay.messages]

    def touch(self):
        return self.company.touches(self.lead_id)[0]


# ---------------------------------------------------------------- bounces


def test_a_hard_bounce_suppresses_before_anything_is_absorbed(company, back):
    received = back.comes(back.bounce())
    assert received.did == "suppressed the address: it is dead"
    assert back.suppressions() == [("jane@x.example", "all", "hard bounce")]
    assert (back.touch().status, back.touch().code) == ("bounced", "5.1.1")
    company.later(minutes=1)
    assert company.state(back.lead_id).suppressed is SuppressionCause.HARD_BOUNCE
    company.later(days=3)
    assert back.mailed() == ["jane"]


def test_a_soft_bounce_is_noted_and_mail_goes_on(company, back):
    back.comes(back.bounce("5.2.2", "552 mailbox full"))
    assert back.suppressions() == []
    (event,) = company.events(EventKind.MAIL_BOUNCED)
    assert (event.properties["bounce"], event.properties["code"]) == ("soft", "5.2.2")
    company.later(days=3)
    assert back.mailed() == ["jane", "jane"]


def test_the_fifth_soft_bounce_suppresses_whichever_way_each_was_told(company, back):
    """Three were told by providers or as notices, one was refused at SMTP time, and one comes by mail now."""
    for _ in range(3):
        company.happens(back.lead_id, EventKind.MAIL_BOUNCED, bounce="soft", touch=1)
    company.relay.answer = lambda message: {
        "status": ReceiptStatus.BOUNCED,
        "code": "5.2.2",
        "text": "552 mailbox full",
        "bounce": BounceKind.SOFT,
    }
    company.later(days=3)
    assert company.statuses(back.lead_id) == [("first", "sent"), ("second", "bounced")]
    assert back.suppressions() == []
    back.comes(back.bounce("5.2.2", "552 mailbox full"))
    company.later(minutes=1)
    assert back.suppressions() == [("jane@x.example", "all", "soft bounces")]
    (told,) = company.events(EventKind.SUPPRESSED)
    assert told.properties["why"] == "5 soft bounces in 30 days"


def test_a_soft_bounce_at_smtp_time_may_be_the_fifth(company, back):
    for _ in range(4):
        company.happens(back.lead_id, EventKind.MAIL_BOUNCED, bounce="soft", touch=1)
    company.relay.answer = lambda message: {
        "status": ReceiptStatus.BOUNCED,
        "code": "5.2.2",
        "text": "552 mailbox full",
        "bounce": BounceKind.SOFT,
    }
    company.later(days=3)
    assert back.suppressions() == [("jane@x.example", "all", "soft bounces")]
    assert company.state(back.lead_id).suppressed is SuppressionCause.SOFT_BOUNCES


def test_a_soft_bounce_may_turn_out_hard(company, back):
    back.comes(back.bounce("5.2.2", "552 mailbox full"))
    back.comes(back.bounce())
    assert [row.properties["bounce"] for row in company.events(EventKind.MAIL_BOUNCED)] == ["soft", "hard"]
    assert back.touch().code == "5.1.1"


def test_a_block_is_not_the_leads_fault(back):
    back.comes(back.bounce("5.7.1", "550 blocked for spam"))
    assert back.suppressions() == []


def test_a_delay_decides_nothing(company, back):
    assert "still tries" in back.comes(back.bounce("4.4.1", "timed out", action="delayed")).did
    assert back.touch().status == "sent"
    assert company.events(EventKind.MAIL_BOUNCED) == []


@pytest.mark.parametrize(
    "to",
    ["b+0123@small.example", "hello@small.example", "b+" + "0" * 40 + "@small.example", "jane@x.example"],
)
def test_a_forged_bounce_changes_nothing(company, back, to):
    received = back.comes(back.bounce(to=to))
    assert (received.kind, received.did) == (
        FeedbackKind.BOUNCE,
        "kept it: no signature of ours names a mail",
    )
    assert back.suppressions() == []
    assert back.touch().status == "sent"
    assert company.events(EventKind.MAIL_BOUNCED) == []


def test_a_dead_address_that_mail_was_sent_on_to_is_not_the_leads(back):
    back.comes(back.bounce(recipient="j@elsewhere.example"))
    assert back.suppressions() == []


def test_an_unknown_touch_is_settled_by_its_bounce(company):
    (lead_id,) = company.enter("jane")
    company.relay.answer = lambda message: {"status": ReceiptStatus.UNKNOWN, "text": "the line broke"}
    company.relay.meanwhile = lambda: None
    company.later(minutes=1)
    touch = company.touches(lead_id)[0]
    assert touch.status == "unknown"
    path = company.engine.keyring.return_path(touch.id, "small.example")
    notice = f"Return-Path: <>\nFrom: MAILER-DAEMON@mx\nTo: {path}\nSubject: failure notice\n\n<jane@x.example>:\nno such user\n"
    receive(company.engine, notice.encode(), source="test")
    assert company.touches(lead_id)[0].status == "bounced"


def test_an_unknown_touch_that_is_answered_was_sent(company):
    (lead_id,) = company.enter("jane")
    company.relay.answer = lambda message: {"status": ReceiptStatus.UNKNOWN}
    company.later(minutes=1)
    touch = company.touches(lead_id)[0]
    to = company.engine.keyring.reply_address(touch.id, "in.small.example")
    receive(company.engine, f"From: jane@x.example\nTo: {to}\n\nThanks".encode(), source="test")
    assert company.touches(lead_id)[0].status == "sent"


# ---------------------------------------------------------------- once


def test_what_comes_twice_is_taken_in_once(company, back):
    raw = back.bounce()
    assert back.comes(raw).is_new
    again = b"Received: from elsewhere\r\n" + raw
    assert not back.comes(again).is_new
    assert len(company.rows(table.inbound)) == len(company.events(EventKind.MAIL_BOUNCED)) == 1


def test_a_message_is_kept_with_what_it_said_and_what_came_of_it(company, back):
    raw = back.bounce()
    back.comes(raw)
    (row,) = company.rows(table.inbound)
    assert (row.kind, row.touch_id, row.lead_id, row.code) == ("bounce", back.touch_id, back.lead_id, "5.1.1")
    assert (row.raw, row.did) == (raw, "suppressed the address: it is dead")
    company.clock.turn_to(company.clock.now() + timedelta(days=89))
    assert forget_raw(company.engine) == 0
    company.clock.turn_to(company.clock.now() + timedelta(days=2))
    assert forget_raw(company.engine) == 1
    assert company.rows(table.inbound)[0].raw is None


def test_what_no_store_keeps_is_left_out(company, back):
    receive(
        company.engine,
        b"From: jane@x.example\nSubject: A\x00B\nIn-Reply-To: <x@y>\n\nN\x00UL \xff\xfe",
        source="test",
    )
    (row,) = company.rows(table.inbound)
    assert row.subject == "AB"


# ---------------------------------------------------------------- complaints and requests to stop


def test_a_complaint_ends_all_mail_at_once(company, back):
    back.comes(back.complaint())
    assert back.suppressions() == [("jane@x.example", "all", "complaint")]
    company.later(minutes=1)
    assert company.state(back.lead_id).suppressed is SuppressionCause.COMPLAINT


def test_a_forged_complaint_changes_nothing(company, back):
    back.comes(back.complaint(path="b+0000@small.example"))
    assert back.suppressions() == []
    assert company.events(EventKind.MAIL_COMPLAINED) == []


def test_a_mail_to_the_unsubscribe_address_unsubscribes(company, back):
    to = company.engine.keyring.unsubscribe_address(back.touch_id, "in.small.example")
    back.comes(back.mail("", To=to, Subject="unsubscribe"))
    assert back.suppressions() == [("jane@x.example", "marketing", "unsubscribed")]
    company.later(days=3)
    assert back.mailed() == ["jane"]


def test_unsubscribe_as_an_answer_unsubscribes(back):
    back.comes(back.mail("Unsubscribe", To=back.reply_address()))
    assert back.suppressions() == [("jane@x.example", "marketing", "unsubscribed")]


# ---------------------------------------------------------------- answers


def test_an_answer_counts_pauses_and_reaches_the_owner(company, back):
    answer = back.mail("Call me.\r\n\r\n> Hello jane", To=back.reply_address())
    assert back.comes(answer).did == "forwarded it to hello@small.example"
    (event,) = company.events(EventKind.MAIL_REPLIED)
    assert (event.properties["touch"], event.properties["said"]) == (back.touch_id, "Call me.")
    company.later(minutes=1)
    company.later(days=10)
    assert back.mailed() == ["jane", "hello"]  # the campaign rests for 14 days
    for _ in range(3):
        company.later(days=2)
    assert back.mailed() == ["jane", "hello", "jane"]


def test_the_owner_gets_the_whole_answer_and_answers_the_lead(company, back):
    company.happens(
        back.lead_id, EventKind.LEAD_CHANGED, fields={"owner": "rep@small.example", "last_name": "Doe"}
    )
    company.later(minutes=1)
    raw = back.mail("Call me.", To=back.reply_address())
    back.comes(raw)
    company.later(minutes=1)
    sent = company.relay.messages[-1]
    assert sent.rcpt_to == "rep@small.example"
    mail = message_from_bytes(sent.data, policy=default)
    assert mail["From"].addresses[0].display_name == "jane Doe via Small"
    assert mail["From"].addresses[0].addr_spec == "hello@small.example"
    assert mail["Reply-To"] == "jane@x.example"
    assert mail["Auto-Submitted"] == "auto-forwarded"
    assert "Call me." in mail.get_body(("plain",)).get_content()
    (attached,) = mail.iter_attachments()
    assert attached.get_payload(decode=True) == raw
    assert max(map(len, sent.data.split(b"\r\n"))) <= 998


def test_an_answer_too_large_for_a_server_is_passed_on_without_its_files(company, back):
    back.comes(back.mail("Call me.\r\n" + "x" * 7_000_000, To=back.reply_address()))
    company.later(minutes=1)
    assert len(company.relay.messages[-1].data) < 100_000


def test_a_forward_that_is_deferred_is_tried_again_and_leaves_once(company, back):
    back.comes(back.mail("Call me.", To=back.reply_address()))
    company.relay.answer = lambda message: {"status": ReceiptStatus.DEFERRED, "code": "4.2.0"}
    company.later(minutes=1)
    assert back.mailed() == ["jane"]
    company.relay.answer = lambda message: None
    for _ in range(3):
        company.later(hours=1)
    assert back.mailed() == ["jane", "hello"]


def test_what_we_forwarded_does_not_go_around(company, back):
    back.comes(back.mail("Call me.", To=back.reply_address()))
    company.later(minutes=1)
    returned = company.relay.messages[-1].data
    assert back.comes(returned).did == "kept it"
    company.later(minutes=1)
    assert back.mailed() == ["jane", "hello"]


def test_an_automatic_answer_is_kept_and_not_scored(company, back):
    received = back.comes(back.mail("I am away.", To=back.reply_address(), Auto_Submitted="auto-replied"))
    assert (received.kind, received.did) == (FeedbackKind.AUTO_REPLY, "kept it")
    assert company.events(EventKind.MAIL_REPLIED) == []
    company.later(days=3)
    assert back.mailed() == ["jane", "jane"]


def test_a_lead_who_writes_anew_is_passed_on_but_not_believed(company, back):
    received = back.comes(back.mail("A question", To="hello@small.example", Subject="Question"))
    assert received.did == "forwarded it to hello@small.example"
    assert company.events(EventKind.MAIL_REPLIED) == []


def test_a_stranger_who_writes_is_kept(company, back):
    stranger = back.mail("Buy!", From="spam@y.example", To="hello@small.example", Subject="Offer")
    assert back.comes(stranger).did == "kept it"


def test_a_system_mail_that_comes_back_is_noted(company, back):
    back.comes(back.mail("Call me.", To=back.reply_address()))
    company.later(minutes=1)
    forwarded = company.relay.messages[-1]
    back.comes(back.bounce(to=forwarded.mail_from, recipient="hello@small.example"))
    (row,) = company.rows(table.outbox)
    assert (row.status, row.code) == ("bounced", "5.1.1")
    assert back.suppressions() == []


def test_a_message_that_we_cannot_understand_is_kept_and_does_not_come_again(company, monkeypatch):
    def broken(raw, keyring, envelope_to):
        raise RuntimeError("a bug of ours")

    monkeypatch.setattr("nurture.engine.feedback.read", broken)
    assert receive(company.engine, b"Subject: x\n\nx", source="test").kind is FeedbackKind.OTHER
    assert not receive(company.engine, b"Subject: x\n\nx", source="test").is_new
    assert [row.raw for row in company.rows(table.inbound)] == [b"Subject: x\n\nx"]
