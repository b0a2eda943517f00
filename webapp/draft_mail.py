"""A mail that is not live yet, as a lead would read it. Nothing is recorded, and its links lead nowhere."""

from zoneinfo import ZoneInfo

from msgspec.structs import replace

from nurture.content.mails import MailFile, read_mail
from nurture.content.proof import MailText, Reader, shown, size_of
from nurture.content.render import PreviewParts
from nurture.content.scope import LeadView
from nurture.content.system_mails import FOLDER, SystemMail
from nurture.content.system_texts import language_of, system_mail_at, system_text, templates
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


def reader(engine: Engine, path: str, lead_id: int | None, persona: str | None = None) -> LeadState | None:
    """The lead who reads the mail at *path*: number *lead_id*, or the newest one; as if it were of *persona*, where that is given.

    None for a system mail, which knows no lead. Raises LeadError where there is none.
    """
    if system_mail_at(engine.live.catalog, path) is not None:
        return None
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
    catalog, mail = engine.live.catalog, read_mail(path, text)
    kind = system_mail_at(catalog, path)
    if kind is not None:
        return size_of(system_text(mail, kind.name, templates(catalog)))
    return size_of(MailText(mail, catalog.templates))


def draft_preview(
    engine: Engine, path: str, text: str, state: LeadState | None, *, variant: str | None = None
) -> PreviewParts:
    """The mail in *text* as its ``reader`` sees it, without what tells of a reader. Raises NurtureError where it cannot be rendered."""
    live, campaign, mail = engine.live, path.split("/")[1], read_mail(path, text)
    kind = system_mail_at(live.catalog, path)
    if kind is not None:
        return system_preview(engine, kind, mail)
    assert state is not None, "every other mail is read by a lead"
    asked = Reader(
        base_url=engine.base_url,
        lead=dict(LeadView(live.programme, lead_values(state, engine.clock.now()))),
        token=NOBODY,
        variant=variant,
        extra=shared_names(live, campaign, sender_for(live, campaign, mail.front.from_, state)),
    )
    parts = shown(MailText(mail, live.catalog.templates), asked)
    return PreviewParts(parts.subject, parts.html.replace(telltales(engine.base_url, NOBODY), ""), parts.text)


def system_preview(engine: Engine, kind: SystemMail, mail: MailFile) -> PreviewParts:
    """A file of a system mail with words of an example. Raises NurtureError where it cannot be rendered."""
    live, language = engine.live, language_of(mail, engine.language)
    said = kind.said(kind.example(), language=language, zone=ZoneInfo(live.programme.time_zone))
    names = {"programme": shared_names(live, FOLDER)["programme"], **said}
    asked = Reader(base_url=engine.base_url, lead={}, token="", extra=names)
    return shown(system_text(mail, kind.name, templates(live.catalog)), asked)


def addressed_preview(
    engine: Engine, path: str, text: str, state: LeadState | None, *, variant: str | None = None
) -> PreviewParts:
    """The same, each of its elements with the address of its block, where that can be told. Raises NurtureError."""
    parts = draft_preview(engine, path, text, state, variant=variant)
    try:
        told = draft_preview(engine, path, signed(text), state, variant=variant)
    except NurtureError:
        return parts
    return PreviewParts(parts.subject, with_addresses(parts.html, told.html), parts.text)
