"""What a composed message is on the wire, read back by the standard library's parser."""

import binascii
import re
from datetime import UTC, datetime
from email import message_from_bytes, policy
from email.header import decode_header, make_header
from email.message import EmailMessage
from email.utils import parseaddr

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from nurture.delivery.compose import Envelope, compose
from nurture.delivery.headers import clean, clean_address, mailbox_field, text_field
from nurture.vocabulary.words import MailClass


class Rendered(msgspec.Struct, frozen=True):
    subject: str
    html: bytes
    text: bytes


def quoted_printable(text: str) -> bytes:
    return binascii.b2a_qp(text.encode(), istext=True).replace(b"\n", b"\r\n")


PARTS = Rendered(
    subject="Your trial, Jane",
    html=quoted_printable("<p>Grüße, Jane</p>\n<p>=_ and a line that\n.starts with a dot</p>"),
    text=quoted_printable("Grüße, Jane"),
)
ENVELOPE = Envelope(
    from_name="Acme",
    from_address="hello@acme.example",
    reply_to="sales@acme.example",
    to_name="Jane Doe",
    to_address="jane@example.com",
    message_id="<touch.42@acme.example>",
    date=datetime(2026, 3, 2, 10, 4, tzinfo=UTC),
    list_id="trial-onboarding.acme.example",
    unsubscribe_url="https://t.acme.example/u/abc",
    unsubscribe_mailto="mailto:unsubscribe@acme.example?subject=abc",
    list_help="https://acme.example/why",
    feedback_id="trial:welcome:acme",
    mail_class=MailClass.MARKETING,
)

hostile_text = st.text(
    st.one_of(
        st.characters(),
        st.sampled_from('\r\n\0\u2028\u2029\x85\t "\\<>,;:@()[]=?_äß日😀\u202e\ud800'),
        st.sampled_from(["\r\nBcc: victim@example.com", "=?utf-8?q?x?=", "\n\n"]).map(lambda s: s[:1]),
    ),
    max_size=300,
)


def parsed(data: bytes) -> EmailMessage:
    message = message_from_bytes(data, policy=policy.SMTP)
    assert isinstance(message, EmailMessage)
    return message


def test_a_marketing_mail_carries_every_header_once():
    message = parsed(compose(PARTS, ENVELOPE))
    assert dict(message.items()) == {
        "From": "Acme <hello@acme.example>",
        "Reply-To": "sales@acme.example",
        "MIME-Version": "1.0",
        "Auto-Submitted": "auto-generated",
        "List-ID": "<trial-onboarding.acme.example>",
        "List-Help": "<https://acme.example/why>",
        "Feedback-ID": "trial:welcome:acme",
        "To": "Jane Doe <jane@example.com>",
        "Subject": "Your trial, Jane",
        "Date": "Mon, 02 Mar 2026 10:04:00 +0000",
        "Message-ID": "<touch.42@acme.example>",
        "List-Unsubscribe": "<https://t.acme.example/u/abc>, <mailto:unsubscribe@acme.example?subject=abc>",
        "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
        "Content-Type": message["Content-Type"],
    }
    assert len(message.items()) == len(dict(message.items()))
    assert not message.defects


def test_the_text_comes_first_and_both_bodies_read_back():
    text, html = parsed(compose(PARTS, ENVELOPE)).iter_parts()
    assert (text.get_content_type(), html.get_content_type()) == ("text/plain", "text/html")
    assert text.get_content().strip() == "Grüße, Jane"
    assert ".starts with a dot" in html.get_content()


def test_operational_mail_offers_no_unsubscribe():
    message = parsed(compose(PARTS, msgspec.structs.replace(ENVELOPE, mail_class=MailClass.OPERATIONAL)))
    assert message["List-Unsubscribe"] is None
    assert message["List-Unsubscribe-Post"] is None


@pytest.mark.parametrize("url", [None, "http://t.acme.example/u/abc"])
def test_one_click_is_promised_only_over_https(url):
    message = parsed(compose(PARTS, msgspec.structs.replace(ENVELOPE, unsubscribe_url=url)))
    assert "mailto:" in message["List-Unsubscribe"]
    assert message["List-Unsubscribe-Post"] is None


def test_the_same_touch_composes_to_the_same_bytes():
    assert compose(PARTS, ENVELOPE) == compose(PARTS, ENVELOPE)


def test_the_boundary_is_in_no_body():
    boundary = parsed(compose(PARTS, ENVELOPE)).get_boundary()
    assert boundary is not None
    assert boundary.encode() not in PARTS.html + PARTS.text


def test_a_url_beyond_ascii_is_percent_encoded():
    way_out = "https://t.acme.example/ü/a b>"
    message = parsed(compose(PARTS, msgspec.structs.replace(ENVELOPE, unsubscribe_url=way_out)))
    assert message["List-Unsubscribe"].startswith("<https://t.acme.example/%C3%BC/a%20b%3E>,")


def test_an_international_domain_is_written_in_ascii():
    message = compose(PARTS, msgspec.structs.replace(ENVELOPE, to_address="jane@bücher.example"))
    assert b"<jane@xn--bcher-kva.example>" in message
    assert message.isascii()


def test_an_international_local_part_stays_utf8():
    message = compose(
        PARTS, msgspec.structs.replace(ENVELOPE, to_name=None, to_address="jörg@bücher.example")
    )
    assert "To: jörg@xn--bcher-kva.example\r\n".encode() in message


@given(subject=hostile_text, name=hostile_text, sender=hostile_text)
def test_no_value_adds_a_header_or_a_line(subject, name, sender):
    parts = msgspec.structs.replace(PARTS, subject=subject)
    data = compose(parts, msgspec.structs.replace(ENVELOPE, to_name=name, from_name=sender))
    assert [field for field, _ in parsed(data).items()] == [
        field for field, _ in parsed(compose(PARTS, ENVELOPE)).items()
    ]
    assert not re.search(rb"\r(?!\n)|(?<!\r)\n", data)
    assert data.isascii()
    assert b"\0" not in data
    assert max(map(len, data.partition(b"\r\n\r\n")[0].split(b"\r\n"))) <= 78


@given(hostile_text)
def test_a_subject_reads_back_as_cleaned(value):
    field = text_field("Subject", value)
    assert parsed(field + b"\r\n")["Subject"] == clean(value)
    assert all(len(word) <= 75 for word in re.findall(rb"=\?utf-8\?b\?[^?]*\?=", field))


@given(hostile_text)
def test_a_display_name_reads_back_as_cleaned(value):
    # The classic parser: the newer one joins two encoded words of a phrase with a space (fixed after Python 3.11).
    raw = message_from_bytes(mailbox_field("To", value, "jane@example.com") + b"\r\n")["To"]
    phrase, address = parseaddr(re.sub(r"\r?\n", "", raw))
    assert address == "jane@example.com"
    assert str(make_header(decode_header(phrase))) == clean(value)


@pytest.mark.parametrize("value", ["Jane  Doe", "Jane   Q Doe", "a\x00 \x00b"])
def test_a_run_of_spaces_in_a_display_name_is_kept(value):
    raw = message_from_bytes(mailbox_field("To", value, "jane@example.com") + b"\r\n")["To"]
    assert parseaddr(raw) == (clean(value), "jane@example.com")


@given(hostile_text)
def test_an_address_cannot_leave_its_brackets(value):
    address = clean_address(f"{value}@example.com")
    assert not re.search(r"[\s<>,;:\x00-\x20]", address)
