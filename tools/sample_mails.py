"""Every shipped mail, in each of its files, for a lead that it is meant for: as a reader sees it, and as it is delivered."""

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

import msgspec

from nurture.content.catalog import Catalog, load
from nurture.content.compile import compile_mail
from nurture.content.mails import Variant
from nurture.content.render import PreviewParts, render_preview
from nurture.content.values import Lines
from nurture.delivery.memory import MemoryTransport
from nurture.engine.claim import Claim
from nurture.engine.engine import Engine
from nurture.identity import Keyring
from nurture.ports import OutgoingMessage
from nurture.simulation.clock import VirtualClock
from nurture.store.database import Database
from nurture.vocabulary.lead import Lead
from nurture.vocabulary.state import LeadState
from nurture.vocabulary.touch import Touch

ROOT = Path(__file__).parents[1]
BASE_URL = "https://links.tarewell.example"
NORA = Lead(
    id=1,
    created_at=datetime(2026, 1, 1, tzinfo=UTC),
    email="nora.brandt@halvorsen.example",
    first_name="Nora",
    last_name="Brandt",
    company="Halvorsen Foods",
)


class SampleMail(msgspec.Struct, frozen=True):
    """One file of a mail. *name* is 'campaign/name', with persona and language where the file is for one."""

    name: str
    mail: str
    variant: Variant


def shipped() -> Catalog:
    """The shipped programme."""
    return load(ROOT / "campaigns", ROOT / "templates")


def files_of(catalog: Catalog) -> Iterator[SampleMail]:
    """Every file of every mail, by name."""
    for mail, family in sorted(catalog.mails.items()):
        for variant in family.variants:
            campaign = mail.partition("/")[0]
            yield SampleMail(f"{campaign}/{Path(variant.mail.path).stem}", mail, variant)


def seen(catalog: Catalog, sample: SampleMail) -> PreviewParts:
    """The mail as its reader sees it."""
    programme = catalog.sound_programme()
    campaign = programme.campaigns[sample.mail.partition("/")[0]]
    sender = {"name": programme.sender.name, "address": programme.sender.address}
    extra = {
        "programme": {"name": programme.name, "postal_address": programme.postal_address, "sender": sender},
        "campaign": {"name": campaign.name, "contact": campaign.contact or programme.sender.address},
        "owner": {},
        "signature": Lines(programme.sender.signature or programme.sender.name),
    }
    program = compile_mail(sample.variant.mail, templates=catalog.templates, base_url=BASE_URL)
    lead = {"first_name": NORA.first_name, "last_name": NORA.last_name, "company": NORA.company}
    return render_preview(program, lead=lead, token="sample", extra=extra)  # noqa: S106 - opens nothing


def delivered(catalog: Catalog, now: datetime) -> Iterator[tuple[SampleMail, OutgoingMessage]]:
    """Every mail as the engine hands it to a relay at *now*."""
    programme = catalog.sound_programme()
    with published(catalog, now) as engine:
        builder = engine.builder(engine.live)
        for number, sample in enumerate(files_of(catalog), 1):
            campaign = programme.campaigns[sample.mail.partition("/")[0]]
            lead = msgspec.structs.replace(NORA, created_at=now, language=sample.variant.language)
            touch = Touch(
                id=number,
                lead_id=lead.id,
                enrolment=1,
                visit=1,
                campaign=campaign.key,
                track="",
                step="",
                mail=sample.mail,
                mail_class=campaign.class_,
                due_at=now,
                planned_at=now,
                priority=0,
            )
            state = LeadState(lead=lead, persona=sample.variant.persona)
            yield sample, builder.build(Claim(touch, state, attempt=1, first_tried=now))


@contextmanager
def published(catalog: Catalog, now: datetime) -> Iterator[Engine]:
    """An engine of its own in which *catalog* is live; nothing that it does is kept."""
    with tempfile.TemporaryDirectory() as folder:
        clock = VirtualClock(now)
        database = Database(f"sqlite:///{folder}/nurture.sqlite")
        database.migrate()
        engine = Engine(
            database=database,
            transport=MemoryTransport(clock),
            keyring=Keyring(b"only for samples, so it may be known"),
            clock=clock,
            base_url=BASE_URL,
        )
        try:
            engine.publish(catalog, actor="sample@tarewell.example", reason="samples")
            yield engine
        finally:
            engine.close()
