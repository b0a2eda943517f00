"""Mails as the engine hands them to a relay, signed twice: every shipped one, and one for each of many odd people."""

from base64 import b64encode
from collections.abc import Callable, Iterator
from datetime import UTC, datetime

import msgspec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.rsa import generate_private_key
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, PublicFormat

from nurture.content.catalog import Catalog
from nurture.delivery.dkim import Signer, signing_with
from nurture.delivery.headers import clean
from nurture.engine.claim import Claim
from nurture.vocabulary.lead import Lead
from nurture.vocabulary.state import LeadState
from nurture.vocabulary.touch import Touch
from nurture.vocabulary.words import MailClass
from tests.engine.company import catalog
from tests.wire.values import people
from tools.sample_mails import delivered, published, shipped

DOMAIN = "small.example"
NOW = datetime(2026, 3, 2, 10, 4, tzinfo=UTC)
FIRST_TOUCH = 1_000


class Sent(msgspec.Struct, frozen=True):
    """A mail on the wire, and what it should say.

    to_name    what stands in To; None for a mail whose words are not checked.
    greeted    whom its subject and its text greet.
    marketing  whether it has a way out.
    """

    what: str
    data: bytes
    to_name: str | None = None
    greeted: str | None = None
    marketing: bool = True


class Keys:
    """An RSA and an Ed25519 key of one domain, each under a selector of its own name."""

    def __init__(self, domain: str = DOMAIN) -> None:
        self.domain = domain
        self.rsa = generate_private_key(65_537, 2_048)
        self.ed25519 = Ed25519PrivateKey.generate()

    def signer(self, name: str) -> Signer:
        key = self.rsa if name == "rsa" else self.ed25519
        pem = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
        return Signer(domain=self.domain, selector=name, key_pem=pem)

    @property
    def sign(self) -> Callable[[bytes], bytes]:
        """With both, as an installation with two keys does."""
        return signing_with([self.signer("rsa"), self.signer("ed25519")])

    @property
    def records(self) -> dict[str, str]:
        """What DNS has to say, by name (RFC 6376 §3.6.1, RFC 8463 §4)."""
        der = self.rsa.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
        raw = self.ed25519.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)
        return {
            f"rsa._domainkey.{self.domain}": f"v=DKIM1; k=rsa; p={b64encode(der).decode()}",
            f"ed25519._domainkey.{self.domain}": f"v=DKIM1; k=ed25519; p={b64encode(raw).decode()}",
        }


def shipped_mails() -> Iterator[Sent]:
    """Every file of every shipped mail."""
    catalog = shipped()
    campaigns = catalog.sound_programme().campaigns
    for sample, message in delivered(catalog, NOW):
        marketing = campaigns[sample.mail.partition("/")[0]].class_ is MailClass.MARKETING
        yield Sent(sample.name, message.data, marketing=marketing)


def mails_to_odd_people(count: int, *, seed: int = 1) -> Iterator[Sent]:
    """One mail for each; a person whose name cannot be written gets one all the same."""
    with published(greeting(), NOW) as engine:
        builder = engine.builder(engine.live)
        for number, (first, last, company) in enumerate(people(count, seed=seed)):
            lead = Lead(
                id=number + 1,
                created_at=NOW,
                email=f"lead{number}@example.com",
                first_name=first,
                last_name=last,
                company=company,
            )
            touch = Touch(
                id=FIRST_TOUCH + number,
                lead_id=lead.id,
                enrolment=1,
                visit=1,
                campaign="news",
                track="main",
                step="first",
                mail="news/first",
                mail_class=MailClass.MARKETING,
                due_at=NOW,
                planned_at=NOW,
                priority=0,
            )
            message = builder.build(Claim(touch, LeadState(lead=lead), attempt=1, first_tried=NOW))
            name = " ".join(part for part in (first, last) if part)
            yield Sent(
                f"to {first[:20]!r} {last[:20]!r}", message.data, to_name=clean(name), greeted=clean(first)
            )


def greeting() -> Catalog:
    """A programme whose mail greets by the first name, in subject and text."""
    return catalog()
