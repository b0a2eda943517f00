"""Replies are read whole, however they come in, and what is no reply is refused."""

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nurture.delivery.smtp.opening import Extensions, read_extensions
from nurture.delivery.smtp.reply import GarbledReply, Reply, ReplyReader
from nurture.delivery.smtp.transaction import stuffed

STREAM = (
    b"250-relay.example greets you\r\n250-PIPELINING\r\n250 SIZE 35882577\r\n"
    b"250 2.1.0 Ok\r\n"
    b"550-5.1.1 The account\r\n550 5.1.1 does not exist\r\n"
    b"354\r\n"
)


def replies_of(*chunks: bytes) -> list[Reply]:
    reader = ReplyReader()
    replies = []
    for chunk in chunks:
        reader.feed(chunk)
        while (reply := reader.next_reply()) is not None:
            replies.append(reply)
    assert reader.is_empty
    return replies


@given(st.lists(st.integers(0, len(STREAM)), max_size=8).map(sorted))
def test_replies_are_the_same_however_the_bytes_come(cuts):
    bounds = [0, *cuts, len(STREAM)]
    chunks = [STREAM[start:end] for start, end in itertools.pairwise(bounds)]
    assert replies_of(*chunks) == replies_of(STREAM)


def test_a_reply_has_code_enhanced_code_and_words():
    hello, mail, refused, go_ahead = replies_of(STREAM)
    assert (hello.code, hello.enhanced, hello.text) == (
        250,
        "",
        "relay.example greets you PIPELINING SIZE 35882577",
    )
    assert (mail.code, mail.enhanced, mail.text) == (250, "2.1.0", "Ok")
    assert (refused.code, refused.enhanced, refused.text) == (550, "5.1.1", "The account does not exist")
    assert (go_ahead.code, go_ahead.enhanced, go_ahead.text) == (354, "", "")


def test_an_enhanced_code_that_contradicts_its_reply_is_not_believed():
    (reply,) = replies_of(b"450 5.1.1 no such user\r\n")
    assert reply.enhanced == ""


@pytest.mark.parametrize(
    "garbage",
    [
        b"HTTP/1.1 400 Bad Request\r\n",
        b"\r\n",
        b"25 ok\r\n",
        b"2500 ok\r\n",
        b"150 ok\r\n",
        b"650 ok\r\n",
        b"250_ok\r\n",
        b"250 ok\rMAIL\r\n",
        b"\xb2\xb5\xb0 ok\r\n",
        b"250-one\r\n550 another\r\n",
        b"250-on and on\r\n" * 1_000,
        b"x" * 10_000,
    ],
)
def test_what_is_no_reply_is_refused(garbage):
    with pytest.raises(GarbledReply):
        replies_of(b"250 ok\r\n", garbage)


@given(st.binary(max_size=200))
def test_no_bytes_do_anything_but_give_replies_or_be_refused(data):
    reader = ReplyReader()
    reader.feed(data)
    try:
        while (reply := reader.next_reply()) is not None:
            assert 200 <= reply.code < 600
            assert reply.text.isprintable() or not reply.text.isascii()
    except GarbledReply:
        pass


def test_offers_are_read_without_regard_to_case():
    (reply,) = replies_of(
        b"250-relay.example\r\n250-pipelining\r\n250-SIZE\r\n250-AUTH PLAIN login\r\n250-STARTTLS\r\n250 X-Odd 1 2\r\n"
    )
    assert read_extensions(reply) == Extensions(
        pipelining=True, starttls=True, logins=frozenset(("PLAIN", "LOGIN"))
    )


@given(
    st.lists(st.sampled_from([b".", b"a", b"\r\n"]), max_size=30).map(lambda parts: b"".join(parts) + b"\r\n")
)
def test_a_stuffed_message_ends_at_its_dot_and_reads_back(data):
    wire = stuffed(data)
    lines = wire.split(b"\r\n")
    assert lines.index(b".") == len(lines) - 2
    assert b"\r\n".join(line.removeprefix(b".") for line in lines[:-2]) + b"\r\n" == data
