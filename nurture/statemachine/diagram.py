"""The tables of moves as a page for people: ``python -m nurture.statemachine.diagram`` writes docs/lifecycle.md."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from enum import StrEnum
from inspect import getdoc
from pathlib import Path
from typing import Any

import msgspec

from nurture.statemachine.table import PULLED, STAGE_TABLE, TEMPERATURE_TABLE, Row
from nurture.vocabulary.words import Stage, Temperature

PAGE = Path(__file__).parents[2] / "docs" / "lifecycle.md"
OF_MANY = "_to_"
"""What stands in the triggers of corrections and merges between what pulls them and the stage that they lead to."""
WHERE_TO = {"correct": "any other of them", "merge": "a further one", "part": "where it was"}
"""Of those triggers; the diagram leaves them to the table."""

HEAD = """# Life of a lead

Generated from `nurture/statemachine/table.py` by `python -m nurture.statemachine.diagram`.

A lead has a temperature and a stage, and every move of either is a row below: nothing else can move it. A programme may
leave stages out and narrow detours by `from`; it cannot add a move.
"""


class Move(msgspec.Struct, frozen=True):
    """Rows that differ only in where they come from, or, for corrections and merges, only in their stages."""

    trigger: str
    sources: tuple[str, ...]
    target: str
    meaning: str


def page() -> str:
    """The whole page."""
    return "\n".join(
        [
            HEAD,
            *_section("Temperature", Temperature, TEMPERATURE_TABLE),
            *_section("Stage", Stage, STAGE_TABLE),
        ]
    )


def moves(table: Iterable[Row[Any, Any]]) -> list[Move]:
    """The table with like rows put together, in its order."""
    grouped: dict[tuple[str, str, str], list[str]] = {}
    for row in table:
        trigger, of_many, _ = row.trigger.partition(OF_MANY)
        key = (
            trigger,
            WHERE_TO[trigger] if of_many else row.target.value,
            _meaning(row.guard),
        )
        sources = grouped.setdefault(key, [])
        if row.source.value not in sources:
            sources.append(row.source.value)
    return [
        Move(trigger, tuple(sources), target, meaning)
        for (trigger, target, meaning), sources in grouped.items()
    ]


def _section(title: str, places: type[StrEnum], table: Sequence[Row[Any, Any]]) -> list[str]:
    found = moves(table)
    lines = [f"## {title}", "", "```mermaid", "stateDiagram-v2", "    direction LR"]
    lines += [f"    [*] --> {next(iter(places)).value}"]
    lines += [f"    {edge}" for edge in _edges(found, open_places=_left(found))]
    final = [place.value for place in places if place.value not in _left(found)]
    lines += [f"    {place} --> [*]" for place in final]
    lines += ["```", "", "| From | To | Trigger | Pulled by | Moves if |", "| --- | --- | --- | --- | --- |"]
    lines += [
        f"| {', '.join(move.sources)} | {move.target} | `{move.trigger}` | {PULLED[move.trigger]} | {move.meaning} |"
        for move in found
    ]
    ends = f"No way leads out of {', '.join(final)}." if final else f"Every {title.lower()} can be left."
    return [*lines, "", ends, ""]


def _left(found: Iterable[Move]) -> set[str]:
    """The places that some move leads out of."""
    return {source for move in found for source in move.sources}


def _edges(found: Iterable[Move], open_places: set[str]) -> Iterator[str]:
    """Arrows, one for each pair; a move from everywhere is a note, corrections and merges are left to the table."""
    labels: dict[tuple[str, str], list[str]] = {}
    notes: list[str] = []
    for move in found:
        if move.trigger in WHERE_TO:
            continue
        if set(move.sources) == open_places:
            notes.append(f"note left of {move.target} : {move.trigger}, from every other")
            continue
        for source in move.sources:
            labels.setdefault((source, move.target), []).append(move.trigger)
    for (source, target), triggers in labels.items():
        yield f"{source} --> {target}: {', '.join(triggers)}"
    yield from notes


def _meaning(guard: Callable[..., bool]) -> str:
    """What a guard says of itself, up to its first full stop."""
    said = getdoc(guard)
    return said.split(".")[0].strip() if said else guard.__name__.replace("_", " ")


if __name__ == "__main__":
    PAGE.write_text(page(), "utf-8")
