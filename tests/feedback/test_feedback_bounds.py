"""Whatever the bytes: an answer, within two seconds (SEC6)."""

import time
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from notices_of_mailers import NOTICES

from nurture.feedback.model import Feedback
from nurture.feedback.prose import RECIPIENTS_MAX
from nurture.feedback.read import read
from nurture.identity import Keyring

CORPUS = Path(__file__).parents[3] / "shared" / "corpora" / "bounces" / "messages"
KEYRING = Keyring(b"a secret of thirty-two characters")
SEEDS = [each.raw for each in NOTICES.values()]
SEEDS += [each.read_bytes() for each in sorted(CORPUS.glob("*/*"))] if CORPUS.is_dir() else []
PIECES = [
    b"Content-Type: multipart/report; boundary=x\n\n",
    b"\n--x\nContent-Type: message/delivery-status\n\n",
    b"Final-Recipient: rfc822;",
    b"Content-Transfer-Encoding: base64\n",
    b"Content-Type: text/plain; charset=punycode\n",
    b"=?utf-8?q?=ff?=",
    b"\x00",
    b"\xff\xfe",
    b"<>",
    b"@",
    b"\n\n",
    b"\r",
]

DAEMON = b"Return-Path: <>\nFrom: MAILER-DAEMON@x\nTo: a@b\nSubject: Undelivered\n"
REPLY = b"From: a@b\nIn-Reply-To: <x@y>\n\n"
HEAVY = {
    "one word": DAEMON + b"\n" + b"a" * 600_000,
    "addresses": DAEMON + b"\n" + b"a@b.c " * 100_000,
    "empty lines": DAEMON + b"\n" + b"\n" * 600_000,
    "open tags": DAEMON + b"Content-Type: text/html\n\n" + b"<br " * 150_000,
    "open styles": DAEMON + b"Content-Type: text/html\n\n" + b"<style>" * 80_000,
    "fields as words": DAEMON + b"\n" + b"A: b\n" * 120_000,
    "many fields": DAEMON * 8_000,
    "multiparts in multiparts": b"".join(
        b'Content-Type: multipart/mixed; boundary="%d"\n\n--%d\n' % (depth, depth) for depth in range(5_000)
    ),
    "a few multiparts in multiparts": b"".join(
        b'Content-Type: multipart/mixed; boundary="%d"\n\n--%d\n' % (depth, depth) for depth in range(30)
    )
    + b"x\n" * 200_000,
    "mails in mails": b"Content-Type: message/rfc822\n\n" * 18_000,
    "parts": DAEMON + b'Content-Type: multipart/mixed; boundary="x"\n\n' + b"--x\n\nhi\n" * 60_000,
    "recipients": DAEMON
    + b'Content-Type: multipart/report; boundary="x"\n\n--x\nContent-Type: message/delivery-status\n\n'
    + b"Final-Recipient: rfc822; a@b.c\nAction: failed\n\n" * 8_000,
    "recipients in words": DAEMON + b"\n" + b"Final-Recipient: a@b.c\n" * 20_000,
    "recipients who are told one long text": DAEMON
    + b"X-Failed-Recipients: "
    + b", ".join(b"a%d@b.c" % each for each in range(50))
    + b"\n\n"
    + b"undelivered, and nobody says why. " * 20_000,
    "failed recipients": b"X-Failed-Recipients: " + b"a@b.c, " * 60_000 + DAEMON + b"\nfailed to deliver\n",
    "unknown users": DAEMON + b"\n" + b"user unknown mailbox " * 30_000,
    "encoded words": b"Subject: " + b"=?utf-8?q?a?= " * 40_000 + b"\n\nx",
    "references": b"References: " + b"<a@b> " * 100_000 + b"\n\nx",
    "parameters": DAEMON + b"Content-Type: text/plain; " + b"a*0=b;" * 60_000 + b"\n\nx",
    "a slow character set": DAEMON + b"Content-Type: text/plain; charset=punycode\n\n" + b"ab-" * 160_000,
    "a character set that is none": DAEMON + b"Content-Type: text/plain; charset=rot13\n\nx",
    "an encoded word of no character set": "From: a@b\nSubject: =?iso�-2022-jp?B?AAAA?=\n\nx".encode(),
    "deep JSON": DAEMON + b"\n" + b'{"a":' * 100_000,
    "quoted lines": REPLY + b"> x\n" * 120_000,
    "beginnings of quotations": REPLY + b"On a\n" * 100_000,
    "spaces": DAEMON + b"\nx\n" + b" " * 500_000,
}


@pytest.mark.parametrize("raw", HEAVY.values(), ids=HEAVY)
def test_heavy_messages_are_read_in_time(raw):
    began = time.process_time()
    feedback = read(raw, KEYRING)
    assert time.process_time() - began < 2
    assert len(feedback.failures) <= RECIPIENTS_MAX


@given(st.binary(max_size=2_000), st.text(max_size=80))
def test_any_bytes_have_an_answer(raw, envelope_to):
    assert isinstance(read(raw, KEYRING, envelope_to=envelope_to), Feedback)


@settings(max_examples=300)
@given(st.data())
def test_damaged_messages_have_an_answer(data):
    raw = bytearray(data.draw(st.sampled_from(SEEDS)))
    for _ in range(data.draw(st.integers(1, 6))):
        start = data.draw(st.integers(0, len(raw)))
        end = min(len(raw), start + data.draw(st.integers(0, 300)))
        raw[start:end] = data.draw(st.one_of(st.sampled_from(PIECES), st.binary(max_size=20)))
    assert isinstance(read(bytes(raw), KEYRING), Feedback)
