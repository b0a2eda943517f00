"""YAML files to the model, with a mark for every value and every problem in one pass.

The types of ``model`` are the grammar. What is read beside problems has holes where they are: fit to be looked at, not
to be run.
"""

from functools import lru_cache
from typing import Generic, TypeVar

import msgspec

from nurture.content.marks import Marks
from nurture.content.model import Campaign, Programme
from nurture.content.problems import Problem
from nurture.content.typed_reader import HOLE, TypedReader
from nurture.content.yaml_reader import parse

T = TypeVar("T")
READ_MOST = 128
"""How many texts are remembered as they were read (0.1 to 0.4 MB each): of a set in which one file changes, only that one is read again."""


class Loaded(msgspec.Struct, Generic[T], frozen=True):
    """What a file says.

    value     the model; None when so much is wrong that there is none.
    marks     where each value stands; None when the file is not YAML.
    problems  everything that is wrong, in written order; a value beside problems has holes where they are.
    """

    value: T | None
    marks: Marks | None
    problems: tuple[Problem, ...]


def read_programme(text: str, file: str) -> Loaded[Programme]:
    """Read the text of a programme.yaml; *file* is its name in messages."""
    return read(text, file, Programme)


def read_campaign(text: str, file: str) -> Loaded[Campaign]:
    """Read the text of a campaign.yaml; *file* is its name in messages."""
    return read(text, file, Campaign)


def read(text: str, file: str, kind: type[T]) -> Loaded[T]:
    """Read *text* as the struct *kind*."""
    return _read(text, file, kind)  # type: ignore[arg-type]  # a cache forgets what is generic


@lru_cache(maxsize=READ_MOST)
def _read(text: str, file: str, kind: type[T]) -> Loaded[T]:
    root, problems = parse(text, file)
    reader = TypedReader(file, problems)
    if root is None:
        if not problems:
            reader.refuse_at(1, 1, "the file is empty", "write 'format: 1' first")
        return Loaded(value=None, marks=None, problems=tuple(reader.problems))
    reader.refuse_unstable(root)
    reader.expect_format(root)
    value = reader.read(root, kind, ())
    return Loaded(
        value=None if value is HOLE else value,
        marks=Marks(file=file, text=text, root=root),
        problems=tuple(sorted(reader.problems, key=lambda problem: (problem.line, problem.column))),
    )
