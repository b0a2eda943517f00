"""Who proves what they say, and every way in which a proof can be wrong."""

import hmac
import json
from base64 import b64encode
from datetime import UTC, datetime, timedelta
from hashlib import sha1, sha256
from urllib.parse import urlencode

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.x509.oid import NameOID
from hypothesis import given, settings
from hypothesis import strategies as st

from nurture.providers.known import KNOWN
from nurture.providers.model import Request, UnprovenError
from nurture.providers.sns import canonical, confirmation, is_amazons

NOW = datetime(2026, 3, 2, 9, tzinfo=UTC)
URL = "https://nurture.small.example/hooks/mandrill"
TOPIC = "arn:aws:sns:eu-west-1:123456789012:mail"
CERTIFICATE_URL = "https://sns.eu-west-1.amazonaws.com/SimpleNotificationService-0a1b.pem"
FORM = "application/x-www-form-urlencoded"


def certificate(key, *, until=NOW + timedelta(days=90)):
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "sns.amazonaws.com")])
    builder = x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
    valid = builder.not_valid_before(NOW - timedelta(days=900)).not_valid_after(until)
    return valid.sign(key, hashes.SHA256()).public_bytes(serialization.Encoding.PEM)


SENDGRID = ec.generate_private_key(ec.SECP256R1())
SNS = rsa.generate_private_key(public_exponent=65_537, key_size=2_048)
PEMS = {CERTIFICATE_URL: certificate(SNS)}
RSA_PUBLIC = SNS.public_key().public_bytes(
    serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo
)

SECRETS = {
    "amazon_ses": TOPIC,
    "brevo": "a-token-of-ours",
    "mailersend": "mailersend signs with this",
    "mailgun": "mailgun signs with this",
    "mailjet": "hooks:correct horse",
    "mandrill": "mandrill signs with this",
    "postmark": "hooks:battery staple",
    "resend": "whsec_" + b64encode(b"r" * 24).decode(),
    "sendgrid": b64encode(
        SENDGRID.public_key().public_bytes(
            serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo
        )
    ).decode(),
    "sparkpost": "hooks:tr0ub4dor:3",
}


def signed(provider, at=NOW):
    """A webhook as its provider would post it at a moment."""
    stamp, event = str(int(at.timestamp())), b'{"event": "delivered"}'
    match provider:
        case "sendgrid":
            by = b64encode(SENDGRID.sign(stamp.encode() + event, ec.ECDSA(hashes.SHA256()))).decode()
            headers = {
                "x-twilio-email-event-webhook-signature": by,
                "x-twilio-email-event-webhook-timestamp": stamp,
            }
            return Request(body=event, headers=headers)
        case "mailgun":
            by = hmac.digest(SECRETS[provider].encode(), f"{stamp}token".encode(), sha256).hex()
            said = {"signature": {"timestamp": stamp, "token": "token", "signature": by}, "event-data": {}}
            return Request(body=json.dumps(said).encode())
        case "mandrill":
            by = hmac.digest(SECRETS[provider].encode(), f"{URL}mandrill_events[]".encode(), sha1)
            headers = {"x-mandrill-signature": b64encode(by).decode()}
            body = urlencode({"mandrill_events": "[]"}).encode()
            return Request(body=body, headers=headers, content_type=FORM, url=URL)
        case "mailersend":
            by = hmac.digest(SECRETS[provider].encode(), event, sha256).hex()
            return Request(body=event, headers={"signature": by})
        case "resend":
            by = hmac.digest(b"r" * 24, f"msg_1.{stamp}.".encode() + event, sha256)
            signature = f"v1,b2xkIGtleQ== v1,{b64encode(by).decode()}"
            headers = {"svix-id": "msg_1", "svix-timestamp": stamp, "svix-signature": signature}
            return Request(body=event, headers=headers)
        case "amazon_ses":
            return notice(at=at)
        case "brevo":
            return Request(body=event, headers={"authorization": f"Bearer {SECRETS[provider]}"})
        case _:
            login = b64encode(SECRETS[provider].encode()).decode()
            return Request(body=event, headers={"authorization": f"Basic {login}"})


def notice(*, at=NOW, version="2", key=SNS, **fields):
    said = {
        "Type": "Notification",
        "MessageId": "1",
        "TopicArn": TOPIC,
        "Message": "{}",
        "Timestamp": at.isoformat().replace("+00:00", "Z"),
        "SignatureVersion": version,
        "SigningCertURL": CERTIFICATE_URL,
        **fields,
    }
    how = hashes.SHA1() if version == "1" else hashes.SHA256()
    by = key.sign(canonical(said), PKCS1v15(), how)
    return Request(body=json.dumps({**said, "Signature": b64encode(by).decode()}).encode())


def fetch(url):
    if url not in PEMS:
        raise UnprovenError("it cannot be had")
    return PEMS[url]


def prove(provider, request, *, secret=None, now=NOW):
    KNOWN[provider].prove(request, secret or SECRETS[provider], now, fetch)


def altered(request, **headers):
    return Request(body=request.body, headers=headers, content_type=request.content_type, url=request.url)


TIMED = ("sendgrid", "mailgun", "resend", "amazon_ses")
SIGNS_ITS_BODY = ("sendgrid", "mandrill", "mailersend", "resend", "amazon_ses")


@pytest.mark.parametrize("provider", KNOWN)
def test_what_is_proven_is_taken(provider):
    prove(provider, signed(provider))


@pytest.mark.parametrize("provider", SIGNS_ITS_BODY)
def test_a_body_that_was_altered_is_refused(provider):
    request = signed(provider)
    body = (
        request.body.replace(b"delivered", b"complaint").replace(b"%5B%5D", b"%5B1%5D").replace(b"{}", b"{ }")
    )
    assert body != request.body
    with pytest.raises(UnprovenError):
        prove(
            provider, Request(body=body, headers=request.headers, content_type=request.content_type, url=URL)
        )


@pytest.mark.parametrize("provider", TIMED)
@pytest.mark.parametrize("seconds", [-301, 301, -86_400, 86_400])
def test_an_old_moment_and_a_future_one_are_refused(provider, seconds):
    with pytest.raises(UnprovenError, match="5 minutes"):
        prove(provider, signed(provider, NOW + timedelta(seconds=seconds)))


@pytest.mark.parametrize("provider", TIMED)
@pytest.mark.parametrize("seconds", [-299, 0, 299])
def test_within_five_minutes_either_way_it_is_taken(provider, seconds):
    prove(provider, signed(provider, NOW + timedelta(seconds=seconds)))


@pytest.mark.parametrize("provider", KNOWN)
def test_what_carries_no_proof_is_refused(provider):
    bare = Request(body=b'{"event": "delivered"}', url=URL)
    with pytest.raises(UnprovenError):
        prove(provider, bare)


@pytest.mark.parametrize("provider", KNOWN)
@pytest.mark.parametrize("other", KNOWN)
def test_the_secret_of_another_provider_opens_nothing(provider, other):
    if provider != other:
        with pytest.raises(UnprovenError):
            prove(provider, signed(provider), secret=SECRETS[other])


@pytest.mark.parametrize("provider", KNOWN)
def test_the_signature_of_another_provider_proves_nothing(provider):
    for other in KNOWN:
        if other != provider:
            with pytest.raises(UnprovenError):
                prove(provider, signed(other))


@pytest.mark.parametrize(
    "stamp", ["", "now", "nan", "inf", "1e999", "-1", "२०२६", str(int(NOW.timestamp())) + ".5x"]
)
@pytest.mark.parametrize("provider", ["sendgrid", "resend"])
def test_a_moment_that_is_none_is_refused(provider, stamp):
    request = signed(provider)
    headers = {name: stamp if "timestamp" in name else value for name, value in request.headers.items()}
    with pytest.raises(UnprovenError):
        prove(provider, altered(request, **headers))


@pytest.mark.parametrize("provider", KNOWN)
@settings(max_examples=40, deadline=None)
@given(said=st.text(max_size=80), body=st.binary(max_size=200))
def test_whatever_a_header_says_is_refused_and_breaks_nothing(provider, said, body):
    headers = dict.fromkeys([*signed(provider).headers, "authorization", "svix-id"], said)
    with pytest.raises(UnprovenError):
        prove(provider, Request(body=body, headers=headers, url=URL))


# ------------------------------------------------------------ SNS


@pytest.mark.parametrize("version", ["1", "2"])
def test_both_versions_of_its_signatures_are_taken(version):
    prove("amazon_ses", notice(version=version))


def test_a_subject_is_signed_too():
    prove("amazon_ses", notice(Subject="Amazon SES Email Event Notification"))


def test_another_topic_is_refused():
    with pytest.raises(UnprovenError, match="topic"):
        prove("amazon_ses", notice(TopicArn=TOPIC + "-of-somebody"))


@pytest.mark.parametrize(
    "url",
    [
        "https://sns.eu-west-1.amazonaws.com.evil.example/a.pem",
        "https://evil.example/sns.eu-west-1.amazonaws.com/a.pem",
        "https://sns.eu-west-1.amazonaws.com@evil.example/a.pem",
        "https://user@sns.eu-west-1.amazonaws.com/a.pem",
        "https://sns.eu-west-1.amazonaws.com:8443/a.pem",
        "https://bucket.s3.eu-west-1.amazonaws.com/a.pem",
        "http://sns.eu-west-1.amazonaws.com/a.pem",
        "https://sns.eu-west-1.amazonaws.com/a.txt",
        "https://sns.eu-west-1.amazonaws.com\n/a.pem",
        "file:///etc/passwd",
        "//[",
        "",
    ],
)
def test_a_certificate_from_elsewhere_is_never_fetched(url):
    def never(_):
        raise AssertionError("it was fetched")

    with pytest.raises(UnprovenError, match="Amazon"):
        KNOWN["amazon_ses"].prove(notice(SigningCertURL=url), TOPIC, NOW, never)


def test_a_certificate_that_has_run_out_is_refused():
    old = {CERTIFICATE_URL: certificate(SNS, until=NOW - timedelta(days=1))}
    with pytest.raises(UnprovenError, match="run out"):
        KNOWN["amazon_ses"].prove(notice(), TOPIC, NOW, old.__getitem__)


def test_what_is_no_certificate_is_refused():
    with pytest.raises(UnprovenError, match="is none"):
        KNOWN["amazon_ses"].prove(notice(), TOPIC, NOW, lambda _: b"<html>404</html>")


def test_somebody_elses_key_is_refused():
    other = rsa.generate_private_key(public_exponent=65_537, key_size=2_048)
    with pytest.raises(UnprovenError):
        prove("amazon_ses", notice(key=other))


def test_a_subscription_is_confirmed_at_amazon_only():
    asked = {"Type": "SubscriptionConfirmation", "Token": "t", "Message": "You have chosen"}
    good = "https://sns.eu-west-1.amazonaws.com/?Action=ConfirmSubscription&Token=t"
    request = notice(**asked, SubscribeURL=good)
    prove("amazon_ses", request)
    assert confirmation(request) == good
    assert confirmation(notice(**asked, SubscribeURL="https://evil.example/")) == ""
    assert confirmation(notice()) == ""


def test_the_host_of_every_region_is_amazons():
    assert is_amazons("https://sns.cn-north-1.amazonaws.com.cn/a.pem")
    assert is_amazons("https://sns.us-gov-west-1.amazonaws.com/a.pem")


# ------------------------------------------------------------ keys that were set wrong


@pytest.mark.parametrize(
    "secret", ["", "nothing", b64encode(b"nothing").decode(), b64encode(RSA_PUBLIC).decode()]
)
def test_a_key_that_is_none_proves_nothing(secret):
    with pytest.raises(UnprovenError):
        KNOWN["sendgrid"].prove(signed("sendgrid"), secret, NOW, fetch)
    with pytest.raises(UnprovenError):
        KNOWN["resend"].prove(signed("resend"), secret, NOW, fetch)
