"""Who a row of an export is about: what its own columns say, with the tags, owner and attributes that come in one cell."""

import csv
import json
from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any

import msgspec

from nurture.capture.addresses import normalise
from nurture.capture.columns import Column, Target
from nurture.capture.exports.consent import is_unasked
from nurture.capture.exports.endings import endings
from nurture.capture.exports.product import Export
from nurture.capture.exports.said import moment, said_by
from nurture.capture.names import field_key, rank, words
from nurture.capture.rows import LeadRow
from nurture.capture.sayings import Saying
from nurture.capture.values import Cleaner
from nurture.vocabulary.lead import IDENTITY_FIELDS, FieldValue

TAG_LENGTH_MAX = 200
KEPT = {
    Saying.STAGE: "imported_stage",
    Saying.LEGAL_BASIS: "legal_basis",
    Saying.DO_NOT_CONTACT: "do_not_contact",
}
"""Also kept as said, for not every word of theirs is one of ours."""
NOT_BY_ATTRIBUTE = ("email", "owner", "source")


class Person(msgspec.Struct, frozen=True, kw_only=True):
    """A person as a row describes it.

    created_at  when the other product made the record, or first knew of consent.
    unasked     whether it never agreed to marketing mail: none goes out until it does.
    """

    identity: Mapping[str, str]
    fields: Mapping[str, FieldValue]
    created_at: datetime | None
    tags: tuple[str, ...]
    unasked: bool


def person_of(row: LeadRow, export: Export) -> Person:
    identity, fields, said = dict(row.identity), dict(row.fields), said_by(row)
    for target, key, value in _attributes(said.get(Saying.ATTRIBUTES), export):
        if target is Target.IDENTITY:
            identity.setdefault(key, str(value))
        else:
            fields.setdefault(key, value)
    owner = said.get(Saying.OWNER)
    if isinstance(owner, str):
        address = normalise(owner)
        if address in export.owners:
            identity["owner"] = address
        else:
            fields["contact_owner"] = owner
    for saying, key in KEPT.items():
        if saying in said:
            fields.setdefault(key, str(said[saying]))
    opted_in = moment(said, Saying.CONSENT_AT), moment(said, Saying.CONFIRMED_AT)
    return Person(
        identity=identity,
        fields=fields,
        created_at=row.created_at or min((each for each in opted_in if each), default=None),
        tags=tags_in(str(said.get(Saying.TAGS, ""))),
        unasked=is_unasked(said, export, ended=bool(endings(said, export))),
    )


def tags_in(cell: str) -> tuple[str, ...]:
    """The tags of a cell, each once, in its order: '"a, b","c"' as Mailchimp writes them, 'a|b' as Mautic, or JSON."""
    text = " ".join(cell.split())
    if text.startswith("["):
        try:
            found = [
                each.get("tag", "") if isinstance(each, dict) else str(each) for each in json.loads(text)
            ]
        except (ValueError, RecursionError):
            found = [text]
    elif "|" in text:
        found = text.split("|")
    else:
        mark = ";" if ";" in text and "," not in text else ","
        found = next(csv.reader([text], delimiter=mark, skipinitialspace=True), [])
    tidy = (" ".join(each.split())[:TAG_LENGTH_MAX].strip() for each in found)
    return tuple(dict.fromkeys(each for each in tidy if each))


def _attributes(cell: object, export: Export) -> Iterator[tuple[Target, str, FieldValue]]:
    """The entries of a JSON object, as the built-in or declared fields of their names; the others under their own.

    What cannot be read as its field asks is kept as text under a name of its own.
    """
    if not isinstance(cell, str):
        return
    try:
        entries = json.loads(cell)
    except (ValueError, RecursionError):
        entries = None
    if not isinstance(entries, dict):
        yield Target.NEW, "attributes", cell
        return
    taken = {field.key for field in export.fields}
    for name, value in entries.items():
        text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
        column = _column(name, export)
        clean: Any = None if column is None or value is None else Cleaner(column, [])[text]
        if column is not None and clean is not None:
            yield column.target, column.key, clean
        elif value is not None and text:
            key = field_key(name, taken)
            taken.add(key)
            yield Target.NEW, key, text


def _column(name: str, export: Export) -> Column | None:
    """What an attribute would be as a column; None for a name that is nobody's."""
    for field in export.fields:
        if words(field.key) == words(name):
            return Column(
                column=name, target=Target.FIELD, key=field.key, type=field.type, choices=field.choices
            )
    built_in = next((key for key in BUILT_IN if rank(name, key) is not None), None)
    return None if built_in is None else Column(column=name, target=Target.IDENTITY, key=built_in)


BUILT_IN = tuple(key for key in IDENTITY_FIELDS if key not in NOT_BY_ATTRIBUTE)
