"""Forgetting a person, by its own wish: every row, every mail, every place that names it, and the proof that nothing is left.

    take out the lead's rows and mails, keep the hash --> take the name out of what others told --> search everything

What stays is a number that was a lead once, an entry of the audit log without a name, and the keyed hash that keeps the
address from being mailed again.
"""

from pathlib import Path

import msgspec
from sqlalchemy import Connection, select, text

from nurture.engine.aliases import addresses_of, whole
from nurture.engine.audit import audit
from nurture.engine.erased import remember
from nurture.engine.form_held import forget_person
from nurture.engine.removal import remove_mail, remove_rows, rows_left
from nurture.engine.traces import Names, Trace, files_with, is_ours_to_change, take_out, traces
from nurture.engine.upload_files import uploads_in
from nurture.engine.upload_forget import throw_all_away
from nurture.errors import NurtureError
from nurture.identity import Keyring
from nurture.ports import Clock
from nurture.store import records as table
from nurture.store.database import Database
from nurture.vocabulary.words import TouchStatus

LOOKS_MAX = 3
ON_THE_WIRE = (TouchStatus.CLAIMED.value, TouchStatus.SENDING.value)


class EraseError(NurtureError):
    """The person cannot be erased now, and why."""


class Places(msgspec.Struct, frozen=True):
    """Where a person may be named outside the store.

    home     the folder of this installation; None where there is none.
    mailbox  the local mailbox in it.
    store    files of the store itself, of which the rows are searched instead.
    """

    home: Path | None = None
    mailbox: Path | None = None
    store: tuple[Path, ...] = ()

    @classmethod
    def of(cls, database: Database, home: Path | None, mailbox: Path | None) -> "Places":
        """Those of an installation."""
        file = database.url.database if database.is_sqlite else None
        parts = () if file is None else tuple(Path(f"{file}{part}") for part in ("", "-wal", "-shm"))
        return cls(home, mailbox, parts)


class Erased(msgspec.Struct, frozen=True):
    """What was taken out, and the proof.

    rows     rows of the lead.
    mails    files of the local mailbox.
    named    rows of others, from which the name was taken out.
    left     where the person is named still, for a person of ours to see to; () where nowhere.
    """

    lead_id: int
    rows: int
    mails: int
    named: int
    left: tuple[Trace, ...]


def erase(
    database: Database, lead_id: int, *, keyring: Keyring, clock: Clock, places: Places, by: str, why: str
) -> Erased:
    """Erase the lead, with those that were merged into it. Raises EraseError where there is none, or a mail to it is leaving at this moment.

    Interrupted before its first transaction ends, it has done nothing; after that, ``finish`` goes on by the address.
    """
    now = clock.now()
    with database.writing() as connection:
        address = _address(connection, lead_id)
        leads = whole(connection, lead_id)  # those that were merged into it are the same person
        merged = addresses_of(connection, leads)
        addresses = [*([] if address is None else [address]), *merged.values()]
        mails = remove_mail(connection, places.mailbox, leads)
        for each in leads:
            forget_person(connection, each, address if each == lead_id else merged.get(each))
        rows = remove_rows(connection, leads)
        left_rows = rows_left(connection, leads)
        assert left_rows == 0, f"{left_rows} rows of the lead are left"
        for known in addresses:
            remember(connection, keyring, known, now)
        detail: dict[str, str | int] = {"why": why, "rows": rows, "mails": mails}
        target = f"lead {lead_id}"
        audit(connection, actor=by, what="erased a lead", target=target, detail=detail, now=now)
    if places.home is not None:
        with database.writing() as connection:
            throw_all_away(connection, uploads_in(places.home), now)
    found = [finish(database, known, places) for known in dict.fromkeys(addresses)]
    left = tuple(sorted({trace for _, traces_left in found for trace in traces_left}))
    return Erased(lead_id, rows=rows, mails=mails, named=sum(named for named, _ in found), left=left)


def finish(database: Database, address: str, places: Places) -> tuple[int, tuple[Trace, ...]]:
    """Take the address out of what is no lead's, and search everything. Returns of how many rows, and what is left."""
    names, named = Names(address), 0
    for _ in range(LOOKS_MAX):  # what came in while we looked is found by the next look
        with database.reading() as connection:
            found = [each for each in traces(connection, names) if is_ours_to_change(each[0])]
        if not found:
            break
        with database.writing() as connection:
            named += take_out(connection, names, found)
    if database.is_sqlite:
        # Else the pages as they were stand in the file beside the store until that is written anew.
        with database.engine.connect() as connection:
            connection.execute(text("PRAGMA wal_checkpoint(TRUNCATE)"))
    return named, tuple(search(database, address, places))


def search(database: Database, address: str, places: Places) -> list[Trace]:
    """Where *address* is named, in every table and in every file of this installation; [] is the proof."""
    names = Names(address)
    with database.reading() as connection:
        found = [
            Trace(each.name, ", ".join(map(str, key.values()))) for each, key in traces(connection, names)
        ]
    if places.home is not None:
        files = files_with(places.home, names, apart_from=places.store)
        found += [Trace("file", str(path.relative_to(places.home))) for path in files]
    return found


def _address(connection: Connection, lead_id: int) -> str | None:
    found = connection.execute(select(table.lead.c.email).where(table.lead.c.id == lead_id).with_for_update())
    row = found.first()
    if row is None:
        raise EraseError(f"there is no lead {lead_id}; it may have been erased already")
    sending = table.touch.c.lead_id.in_(whole(connection, lead_id)), table.touch.c.status.in_(ON_THE_WIRE)
    if connection.execute(select(table.touch.c.id).where(*sending).limit(1)).first() is not None:
        raise EraseError("a mail to this lead is leaving at this moment; try again in a minute")
    return None if row.email is None else str(row.email)
