"""Where a mail stands on its way to readers: draft, in review, approved, retired; and what people said of it.

An approval is of one text, by its SHA-256: who changes a letter has a draft again. What is live counts as approved. A page
makes a mail live only when its text is approved; whoever may approve does so by making it live. A retired mail is out of
reach: nothing that sends it can go live, and it is not retired while something that is live sends it.
"""

import hashlib
from collections.abc import Collection, Mapping
from datetime import datetime
from enum import StrEnum
from typing import Any

import msgspec
from sqlalchemy import Connection, Row, delete, insert, select, update

from nurture.check.written import steps, written
from nurture.content.catalog import MAIL, Catalog
from nurture.content.mails import variant_name
from nurture.engine.audit import audit
from nurture.errors import ProgrammeError
from nurture.store import records as table
from nurture.store.statements import upsert

WORDS_MAX = 4_000


class MailState(StrEnum):
    """Where the text of a mail stands."""

    DRAFT = "draft"
    IN_REVIEW = "in review"
    APPROVED = "approved"
    RETIRED = "retired"


class Comment(msgspec.Struct, frozen=True):
    """What somebody said of a mail; *settled_at* is None while it is open."""

    id: int
    path: str
    actor: str
    at: datetime
    words: str
    settled_by: str | None
    settled_at: datetime | None


def state_of(connection: Connection, path: str, text: str, live: str | None) -> MailState:
    """Where *text* stands, the newest of the file at *path*; *live* is what its readers get now, None for nothing."""
    of = table.mail_review
    return _state(connection.execute(select(of).where(of.c.path == path)).first(), text, live)


def states(connection: Connection, texts: Mapping[str, str], live: Mapping[str, str]) -> dict[str, MailState]:
    """Where each of *texts* stands, by its path."""
    rows = {row.path: row for row in connection.execute(select(table.mail_review))}
    return {path: _state(rows.get(path), text, live.get(path)) for path, text in texts.items()}


def _state(row: Row[Any] | None, text: str, live: str | None) -> MailState:
    if row is not None and row.state == MailState.RETIRED:
        return MailState.RETIRED
    if text == live:
        return MailState.APPROVED
    return MailState(row.state) if row is not None and row.sha256 == sha_of(text) else MailState.DRAFT


def say(connection: Connection, path: str, text: str, state: MailState, *, actor: str, now: datetime) -> None:
    """Note that *text* is in *state*: asked to be reviewed, approved, or sent back as a draft."""
    assert state is not MailState.RETIRED, "retire() looks at what sends the mail"
    if state is MailState.DRAFT:
        connection.execute(delete(table.mail_review).where(table.mail_review.c.path == path))
    else:
        _note(connection, path, text, state, actor=actor, now=now)
    said = {
        MailState.DRAFT: "sent back",
        MailState.IN_REVIEW: "asked to review",
        MailState.APPROVED: "approved",
    }
    audit(connection, actor=actor, what=said[state], now=now, target=path, detail={"text": sha_of(text)[:12]})


def retire(
    connection: Connection, path: str, text: str, catalog: Catalog, *, actor: str, now: datetime
) -> None:
    """Let nobody send the mail any more. Raises ProgrammeError while something that is live does."""
    if (name := name_of(path)) in sent_by(catalog):
        raise ProgrammeError(f"{name} is sent by a step or a broadcast that is live; take it out there first")
    _note(connection, path, text, MailState.RETIRED, actor=actor, now=now)
    audit(connection, actor=actor, what="retired", now=now, target=path)


def bring_back(connection: Connection, path: str, *, actor: str, now: datetime) -> None:
    """A retired mail is an ordinary one again."""
    connection.execute(delete(table.mail_review).where(table.mail_review.c.path == path))
    audit(connection, actor=actor, what="brought back", now=now, target=path)


def carry_over(
    connection: Connection, before: str, path: str, text: str, *, actor: str, now: datetime
) -> None:
    """The live mail at *before* stands at *path* and is written as *text*, in the same words for its readers.

    What was said of it goes along. *actor* counts as who approved it where nobody else has.
    """
    review, said = table.mail_review, table.mail_comment
    row = connection.execute(select(review).where(review.c.path == before)).first()
    connection.execute(delete(review).where(review.c.path == before))
    is_retired = row is not None and row.state == MailState.RETIRED
    state = MailState.RETIRED if is_retired else MailState.APPROVED
    _note(connection, path, text, state, actor=actor if row is None else row.actor, now=now)
    connection.execute(update(said).where(said.c.path == before).values(path=path))


def refuse_retired(connection: Connection, catalog: Catalog) -> None:
    """Raises ProgrammeError where *catalog* would send a retired mail."""
    of = table.mail_review.c
    rows = connection.execute(select(of.path).where(of.state == MailState.RETIRED.value)).scalars()
    retired = sorted(path for path in rows if path in catalog.texts)
    used = sent_by(catalog) if retired else ()
    for path in retired:
        if name_of(path) in used:
            raise ProgrammeError(
                f"{path}:1:1: this mail is retired, and a step or a broadcast sends it; bring it back first"
            )


def sent_by(catalog: Catalog) -> Collection[str]:
    """The mails, as 'campaign/name', that steps, broadcasts and the last mail to the unreceptive send."""
    sound = written(catalog)
    if sound is None:
        return frozenset()
    found = {
        file.campaign.mail_ref(placed.step.mail)
        for file in sound.campaigns
        for placed in steps(file)
        if placed.step.mail is not None
    }
    sunset = sound.programme.sending.sunset
    return found | ({sunset.mail} if sunset is not None and sunset.mail else set())


# ---------------------------------------------------------------- comments


def comment(connection: Connection, path: str, words: str, *, actor: str, now: datetime) -> None:
    """Keep what *actor* says of the mail. Raises ProgrammeError where that is nothing."""
    if not words.strip():
        raise ProgrammeError("a comment needs words")
    row = {"path": path, "actor": actor, "at": now, "words": words.strip()[:WORDS_MAX]}
    connection.execute(insert(table.mail_comment), row)


def settle(connection: Connection, path: str, number: int, *, actor: str, now: datetime) -> None:
    """Comment *number* asks for nothing any more."""
    of = table.mail_comment.c
    connection.execute(
        update(table.mail_comment)
        .where(of.id == number, of.path == path, of.settled_at.is_(None))
        .values(settled_by=actor, settled_at=now)
    )


def comments(connection: Connection, path: str) -> tuple[Comment, ...]:
    """What was said of the mail, what is open first, then the newest."""
    of = table.mail_comment.c
    rows = connection.execute(select(table.mail_comment).where(of.path == path).order_by(of.id.desc()))
    found = [Comment(**row) for row in rows.mappings()]
    return tuple(sorted(found, key=lambda each: each.settled_at is not None))


def open_comments(connection: Connection, path: str) -> int:
    """How many comments still ask for something."""
    return sum(each.settled_at is None for each in comments(connection, path))


def _note(
    connection: Connection, path: str, text: str, state: MailState, *, actor: str, now: datetime
) -> None:
    row = {"path": path, "state": state.value, "sha256": sha_of(text), "actor": actor, "at": now}
    upsert(connection, table.mail_review, [row], key=("path",))


def name_of(path: str) -> str:
    """The mail that the file at *path* is one of, as 'campaign/name'."""
    found = MAIL.fullmatch(path)
    assert found is not None, "only mails are reviewed"
    return f"{found[1]}/{variant_name(found[2])[0]}"


def sha_of(text: str) -> str:
    """What an approval names a text by."""
    return hashlib.sha256(text.encode()).hexdigest()
