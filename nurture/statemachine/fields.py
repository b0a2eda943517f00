"""The fields of a lead as conditions and mails see them: the declared ones, and those that are decided."""

from collections.abc import Callable, Iterator, Mapping
from datetime import datetime
from typing import Any

from nurture.scoring.ledger import interest_score
from nurture.vocabulary.lead import IDENTITY_FIELDS, ShownValue
from nurture.vocabulary.state import LeadState


class Fields(Mapping[str, ShownValue]):
    """Every field of the lead that is known, built-in and declared, as it is at *now*; read when it is asked for."""

    __slots__ = ("_accumulators", "_interest", "now", "state")

    def __init__(self, state: LeadState, now: datetime) -> None:
        self.state = state
        self.now = now
        self._accumulators = state.accumulators
        self._interest = interest_score(state.accumulators, now)

    @property
    def interest(self) -> float:
        """The interest score at *now*, worked out again only when an accumulator has changed."""
        accumulators = self.state.accumulators
        if accumulators is not self._accumulators:
            self._accumulators = accumulators
            self._interest = interest_score(accumulators, self.now)
        return self._interest

    def get(self, name: str, default: Any = None) -> Any:
        read = BUILT_IN.get(name)
        value = self.state.lead.fields.get(name) if read is None else read(self)
        return default if value is None else value

    def __getitem__(self, name: str) -> ShownValue:
        value: ShownValue | None = self.get(name)
        if value is None:
            raise KeyError(name)
        return value

    def __iter__(self) -> Iterator[str]:
        yield from (name for name, read in BUILT_IN.items() if read(self) is not None)
        yield from (name for name in self.state.lead.fields if name not in BUILT_IN)

    def __len__(self) -> int:
        return sum(1 for _ in self)


def _of_lead(name: str) -> Callable[[Fields], ShownValue | None]:
    return lambda fields: getattr(fields.state.lead, name)


BUILT_IN: dict[str, Callable[[Fields], ShownValue | None]] = {
    **{name: _of_lead(name) for name in IDENTITY_FIELDS},
    "created_at": lambda fields: fields.state.lead.created_at.isoformat(),
    "temperature": lambda fields: fields.state.temperature.value,
    "stage": lambda fields: fields.state.stage.value,
    "grade": lambda fields: fields.state.grade.value,
    "persona": lambda fields: fields.state.persona,
    "fit_score": lambda fields: fields.state.fit_score,
    "interest_score": lambda fields: fields.interest,
    "completeness": lambda fields: fields.state.completeness,
    "tags": lambda fields: fields.state.lead.tags,
}
