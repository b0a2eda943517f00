"""The programme's file with other words in it, read and checked beside what is live, and where its problems stand in a form."""

from collections.abc import Mapping

from nurture.check import check
from nurture.content.catalog import PROGRAMME, Catalog, load_texts
from nurture.content.marks import Marks, Path
from nurture.content.problems import Problem, position
from nurture.content.yaml_tree import Node


def with_programme(catalog: Catalog, text: str) -> Catalog:
    """*catalog* with another programme file."""
    return load_texts({**catalog.texts, PROGRAMME: text})


def fresh_problems(live: Catalog, tried: Catalog) -> list[Problem]:
    """The errors of *tried* that *live* does not have."""
    known = {(each.file, each.message) for each in check(live)}
    return [
        each for each in check(tried) if each.severity == "error" and (each.file, each.message) not in known
    ]


def place_of(problem: Problem, fields: Mapping[str, Path], marks: Marks) -> str | None:
    """The field whose value *problem* points into, or the first of those that stand in what it points at.

    fields  where the value of each stands in programme.yaml, by the field's name.
    """
    if problem.file != PROGRAMME:
        return None
    at = (problem.line, problem.column)
    for name, path in fields.items():
        node = marks.value(path)
        if node is not None and (node.line, node.column) <= at < end_of(node, marks.text):
            return name
    for length in range(max(map(len, fields.values()), default=0), 1, -1):
        for name, path in fields.items():
            node = marks.value(path[:length])
            if node is not None and (node.line, node.column) == at:
                return name
    return None


def end_of(node: Node, text: str) -> tuple[int, int]:
    """The line and column right behind *node*."""
    return position(text, node.end)
