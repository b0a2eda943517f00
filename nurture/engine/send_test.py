"""One real mail, to see how it arrives: rendered as a lead would get it, sent to whom you name, recorded nowhere."""

from datetime import datetime

from msgspec.structs import replace

from nurture.content.mails import MailFamily, MailFile, Variant
from nurture.content.system_mails import FOLDER, SYSTEM_MAILS
from nurture.engine.claim import Claim
from nurture.engine.engine import Engine
from nurture.engine.live import Live, StoredMail, mail_sha
from nurture.engine.people import find_lead
from nurture.engine.system_build import Posted
from nurture.errors import ProgrammeError
from nurture.ports import OutgoingMessage, ReceiptStatus
from nurture.vocabulary.state import LeadState
from nurture.vocabulary.touch import Touch
from nurture.vocabulary.words import MailClass

NO_TOUCH = 0
"""The touch of a test mail: hits with it belong to nobody and are passed over. The outbox has no mail of that number either."""


def send_test(engine: Engine, mail: str, *, to: str, lead: str, draft: MailFile | None = None) -> str:
    """Send *mail* ('campaign/name') as *lead* (address or id) would get it to *to*; returns what the transport said.

    draft  a file of the mail as somebody is writing it, to be sent in place of what is live.

    A system mail ('system/hand-off') is sent with words of an example; of the lead it has the language alone.
    Raises ProgrammeError for a mail that is not live, LeadError for a lead that is not there.
    """
    with engine.database.reading() as connection:
        state = find_lead(connection, lead)
    live = engine.live if draft is None else _with_draft(engine, mail, draft)
    if is_system(mail):
        message = _of_system(engine, live, mail, to=to, language=state.lead.language)
    else:
        recipient = replace(state, lead=replace(state.lead, email=to))
        message = _of_campaign(engine, live, mail, recipient, engine.clock.now())
    where, refused = _sent(engine, message)
    return f"{mail} as {lead} to {where}: {refused}" if refused else f"Sent {mail} as {lead} to {where}."


def send_example(engine: Engine, mail: str, *, to: str, language: str | None, draft: MailFile | None) -> str:
    """Send the system mail *mail* with words of an example to *to*, as it is written for *language*; as ``send_test``."""
    live = engine.live if draft is None else _with_draft(engine, mail, draft)
    where, refused = _sent(engine, _of_system(engine, live, mail, to=to, language=language))
    return f"{mail} to {where}: {refused}" if refused else f"Sent {mail} to {where}."


def is_system(mail: str) -> bool:
    folder, _, name = mail.partition("/")
    return folder == FOLDER and name in SYSTEM_MAILS


def _sent(engine: Engine, message: OutgoingMessage) -> tuple[str, str]:
    """Where the message went, and why it did not leave; empty where it left."""
    (receipt,) = engine.transport.send([message])
    where = message.rcpt_to if engine.transport.leaves_machine else "the local mailbox"
    if receipt.status is ReceiptStatus.SENT:
        return where, ""
    return where, f"{receipt.status}" + (f" ({receipt.code} {receipt.text})" if receipt.text else "")


def _with_draft(engine: Engine, mail: str, draft: MailFile) -> Live:
    """The live programme, in which *mail* has one file: *draft*."""
    family = MailFamily(mail.partition("/")[2], (Variant(None, None, draft),))
    texts = {**engine.live.catalog.texts, draft.path: draft.body}
    catalog = replace(engine.live.catalog, mails={mail: family}, texts=texts)
    return Live(
        catalog, engine.live.number, {mail_sha(catalog, draft): StoredMail(0, None)}, base_url=engine.base_url
    )


def _of_campaign(
    engine: Engine, live: Live, mail: str, recipient: LeadState, now: datetime
) -> OutgoingMessage:
    if mail not in live.catalog.mails:
        known = ", ".join(sorted((*live.catalog.mails, *(f"{FOLDER}/{name}" for name in SYSTEM_MAILS))))
        raise ProgrammeError(f"mail {mail!r} is not live; write one of {known}")
    campaign = mail.partition("/")[0]
    written = live.programme.campaigns.get(campaign)
    touch = Touch(
        id=NO_TOUCH,
        lead_id=recipient.lead.id,
        enrolment=0,
        visit=0,
        campaign=campaign,
        track="",
        step="",
        mail=mail,
        mail_class=MailClass.MARKETING if written is None else live.programme.class_of(written, mail),
        due_at=now,
        planned_at=now,
        priority=0,
    )
    return engine.builder(live).build(Claim(touch, recipient, attempt=1, first_tried=now))


def _of_system(engine: Engine, live: Live, mail: str, *, to: str, language: str | None) -> OutgoingMessage:
    now, name = engine.clock.now(), mail.partition("/")[2]
    given = SYSTEM_MAILS[name].example()
    posted = Posted(id=NO_TOUCH, mail=name, to=to, given=given, first_tried=now, language=language)
    return engine.system_builder(live).build(posted, now)
