"""What an import would do, worked out on every row and written nowhere."""

from collections.abc import Callable, Iterable, Iterator
from itertools import islice

import msgspec

from nurture.capture.duplicates import DuplicatePolicy, Duplicates
from nurture.capture.exports.facts import facts_of
from nurture.capture.rows import LeadRow, Reject, read_rows
from nurture.engine.importing import IS_KNOWN, ROWS_A_BATCH, Source
from nurture.engine.intake import NewLead, key_of, known_leads
from nurture.engine.moving_in import moved_in
from nurture.engine.moving_settled import moved_here
from nurture.engine.moving_tally import Tally
from nurture.store.database import Database
from nurture.vocabulary.words import EventKind

REASONS_SHOWN = 5


class Rehearsed(msgspec.Struct):
    """What would become of the rows of one file.

    rows      those that would be taken in.
    fresh     of them, those that would make a lead.
    merged    of them, about a lead of an earlier row or an earlier file.
    known     of them, about a lead that is in the store.
    warnings  values that would be left out.
    reasons   of the first rejects, each with its line.
    """

    rows: int = 0
    fresh: int = 0
    merged: int = 0
    known: int = 0
    unmailable: int = 0
    warnings: int = 0
    rejected: int = 0
    reasons: list[str] = msgspec.field(default_factory=list)
    tally: Tally = msgspec.field(default_factory=Tally)


def rehearse(
    database: Database,
    source: Source,
    *,
    met: set[str],
    progress: Callable[[Rehearsed], None] = lambda _: None,
) -> Rehearsed:
    """Read everything. *met* has the leads of the files before, and gets those of this one."""
    would = Rehearsed()
    rows = read_rows(source.path, source.shape, source.mapping, duplicates=Duplicates(source.policy))
    for batch in _batches(rows):
        taken = [row for row in batch if isinstance(row, LeadRow)]
        for row in batch:
            if isinstance(row, Reject):
                _refuse(would, row.line, row.reason)
        people = [_person(row, source) for row in taken]
        with database.reading() as connection:
            here = known_leads(connection, people, source.name) if people else {}
            moved = moved_here(connection, here.values())
        for row, person in zip(taken, people, strict=True):
            key = key_of(person, source.name)
            if source.policy is DuplicatePolicy.REJECT and (key in here or key in met):
                _refuse(would, row.line, IS_KNOWN)
                continue
            _count(would, row, person, is_known=key in here, is_met=key in met)
            if source.export is not None:
                for fact in facts_of(row, source.export):
                    if fact.kind is not EventKind.STAGE_SET or here.get(key) not in moved:
                        would.tally.take(fact)
            met.add(key)
        progress(would)
    return would


def _refuse(would: Rehearsed, line: int, reason: str) -> None:
    would.rejected += 1
    if len(would.reasons) < REASONS_SHOWN:
        would.reasons.append(f"line {line}: {reason}")


def _count(would: Rehearsed, row: LeadRow, person: NewLead, *, is_known: bool, is_met: bool) -> None:
    would.rows += 1
    would.fresh += not is_known and not is_met
    would.known += is_known
    would.merged += is_met or bool(row.merges_into)
    would.unmailable += person.email is None
    would.warnings += len(row.warnings)
    would.tally.unasked += person.unconfirmed and not is_known and not is_met
    would.tally.tagged += bool(person.tags)


def _person(row: LeadRow, source: Source) -> NewLead:
    if source.export is not None:
        return moved_in(row, source.export, "")
    return NewLead(reference=row.source_id, fields={**row.identity, **row.fields})


def _batches(rows: Iterable[LeadRow | Reject]) -> Iterator[list[LeadRow | Reject]]:
    waiting = iter(rows)
    while batch := list(islice(waiting, ROWS_A_BATCH)):
        yield batch
