"""How a file of leads is to be read, as a form says it: what each column becomes, and what the columns do not say."""

from collections.abc import Mapping, Sequence
from typing import Any

from werkzeug.datastructures import MultiDict

from nurture.capture.columns import Column, DateOrder, LeadMapping, Target
from nurture.capture.duplicates import DuplicatePolicy
from nurture.capture.exports.product import ANY_LIST, Standing
from nurture.capture.exports.recognise import PRODUCTS
from nurture.capture.mapping_text import IDENTITY, mapping_of
from nurture.capture.names import field_key
from nurture.capture.sayings import Saying
from nurture.content.model import Programme
from nurture.engine.import_files import Asked, specs
from nurture.engine.upload_files import Read
from nurture.languages.said import plain
from webapp.field_names import called, named
from webapp.said import said
from webapp.written import choice_of

NAME_MAX = 60
FIELD, SAYS, NEW = "to", "says", "new"
"""How a goal begins: 'to email', 'says tags', 'new'."""
ABOUT_THE_ROW = (
    (f"{FIELD} id", "its id over there"),
    (f"{FIELD} created_at", "when it was made"),
    (f"{FIELD} opted_out", "whether it wants no mail"),
)
Goals = list[tuple[str, list[tuple[str, str]]]]


def goals(programme: Programme) -> Goals:
    """What a column can become, in groups, each with its words in the reader's language; a field of the programme keeps its name."""
    return [
        ("The person", [(f"{FIELD} {key}", called(key)) for key in IDENTITY]),
        ("Fields of the programme", [(f"{FIELD} {key}", named(key)) for key in programme.fields]),
        ("The record", [(goal, said(words)) for goal, words in ABOUT_THE_ROW]),
        ("Consent and history", [(f"{SAYS} {each}", said(plain(each))) for each in Saying]),
    ]


def goal_of(column: Column) -> str:
    """What a column becomes, as the form says it."""
    match column.target:
        case Target.NEW:
            return NEW
        case Target.SAID:
            return f"{SAYS} {column.key}"
        case Target.IDENTITY | Target.FIELD:
            return f"{FIELD} {column.key}"
        case other:
            return f"{FIELD} {other}"


def mappings_in(
    form: MultiDict[str, str], files: Sequence[Read], programme: Programme
) -> dict[int, LeadMapping]:
    """By the file's number, what its columns are to become. What the form leaves as it was is the very same mapping.

    Raises ImportFileError where two columns would become one thing, or a name is none.
    """
    found = {}
    for file in files:
        taken = {*programme.fields}
        entries = [
            entry(form, f"{file.number}.{place}", column, taken)
            for place, column in enumerate(file.mapping.columns)
        ]
        wanted = mapping_of({"columns": entries}, specs(programme))
        found[file.number] = file.mapping if alike(wanted, file.mapping) else wanted
    return found


def entry(form: MultiDict[str, str], name: str, column: Column, taken: set[str]) -> dict[str, Any]:
    """One column, as a mapping's text has it; what the form does not ask stays."""
    goal, _, key = form.get(f"{name}.to", goal_of(column)).partition(" ")
    read: dict[str, Any] = {
        "column": column.column,
        "missing": words_in(form.get(f"{name}.missing", "\n".join(column.missing))),
        "dates": choice_of(form, DateOrder, f"{name}.dates") or column.dates,
        "comma": form.get(f"{name}.comma", "1" if column.comma else "0") == "1",
    }
    if goal != NEW:
        return {**read, goal: key}
    wanted = form.get(f"{name}.new", "").strip() or (column.key if column.target is Target.NEW else "")
    new = wanted or field_key(column.column, taken)
    taken.add(new)
    return {**read, NEW: new, "type": column.type if column.target is Target.NEW else "text"}


def alike(one: LeadMapping, other: LeadMapping) -> bool:
    """Whether both make the same of every column, whoever said so."""
    return [_made(each) for each in one.columns] == [_made(each) for each in other.columns]


def _made(column: Column) -> tuple[object, ...]:
    kind = column.type if column.target is Target.NEW else ""
    return column.column, column.target, column.key, kind, column.missing, column.dates, column.comma


def asked_in(form: Mapping[str, str]) -> Asked:
    """What the form says of the whole file."""
    product = form.get("product", "")
    return Asked(
        product=product if product in (*PRODUCTS, ANY_LIST.key) else None,
        lists=tuple(each[:NAME_MAX] for each in words_in(form.get("lists", ""))),
        standing=choice_of(form, Standing, "standing"),
        stages=words_in(form.get("stages", "")),
        policy=choice_of(form, DuplicatePolicy, "duplicates") or DuplicatePolicy.MERGE,
        source=form.get("source", "").strip()[:NAME_MAX] or None,
        encoding=form.get("encoding", "").strip()[:NAME_MAX] or None,
    )


def words_in(text: str) -> tuple[str, ...]:
    """The lines of a field for several words, without the empty ones."""
    return tuple(each.strip() for each in text.splitlines() if each.strip())
