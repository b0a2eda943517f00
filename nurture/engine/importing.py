"""A file of leads into the store: in batches, each one transaction with the line it came to, so that it can be resumed."""

import hashlib
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import datetime
from itertools import islice
from pathlib import Path

import msgspec
from sqlalchemy import Connection, select

from nurture.capture.columns import LeadMapping
from nurture.capture.duplicates import DuplicatePolicy, Duplicates
from nurture.capture.exports.product import Export
from nurture.capture.mapping_text import write_mapping
from nurture.capture.rejects import RejectsFile
from nurture.capture.rows import LeadRow, Reject, read_rows
from nurture.capture.sniff import FileShape
from nurture.engine.intake import NewLead, enter_leads, key_of, known_leads
from nurture.engine.moving_in import move_in, moved_in
from nurture.engine.moving_tally import Tally
from nurture.ports import Clock
from nurture.store import records as table
from nurture.store.database import Database
from nurture.store.statements import upsert

ROWS_A_BATCH = 1_000
IS_KNOWN = "this lead is in the store already"
"""Why a row is refused where the policy wants none about a known lead."""


class Source(msgspec.Struct, frozen=True):
    """A file, how it is read, and what it is called among sources.

    policy  what happens to a row about a lead that the file or the store already has.
    export  how to understand the rows, where another product wrote the file.
    """

    path: Path
    shape: FileShape
    mapping: LeadMapping
    policy: DuplicatePolicy = DuplicatePolicy.MERGE
    name: str = "import"
    sample: bool = False
    export: Export | None = None

    def fingerprint(self) -> str:
        """Names this file read in this way: the same again is the same import, to be resumed or already done."""
        how = f"{write_mapping(self.mapping)}\0{self.policy}\0{self.name}"
        if self.export is not None:
            how = f"{how}\0{self.export.product.key}\0{self.export.standing}\0{self.export.lists}"
        digest = hashlib.sha256(how.encode())
        with self.path.open("rb") as file:
            while chunk := file.read(1 << 20):
                digest.update(chunk)
        return digest.hexdigest()


class Imported(msgspec.Struct):
    """How far an import has come.

    line        the last line whose row is settled; 0 at the start.
    resumed_at  the line after which this run went on; 0 if it began.
    warnings    values that were left out of rows that were imported, in this run.
    tally       what another product's export said of these people, in this run.
    """

    line: int = 0
    created: int = 0
    merged: int = 0
    rejected: int = 0
    unmailable: int = 0
    warnings: int = 0
    resumed_at: int = 0
    tally: Tally = msgspec.field(default_factory=Tally)


def import_leads(
    database: Database,
    clock: Clock,
    source: Source,
    rejects: RejectsFile | None,
    *,
    progress: Callable[[Imported], None] = lambda _: None,
) -> Imported:
    """Bring every row of *source* in, from where an earlier run of the same import was stopped.

    rejects  where rows go that are not imported, each with its reason; None to drop them.
    """
    job = source.fingerprint()
    done = begun(database, job)
    rows = read_rows(
        source.path,
        source.shape,
        source.mapping,
        after_line=done.line,
        duplicates=Duplicates(source.policy),
    )
    for batch in _batches(rows):
        refused = [row for row in batch if isinstance(row, Reject)]
        taken = [row for row in batch if isinstance(row, LeadRow)]
        with database.writing() as connection:
            now = clock.now()
            refused += _enter(connection, source, job, taken, done=done, now=now)
            done.line = max(row.line for row in batch)
            done.rejected += len(refused)
            if rejects is not None:
                rejects.write(sorted(refused, key=lambda each: each.line))
            _note(connection, source, job, done, now)
        progress(done)
    with database.writing() as connection:
        _note(connection, source, job, done, clock.now(), finished=True)
    return done


def begun(database: Database, job: str) -> Imported:
    """Where an earlier run of the import *job* has come to; nowhere if there was none."""
    with database.reading() as connection:
        row = connection.execute(select(table.import_job).where(table.import_job.c.sha256 == job)).first()
    if row is None:
        return Imported()
    return Imported(
        line=row.line,
        created=row.created,
        merged=row.merged,
        rejected=row.rejected,
        unmailable=row.unmailable,
        resumed_at=row.line,
    )


def _enter(
    connection: Connection,
    source: Source,
    job: str,
    rows: Sequence[LeadRow],
    *,
    done: Imported,
    now: datetime,
) -> list[Reject]:
    """Make leads of *rows*; returns those that the policy refuses because the store has their lead."""
    people = [_person(row, source, job) for row in rows]
    refused: list[Reject] = []
    if source.policy is DuplicatePolicy.REJECT:
        known = known_leads(connection, people, source.name)
        lines = {
            row.line for row, person in zip(rows, people, strict=True) if key_of(person, source.name) in known
        }
        refused = [Reject(line, IS_KNOWN, ()) for line in sorted(lines)]
        rows = [row for row in rows if row.line not in lines]
        people = [_person(row, source, job) for row in rows]
    before = known_leads(connection, people, source.name) if source.export is not None else {}
    entered = enter_leads(connection, people, source=source.name, now=now, sample=source.sample)
    if source.export is not None:
        told = list(zip(entered.lead_ids, rows, strict=True))
        here = frozenset(before.values())
        done.tally.unasked += sum(
            person.unconfirmed
            for lead_id, person in zip(entered.lead_ids, people, strict=True)
            if lead_id not in here
        )
        done.tally += move_in(connection, source.export, told, source=source.name, now=now)
    done.created += entered.created
    done.merged += entered.changed
    done.unmailable += sum(person.email is None for person in people)
    done.warnings += sum(len(row.warnings) for row in rows)
    return refused


def _person(row: LeadRow, source: Source, job: str) -> NewLead:
    fact = f"{job[:16]}:{row.line}"
    if source.export is not None:
        return moved_in(row, source.export, fact)
    return NewLead(
        reference=row.source_id,
        fact=fact,
        fields={**row.identity, **row.fields},
        created_at=row.created_at,
        opted_out=row.opted_out,
    )


def _note(
    connection: Connection, source: Source, job: str, done: Imported, now: datetime, *, finished: bool = False
) -> None:
    row = {
        "sha256": job,
        "file": source.path.name,
        "line": done.line,
        "created": done.created,
        "merged": done.merged,
        "rejected": done.rejected,
        "unmailable": done.unmailable,
        "noted_at": now,
        "finished_at": now if finished else None,
    }
    upsert(connection, table.import_job, [row], key=("sha256",))


def _batches(rows: Iterable[LeadRow | Reject]) -> Iterator[list[LeadRow | Reject]]:
    waiting = iter(rows)
    while batch := list(islice(waiting, ROWS_A_BATCH)):
        yield batch
