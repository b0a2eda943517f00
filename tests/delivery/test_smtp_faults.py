"""What becomes of each message when a relay misbehaves: nothing lost, nothing doubled, nobody else harmed."""

import socket
from datetime import UTC, datetime

import pytest
from scripted_relay import (
    ScriptedRelay,
    Taken,
    drops,
    endless_line,
    garbles,
    hangs,
    says,
    says_and_drops,
    slow_greeting,
)

from nurture.delivery.smtp import Login, Security, SmtpRoute, SmtpTransport, Timeouts, dispatch
from nurture.errors import SetupError
from nurture.ports import OutgoingMessage, Receipt, ReceiptStatus, Unlogged
from nurture.vocabulary.words import BounceKind

SENT, DEFERRED, BOUNCED, FAILED, UNKNOWN = ReceiptStatus
HARD, SOFT, BLOCK = BounceKind

PATIENT = Timeouts()
IMPATIENT = Timeouts(connect=5, greeting=0.3, command=0.3, data=0.3, block=0.3, dot=0.3)

PIPELINED = ("PIPELINING", "ENHANCEDSTATUSCODES")
LOCK_STEP = ("ENHANCEDSTATUSCODES",)


class StillClock:
    def now(self) -> datetime:
        return datetime(2026, 3, 2, 10, 4, tzinfo=UTC)


def mail(touch_id: int, *, data: bytes = b"Subject: Hello\r\n\r\n.Hello\r\n") -> OutgoingMessage:
    return OutgoingMessage(touch_id, f"b+{touch_id}@acme.example", f"lead{touch_id}@example.com", data)


def transport(port: int, *, connections: int = 1, timeouts: Timeouts = PATIENT, **settings) -> SmtpTransport:
    route = SmtpRoute(
        host="127.0.0.1",
        port=port,
        helo="acme.example",
        security=settings.pop("security", Security.NONE),
        connections=connections,
        timeouts=timeouts,
        **settings,
    )
    return SmtpTransport(route, clock=StillClock())


def sent_by(relay: ScriptedRelay, messages, **settings) -> dict[int, Receipt]:
    """The receipts by touch; checks that each message has one, and that the relay has what they say."""
    client = transport(relay.port, **settings)
    receipts = list(client.send(messages))
    client.close()
    by_touch = {receipt.touch_id: receipt for receipt in receipts}
    assert len(receipts) == len(by_touch)
    taken = [int(taken.mail_from[2:].partition("@")[0]) for taken in relay.taken]
    assert sorted(taken) == sorted(t for t, r in by_touch.items() if r.status is SENT)
    for message in relay.taken:
        assert message.data.endswith(b"Hello\r\n"), "an empty or cut mail was queued"
        assert message.rcpt_to.removeprefix("lead") == message.mail_from.removeprefix("b+").replace(
            "acme.example", "example.com"
        ), "two envelopes were mixed up"
    return by_touch


@pytest.fixture(params=[PIPELINED, LOCK_STEP], ids=["pipelined", "lock-step"])
def offers(request):
    return request.param


@pytest.mark.parametrize(
    ("verb", "act", "status", "bounce"),
    [
        ("MAIL", says("450 4.7.1 greylisted"), DEFERRED, None),
        ("RCPT", says("450 4.2.1 mailbox busy"), DEFERRED, None),
        ("DATA", says("451 4.3.0 not now"), DEFERRED, None),
        ("DOT", says("452 4.3.1 disk full"), DEFERRED, None),
        ("MAIL", says("550 5.7.1 you are blocked"), BOUNCED, BLOCK),
        ("MAIL", says("550 5.1.1 no such sender"), BOUNCED, BLOCK),
        ("RCPT", says("550 5.1.1 no such user"), BOUNCED, HARD),
        ("RCPT", says("550 No such user", "550 5.1.1 indeed"), BOUNCED, HARD),
        ("RCPT", says("552 5.2.2 mailbox full"), BOUNCED, SOFT),
        ("RCPT", says("550 5.7.26 unauthenticated mail"), BOUNCED, BLOCK),
        ("DATA", says("554 5.7.1 no"), BOUNCED, BLOCK),
        ("DOT", says("554 5.6.0 content rejected"), BOUNCED, BLOCK),
        ("RSET", says("500 5.5.1 what?"), DEFERRED, None),
        ("MAIL", drops, DEFERRED, None),
        ("RCPT", drops, DEFERRED, None),
        ("DATA", drops, DEFERRED, None),
        ("RSET", says_and_drops("421 4.3.2 shutting down"), DEFERRED, None),
        ("MAIL", says_and_drops("421 4.3.2 shutting down"), DEFERRED, None),
        ("MAIL", says_and_drops("452 4.5.3 too many messages"), DEFERRED, None),
        ("RCPT", says_and_drops("421 4.3.2 shutting down"), DEFERRED, None),
        ("DATA", says_and_drops("421 4.3.2 shutting down"), DEFERRED, None),
        ("DOT", says_and_drops("421 4.3.2 shutting down"), DEFERRED, None),
        ("MAIL", garbles, DEFERRED, None),
        ("RCPT", garbles, DEFERRED, None),
        ("DATA", garbles, DEFERRED, None),
        ("RCPT", says("354 too soon"), DEFERRED, None),
        ("DATA", says("250 what for"), DEFERRED, None),
        ("MAIL", says("250 ok", "550 5.1.1 or not"), DEFERRED, None),
        ("DOT", drops, UNKNOWN, None),
        ("DOT", garbles, UNKNOWN, None),
        ("DOT", says("354 go on"), UNKNOWN, None),
        ("BODY", drops, UNKNOWN, None),
    ],
)
def test_a_fault_meets_only_its_message(offers, verb, act, status, bounce):
    # Each session's first message has no RSET, so the second message meets the first RSET.
    position = 1 if verb == "RSET" else 2
    with ScriptedRelay({(verb, position): act}, offers=offers) as relay:
        receipts = sent_by(relay, map(mail, (1, 2, 3)))
    assert [receipts[touch].status for touch in (1, 2, 3)] == [SENT, status, SENT]
    assert receipts[2].bounce is bounce
    assert status is SENT or receipts[2].text


@pytest.mark.parametrize(
    ("verb", "status"),
    [("RSET", DEFERRED), ("MAIL", DEFERRED), ("RCPT", DEFERRED), ("DATA", DEFERRED), ("DOT", UNKNOWN)],
)
def test_silence_ends_with_the_timeout(offers, verb, status):
    with ScriptedRelay({(verb, 1 if verb == "RSET" else 2): hangs}, offers=offers) as relay:
        receipts = sent_by(relay, map(mail, (1, 2, 3)), timeouts=IMPATIENT)
    assert receipts[2].status is (SENT if verb == "RSET" else status)
    assert (receipts[1].status, receipts[3].status) == (SENT, SENT)


def test_a_session_that_ended_between_two_messages_costs_none(offers):
    with ScriptedRelay({("RSET", 1): drops, ("RSET", 2): drops}, offers=offers) as relay:
        receipts = sent_by(relay, map(mail, (1, 2, 3)))
    assert {receipt.status for receipt in receipts.values()} == {SENT}


def test_a_reply_a_byte_at_a_time_is_a_reply(offers):
    with ScriptedRelay({("CONNECT", 1): slow_greeting(0.0005)}, offers=offers) as relay:
        receipts = sent_by(relay, map(mail, (1, 2, 3)))
    assert {receipt.status for receipt in receipts.values()} == {SENT}


def test_bytes_that_keep_coming_do_not_keep_us(offers):
    with ScriptedRelay({("DOT", 2): endless_line(0.02)}, offers=offers) as relay:
        receipts = sent_by(relay, map(mail, (1, 2, 3)), timeouts=IMPATIENT)
    assert [receipts[touch].status for touch in (1, 2, 3)] == [SENT, UNKNOWN, SENT]


def test_a_relay_that_invites_the_body_of_a_refused_recipient_gets_none(offers):
    with ScriptedRelay({("RCPT", 2): says("550 5.1.1 no such user")}, offers=offers, lenient=True) as relay:
        receipts = sent_by(relay, map(mail, (1, 2, 3)))
    assert [receipts[touch].status for touch in (1, 2, 3)] == [SENT, BOUNCED, SENT]


def test_an_answer_too_many_ends_the_session_not_the_messages(offers):
    def answers_twice(session):
        session.relay.taken.append(Taken(session.mail_from, session.rcpt_to, b"Hello\r\n"))
        session.peer.sendall(b"250 2.0.0 queued\r\n250 2.0.0 and again\r\n")
        return True

    with ScriptedRelay({("DOT", 2): answers_twice}, offers=offers) as relay:
        receipts = sent_by(relay, map(mail, (1, 2, 3)))
    assert {receipt.status for receipt in receipts.values()} == {SENT}
    assert relay.counts["CONNECT"] == 2


@pytest.mark.parametrize(
    "act",
    [says_and_drops("554 5.3.2 no service"), says_and_drops("421 4.3.2 later"), drops, garbles, hangs],
)
@pytest.mark.parametrize("verb", ["CONNECT", "EHLO"])
def test_a_relay_that_lets_nobody_in_defers_all(verb, act):
    with ScriptedRelay({(verb, n): act for n in range(1, 9)}) as relay:
        receipts = sent_by(relay, map(mail, range(5)), timeouts=IMPATIENT, connections=2)
    assert {receipt.status for receipt in receipts.values()} == {DEFERRED}
    assert all(receipt.text for receipt in receipts.values())


def test_a_relay_that_lets_in_one_gets_all_by_that_one():
    with ScriptedRelay(sessions_max=1) as relay:
        receipts = sent_by(relay, map(mail, range(50)), connections=4)
    assert {receipt.status for receipt in receipts.values()} == {SENT}


def test_a_hanging_message_delays_no_other():
    with ScriptedRelay({("DOT", 1): hangs}) as relay:
        client = transport(relay.port, connections=2, timeouts=IMPATIENT)
        receipts = list(client.send(map(mail, range(30))))
        client.close()
    assert [receipt.status for receipt in receipts] == [SENT] * 29 + [UNKNOWN]


def test_a_large_message_cut_before_its_dot_is_deferred():
    large = mail(2, data=b"Subject: Large\r\n\r\n" + (b"x" * 76 + b"\r\n") * 400_000)
    with ScriptedRelay({("BODY", 2): drops}) as relay:
        receipts = sent_by(relay, [mail(1), large, mail(3)])
    assert [receipts[touch].status for touch in (1, 2, 3)] == [SENT, DEFERRED, SENT]


def test_a_refusal_in_the_middle_of_a_body_is_heard():
    large = mail(2, data=b"Subject: Large\r\n\r\n" + (b"x" * 76 + b"\r\n") * 400_000)

    def refuses_early(session):
        session.say("552 5.3.4 too big")
        return hangs(session)

    with ScriptedRelay({("BODY", 2): refuses_early}) as relay:
        receipts = sent_by(relay, [mail(1), large, mail(3)])
    assert [receipts[touch].status for touch in (1, 2, 3)] == [SENT, BOUNCED, SENT]
    assert receipts[2].bounce is SOFT


def test_a_session_limit_costs_one_deferral_each():
    faults = {("MAIL", n): says("452 4.5.3 too many messages in this session") for n in (4, 8)}
    with ScriptedRelay(faults) as relay:
        receipts = sent_by(relay, map(mail, range(1, 11)))
    assert [t for t, receipt in receipts.items() if receipt.status is DEFERRED] == [4, 8]
    assert relay.counts["CONNECT"] == 3


def test_no_relay_at_all_defers():
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
    receipts = list(transport(port).send(map(mail, (1, 2))))
    assert [receipt.status for receipt in receipts] == [DEFERRED, DEFERRED]
    assert receipts[0].text == f"cannot connect to 127.0.0.1:{port}: Connection refused"


def test_a_name_that_does_not_resolve_defers(monkeypatch):
    def unresolved(host: str, port: int):
        raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")

    monkeypatch.setattr(dispatch, "resolve", unresolved)
    receipts = list(transport(25).send(map(mail, (1, 2))))
    assert [receipt.status for receipt in receipts] == [DEFERRED, DEFERRED]
    assert receipts[0].text == "the relay's name 127.0.0.1 does not resolve: Name or service not known"


def test_the_next_address_answers_for_one_that_does_not(monkeypatch):
    with socket.create_server(("127.0.0.1", 0)) as listener:
        nobody = listener.getsockname()
    with ScriptedRelay() as relay:
        addresses = [(socket.AF_INET, nobody), (socket.AF_INET, ("127.0.0.1", relay.port))]
        monkeypatch.setattr(dispatch, "resolve", lambda host, port: addresses)
        receipts = sent_by(relay, map(mail, range(9)), connections=3)
    assert {receipt.status for receipt in receipts.values()} == {SENT}


def test_a_relay_that_hung_up_between_two_runs_is_called_again():
    def takes_and_drops(session):
        return session.queue(b"Hello\r\n") and False

    with ScriptedRelay({("DOT", 1): takes_and_drops}) as relay:
        client = transport(relay.port)
        receipts = [receipt for touch in (1, 2, 3) for receipt in client.send([mail(touch)])]
        client.close()
    assert [receipt.status for receipt in receipts] == [SENT, SENT, SENT]
    assert relay.counts["CONNECT"] == 2


def test_a_stripped_starttls_is_refused_with_the_remedy():
    with ScriptedRelay() as relay:
        receipts = sent_by(relay, [mail(1)], security=Security.STARTTLS)
        assert not any(line.startswith("MAIL") for line in relay.heard)
    assert receipts[1].status is DEFERRED
    assert "does not offer STARTTLS" in receipts[1].text


def test_a_login_in_clear_is_refused_before_anything_is_sent():
    with pytest.raises(SetupError, match="clear text"):
        transport(25, login=Login("acme", "secret"))


@pytest.mark.parametrize(
    ("message", "remedy"),
    [
        (OutgoingMessage(1, "b@acme.example", "jörg@example.com", b"\r\n"), "SMTPUTF8"),
        (OutgoingMessage(1, "b@acme.example", "jane@example.com>\r\nRSET", b"\r\n"), "forbids"),
        (OutgoingMessage(1, "b@acme.example", "", b"\r\n"), "forbids"),
        (mail(1, data="Subject: x\r\n\r\nGrüße\r\n".encode()), "8BITMIME"),
        (mail(1, data=b"Subject: x\r\n\r\n" + b"x\r\n" * 1_000), "shorten"),
    ],
)
def test_what_can_never_go_this_way_fails_with_the_remedy(message, remedy):
    with ScriptedRelay(offers=("PIPELINING", "SIZE 2000")) as relay:
        client = transport(relay.port)
        first, second = client.send([message, mail(2)])
        client.close()
    assert (first.status, second.status) == (FAILED, SENT)
    assert remedy in first.text


def test_an_international_address_goes_where_smtputf8_is_offered():
    with ScriptedRelay(offers=("PIPELINING", "SMTPUTF8", "8BITMIME")) as relay:
        client = transport(relay.port)
        data = "To: jörg@example.com\r\n\r\nHello\r\n".encode()
        (receipt,) = client.send([OutgoingMessage(1, "b@acme.example", "jörg@bücher.example", data)])
        client.close()
    assert receipt.status is SENT
    assert relay.taken[0].rcpt_to == "jörg@xn--bcher-kva.example"
    assert "MAIL FROM:<b@acme.example> BODY=8BITMIME SMTPUTF8" in relay.heard


def test_what_the_caller_raises_comes_after_the_receipts():
    def messages():
        yield mail(1)
        yield mail(2)
        raise KeyError("the next lead")

    with ScriptedRelay() as relay:
        client = transport(relay.port, connections=2)
        receipts = []
        with pytest.raises(KeyError, match="the next lead"):
            receipts.extend(client.send(messages()))
        run = client.send(messages())
        assert next(run).status is SENT
        run.close()
        client.close()


def test_the_mark_before_the_dot_is_made_for_what_leaves_only():
    marks = []

    class Marks(Unlogged):
        def before_dot(self, touch_id):
            marks.append(touch_id)

    with ScriptedRelay({("RCPT", 2): says("550 5.1.1 no such user")}) as relay:
        route = SmtpRoute(host="127.0.0.1", port=relay.port, helo="acme.example", security=Security.NONE)
        client = SmtpTransport(route, clock=StillClock())
        for touch in (1, 2, 3):
            list(client.send([mail(touch)], Marks()))
        client.close()
    assert marks == [1, 3]
    assert relay.counts["CONNECT"] == 1


def test_a_bare_line_feed_cannot_end_a_message():
    smuggler = mail(1, data=b"Subject: x\r\n\r\nHello\n.\r\nMAIL FROM:<a@evil.example>\r\n")
    with ScriptedRelay() as relay:
        client = transport(relay.port)
        assert [receipt.status for receipt in client.send([smuggler, mail(2)])] == [SENT, SENT]
        client.close()
    # This relay takes LF for a line end, as the servers do that such mail is made for.
    assert [taken.rcpt_to for taken in relay.taken] == ["lead1@example.com", "lead2@example.com"]
    assert not any("evil" in line for line in relay.heard)
