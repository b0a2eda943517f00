"""What ``lead`` shows to conditions and mails: the fields that are known, and the declared defaults of the others."""

from collections.abc import Iterator, Mapping
from typing import Any

from nurture.content.model import Programme
from nurture.vocabulary.lead import ShownValue


class LeadView(Mapping[str, ShownValue]):
    """A lead's fields by name. What is not known has no entry, unless the programme declares a default.

    values  the known fields, built-in and declared; never None.
    """

    __slots__ = ("_declared", "_programme", "_values")

    def __init__(self, programme: Programme, values: Mapping[str, ShownValue]) -> None:
        self._values = values
        self._declared = programme.fields
        self._programme = programme

    def get(self, name: str, default: Any = None) -> Any:
        """The value of *name*, or *default*; the conditions' way in, so it looks twice at most."""
        value = self._values.get(name)
        if value is not None:
            return self._programme.persona_key(str(value)) if name == "persona" else value
        field = self._declared.get(name)
        return default if field is None or field.default is None else field.default

    def __getitem__(self, name: str) -> ShownValue:
        value: ShownValue | None = self.get(name)
        if value is None:
            raise KeyError(name)
        return value

    def __iter__(self) -> Iterator[str]:
        yield from self._values
        for name, field in self._declared.items():
            if field.default is not None and name not in self._values:
                yield name

    def __len__(self) -> int:
        return sum(1 for _ in self)
