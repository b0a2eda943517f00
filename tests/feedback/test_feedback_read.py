"""What comes back, and what it says."""

import pytest
from notices_of_mailers import COPY, NOTICES

from nurture.feedback.model import FeedbackKind
from nurture.feedback.read import read
from nurture.identity import Keyring
from nurture.vocabulary.words import BounceKind

KEYRING = Keyring(b"a secret of thirty-two characters")
TOUCH = 4_711
RETURN_PATH = KEYRING.return_path(TOUCH, "acme.example")


def mail(words="", **fields):
    fields = {
        "From": "Jane Doe <jane@example.com>",
        "To": "hello@acme.example",
        "Subject": "Re: Hello",
        **fields,
    }
    head = "".join(
        f"{name.replace('_', '-')}: {value}\n" for name, value in fields.items() if value is not None
    )
    return f"{head}\n{words}".encode()


# ---------------------------------------------------------------- bounces


@pytest.mark.parametrize("notice", NOTICES.values(), ids=NOTICES)
def test_a_notice_in_words_names_whom_and_why(notice):
    feedback = read(notice.raw)
    assert feedback.kind is FeedbackKind.BOUNCE
    (failure,) = feedback.failures
    assert (failure.recipient, failure.bounce, failure.is_delay) == (
        "jane@example.com",
        notice.bounce,
        notice.is_delay,
    )


def dsn(*blocks, words="", to=RETURN_PATH, returned=COPY):
    parts = "\n\n".join(("Reporting-MTA: dns; mx.example.net", *blocks))
    return mail(
        f"--x\n\n{words}\n--x\nContent-Type: message/delivery-status\n\n{parts}\n\n"
        f"--x\nContent-Type: message/rfc822\n\n{returned}\n--x--\n",
        From="Mail Delivery System <MAILER-DAEMON@mx.example.net>",
        To=to,
        Subject="Undelivered Mail Returned to Sender",
        Content_Type='multipart/report; report-type=delivery-status; boundary="x"',
        Message_ID="<dsn@mx.example.net>",
    )


def block(
    status="5.1.1", diagnostic="smtp; 550 5.1.1 User unknown", action="failed", recipient="jane@example.com"
):
    return (
        f"Final-Recipient: rfc822; {recipient}\nAction: {action}\nStatus: {status}\n"
        f"Diagnostic-Code: {diagnostic}"
    )


@pytest.mark.parametrize(
    ("status", "diagnostic", "bounce"),
    [
        (
            "5.1.1",
            "smtp; 550 5.1.1 <jane@example.com>: Recipient address rejected: User unknown",
            BounceKind.HARD,
        ),
        ("5.1.1", "", BounceKind.HARD),
        ("5.1.10", "smtp; 550 5.1.10 RESOLVER.ADR.RecipientNotFound", BounceKind.HARD),
        ("5.4.4", "smtp; Host or domain name not found. Name service error", BounceKind.HARD),
        ("5.0.0", "smtp; 550 5.1.1 no such user", BounceKind.HARD),
        ("5.2.2", "smtp; 552 5.2.2 Over quota", BounceKind.SOFT),
        ("5.1.1", "smtp; 550 5.1.1 mailbox full", BounceKind.SOFT),
        ("5.0.0", "smtp; 550 unhelpful", BounceKind.SOFT),
        ("4.4.1", "smtp; 550 5.1.1 User unknown", BounceKind.SOFT),
        ("5.7.1", "smtp; 550 5.7.1 blocked using zen.spamhaus.org", BounceKind.BLOCK),
        ("5.7.26", "smtp; 550 5.7.26 This mail is unauthenticated", BounceKind.BLOCK),
        ("5.1.1", "smtp; 550 5.1.1 your IP is listed for spam", BounceKind.BLOCK),
    ],
)
def test_only_what_speaks_of_the_address_is_hard(status, diagnostic, bounce):
    (failure,) = read(dsn(block(status, diagnostic))).failures
    assert failure.bounce is bounce


def test_user_unknown_after_data_may_be_a_filter():
    words = "<jane@example.com>: host mx said: 550 User unknown (in reply to end of DATA command)"
    (failure,) = read(dsn(block("5.0.0", "smtp; 550 User unknown"), words=words)).failures
    assert failure.bounce is BounceKind.SOFT


def test_each_recipient_has_its_own_class():
    both = dsn(block(), block("5.2.2", "smtp; 552 5.2.2 mailbox full", recipient="joe@example.com"))
    assert [(each.recipient, each.code, each.bounce) for each in read(both).failures] == [
        ("jane@example.com", "5.1.1", BounceKind.HARD),
        ("joe@example.com", "5.2.2", BounceKind.SOFT),
    ]


def test_who_still_tries_has_decided_nothing():
    (failure,) = read(dsn(block("4.4.1", "smtp; connection timed out", action="delayed"))).failures
    assert failure.is_delay


def test_a_forwarded_address_is_told_apart():
    moved = block(recipient="j@elsewhere.example") + "\nOriginal-Recipient: rfc822; jane@example.com"
    (failure,) = read(dsn(moved)).failures
    assert (failure.recipient, failure.original) == ("j@elsewhere.example", "jane@example.com")


def test_success_is_no_bounce():
    feedback = read(dsn(block("2.0.0", "smtp; 250 2.0.0 ok", action="delivered")))
    assert (feedback.kind, feedback.recipients) == (FeedbackKind.OTHER, ("jane@example.com",))


POSTFIX_SUCCESS = (
    "Your message was successfully delivered to the destination(s) listed below. If the message was delivered to\n"
    "mailbox you will receive no further notifications. Otherwise you may still receive notifications of mail\n"
    "delivery errors from other systems.\n\n<jane@example.com>: delivery via smtp: 250 2.0.0 Ok\n"
)


@pytest.mark.parametrize(
    ("subject", "words"),
    [
        ("Successful Mail Delivery Report", POSTFIX_SUCCESS),
        ("Delivery report", POSTFIX_SUCCESS),
        (
            "Delivered: Hello",
            "Your message has been delivered to the following recipients:\n\njane@example.com",
        ),
        (
            "Relayed: Hello",
            "Delivery to these recipients is complete, but no notification was sent:\n\njane@example.com",
        ),
        ("Return receipt", "The message that you sent was displayed on jane@example.com's computer."),
    ],
)
def test_a_notice_of_success_in_words_is_no_bounce(subject, words):
    told = mail(words, From="MAILER-DAEMON@mx.example.net", Return_Path="<>", Subject=subject)
    assert read(told).kind is FeedbackKind.AUTO_REPLY


def test_a_read_receipt_is_no_bounce():
    receipt = mail(
        "--x\n\nYour message was not delivered to your inbox rules, but read.\n--x\n"
        "Content-Type: message/disposition-notification\n\nDisposition: manual-action/MDN-sent-manually; displayed\n--x--\n",
        From="postmaster@example.com",
        Subject="Not read: Hello",
        Content_Type='multipart/report; report-type=disposition-notification; boundary="x"',
    )
    assert read(receipt).kind is FeedbackKind.AUTO_REPLY


# ---------------------------------------------------------------- which touch


@pytest.mark.parametrize(
    "fields",
    [
        {"To": RETURN_PATH},
        {"To": RETURN_PATH.upper()},
        {"Delivered_To": RETURN_PATH},
        {"X_Original_To": f"<{RETURN_PATH}>"},
        {"To": KEYRING.reply_address(TOUCH, "in.acme.example")},
        {"In_Reply_To": KEYRING.message_id(TOUCH, "acme.example")},
        {"References": f"<other@example.com> {KEYRING.message_id(TOUCH, 'acme.example')}"},
    ],
)
def test_our_signature_proves_the_touch(fields):
    assert read(mail("Hello", **fields), KEYRING).touch_id == TOUCH


@pytest.mark.parametrize(
    "to",
    [
        RETURN_PATH.replace("b+", "b+0"),
        RETURN_PATH[:-20] + "0" + RETURN_PATH[-19:],
        RETURN_PATH.replace("b+", "reply+"),
        Keyring(b"another secret, also of 32 letters").return_path(TOUCH, "acme.example"),
        "b+@acme.example",
        "jane@example.com",
    ],
)
def test_what_we_did_not_sign_proves_nothing(to):
    feedback = read(dsn(block(), to=to), KEYRING)
    assert (feedback.kind, feedback.touch_id) == (FeedbackKind.BOUNCE, None)


def test_where_answers_go_proves_no_bounce():
    for to in (KEYRING.reply_address(TOUCH, "x.example"), KEYRING.unsubscribe_address(TOUCH, "x.example")):
        feedback = read(dsn(block(), to=to), KEYRING)
        assert (feedback.kind, feedback.touch_id) == (FeedbackKind.BOUNCE, None)


def test_the_returned_mail_proves_the_touch():
    returned = f"Message-ID: {KEYRING.message_id(TOUCH, 'acme.example')}\nSubject: Hello\n\nHello"
    assert read(dsn(block(), to="bounces@acme.example", returned=returned), KEYRING).touch_id == TOUCH


def test_the_envelope_proves_the_touch_too():
    assert read(mail("x", To="undisclosed:;"), KEYRING, envelope_to=RETURN_PATH).touch_id == TOUCH


# ---------------------------------------------------------------- complaints


def arf(kind):
    return mail(
        "--x\n\nAn abuse report\n--x\nContent-Type: message/feedback-report\n\n"
        f"Feedback-Type: {kind}\nUser-Agent: Loop/1\nVersion: 1\nOriginal-Rcpt-To: <jane@example.com>\n\n"
        f"--x\nContent-Type: message/rfc822\n\nReturn-Path: <{RETURN_PATH}>\nSubject: Hello\n\nHello\n--x--\n",
        From="feedback@example.com",
        Subject="FW: Hello",
        Content_Type='multipart/report; report-type=feedback-report; boundary="x"',
    )


@pytest.mark.parametrize(
    ("kind", "expected"),
    [
        ("abuse", FeedbackKind.COMPLAINT),
        ("fraud", FeedbackKind.COMPLAINT),
        ("opt-out", FeedbackKind.COMPLAINT),
        ("not-spam", FeedbackKind.OTHER),
        ("auth-failure", FeedbackKind.OTHER),
    ],
)
def test_a_complaint_is_what_a_person_reported(kind, expected):
    feedback = read(arf(kind), KEYRING)
    assert (feedback.kind, feedback.touch_id) == (expected, TOUCH)
    assert feedback.recipients == ("jane@example.com",)


# ---------------------------------------------------------------- who answers

AUTOMATIC = {
    "RFC 3834": {"Auto_Submitted": "auto-replied"},
    "with a comment": {"Auto_Submitted": "auto-replied; owner-email=jane"},
    "Exchange": {"X_Auto_Response_Suppress": "All", "Subject": "Automatic reply: Hello"},
    "by subject": {"Subject": "Out of Office: Hello"},
    "in German": {"Subject": "Abwesenheitsnotiz: Hallo"},
    "in French": {"Subject": "=?utf-8?q?R=C3=A9ponse_automatique?="},
    "from nobody": {"Return_Path": "<>"},
    "bulk": {"Precedence": "bulk"},
    "a list": {"List_Id": "<talk.example.com>"},
    "an old autoresponder": {"X_Autoreply": "yes"},
}


@pytest.mark.parametrize("fields", AUTOMATIC.values(), ids=AUTOMATIC)
def test_a_machine_that_answers_is_no_person(fields):
    words = "I am out of the office and cannot be reached. My mailbox is full; user unknown."
    given = {"In_Reply_To": KEYRING.message_id(TOUCH, "acme.example"), **fields}
    assert read(mail(words, **given), KEYRING).kind is FeedbackKind.AUTO_REPLY


@pytest.mark.parametrize(
    ("words", "fields"),
    [
        ("Thanks, call me!", {}),
        (
            "Your mail could not be delivered to bob@example.com, user unknown.",
            {"Subject": "Re: Delivery failed"},
        ),
        ("Please unsubscribe me from the webinar, but keep the newsletter; and call me about the offer.", {}),
        ("Fine.", {"Auto_Submitted": "no"}),
    ],
)
def test_a_person_who_answers_is_a_reply(words, fields):
    answer = mail(words, In_Reply_To=KEYRING.message_id(TOUCH, "acme.example"), **fields)
    feedback = read(answer, KEYRING)
    assert (feedback.kind, feedback.touch_id, feedback.text) == (FeedbackKind.REPLY, TOUCH, words)
    assert feedback.sender == "jane@example.com"


def test_a_mail_that_answers_nothing_is_something_else():
    parcel = "The parcel could not be delivered; please call bob@example.com."
    assert read(mail(parcel, Subject="Delivery failed"), KEYRING).kind is FeedbackKind.OTHER


@pytest.mark.parametrize(
    ("words", "fields"),
    [
        ("", {"To": KEYRING.unsubscribe_address(TOUCH, "in.acme.example"), "Subject": "unsubscribe"}),
        (
            "anything",
            {"To": KEYRING.unsubscribe_address(TOUCH, "in.acme.example"), "Auto_Submitted": "auto-replied"},
        ),
        ("", {"Subject": "unsubscribe"}),
        ("Unsubscribe me please.\n\n-- \nJane\n", {}),
        ("Bitte", {"Subject": "Abmelden"}),
        (
            "Apple Mail sent this email to unsubscribe.",
            {"X_Apple_Unsubscribe": "true", "Auto_Submitted": "auto-replied"},
        ),
    ],
)
def test_who_only_wants_to_stop_unsubscribes(words, fields):
    assert read(mail(words, **fields), KEYRING).kind is FeedbackKind.UNSUBSCRIBE


# ---------------------------------------------------------------- the words of a reply

QUOTED = "> Hello Jane,\n> how are you?\n"


@pytest.mark.parametrize(
    "below",
    [
        f"On Mon, 2 Mar 2026 at 10:04, Acme <hello@acme.example> wrote:\n{QUOTED}",
        f"On Mon, 2 Mar 2026 at 10:04, Acme\n<hello@acme.example> wrote:\n{QUOTED}",
        f"Am 02.03.26 um 10:04 schrieb Acme:\n{QUOTED}",
        f"Le lun. 2 mars 2026 à 10:04, Acme <hello@acme.example> a écrit :\n{QUOTED}",
        "-----Original Message-----\nFrom: Acme\nSent: Monday\n\nHello Jane",
        "________________________________\nFrom: Acme <hello@acme.example>\nSent: Monday\n\nHello Jane",
        "From: Acme <hello@acme.example>\nSent: Monday, 2 March 2026\nTo: Jane\n\nHello Jane",
        "Von: Acme <hello@acme.example>\nGesendet: Montag\n\nHallo",
        QUOTED,
        "-- \nJane Doe\nExample Ltd\n",
        "Sent from my iPhone\n",
    ],
)
def test_a_reply_is_kept_without_what_it_quotes(below):
    assert (
        read(mail(f"Yes, please.\n\nTuesday?\n\n{below}", In_Reply_To="<x@y>")).text
        == "Yes, please.\n\nTuesday?"
    )


def test_a_reply_in_html_is_kept_as_words():
    html = (
        "<html><style>p { x: y }</style><body><p>Yes, <b>please</b>.</p><p>Fish &amp; chips</p></body></html>"
    )
    feedback = read(mail(html, In_Reply_To="<x@y>", Content_Type="text/html"))
    assert feedback.text.split("\n") == ["Yes, please.", "", "Fish & chips"]
