"""Whom a mail is from: the programme's sender, or the lead's rep in such a way that the mail still proves where it comes from.

A rep's own address may stand in From only where it is in the domain that signs (DMARC alignment, RFC 7489 §3.1): any other
would be refused as forged. Then the company's address stands there, in the rep's name, and answers go to the rep.
"""

from typing import Literal

import msgspec

from nurture.content.model import Member, Programme
from nurture.engine.live import Live
from nurture.vocabulary.state import LeadState


class Sender(msgspec.Struct, frozen=True):
    """Whom one mail is from.

    reply_to   None where answers go to the address itself.
    signature  what ends the mail, in lines.
    owner      the address of the lead's rep, whoever the mail is from; None for a lead of nobody.
    """

    name: str
    address: str
    reply_to: str | None
    signature: str
    owner: str | None


def sender_for(
    live: Live, campaign: str, own: Literal["programme", "owner"] | None, state: LeadState
) -> Sender:
    """Whom a mail of *campaign* to this lead is from: as the mail says of its *own*, else as its campaign does."""
    written = live.programme.campaigns.get(campaign)
    from_ = own or ("programme" if written is None else written.from_)
    return sender_of(live.programme, from_, state.lead.owner)


def sender_of(programme: Programme, from_: Literal["programme", "owner"], owner: str | None) -> Sender:
    """The sender that *from_* means for a lead of *owner*; the programme's own where the lead has none."""
    sender = programme.sender
    if from_ == "programme" or owner is None:
        signature = sender.signature or sender.name
        return Sender(sender.name, sender.address, sender.reply_to, signature, owner)
    member = programme.member(owner) or Member(email=owner)
    if _domain(owner) == sender.domain.lower():
        return Sender(member.name or sender.name, owner, None, signature_of(member, programme), owner)
    name = f"{member.name} via {programme.name}" if member.name else sender.name
    return Sender(name, sender.address, owner, signature_of(member, programme), owner)


def signature_of(member: Member, programme: Programme) -> str:
    """What ends a mail from the rep: as written, else name, title and phone, each on its line."""
    lines = (member.name or programme.sender.name, member.title, member.phone)
    return member.signature or "\n".join(line for line in lines if line)


def known_of(programme: Programme, owner: str | None) -> dict[str, str]:
    """What mails may say of a lead's rep: name, title, phone and address, those that are known."""
    if owner is None:
        return {}
    member = programme.member(owner) or Member(email=owner)
    known = {"name": member.name, "title": member.title, "phone": member.phone, "address": owner}
    return {field: value for field, value in known.items() if value}


def _domain(address: str) -> str:
    return address.rpartition("@")[2].lower()
