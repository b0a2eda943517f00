"""How much of what was brought along from another product an import took in, or a rehearsal would."""

from collections import Counter
from collections.abc import Mapping
from typing import Any, Self

import msgspec

from nurture.capture.exports.fact import Fact
from nurture.vocabulary.words import EventKind, SuppressionCause


class Tally(msgspec.Struct):
    """Facts by what they are.

    suppressed  by cause; of one person there may be two.
    unasked     people who wait for their consent, because they never gave any.
    consents    with or without topics; held are those whose topics stay closed for what was said here before.
    history     opens, clicks, visits, forms: one for each date that the export states.
    stages      by stage.
    """

    suppressed: Counter[SuppressionCause] = msgspec.field(default_factory=Counter)
    unasked: int = 0
    consents: int = 0
    held: int = 0
    refusals: int = 0
    history: int = 0
    stages: Counter[str] = msgspec.field(default_factory=Counter)
    tagged: int = 0

    def take(self, fact: Fact) -> None:
        """Count one fact."""
        if fact.cause is not None:
            self.suppressed[fact.cause] += 1
            return
        match fact.kind:
            case EventKind.CONSENT_GIVEN:
                self.consents += 1
            case EventKind.PREFERENCES_CHANGED:
                self.refusals += 1
            case EventKind.STAGE_SET:
                self.stages[fact.detail] += 1
            case _:
                self.history += 1

    def kept(self) -> dict[str, Any]:
        """As plain values, for who must remember it; ``of`` reads them."""
        return {name: value for name, value in msgspec.to_builtins(self).items() if value}

    @classmethod
    def of(cls, kept: Mapping[str, Any]) -> Self:
        counters = {
            "suppressed": Counter(
                {SuppressionCause(each): n for each, n in kept.get("suppressed", {}).items()}
            ),
            "stages": Counter(kept.get("stages", {})),
        }
        return cls(**{**kept, **counters})

    def __iadd__(self, other: "Tally") -> Self:
        for name in self.__struct_fields__:
            setattr(self, name, getattr(self, name) + getattr(other, name))
        return self
