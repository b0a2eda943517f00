"""A text of one line: a subject, a preheader."""

from collections.abc import Sequence

import msgspec
from jinja2 import Template

from nurture.content.quoted import clean
from nurture.content.segments import Segment, Slot, has_tags, jinja_source
from nurture.content.skeleton import Getter, Names, getter
from nurture.content.values import TEXT, known


class Line(msgspec.Struct, frozen=True, eq=False):
    """Constants and values in order, or a Jinja template where there are conditions."""

    parts: tuple[str | Getter, ...]
    template: Template | None = None
    constant: str | None = None

    def render(self, names: Names) -> str:
        """The line for these names, white space folded. Raises UndefinedError for a value nobody knows."""
        if self.constant is not None:
            return self.constant
        if self.template is not None:
            text = self.template.render(names)
        else:
            text = "".join(
                [part if isinstance(part, str) else clean(known(part(names))) for part in self.parts]
            )
        return " ".join(text.split())


def line(segments: Sequence[Segment]) -> Line:
    """The line that *segments* make."""
    if has_tags(segments):
        return Line((), TEXT.from_string(jinja_source(segments)))
    if all(isinstance(segment, str) for segment in segments):
        return Line((), constant=" ".join("".join(map(str, segments)).split()))
    return Line(tuple(getter(s.expression, TEXT)[0] if isinstance(s, Slot) else str(s) for s in segments))
