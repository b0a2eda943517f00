"""Where the programme says `sending: approval: all`, no mail is sent whose text nobody has approved, wherever it was written.

What is sent already goes on. The first revision of a store is live by the word of who applies it: before it nobody can log in
to approve anything.
"""

from collections.abc import Mapping

import msgspec
from sqlalchemy import Connection, select

from nurture.check.written import steps, written
from nurture.content.catalog import MAIL, Catalog
from nurture.engine.reviews import MailState, name_of, sha_of
from nurture.errors import ProgrammeError
from nurture.store import records as table


class Unapproved(msgspec.Struct, frozen=True):
    """A mail that something live would send and that nobody has approved as it is written; *state* is where its text stands."""

    path: str
    text: str
    state: MailState
    sent_by: str


def refuse_unapproved(connection: Connection, catalog: Catalog, before: Catalog) -> None:
    """Raises ProgrammeError where *catalog* would send a mail that nobody has approved; *before* is live until then."""
    found = unapproved(connection, catalog, before)
    if found:
        raise ProgrammeError("\n".join(map(_words, found)))


def unapproved(connection: Connection, catalog: Catalog, before: Catalog) -> tuple[Unapproved, ...]:
    """The mails that *catalog* would send, *before* does not, and nobody has approved."""
    sends, sent = senders(catalog), senders(before)
    rows = {row.path: row for row in connection.execute(select(table.mail_review))}
    found = []
    for path, text in sorted(catalog.texts.items()):
        if not MAIL.fullmatch(path) or (name := name_of(path)) not in sends:
            continue
        row, goes_on = rows.get(path), name in sent and before.texts.get(path) == text
        state = MailState(row.state) if row is not None and row.sha256 == sha_of(text) else MailState.DRAFT
        if state is not MailState.APPROVED and not goes_on:
            found.append(Unapproved(path, text, state, sends[name]))
    return tuple(found)


def senders(catalog: Catalog) -> Mapping[str, str]:
    """Each mail, as 'campaign/name', that leads are sent, and what sends it first; a campaign that is a draft sends nothing."""
    sound = written(catalog)
    if sound is None:
        return {}
    found: dict[str, str] = {}
    for file in sound.campaigns:
        if file.campaign.draft:
            continue
        for placed in steps(file):
            if placed.step.mail is not None:
                what = "broadcast" if file.campaign.broadcast is not None else f"step '{placed.step.key}' of"
                words = f"{what} {file.campaign.key}"
                found.setdefault(file.campaign.mail_ref(placed.step.mail), words)
    sunset = sound.programme.sending.sunset
    if sunset is not None and sunset.mail:
        found.setdefault(sunset.mail, "the sunset")
    return found


def _words(mail: Unapproved) -> str:
    remedy = (
        "an approver has to approve it on its review page"
        if mail.state is MailState.IN_REVIEW
        else "put it up with `nurture review`, and let an approver approve it on its review page"
    )
    return (
        f"{mail.path}:1:1: {mail.sent_by} would send this mail, whose text is {_state(mail.state)}; {remedy}"
    )


def _state(state: MailState) -> str:
    return "a draft" if state is MailState.DRAFT else state.value
