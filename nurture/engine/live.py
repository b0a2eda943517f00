"""What is live: the newest revision in the store, its programme, its mails compiled once."""

import hashlib
from collections.abc import Mapping
from datetime import datetime

import msgspec
from msgspec.structs import replace
from sqlalchemy import Connection, Text, cast, literal, select

from nurture.content.catalog import Catalog, load_texts
from nurture.content.compile import MailProgram
from nurture.content.mails import MailFile
from nurture.content.model import Programme, Superseded, Utm
from nurture.content.proof import PROVED_BY, MailText, prove, proved
from nurture.content.system_texts import mail_texts
from nurture.engine.approvals import refuse_unapproved
from nurture.engine.audit import audit
from nurture.engine.experiments import learning, weights_at
from nurture.engine.in_flight import InFlight, keep_tracks, superseded
from nurture.engine.links import direct_links, own_utm
from nurture.engine.reviews import refuse_retired
from nurture.engine.schedule import schedule
from nurture.errors import ProgrammeError
from nurture.store.records import (
    content_text,
    event,
    lead_state,
    mail_revision,
    revision,
    revision_text,
)
from nurture.store.statements import insert_if_new
from nurture.vocabulary.words import EventKind

NEWEST = select(revision.c.number).order_by(revision.c.number.desc()).limit(1)
FILES, PAGES = "files", "pages"
"""Where a revision was written."""


class StoredMail(msgspec.Struct, frozen=True):
    """The number of a mail's revision, and what it was proved with."""

    number: int
    proved_by: str | None


class Live:
    """One revision, ready to decide and to render with. A new revision is a new Live.

    programme  with the weights that it last decided by; nothing else of it ever changes.
    """

    def __init__(
        self,
        catalog: Catalog,
        number: int,
        stored: Mapping[str, StoredMail],
        *,
        base_url: str,
        superseded: Mapping[str, tuple[Superseded, ...]] = {},
    ) -> None:
        self.catalog = catalog
        self.programme: Programme = replace(catalog.sound_programme(), superseded=superseded)
        self.number = number
        self._base_url = base_url
        self._stored = stored
        self._templates = catalog.templates
        self._learns = bool(learning(self.programme))
        self._programs: dict[tuple[str, str | None, str | None, bool], tuple[MailProgram, int]] = {}
        self._refused: dict[tuple[str, str | None, str | None, bool], ProgrammeError] = {}

    def programme_at(self, connection: Connection, moment: datetime) -> Programme:
        """The programme as it decides at *moment*: with what its experiments had learned by then."""
        if self._learns:
            weights = weights_at(connection, moment)
            if weights != self.programme.weights:
                self.programme = replace(self.programme, weights=weights)
        return self.programme

    def mail(
        self, ref: str, persona: str | None, language: str | None, *, tracked: bool = True
    ) -> tuple[MailProgram, int]:
        """The compiled mail for such a lead and the number of its revision, which its tokens carry.

        tracked  whether it tells of opens and clicks.
        Raises ProgrammeError for a mail that the revision does not have, or that cannot be proved.
        """
        persona = self.programme.persona_key(persona)
        key = (ref, persona, language, tracked)
        if key in self._refused:
            raise self._refused[key]
        found = self._programs.get(key)
        if found is None:
            family = self.catalog.mails.get(ref)
            if family is None:
                raise ProgrammeError(
                    f"mail {ref!r} is not in the live revision; restore it, or remove its step"
                )
            file = family.pick(persona, language)
            stored = self._stored[mail_sha(self.catalog, file)]
            try:
                program = proved(
                    MailText(file, self._templates),
                    base_url=self._base_url,
                    known=stored.proved_by == PROVED_BY,
                    direct=None if tracked else direct_links(file, self.programme.utm),
                )
            except ProgrammeError as error:
                self._refused[key] = error  # asked once, for thousands of leads may be to get it
                raise
            found = self._programs[key] = (program, stored.number)
        return found


def load_live(connection: Connection, *, base_url: str) -> Live | None:
    """The newest revision; None in a store that has none."""
    number = live_number(connection)
    return None if number is None else load_revision(connection, number, base_url=base_url)


def load_revision(connection: Connection, number: int, *, base_url: str) -> Live:
    """Revision *number*, live or not: what was decided under it can be decided again."""
    catalog = _catalog(connection, number)
    kept = superseded(connection, number, catalog.sound_programme())
    return Live(catalog, number, stored_mails(connection), base_url=base_url, superseded=kept)


def _catalog(connection: Connection, number: int) -> Catalog:
    rows = connection.execute(
        select(revision_text.c.path, content_text.c.body)
        .join(content_text, content_text.c.sha256 == revision_text.c.sha256)
        .where(revision_text.c.revision == number)
    )
    return load_texts({row.path: row.body for row in rows})


def stored_mails(connection: Connection) -> dict[str, StoredMail]:
    """Every mail that was ever published, by what names it."""
    mails = mail_revision.c
    found = connection.execute(select(mails.sha256, mails.number, mails.proved_by))
    return {row.sha256: StoredMail(row.number, row.proved_by) for row in found}


def live_number(connection: Connection) -> int | None:
    """The number of the newest revision: one small query tells a worker whether its own is stale."""
    return connection.execute(NEWEST).scalar()


def publish(
    connection: Connection,
    catalog: Catalog,
    *,
    now: datetime,
    actor: str,
    reason: str,
    origin: str = FILES,
    in_flight: InFlight | None = None,
) -> int:
    """Make *catalog* the live revision and return its number; the one that is live already is kept as it is.

    origin     FILES or PAGES: where it was written.
    in_flight  what becomes of leads inside campaigns whose tracks were edited; None for what each campaign says itself.

    Every mail is proved first, every broadcast is set to its moment, and every lead learns of it. Raises ProgrammeError for
    what cannot be read or proved, is retired or wants an approval: nothing is then changed.
    """
    programme = catalog.sound_programme()
    newest = connection.execute(select(revision).order_by(revision.c.number.desc()).limit(1)).first()
    if newest is not None and newest.sha256 == catalog.revision:
        return int(newest.number)
    refuse_retired(connection, catalog)
    if newest is not None and programme.sending.approval == "all":
        refuse_unapproved(connection, catalog, _catalog(connection, newest.number))
    texts_of_mails = mail_texts(catalog)
    refused = [problem for problem in prove(texts_of_mails) if problem is not None]
    if refused:
        raise ProgrammeError("\n".join(map(str, refused)))
    mails = [
        {
            "sha256": mail_sha(catalog, text.mail),
            "path": text.mail.path,
            "links": [[name, url] for name, url in text.mail.front.links.items()],
            "utm": own_utm(text.mail, programme.utm),
            "proved_by": PROVED_BY,
        }
        for text in texts_of_mails
    ]
    texts = {_sha(text): text for text in catalog.texts.values()}
    number = connection.execute(
        revision.insert()
        .values(sha256=catalog.revision, applied_at=now, actor=actor, reason=reason, origin=origin)
        .returning(revision.c.number)
    ).scalar_one()
    audit(
        connection,
        actor=actor,
        what="published",
        now=now,
        target=f"revision {number}",
        detail={"why": reason},
    )
    insert_if_new(connection, content_text, [{"sha256": sha, "body": text} for sha, text in texts.items()])
    connection.execute(
        revision_text.insert(),
        [{"revision": number, "path": path, "sha256": _sha(text)} for path, text in catalog.texts.items()],
    )
    insert_if_new(connection, mail_revision, mails)
    again = mail_revision.c.sha256.in_([mail["sha256"] for mail in mails])
    connection.execute(mail_revision.update().where(again).values(proved_by=PROVED_BY))
    schedule(connection, catalog.sound_programme(), by=actor, now=now)
    if newest is not None:
        keep_tracks(connection, programme, before=newest.number, after=number, now=now, in_flight=in_flight)
        tell_leads(connection, int(number), now)
    return int(number)


def tell_leads(connection: Connection, number: int, now: datetime) -> None:
    """One event for each lead: what is new may revive one that had everything, or concern one that nothing concerned."""
    told = select(
        lead_state.c.lead_id,
        literal(EventKind.PROGRAMME_APPLIED.value),
        literal(now, event.c.occurred_at.type),
        literal(now, event.c.received_at.type),
        literal("programme"),
        literal(f"{number}:") + cast(lead_state.c.lead_id, Text),
        literal({}, event.c.properties.type),
    ).order_by(lead_state.c.lead_id)
    columns = ("lead_id", "kind", "occurred_at", "received_at", "source", "source_id", "properties")
    connection.execute(event.insert().from_select(columns, told))


def _sha(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def mail_sha(catalog: Catalog, file: MailFile) -> str:
    """Names a mail with everything that it is made of: a change of layout is a new revision of each mail, and so is one of
    what all links tell their sites.
    """
    utm = None if catalog.programme is None else catalog.programme.utm
    told = () if utm == Utm() else (msgspec.json.encode(utm).decode(),)
    templates = (f"{name}\n{text}" for name, text in sorted(catalog.templates.items()))
    return _sha("\0".join((file.path, catalog.texts[file.path], *templates, *told)))
