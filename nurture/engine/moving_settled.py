"""What was settled here before an export came, which it does not undo: suppressions, refused topics, stages."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import TypeVar

from msgspec.structs import replace
from sqlalchemy import Connection, select

from nurture.capture.exports.fact import Fact
from nurture.capture.rows import LeadRow
from nurture.engine.absorb import load_states
from nurture.store import records as table
from nurture.vocabulary.state import LeadState
from nurture.vocabulary.words import EventKind, Stage

KeyT = TypeVar("KeyT", int, str)


def moved_here(connection: Connection, lead_ids: Iterable[int]) -> frozenset[int]:
    """Those of the leads that have left the first stage of the path."""
    state = table.lead_state.c
    asked = select(state.lead_id).where(state.stage != Stage.INQUIRY.value)
    return frozenset(
        lead_id
        for part in in_parts(lead_ids)
        for lead_id in connection.execute(asked.where(state.lead_id.in_(part))).scalars()
    )


class Settled:
    """What was said here, before the export came, of the leads whose consent it brings."""

    def __init__(self, connection: Connection, told: Sequence[tuple[int, LeadRow]]) -> None:
        self._states = load_states(connection, {lead_id for lead_id, _ in told})
        asked = select(table.suppression.c.address)
        self._suppressed = frozenset(
            address
            for part in in_parts({row.identity.get("email", "") for _, row in told})
            for address in connection.execute(asked.where(table.suppression.c.address.in_(part))).scalars()
        )
        self._addresses = {lead_id: row.identity.get("email") for lead_id, row in told}

    def respected(self, lead_id: int, fact: Fact) -> Fact:
        """The fact; a consent without the topics that it may not open."""
        wanted = topics_of(fact)
        if not wanted:
            return fact
        state = self._states.get(lead_id)
        if self._addresses[lead_id] in self._suppressed or (state is not None and state.suppressed):
            kept = {}
        else:
            kept = {topic: words for topic, words in wanted.items() if topic not in _refused(state)}
        return fact if kept == wanted else replace(fact, properties={**fact.properties, "topics": kept})


def topics_of(fact: Fact) -> Mapping[str, object]:
    """The topics that a consent would open; none for any other fact."""
    topics = fact.properties.get("topics")
    return topics if fact.kind is EventKind.CONSENT_GIVEN and isinstance(topics, Mapping) else {}


def _refused(state: LeadState | None) -> tuple[str, ...]:
    return () if state is None else state.opted_out


def in_parts(values: Iterable[KeyT], size: int = 5_000) -> Iterator[list[KeyT]]:
    """Parts that both engines take as one list of parameters."""
    ordered = sorted(values)
    for start in range(0, len(ordered), size):
        yield ordered[start : start + size]
