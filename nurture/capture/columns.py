"""What each column of a file becomes."""

from collections.abc import Iterable
from enum import StrEnum
from typing import Literal

import msgspec

from nurture.capture.sniff import FileShape
from nurture.errors import ImportFileError

FieldKind = Literal["text", "integer", "number", "choice", "boolean", "date"]


class FieldSpec(msgspec.Struct, frozen=True):
    """A field as a programme declares it; choices only for type choice."""

    key: str
    type: FieldKind = "text"
    choices: tuple[str, ...] = ()


class Target(StrEnum):
    """What a column is for."""

    IDENTITY = "identity"
    """A built-in field that an import may set, such as email; full_name is cut into first and last name."""
    FIELD = "field"
    """A field that the programme declares."""
    NEW = "new"
    """A field that it does not declare (yet)."""
    ID = "id"
    """The lead's name in the system that the file comes from; importing it twice changes nothing."""
    CREATED_AT = "created_at"
    OPTED_OUT = "opted_out"
    """Yes where the person does not want mail."""
    SAID = "said"
    """What another product says of the person beyond who it is; its key is a ``Saying``."""
    IGNORE = "ignore"


class DateOrder(StrEnum):
    """How dates with slashes or hyphens are read; 2026-03-31, 2026/03/31 and 31.03.2026 leave no doubt."""

    ISO = "iso"
    DAY_FIRST = "day first"
    MONTH_FIRST = "month first"


class Column(msgspec.Struct, frozen=True, kw_only=True):
    """One column and what it becomes.

    column      its name in the file.
    key         the built-in field, field key or saying; "" for the other targets.
    type        how its values are read, with the choices of a choice.
    missing     values that mean "not known", compared without case; an empty cell always does.
    dates       the order of day and month.
    comma       whether the decimal sign is a comma (1.234,50).
    confidence  0 to 1; 1 if a person wrote it.
    reason      why it was guessed, for people.
    """

    column: str
    target: Target
    key: str = ""
    type: FieldKind = "text"
    choices: tuple[str, ...] = ()
    missing: tuple[str, ...] = ()
    dates: DateOrder = DateOrder.ISO
    comma: bool = False
    confidence: float = 1.0
    reason: str = ""


class LeadMapping(msgspec.Struct, frozen=True):
    """Every column that is read, in the file's order; a column that is not named here is ignored."""

    columns: tuple[Column, ...]

    def __post_init__(self) -> None:
        """Raise ImportFileError where two columns would fill the same thing."""
        taken: dict[tuple[Target, str], str] = {}
        for column in self.columns:
            if column.target is not Target.IGNORE:
                first = taken.setdefault((column.target, column.key), column.column)
                if first != column.column:
                    raise ImportFileError(
                        f"mapping: columns {first!r} and {column.column!r} both become "
                        f"{column.key or column.target.value!r}; set one of them to ignore"
                    )

    def of(self, target: Target) -> tuple[Column, ...]:
        return tuple(column for column in self.columns if column.target is target)

    @property
    def new_fields(self) -> tuple[FieldSpec, ...]:
        """The fields that the programme does not declare (yet)."""
        return tuple(FieldSpec(c.key, c.type, c.choices) for c in self.of(Target.NEW))

    def positions(self, shape: FileShape) -> dict[str, int]:
        """Where each mapped column stands. Raises ImportFileError if the mapping does not fit the file."""
        if all(column.target is Target.IGNORE for column in self.columns):
            raise ImportFileError("mapping: no column is read; give at least one a target, such as to: email")
        where = {name: position for position, name in enumerate(shape.columns)}
        lost = [column.column for column in self.columns if column.column not in where]
        if lost:
            raise ImportFileError(
                f"mapping: the file has no column {_listed(lost)}; it has {_listed(shape.columns)}: correct the name"
            )
        return {column.column: where[column.column] for column in self.columns}


def _listed(names: Iterable[str]) -> str:
    return ", ".join(repr(name) for name in names)
