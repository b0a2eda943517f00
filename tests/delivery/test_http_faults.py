"""What becomes of each message when a provider misbehaves: nothing lost, nothing doubled, a bad key nobody's fault."""

import socket
import ssl
from datetime import UTC, datetime, timedelta

import pytest

from nurture.delivery.compose import Envelope, compose
from nurture.delivery.http import KNOWN, HttpTransport, Patience
from nurture.delivery.http.answers import asked_to_wait
from nurture.delivery.http.dispatch import SILENCES
from nurture.delivery.http.provider import Reply
from nurture.identity import Keyring
from nurture.ports import OutgoingMessage, Receipt, ReceiptStatus
from nurture.vocabulary.words import BounceKind, MailClass
from tests.delivery.fake_provider import (
    FakeProvider,
    hangs_up,
    hangs_up_at_once,
    says,
    takes_and_hangs_up,
    takes_and_stays_silent,
)
from tests.delivery.provider_apis import (
    APIS,
    brevo_error,
    postmark_error,
    resend_error,
    sendgrid_error,
    ses_refusal,
)
from tests.delivery.test_compose import PARTS

SENT, DEFERRED, BOUNCED, FAILED, UNKNOWN = ReceiptStatus
HARD, SOFT, BLOCK = BounceKind

NOW = datetime(2026, 3, 2, 10, 4, tzinfo=UTC)
KEYRING = Keyring(b"k" * 32)
UNUSED = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
"""Providers on this machine are asked in clear; to read the system's certificates for each test would take its time."""
IMPATIENT = Patience(connect=5, write=0.5, read=0.5)
ONE_OF_EACH = ["ses", "postmark", "resend"]
"""One that takes whole messages, one that takes fields, one that knows a second request: for what the engine itself does."""


class StillClock:
    def now(self) -> datetime:
        return NOW


def mail(touch_id: int) -> OutgoingMessage:
    envelope = Envelope(
        from_name="Acme, Inc.",
        from_address="hello@acme.example",
        reply_to="sales@acme.example",
        to_name="Jäne “Q” Doe, Dr.",
        to_address=f"lead{touch_id}@example.com",
        message_id=KEYRING.message_id(touch_id, "acme.example"),
        date=NOW,
        list_id="trial.acme.example",
        unsubscribe_url="https://t.acme.example/u/abc",
        unsubscribe_mailto="mailto:unsubscribe@acme.example",
        list_help="https://t.acme.example/p/abc",
        feedback_id="trial:welcome:marketing:acme.example",
        mail_class=MailClass.MARKETING,
    )
    data = compose(PARTS, envelope)
    return OutgoingMessage(touch_id, f"b+{touch_id}@acme.example", f"lead{touch_id}@example.com", data)


def sent_by(fake: FakeProvider, name: str, count: int = 3, *, connections: int = 1) -> dict[int, Receipt]:
    """The receipts by touch; checks that each message has one, and that the provider took each mail at most once."""
    transport = HttpTransport(
        KNOWN[name], fake.account, clock=StillClock(), tls=UNUSED, connections=connections, patience=IMPATIENT
    )
    receipts = list(transport.send(map(mail, range(1, count + 1))))
    transport.close()
    by_touch = {receipt.touch_id: receipt for receipt in receipts}
    assert len(receipts) == len(by_touch) == count
    recipients = [taken.recipient for taken in fake.taken]
    assert len(recipients) == len(set(recipients)), "sent twice"
    for touch, receipt in by_touch.items():
        arrived = f"lead{touch}@example.com" in recipients
        assert receipt.status is not SENT or arrived, "lost"
        assert receipt.status is UNKNOWN or not arrived or receipt.status is SENT, "would be sent twice"
        assert receipt.status is SENT or receipt.text
    return by_touch


@pytest.fixture(params=KNOWN)
def name(request):
    return request.param


# ---------------------------------------------------------------- every provider


def test_a_mail_says_at_the_provider_what_it_said_here(name):
    with FakeProvider(APIS[name]) as fake:
        sent_by(fake, name, 1)
    (taken,) = fake.taken
    assert taken.recipient == "lead1@example.com"
    assert taken.subject == "Your trial, Jane"
    assert taken.text.strip() == "Grüße, Jane"
    assert "<p>Grüße, Jane</p>" in taken.html
    passed_on = {name.lower(): value for name, value in taken.headers.items()}
    assert passed_on["list-unsubscribe"].split(", ") == [
        "<https://t.acme.example/u/abc>",
        "<mailto:unsubscribe@acme.example>",
    ]
    assert passed_on["list-unsubscribe-post"] == "List-Unsubscribe=One-Click"
    assert passed_on["list-id"] == "<trial.acme.example>"
    assert passed_on["list-help"] == "<https://t.acme.example/p/abc>"
    assert passed_on["feedback-id"] == "trial:welcome:marketing:acme.example"
    assert passed_on["auto-submitted"] == "auto-generated"


def test_sender_and_answers_are_named(name):
    with FakeProvider(APIS[name]) as fake:
        sent_by(fake, name, 1)
    (taken,) = fake.taken
    if taken.whole is not None:
        assert b"Reply-To: sales@acme.example\r\n" in taken.whole
        assert b'From: "Acme, Inc." <hello@acme.example>\r\n' in taken.whole
        return
    said = str(taken.request)
    assert "sales@acme.example" in said
    assert "hello@acme.example" in said
    assert "Acme" in said


@pytest.mark.parametrize("name", ONE_OF_EACH)
def test_connections_are_kept_and_bounded(name):
    with FakeProvider(APIS[name]) as fake:
        sent_by(fake, name, 30, connections=3)
    assert fake.most_at_once <= 3
    assert fake.connections <= 3


def test_a_bad_key_ends_the_run_and_is_no_leads_fault(name):
    with FakeProvider(APIS[name]) as fake:
        account = type(fake.account)
        wrong = {field: getattr(fake.account, field) for field in account.__struct_fields__} | {
            "key": "wrong"
        }
        transport = HttpTransport(
            KNOWN[name], account(**wrong), clock=StillClock(), tls=UNUSED, connections=1
        )
        receipts = list(transport.send(map(mail, range(1, 20))))
        transport.close()
    assert {(each.status, each.bounce) for each in receipts} == {(DEFERRED, None)}
    assert all("ours to mend, not the lead's" in each.text for each in receipts)
    assert fake.asked == 1
    assert "wrong" not in receipts[0].text


@pytest.mark.parametrize("status", [301, 404, 405])
def test_an_api_that_is_not_there_ends_the_run(name, status):
    with FakeProvider(
        APIS[name], always=says(status, b"nothing here", Location="https://acme.example/")
    ) as fake:
        receipts = sent_by(fake, name, 5)
    assert {each.status for each in receipts.values()} == {DEFERRED}
    assert fake.asked == 1


@pytest.mark.parametrize("name", ONE_OF_EACH)
def test_too_fast_is_waited_for_and_all_arrives(name):
    faults = dict.fromkeys((2, 4, 5), says(429, b"", Retry_After="0"))
    with FakeProvider(APIS[name], faults) as fake:
        receipts = sent_by(fake, name, 9, connections=4)
    assert {each.status for each in receipts.values()} == {SENT}
    assert fake.asked == 12


def test_a_narrow_limit_slows_a_run_down_and_does_not_end_it():
    faults = {n: says(429, b"", Retry_After="0") for n in range(2, 200) if n % 3}
    with FakeProvider(APIS["resend"], faults) as fake:
        receipts = sent_by(fake, "resend", 40, connections=8)
    assert {each.status for each in receipts.values()} == {SENT}


@pytest.mark.parametrize("name", ONE_OF_EACH)
def test_a_long_wait_ends_the_run_and_is_kept_to(name):
    with FakeProvider(APIS[name], {2: says(429, b"", Retry_After="3600")}) as fake:
        receipts = sent_by(fake, name, 5)
    assert [receipts[touch].status for touch in range(1, 6)] == [SENT, *[DEFERRED] * 4]
    assert {receipts[touch].retry_at for touch in range(2, 6)} == {NOW + timedelta(hours=1)}
    assert fake.asked == 2


@pytest.mark.parametrize("name", ONE_OF_EACH)
def test_a_provider_that_is_always_busy_is_not_asked_for_ever(name):
    with FakeProvider(APIS[name], always=says(429, b"", Retry_After="0")) as fake:
        receipts = sent_by(fake, name, 5)
    assert {each.status for each in receipts.values()} == {DEFERRED}
    assert fake.asked < 12


@pytest.mark.parametrize("status", [500, 503])
@pytest.mark.parametrize("name", ONE_OF_EACH)
def test_a_fault_of_the_provider_meets_only_its_message(name, status):
    with FakeProvider(APIS[name], {2: says(status, b"oops")}) as fake:
        receipts = sent_by(fake, name)
    assert [receipts[touch].status for touch in (1, 2, 3)] == [SENT, DEFERRED, SENT]
    assert receipts[2].code == str(status)


@pytest.mark.parametrize(
    "act",
    [
        hangs_up_at_once,
        hangs_up,
        takes_and_hangs_up,
        takes_and_stays_silent,
        says(502, b"bad gateway"),
        says(504, b""),
        says(200, b"?"),
    ],
    ids=[
        "not read",
        "read, not taken",
        "taken, not answered",
        "taken, then silent",
        "502",
        "504",
        "an answer of something else",
    ],
)
@pytest.mark.parametrize("name", ["ses", "postmark"])
def test_an_answer_that_does_not_come_leaves_it_unknown(name, act):
    with FakeProvider(APIS[name], {2: act}) as fake:
        receipts = sent_by(fake, name)
    assert [receipts[touch].status for touch in (1, 2, 3)] == [SENT, UNKNOWN, SENT]


@pytest.mark.parametrize(
    "act", [hangs_up_at_once, hangs_up, takes_and_hangs_up, takes_and_stays_silent, says(502, b"bad gateway")]
)
def test_with_an_idempotency_key_it_is_asked_again_and_sent_once(act):
    with FakeProvider(APIS["resend"], {2: act, 3: act}) as fake:
        receipts = sent_by(fake, "resend")
    assert {each.status for each in receipts.values()} == {SENT}
    assert len(fake.taken) == 3
    with FakeProvider(APIS["resend"], dict.fromkeys((2, 3, 4), act)) as fake:
        receipts = sent_by(fake, "resend", 2)
    assert receipts[2].status is UNKNOWN


@pytest.mark.parametrize("name", ONE_OF_EACH)
def test_a_provider_that_falls_silent_is_not_risked_with_the_rest(name):
    with FakeProvider(APIS[name], always=hangs_up) as fake:
        receipts = sent_by(fake, name, 20)
    statuses = [each.status for each in receipts.values()]
    assert statuses.count(UNKNOWN) <= SILENCES
    assert statuses.count(DEFERRED) >= 20 - SILENCES


@pytest.mark.parametrize("name", ONE_OF_EACH)
def test_nobody_there_defers_all(name):
    with socket.create_server(("127.0.0.1", 0)) as listener:
        url = f"http://127.0.0.1:{listener.getsockname()[1]}"
    transport = HttpTransport(KNOWN[name], APIS[name].account(url), clock=StillClock(), tls=UNUSED)
    receipts = list(transport.send(map(mail, range(1, 30))))
    transport.close()
    assert {each.status for each in receipts} == {DEFERRED}
    assert "cannot be reached" in receipts[0].text


def test_a_message_that_cannot_be_read_meets_only_itself(name):
    broken = OutgoingMessage(2, "b@acme.example", "lead2@example.com", b"From\xff\xfe\r\n\r\nHello\r\n")
    with FakeProvider(APIS[name]) as fake:
        transport = HttpTransport(KNOWN[name], fake.account, clock=StillClock(), tls=UNUSED)
        receipts = {each.touch_id: each for each in transport.send([mail(1), broken, mail(3)])}
        transport.close()
    assert [receipts[touch].status for touch in (1, 2, 3)] == [SENT, FAILED, SENT]


@pytest.mark.parametrize("name", ONE_OF_EACH)
def test_what_the_caller_raises_comes_after_the_receipts(name):
    def messages():
        yield mail(1)
        yield mail(2)
        raise KeyError("the next lead")

    with FakeProvider(APIS[name]) as fake:
        transport = HttpTransport(KNOWN[name], fake.account, clock=StillClock(), tls=UNUSED, connections=2)
        receipts = []
        with pytest.raises(KeyError, match="the next lead"):
            receipts.extend(transport.send(messages()))
        transport.close()
    assert len(fake.taken) == 2


@pytest.mark.parametrize("name", ONE_OF_EACH)
def test_two_runs_may_overlap(name):
    with FakeProvider(APIS[name]) as fake:
        transport = HttpTransport(KNOWN[name], fake.account, clock=StillClock(), tls=UNUSED, connections=1)
        first = transport.send([mail(1), mail(2)])
        assert next(first).status is SENT
        assert [each.status for each in transport.send([mail(3)])] == [SENT]
        assert [each.status for each in first] == [SENT]
        transport.close()


# ---------------------------------------------------------------- what each provider answers

ANSWERS = [
    # Amazon SES
    ("ses", ses_refusal(429, "TooManyRequestsException", "Daily message quota exceeded."), DEFERRED, None),
    ("ses", ses_refusal(400, "AccountSuspendedException", "suspended"), DEFERRED, None),
    ("ses", ses_refusal(400, "SendingPausedException", "paused"), DEFERRED, None),
    ("ses", ses_refusal(400, "MailFromDomainNotVerifiedException", "not verified"), DEFERRED, None),
    (
        "ses",
        ses_refusal(
            400,
            "MessageRejected",
            "Email address is not verified. The following identities failed the check in region EU-WEST-1: hello@acme.example",
        ),
        DEFERRED,
        None,
    ),
    ("ses", ses_refusal(403, "AccessDeniedException", "User is not authorized"), DEFERRED, None),
    ("ses", ses_refusal(404, "NotFoundException", "Configuration set <x> does not exist."), DEFERRED, None),
    ("ses", ses_refusal(400, "MessageRejected", "Email contains a virus"), BOUNCED, BLOCK),
    ("ses", ses_refusal(400, "BadRequestException", "Missing final '@domain'"), FAILED, None),
    # SendGrid
    (
        "sendgrid",
        sendgrid_error(400, "Does not contain a valid address.", "personalizations.0.to.0.email"),
        BOUNCED,
        HARD,
    ),
    ("sendgrid", sendgrid_error(400, "Does not contain a valid address.", "from.email"), DEFERRED, None),
    ("sendgrid", sendgrid_error(400, "Does not contain a valid address.", "reply_to"), FAILED, None),
    (
        "sendgrid",
        sendgrid_error(403, "The from address does not match a verified Sender Identity.", "from"),
        DEFERRED,
        None,
    ),
    ("sendgrid", sendgrid_error(401, "Maximum credits exceeded"), DEFERRED, None),
    ("sendgrid", sendgrid_error(413, "The JSON payload you have included is too large"), FAILED, None),
    ("sendgrid", sendgrid_error(400, "The subject is required.", "subject"), FAILED, None),
    # Postmark
    ("postmark", postmark_error(300, "Error parsing 'To': Illegal email address 'x'."), BOUNCED, HARD),
    ("postmark", postmark_error(300, "Invalid 'From' address: 'x'."), DEFERRED, None),
    ("postmark", postmark_error(300, "Invalid metadata content."), FAILED, None),
    (
        "postmark",
        postmark_error(
            406,
            "You tried to send to a recipient that has been marked as inactive. Found inactive addresses: x.",
        ),
        BOUNCED,
        BLOCK,
    ),
    (
        "postmark",
        postmark_error(400, "The 'From' address you supplied is not a Sender Signature."),
        DEFERRED,
        None,
    ),
    ("postmark", postmark_error(412, "Your account is pending approval."), DEFERRED, None),
    (
        "postmark",
        postmark_error(1235, "The MessageStream 'x' does not exist on this server."),
        DEFERRED,
        None,
    ),
    ("postmark", postmark_error(100, "Maintenance", 503), DEFERRED, None),
    # Mailgun
    (
        "mailgun",
        (400, {"message": "to parameter is not a valid address. please check documentation"}),
        BOUNCED,
        HARD,
    ),
    (
        "mailgun",
        (403, {"message": "Domain mg.acme.example is not allowed to send: disabled"}),
        DEFERRED,
        None,
    ),
    ("mailgun", (404, {"message": "Domain not found: mg.acme.example"}), DEFERRED, None),
    ("mailgun", (400, {"message": "Sandbox subdomains are for test purposes only."}), DEFERRED, None),
    ("mailgun", (200, b"Mailgun Magnificent API"), DEFERRED, None),
    ("mailgun", (400, {"message": "message parameter is missing"}), FAILED, None),
    # Brevo
    ("brevo", brevo_error(400, "invalid_parameter", "email is not valid in to"), BOUNCED, HARD),
    ("brevo", brevo_error(400, "invalid_parameter", "valid sender email address missing"), DEFERRED, None),
    ("brevo", brevo_error(402, "not_enough_credits", "You have no credits"), DEFERRED, None),
    (
        "brevo",
        brevo_error(403, "account_under_validation", "Your account is under validation"),
        DEFERRED,
        None,
    ),
    ("brevo", brevo_error(400, "invalid_parameter", "subject is too long"), FAILED, None),
    # Resend
    ("resend", resend_error(422, "validation_error", "Invalid `to` field."), BOUNCED, HARD),
    ("resend", resend_error(422, "invalid_from_address", "Invalid `from` field."), DEFERRED, None),
    (
        "resend",
        resend_error(403, "validation_error", "The acme.example domain is not verified."),
        DEFERRED,
        None,
    ),
    (
        "resend",
        resend_error(429, "daily_quota_exceeded", "You have reached your daily quota."),
        DEFERRED,
        None,
    ),
    ("resend", resend_error(451, "security_error", "The payload contains invalid characters"), FAILED, None),
    ("resend", resend_error(422, "validation_error", "The `subject` is too long"), FAILED, None),
]


@pytest.mark.parametrize(("name", "answer", "status", "bounce"), ANSWERS)
def test_what_a_provider_answers_is_told_as_what_it_means(name, answer, status, bounce):
    spoken = (answer.status, answer.body) if not isinstance(answer, tuple) else answer
    headers = {} if isinstance(answer, tuple) else {k.replace("-", "_"): v for k, v in answer.headers.items()}
    with FakeProvider(APIS[name], {1: says(*spoken, **headers)}) as fake:
        receipts = sent_by(fake, name, 2)
    assert (receipts[1].status, receipts[1].bounce) == (status, bounce)
    ours = "ours to mend" in receipts[1].text
    # What concerns us ends the run; what concerns one mail does not.
    assert receipts[2].status is (DEFERRED if ours else SENT)
    if status is BOUNCED and bounce is HARD:
        assert receipts[1].code == "5.1.3"


@pytest.mark.parametrize(
    ("name", "answer"),
    [
        ("resend", resend_error(409, "invalid_idempotent_request", "Same key, different payload.")),
        ("brevo", brevo_error(400, "duplicate_parameter", "idempotencyKey has been used")),
    ],
)
def test_what_was_taken_at_an_earlier_try_is_sent(name, answer):
    with FakeProvider(APIS[name], {2: says(answer.status, answer.body)}) as fake:
        transport = HttpTransport(KNOWN[name], fake.account, clock=StillClock(), tls=UNUSED)
        first, second = (list(transport.send([mail(1)])) for _ in range(2))
        transport.close()
    assert [each.status for each in (*first, *second)] == [SENT, SENT]
    assert second[0].text.startswith("taken at an earlier try")
    assert len(fake.taken) == 1


@pytest.mark.parametrize(
    ("status", "headers", "seconds"),
    [
        (429, {"retry-after": "7"}, 7.0),
        (503, {"retry-after": "Mon, 02 Mar 2026 10:05:00 GMT"}, 60.0),
        (429, {"retry-after": "Mon, 02 Mar 2026 10:00:00 GMT"}, 0.0),
        (429, {"retry-after": "soon"}, None),
        (429, {"x-ratelimit-reset": str(int(NOW.timestamp()) + 30)}, 30.0),
        (429, {"x-ratelimit-reset": "4"}, 4.0),
        (500, {"x-ratelimit-reset": "4"}, None),
        (429, {}, None),
    ],
)
def test_how_long_a_provider_asks_us_to_wait(status, headers, seconds):
    assert asked_to_wait(Reply(status, headers, b""), NOW) == seconds
