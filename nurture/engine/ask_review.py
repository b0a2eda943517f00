"""Mails that were written in files put up for a review on their pages, before they go live."""

from datetime import datetime

from sqlalchemy import Connection

from nurture.content.catalog import Catalog
from nurture.engine.approvals import unapproved
from nurture.engine.drafts import discard, draft_of, drafts, save_draft
from nurture.engine.reviews import MailState, say
from nurture.errors import ProgrammeError


def ask_review(
    connection: Connection, catalog: Catalog, live: Catalog, *, actor: str, now: datetime
) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Put up what *catalog* would send and nobody has approved: the paths that are now in review, and those that were already.

    Raises ProgrammeError where a page holds a draft that says something else: nothing is then put up.
    """
    asked, waiting = [], []
    for mail in unapproved(connection, catalog, live):
        newest = draft_of(connection, mail.path)
        if newest is None:
            save_draft(connection, mail.path, mail.text, seeing=0, actor=actor, now=now)
        elif newest.text != mail.text:
            raise ProgrammeError(
                f"{mail.path}:1:1: {newest.actor} has begun a draft of this mail on its page that says something else; make it "
                "live and run `nurture pull`, or discard it there, and ask again"
            )
        if mail.state is MailState.IN_REVIEW:
            waiting.append(mail.path)
        else:
            say(connection, mail.path, mail.text, MailState.IN_REVIEW, actor=actor, now=now)
            asked.append(mail.path)
    return tuple(asked), tuple(waiting)


def forget_what_is_live(connection: Connection, catalog: Catalog) -> None:
    """A draft that says what *catalog*, which has just gone live, says is none any more."""
    for path, draft in drafts(connection).items():
        if catalog.texts.get(path) == draft.text:
            discard(connection, path)
