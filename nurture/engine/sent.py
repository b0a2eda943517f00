"""The words of a mail as it was sent: of the revision that was live then, in the file that was chosen for its reader."""

from sqlalchemy import Connection, func, or_, select

from nurture.content.catalog import TEMPLATES
from nurture.content.compile import MailProgram
from nurture.content.mails import read_mail
from nurture.content.model import Utm
from nurture.content.proof import PROVED_BY, MailText, proved
from nurture.engine.links import direct_links
from nurture.store import records as table


def sent_mail(
    connection: Connection, touch_id: int, *, base_url: str, tracked: bool = True
) -> tuple[MailProgram, int] | None:
    """The compiled mail of a touch and the number that its links were made with; None where it was never rendered.

    tracked  whether its links lead through us, as its reader wants it now.
    Only the mail's own file and the templates are read, not the whole programme of that day.
    """
    touch, mail = table.touch.c, table.mail_revision.c
    row = connection.execute(
        select(touch.claimed_at, mail.number, mail.path, mail.proved_by)
        .join(table.mail_revision, mail.number == touch.mail_revision)
        .where(touch.id == touch_id, touch.claimed_at.is_not(None))
    ).first()
    if row is None:
        return None
    texts = table.revision_text.c
    live_then = (
        select(func.max(table.revision.c.number))
        .where(table.revision.c.applied_at <= row.claimed_at)
        .scalar_subquery()
    )
    found = {
        each.path: each.body
        for each in connection.execute(
            select(texts.path, table.content_text.c.body)
            .join(table.content_text, table.content_text.c.sha256 == texts.sha256)
            .where(texts.revision == live_then, or_(texts.path == row.path, texts.path.startswith(TEMPLATES)))
        )
    }
    if row.path not in found:
        return None
    templates = {
        path.removeprefix(TEMPLATES): body for path, body in found.items() if path.startswith(TEMPLATES)
    }
    written = read_mail(row.path, found[row.path])
    program = proved(
        MailText(written, templates),
        base_url=base_url,
        known=row.proved_by == PROVED_BY,
        direct=None if tracked else direct_links(written, Utm()),
    )
    return program, row.number
