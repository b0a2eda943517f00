"""Guess what each column of a file becomes, with a confidence and a reason that a person can weigh.

A name is asked first and the values confirm it; a column whose name says nothing is judged by its values; what is left
becomes a new field under its own name. The person sees it all and edits it (``mapping_text``).
"""

from collections.abc import Sequence

import msgspec

from nurture.capture import names
from nurture.capture.candidates import candidates
from nurture.capture.columns import Column, FieldSpec, LeadMapping, Target
from nurture.capture.evidence import Evidence, gather
from nurture.capture.mapping_text import read_mapping, write_mapping
from nurture.capture.rejects import OWN_COLUMNS
from nurture.capture.sniff import FileShape

__all__ = ["FieldSpec", "LeadMapping", "guess_mapping", "read_mapping", "write_mapping"]


def guess_mapping(
    shape: FileShape, sample_rows: Sequence[Sequence[str]], fields: Sequence[FieldSpec] = ()
) -> LeadMapping:
    """What each column becomes, judged by its name and by the sample; every column of the file has an entry.

    sample_rows  from all over the file (``records.sample_rows``), so that dates are judged by more than January.
    fields       those that the programme declares.
    """
    seen = gather(shape.columns, sample_rows, fields)
    chosen = _best([candidate for evidence in seen for candidate in candidates(evidence, fields)])
    _settle_names(chosen)
    keys = {field.key for field in fields}
    for evidence in seen:
        if evidence.column not in chosen:
            column = _unclaimed(evidence, keys)
            chosen[evidence.column] = column
            keys.add(column.key)
    return LeadMapping(tuple(chosen[column] for column in shape.columns))


def _best(candidates: list[Column]) -> dict[str, Column]:
    """By column name, the surest candidates; no column has two targets, no target two columns."""
    chosen: dict[str, Column] = {}
    taken: set[tuple[Target, str]] = set()
    for candidate in sorted(candidates, key=lambda candidate: -candidate.confidence):
        goal = (candidate.target, candidate.key)
        if candidate.column not in chosen and goal not in taken:
            chosen[candidate.column] = candidate
            taken.add(goal)
    return chosen


def _settle_names(chosen: dict[str, Column]) -> None:
    """A column 'Name' beside a first name is the last name, as in German files; beside both it is a repetition."""
    by_key = {column.key: column for column in chosen.values() if column.target is Target.IDENTITY}
    full = by_key.get("full_name")
    if full is None or not {"first_name", "last_name"} & by_key.keys():
        return
    if "last_name" in by_key:
        reason = "the last name has a column of its own"
        chosen[full.column] = msgspec.structs.replace(full, target=Target.IGNORE, key="", reason=reason)
    else:
        reason = "the first name has a column of its own"
        chosen[full.column] = msgspec.structs.replace(full, key="last_name", confidence=0.8, reason=reason)


def _unclaimed(evidence: Evidence, keys: set[str]) -> Column:
    if evidence.column in OWN_COLUMNS:
        reason = "written by an earlier import"
        return Column(column=evidence.column, target=Target.IGNORE, confidence=0.99, reason=reason)
    if evidence.unnamed and not evidence.values:
        reason = "no name and no values"
        return Column(column=evidence.column, target=Target.IGNORE, confidence=0.99, reason=reason)
    return Column(
        column=evidence.column,
        target=Target.NEW,
        key=names.field_key(evidence.column, keys),
        missing=evidence.missing_words(),
        confidence=0.5,
        reason=evidence.explained(f"not declared; {evidence.looks}"),
    )
