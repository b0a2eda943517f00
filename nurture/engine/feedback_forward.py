"""A person's answer, on to the person who looks after the lead: a system mail, so it leaves once and is tried again.

It is from the programme's sender, "Jane Doe via Acme", so that it passes every check of the owner's provider; answering
it answers the lead. The message that came in is attached as it was.
"""

from datetime import datetime

from sqlalchemy import Connection, select

from nurture.content.model import Programme
from nurture.engine.system_mails import post
from nurture.feedback.model import Feedback
from nurture.store import records as table
from nurture.store.database import Database
from nurture.vocabulary.lead import Lead

MAIL = "reply-forwarded"
KEY = "reply:"
SUBJECT_MAX = 200
ATTACHED_MAX = 7_000_000
"""Bytes: in base64 below the 10 MB that servers commonly take. A larger message stays where it came in."""


def forward(
    connection: Connection,
    feedback: Feedback,
    *,
    programme: Programme,
    lead: Lead | None,
    campaign: str | None,
    inbound_id: int,
    now: datetime,
) -> str:
    """Post it to whoever looks after the lead, once for each message that came in. Returns to whom."""
    to = caretaker(programme, lead, campaign)
    address = feedback.sender or (lead.email if lead is not None else None) or ""
    post(
        connection,
        MAIL,
        to=to,
        values={
            "link": "/leads" if lead is None else f"/leads/{lead.id}",
            "lead_name": name_of(lead) or address,
            "address": address,
            "subject": feedback.subject[:SUBJECT_MAX],
            "text": feedback.text,
        },
        key=f"{KEY}{inbound_id}",
        now=now,
        lead_id=None if lead is None else lead.id,
    )
    return to


def caretaker(programme: Programme, lead: Lead | None, campaign: str | None) -> str:
    """The lead's rep, else who answers for the campaign, else who answers for all mail."""
    written = programme.campaigns.get(campaign or "")
    sender = programme.sender
    choice = (
        None if lead is None else lead.owner,
        None if written is None else written.contact,
        sender.reply_to,
    )
    return next((each for each in choice if each and "@" in each), sender.address)


def passed_on(database: Database, outbox_id: int) -> bytes | None:
    """The message that a posted mail passes on; None for any other mail, for one too large, and for one forgotten."""
    with database.reading() as connection:
        key = connection.execute(select(table.outbox.c.key).where(table.outbox.c.id == outbox_id)).scalar()
        if key is None or not key.startswith(KEY):
            return None
        wanted = table.inbound.c.id == int(key.removeprefix(KEY))
        raw = connection.execute(select(table.inbound.c.raw).where(wanted)).scalar()
    return raw if raw is not None and len(raw) <= ATTACHED_MAX else None


def name_of(lead: Lead | None) -> str:
    return "" if lead is None else " ".join(part for part in (lead.first_name, lead.last_name) if part)
