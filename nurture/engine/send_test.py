"""One real mail, to see how it arrives: rendered as a lead would get it, sent to whom you name, recorded nowhere."""

from msgspec.structs import replace

from nurture.engine.claim import Claim
from nurture.engine.engine import Engine
from nurture.engine.people import find_lead
from nurture.errors import ProgrammeError
from nurture.ports import ReceiptStatus
from nurture.vocabulary.touch import Touch
from nurture.vocabulary.words import MailClass

NO_TOUCH = 0
"""The touch of a test mail: hits with it belong to nobody and are passed over."""


def send_test(engine: Engine, mail: str, *, to: str, lead: str) -> str:
    """Send *mail* ('campaign/name') as *lead* (address or id) would get it to *to*; returns what the transport said.

    Raises ProgrammeError for a mail that is not live, LeadError for a lead that is not there.
    """
    with engine.database.reading() as connection:
        state = find_lead(connection, lead)
    if mail not in engine.live.catalog.mails:
        known = ", ".join(sorted(engine.live.catalog.mails))
        raise ProgrammeError(f"mail {mail!r} is not live; write one of {known}")
    now = engine.clock.now()
    touch = Touch(
        id=NO_TOUCH,
        lead_id=state.lead.id,
        enrolment=0,
        visit=0,
        campaign=mail.partition("/")[0],
        track="",
        step="",
        mail=mail,
        mail_class=MailClass.MARKETING,
        due_at=now,
        planned_at=now,
        priority=0,
    )
    recipient = replace(state, lead=replace(state.lead, email=to))
    message = engine.builder(engine.live).build(Claim(touch, recipient, attempt=1, first_tried=now))
    (receipt,) = engine.transport.send([message])
    outcome = f"{receipt.status}" + (f" ({receipt.code} {receipt.text})" if receipt.text else "")
    where = "the local mailbox" if not engine.transport.leaves_machine else to
    return (
        f"{mail} as {lead} to {where}: {outcome}"
        if receipt.status is not ReceiptStatus.SENT
        else f"Sent {mail} as {lead} to {where}."
    )
