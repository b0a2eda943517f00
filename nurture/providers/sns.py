"""How Amazon SNS proves itself: by a certificate that lies at an address of its own (docs.aws.amazon.com/sns, 'Verifying message signatures')."""

import re
from collections.abc import Callable
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit

from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from cryptography.hazmat.primitives.hashes import SHA1, SHA256

from nurture.providers import body, proof
from nurture.providers.model import Request, UnprovenError

Fetch = Callable[[str], bytes]
"""What lies at a URL; raises UnprovenError where it cannot be had."""

HOST = re.compile(r"sns\.[a-z0-9-]{3,30}\.amazonaws\.com(?:\.cn)?")
NOTIFICATION = ("Message", "MessageId", "Subject", "Timestamp", "TopicArn", "Type")
CONFIRMATION = ("Message", "MessageId", "SubscribeURL", "Timestamp", "Token", "TopicArn", "Type")
HASHES = {"1": SHA1, "2": SHA256}
CONFIRMS = "SubscriptionConfirmation"


def prove(request: Request, topic: str, now: datetime, fetch: Fetch) -> None:
    """Raises UnprovenError unless SNS signed the notice for *topic*, an ARN, within the window."""
    notice = body.table(body.json_of(request.body))
    if body.text(notice.get("TopicArn")) != topic:
        raise UnprovenError("it is of another topic")
    at = body.moment(notice.get("Timestamp"))
    proof.fresh("" if at is None else str(at.timestamp()), now)
    digest = HASHES.get(body.text(notice.get("SignatureVersion")))
    signed = proof.decoded(body.whole(notice.get("Signature")))
    if digest is None or not signed:
        raise UnprovenError("it carries no signature")
    certificate = body.whole(notice.get("SigningCertURL"))
    if not is_amazons(certificate) or not urlsplit(certificate).path.endswith(".pem"):
        raise UnprovenError("its certificate does not lie with Amazon")
    try:
        _key(fetch(certificate), now).verify(signed, canonical(notice), PKCS1v15(), digest())
    except InvalidSignature:
        raise UnprovenError("its signature is not of this body by this key") from None


def confirmation(request: Request) -> str:
    """Where a subscription is confirmed; "" where nothing asks for it. Only of a request that is proven."""
    notice = body.table(body.json_of(request.body))
    url = body.whole(notice.get("SubscribeURL")) if body.text(notice.get("Type")) == CONFIRMS else ""
    return url if is_amazons(url) else ""


def is_amazons(url: str) -> bool:
    """Whether a URL leads to SNS itself, by https, at its usual port."""
    if not url.isprintable():  # some drop line ends before they read a URL
        return False
    try:
        parts = urlsplit(url)
        return (
            parts.scheme == "https" and parts.netloc == parts.hostname and bool(HOST.fullmatch(parts.netloc))
        )
    except ValueError:
        return False


def canonical(notice: dict[str, Any]) -> bytes:
    """What is signed: names and values, each on its line, in byte order of the names."""
    names = NOTIFICATION if notice.get("Type") == "Notification" else CONFIRMATION
    lines = (f"{name}\n{notice[name]}\n" for name in names if notice.get(name) is not None)
    return "".join(lines).encode("utf-8", "replace")


def _key(pem: bytes, now: datetime) -> RSAPublicKey:
    try:
        certificate = x509.load_pem_x509_certificate(pem)
        key = certificate.public_key()
    except ValueError:
        raise UnprovenError("its certificate is none") from None
    if not certificate.not_valid_before_utc <= now <= certificate.not_valid_after_utc:
        raise UnprovenError("its certificate has run out")
    if not isinstance(key, RSAPublicKey):
        raise UnprovenError("its certificate is of another kind")
    return key
