"""The two bodies of a message as they leave: quoted-printable, made with as little work per lead as the mail allows.

A mail without conditions is spliced: two joins. In one with conditions, what stands between two tags is a run, spliced
first; Jinja then only chooses among the runs, in one rendering for both bodies.
"""

from collections.abc import Mapping, Sequence
from typing import Any

import msgspec
from jinja2 import Template, Undefined

from nurture.content.quoted import SOFT_BREAK, quoted
from nurture.content.segments import BETWEEN, Segment, Slot, Tag, jinja_source
from nurture.content.skeleton import Names, Skeleton, skeleton
from nurture.content.values import QUOTED, Encoded


class Spliced(msgspec.Struct, frozen=True, eq=False):
    """Both bodies without conditions."""

    html: Skeleton
    text: Skeleton

    def bodies(self, html: Sequence[Any], text: Sequence[Any], _: Names) -> tuple[bytes, bytes]:
        """The bodies, from the pieces of each expression for HTML and for text."""
        return self.html.fill(html).encode("ascii"), self.text.fill(text).encode("ascii")


class Conditional(msgspec.Struct, frozen=True, eq=False):
    """Both bodies in one template, which writes runs by their names."""

    template: Template
    html_runs: tuple[tuple[str, Skeleton], ...]
    text_runs: tuple[tuple[str, Skeleton], ...]

    def bodies(
        self, html: Sequence[Any], text: Sequence[Any], names: Mapping[str, Any]
    ) -> tuple[bytes, bytes]:
        """The bodies. *names* must hold all that the conditions may ask for."""
        given = dict(names)
        for runs, values in ((self.html_runs, html), (self.text_runs, text)):
            for name, run in runs:
                given[name] = _filled(run, values)
        context = self.template.new_context(given, shared=True)
        both = QUOTED.concat(self.template.root_render_func(context)).encode("ascii")
        before, _, after = both.partition(BETWEEN.encode())
        return before, after


def _filled(run: Skeleton, values: Sequence[Any]) -> Any:
    """The run's text; where one of its values is not known, that value, which is an error only if it is written."""
    try:
        return Encoded("".join(run.woven(values)))
    except TypeError:
        return next(value for value in values if isinstance(value, Undefined))


def spliced(html: Sequence[Segment], text: Sequence[Segment], numbers: Mapping[str, int]) -> Spliced:
    """The bodies of a mail without conditions; *numbers* of its expressions."""
    return Spliced(skeleton(html, numbers, encoded), skeleton(text, numbers, encoded))


def conditional(html: Sequence[Segment], text: Sequence[Segment], numbers: Mapping[str, int]) -> Conditional:
    """The bodies of a mail with conditions; *numbers* of the expressions that may be asked before them."""
    html_source, html_runs = _in_runs(html, numbers, "html")
    text_source, text_runs = _in_runs(text, numbers, "text")
    template = QUOTED.from_string(html_source + BETWEEN + text_source)
    return Conditional(template, html_runs, text_runs)


def encoded(text: str, last: bool) -> str:
    """A constant as a piece, with its soft break unless it is the last."""
    return quoted(text) if last else quoted(text) + SOFT_BREAK


def _in_runs(
    segments: Sequence[Segment], numbers: Mapping[str, int], part: str
) -> tuple[str, tuple[tuple[str, Skeleton], ...]]:
    """Jinja over runs, and the runs by their names."""
    found: list[Segment] = []
    runs: list[tuple[str, Skeleton]] = []
    run: list[Segment] = []

    def end_run(*, last: bool) -> None:
        if len(run) == 1 and isinstance(run[0], str):
            found.append(encoded(run[0], last))
            run.clear()
        elif run:
            name = f"_{part}{len(runs)}"
            runs.append((name, skeleton(run, numbers, lambda text, end: encoded(text, last and end))))
            found.append(Slot(name))
            run.clear()

    for segment in segments:
        if isinstance(segment, Tag):
            end_run(last=False)
            found.append(segment)
        elif isinstance(segment, Slot) and segment.expression not in numbers:
            end_run(last=False)
            found.append(Slot(f"({segment.expression})|as_{part}"))
        else:
            run.append(segment)
    end_run(last=True)
    return jinja_source(found), tuple(runs)
