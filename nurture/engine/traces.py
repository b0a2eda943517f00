"""Where a person would still be found once its own rows are gone: in what others told, what we noted, and in files beside the store.

A row of any table is read as text, whatever its columns mean, so that a table made tomorrow is searched too.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from email import policy
from email.parser import BytesParser
from pathlib import Path
from typing import Any, TypeVar
from urllib.parse import quote

import idna
import msgspec
from sqlalchemy import ColumnElement, Connection, LargeBinary, Table, Text, func, or_, select, type_coerce
from sqlalchemy.types import TypeDecorator

from nurture.store import records as table

TextT = TypeVar("TextT", str, bytes, str | bytes)
Key = Mapping[str, Any]
"""What a row is found by again: its primary key, by column."""

ASCII = re.compile(r"[\x00-\x7f]+")
ERASED_TEXT = "(erased)"
PROGRAMME = frozenset(
    {"content_text", "draft", "mail_revision", "named_version", "revision", "revision_text"}
)
"""What authors wrote, known by its sum: a name in it is taken out by an edit."""
OURS = frozenset({"account", "account_link"})
"""People of ours; one of them may have the address of a lead."""
OTHERS = frozenset({"lead_merge", "lead_state"})
"""What is known of other leads, packed: it is no text of which a part could be taken out."""


class Trace(msgspec.Struct, frozen=True, order=True):
    """A place where the person is named: a row of a table, or a file."""

    place: str
    key: str


class Names:
    """What a person is found by: its address as it stands in texts, forms and addresses of pages; never a part of another's."""

    def __init__(self, address: str) -> None:
        self.spellings = tuple(
            dict.fromkeys(
                spelling
                for each in (address, _as_read(address))
                for spelling in (each, quote(each, safe=""), quote(each, safe="@"))
            )
        )
        alone = r"(?<![\w.+-])(?:{})(?![\w-]|\.\w)"
        pattern = alone.format("|".join(re.escape(each) for each in self.spellings))
        self.pattern = re.compile(pattern, re.IGNORECASE)
        self._in_bytes = re.compile(pattern.encode(), re.IGNORECASE)

    def are_in(self, value: str | bytes) -> bool:
        return bool(self._in_bytes.search(value) if isinstance(value, bytes) else self.pattern.search(value))

    def taken_out(self, value: TextT) -> TextT:
        if isinstance(value, bytes):
            return self._in_bytes.sub(ERASED_TEXT.encode(), value)
        return self.pattern.sub(ERASED_TEXT, value)


def _as_read(address: str) -> str:
    """The address as people write it: a domain of another script is kept in ASCII (IDNA)."""
    local, at, domain = address.rpartition("@")
    try:
        return f"{local}{at}{idna.decode(domain)}"
    except idna.IDNAError:
        return address


def traces(connection: Connection, names: Names) -> Iterator[tuple[Table, Key]]:
    """The table and key of every row that names the person. It reads everything, which takes a while and blocks nobody."""
    for each in table.metadata.sorted_tables:
        for key, _ in _found(connection, each, names):
            yield each, key


def is_ours_to_change(where: Table) -> bool:
    return where.name not in PROGRAMME | OURS | OTHERS


def take_out(connection: Connection, names: Names, found: Iterable[tuple[Table, Key]]) -> int:
    """Take the name out of these rows; what it was part of stays. Returns of how many."""
    changed = 0
    for where, key in found:
        for _, values in list(_found(connection, where, names, key)):
            _take_out_of(connection, where, key, values, names)
            changed += 1
    return changed


def files_with(folder: Path, names: Names, *, apart_from: Iterable[Path]) -> Iterator[Path]:
    """Files below *folder* that name the person, mails as they read once decoded; *apart_from* is not looked at."""
    others = {path.resolve() for path in apart_from}
    for path in sorted(folder.rglob("*")):
        if path.is_file() and path.resolve() not in others and _names_in_file(path, names):
            yield path


def _found(
    connection: Connection, where: Table, names: Names, only: Key | None = None
) -> Iterator[tuple[Key, Mapping[str, str | bytes]]]:
    """The key of each row that names the person, with the columns that do; *only* looks at one."""
    texts = [column for column in where.c if _is_read(column)]
    if not texts:
        return
    keys = list(where.primary_key.columns)
    as_stored = [type_coerce(column, _plain(column)).label(column.name) for column in texts]
    asked = select(*(key.label(f"key {key.name}") for key in keys), *as_stored).where(
        or_(*(_likely(column, spelling) for column in texts for spelling in names.spellings)),
        *(where.c[name] == value for name, value in (only or {}).items()),
    )
    for row in connection.execute(asked).mappings():
        naming = {
            column.name: value
            for column in texts
            if (value := row[column.name]) is not None and names.are_in(value)
        }
        if naming:
            yield {key.name: row[f"key {key.name}"] for key in keys}, naming


def _take_out_of(
    connection: Connection,
    each: Table,
    key: Mapping[str, Any],
    values: Mapping[str, str | bytes],
    names: Names,
) -> None:
    row = [each.c[name] == value for name, value in key.items()]
    if any(each.c[name].primary_key or each.c[name].unique for name in values):
        connection.execute(each.delete().where(*row))  # it is nothing without its name
        return
    without = {
        each.c[name]: type_coerce(names.taken_out(value), _plain(each.c[name]))
        for name, value in values.items()
    }
    connection.execute(each.update().where(*row).values(without))


def _is_read(column: ColumnElement[Any]) -> bool:
    return isinstance(_plain(column), Text | LargeBinary)


def _plain(column: ColumnElement[Any]) -> Any:
    """The type in which the column is stored, without what we read into it."""
    kind = column.type
    return kind.impl_instance if isinstance(kind, TypeDecorator) else kind


def _likely(column: ColumnElement[Any], spelling: str) -> ColumnElement[bool]:
    """What the database can tell; bytes as they are written, letters of either case in text."""
    if isinstance(_plain(column), LargeBinary):
        return column.is_not(None)
    # SQLite puts only ASCII in lower case, so other letters are left to the pattern.
    part = max(ASCII.findall(spelling.lower()), key=len)
    return func.lower(type_coerce(column, Text())).contains(part, autoescape=True)


def _names_in_file(path: Path, names: Names) -> bool:
    try:
        data = path.read_bytes()
    except FileNotFoundError:  # a mail that was read, or a spool that was taken in, meanwhile
        return False
    if names.are_in(data):
        return True
    if path.suffix != ".nurture" and ".nurture:" not in path.name:
        return False
    message = BytesParser(policy=policy.default).parsebytes(data)
    parts = (part.get_content() for part in message.walk() if part.get_content_maintype() == "text")
    return any(names.are_in(text) for text in (*map(str, message.values()), *parts))
