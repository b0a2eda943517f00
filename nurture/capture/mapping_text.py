"""A mapping as YAML that a person reads and edits, and back.

    columns:
    - column: Country
      to: country  # 94 %: by its name
      missing: [Select]

``to`` is a built-in field (email, first_name, ... or full_name), a declared field, id, created_at, opted_out or ignore;
``new`` is the key of a field that the programme does not declare; ``says`` one of the ``sayings``.
"""

import io
import re
from collections.abc import Sequence

import msgspec
from ruamel.yaml import YAML
from ruamel.yaml.comments import CommentedMap, CommentedSeq
from ruamel.yaml.error import YAMLError
from ruamel.yaml.scalarstring import DoubleQuotedScalarString

from nurture.capture.columns import Column, DateOrder, FieldKind, FieldSpec, LeadMapping, Target
from nurture.capture.sayings import REFUSED, Saying, is_saying
from nurture.errors import ImportFileError
from nurture.vocabulary.lead import BUILT_IN_FIELDS, IDENTITY_FIELDS

HEADER = """\
What each column of the file becomes.
to       email, first_name, last_name, full_name, company, country, time_zone, language, source, owner,
         a field that the programme declares, id, created_at, opted_out, or ignore
new      instead of 'to': the key of a field that it does not declare; 'type' is text unless you say otherwise
says     instead of 'to': consent, suppression or history of another product, such as consent_at, unsubscribed_at, tags
missing  values that mean "not known"; an empty cell always does
dates    'day first' or 'month first', for dates such as 03/04/2026
comma    true where 1.234,50 is a number
"""
IDENTITY = (*IDENTITY_FIELDS, "full_name")
OTHERS = (Target.ID, Target.CREATED_AT, Target.OPTED_OUT, Target.IGNORE)
KEY = re.compile(r"[a-z][a-z0-9_]*")
PLAIN = re.compile(r"\w+(?: \w+)*")
COMMENT_COLUMN = 40


class _Entry(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """One column as the text has it."""

    column: str
    to: str | None = None
    new: str | None = None
    says: str | None = None
    type: FieldKind = "text"
    missing: tuple[str, ...] = ()
    dates: DateOrder = DateOrder.ISO
    comma: bool = False


class _Text(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    columns: tuple[_Entry, ...]


def write_mapping(mapping: LeadMapping) -> str:
    """The text, each guess with its confidence and reason as a comment."""
    entries = CommentedSeq(_entry(column) for column in mapping.columns)
    document = CommentedMap(columns=entries)
    document.yaml_set_start_comment(HEADER)
    out = io.StringIO()
    yaml = YAML()
    yaml.width = 10_000  # a long name stays on its line
    yaml.dump(document, out)
    return out.getvalue()


def read_mapping(text: str, fields: Sequence[FieldSpec] = ()) -> LeadMapping:
    """The mapping that a person wrote; *fields* are those that the programme declares.

    Raises ImportFileError naming the column, what was found and what to write.
    """
    try:
        # "base" leaves every scalar the text it is: a column called 2019 or No, a placeholder such as null.
        data = YAML(typ="base", pure=True).load(text)
    except (YAMLError, RecursionError, ValueError) as error:
        raise _unreadable(error) from error
    return mapping_of(data, fields)


def mapping_of(data: object, fields: Sequence[FieldSpec] = ()) -> LeadMapping:
    """The mapping of a text that is read, or of a form that has the same entries. Raises as ``read_mapping``."""
    try:
        entries = msgspec.convert(data, _Text, strict=False).columns
    except (msgspec.ValidationError, RecursionError, ValueError) as error:
        raise _unreadable(error) from error
    declared = {field.key: field for field in fields}
    columns = tuple(_column(entry, declared) for entry in entries)
    names = [column.column for column in columns]
    twice = next((name for name in names if names.count(name) > 1), None)
    if twice is not None:
        raise ImportFileError(f"mapping: column {twice!r} is named twice; remove one of the entries")
    return LeadMapping(columns)


def _unreadable(error: Exception) -> ImportFileError:
    return ImportFileError(f"mapping: {error}; see the comments at the head of a mapping we wrote")


def _entry(column: Column) -> CommentedMap:
    entry = CommentedMap(column=_scalar(column.column))
    new = column.target is Target.NEW
    goal = "new" if new else "says" if column.target is Target.SAID else "to"
    entry[goal] = column.key or column.target.value
    if column.reason:
        printable = " ".join("".join(c if c.isprintable() else " " for c in column.reason).split())
        entry.yaml_add_eol_comment(f"{column.confidence:.0%}: {printable}", goal, column=COMMENT_COLUMN)
    if new and column.type != "text":
        entry["type"] = column.type
    if column.missing:
        entry["missing"] = CommentedSeq(_scalar(word) for word in column.missing)
        entry["missing"].fa.set_flow_style()
    if column.dates is not DateOrder.ISO:
        entry["dates"] = column.dates.value
    if column.comma:
        entry["comma"] = True
    return entry


def _scalar(text: str) -> str:
    """In quotes unless it is plain words, so that nobody has to know YAML's marks."""
    return text if PLAIN.fullmatch(text) else DoubleQuotedScalarString(text)


def _column(entry: _Entry, declared: dict[str, FieldSpec]) -> Column:
    target, spec = _goal(entry, declared)
    return Column(
        column=entry.column,
        target=target,
        key=spec.key,
        type=spec.type,
        choices=spec.choices,
        missing=entry.missing,
        dates=entry.dates,
        comma=entry.comma,
    )


def _goal(entry: _Entry, declared: dict[str, FieldSpec]) -> tuple[Target, FieldSpec]:
    if [entry.to, entry.new, entry.says].count(None) != 2:
        raise ImportFileError(f"mapping: column {entry.column!r} needs either 'to' or 'new' or 'says'")
    if entry.says is not None:
        if not is_saying(entry.says):
            known = ", ".join((*Saying, f"{REFUSED}TYPE"))
            raise ImportFileError(
                f"mapping: column {entry.column!r}: says: {entry.says!r} is not known; write one of {known}"
            )
        return Target.SAID, FieldSpec(entry.says)
    if entry.new is not None:
        if not KEY.fullmatch(entry.new) or entry.new in BUILT_IN_FIELDS or entry.new in declared:
            raise ImportFileError(
                f"mapping: column {entry.column!r}: new: {entry.new!r} cannot be the key of a new field; "
                "write lower-case words joined by _, and 'to' for a field that exists"
            )
        if entry.type == "choice":
            raise ImportFileError(
                f"mapping: column {entry.column!r}: declare a choice in the programme, with its values"
            )
        return Target.NEW, FieldSpec(entry.new, entry.type)
    goal = entry.to or ""
    if goal in IDENTITY:
        return Target.IDENTITY, FieldSpec(goal)
    if goal in OTHERS:
        return Target(goal), FieldSpec("")
    if goal in declared:
        return Target.FIELD, declared[goal]
    known = ", ".join((*IDENTITY, *declared, *OTHERS))
    raise ImportFileError(
        f"mapping: column {entry.column!r}: to: {goal!r} is not known; write one of {known}, or new: {goal}"
    )
