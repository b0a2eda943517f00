"""A mail that is not live yet, as a lead would read it. Nothing is recorded, and its links lead nowhere."""

from msgspec.structs import replace

from nurture.content.mails import read_mail
from nurture.content.proof import MailText, Reader, shown, size_of
from nurture.content.render import PreviewParts
from nurture.content.scope import LeadView
from nurture.content.tracking import telltales
from nurture.engine.build import shared_names
from nurture.engine.engine import Engine
from nurture.engine.people import LeadError, find_lead
from nurture.engine.senders import sender_for
from nurture.errors import NurtureError
from nurture.insight.examples import example_leads
from nurture.statemachine.scope import lead_values
from nurture.vocabulary.state import LeadState
from webapp.mail_blocks import signed, with_addresses

NOBODY = "preview"
"""A token that is none: what it leads to says that the link does not work."""


def reader(engine: Engine, lead_id: int | None, persona: str | None = None) -> LeadState:
    """The lead who reads: number *lead_id*, or the newest one; as if it were of *persona*, where that is given.

    Raises LeadError where there is none.
    """
    with engine.database.reading() as connection:
        if lead_id is not None:
            state = find_lead(connection, str(lead_id))
        else:
            examples = example_leads(connection, most=1)
            if not examples:
                raise LeadError("there is no lead to read it; bring leads in first")
            state = examples[0].state
    return state if persona is None else replace(state, persona=persona)


def draft_size(engine: Engine, path: str, text: str) -> int:
    """Bytes of the HTML of the mail in *text*, without values. Raises NurtureError."""
    return size_of(MailText(read_mail(path, text), engine.live.catalog.templates))


def draft_preview(
    engine: Engine, path: str, text: str, state: LeadState, *, variant: str | None = None
) -> PreviewParts:
    """The mail in *text* as its reader sees it, without what tells of a reader. Raises NurtureError where it cannot be rendered."""
    live, campaign, mail = engine.live, path.split("/")[1], read_mail(path, text)
    asked = Reader(
        base_url=engine.base_url,
        lead=dict(LeadView(live.programme, lead_values(state, engine.clock.now()))),
        token=NOBODY,
        variant=variant,
        extra=shared_names(live, campaign, sender_for(live, campaign, mail.front.from_, state)),
    )
    parts = shown(MailText(mail, live.catalog.templates), asked)
    return PreviewParts(parts.subject, parts.html.replace(telltales(engine.base_url, NOBODY), ""), parts.text)


def addressed_preview(
    engine: Engine, path: str, text: str, state: LeadState, *, variant: str | None = None
) -> PreviewParts:
    """The same, each of its elements with the address of its block, where that can be told. Raises NurtureError."""
    parts = draft_preview(engine, path, text, state, variant=variant)
    try:
        told = draft_preview(engine, path, signed(text), state, variant=variant)
    except NurtureError:
        return parts
    return PreviewParts(parts.subject, with_addresses(parts.html, told.html), parts.text)
