"""The gutter of MJML 5: space between the columns of a section, which the compiler does not know.

Each column is made narrower by its share before the compiler, and marked by a class; after it, the mark becomes the class
and the padding that hold the space: beside the columns where they stand side by side, between them where they are stacked.
"""

import re
from collections.abc import Iterator, Sequence
from math import ceil, floor

import msgspec

from nurture.content.mjml.markup import Element

MARK = "gutter-mark-"
BODY_WIDTH = 600.0
MEASURE = re.compile(r"(-?\d+(?:\.\d+)?)(px|%)?")


class Gutter(msgspec.Struct, frozen=True):
    """What one column gets.

    mark     the class that marks it until it is compiled.
    width    its width attribute, its share of the space taken off.
    name     the class of the padding between columns side by side, *beside* that padding.
    stacked  the padding where columns stand on top of each other.
    pixels   the width of its cell in Outlook; *outlook* the padding there.
    """

    mark: str
    width: str
    name: str
    beside: str
    stacked: str
    pixels: str
    outlook: str


def gutters(section: Element, body: Element | None, first: int) -> Iterator[tuple[Element, Gutter]]:
    """The columns of *section*, and what each gets; marks are numbered from *first*."""
    found = MEASURE.fullmatch(section["gutter"] or "")
    columns = [child for child in section.children if child.tag != "mj-raw"]
    count = len(columns)
    if not found or count < 2 or any(column.tag != "mj-column" for column in columns):
        return
    inner = _inner_width(section, body)
    rtl = section["direction"] == "rtl"
    percent = float(found[1]) if found[2] == "%" else float(found[1]) / inner * 100
    pixel = float(found[1]) if found[2] != "%" else inner * float(found[1]) / 100
    for index, column in enumerate(columns):
        width = MEASURE.fullmatch(column["width"] or f"{100 / count:.15g}%")
        if not width:
            return
        in_percent = width[2] == "%"
        size = float(width[1])
        unit, token = ("%", "per") if in_percent else ("px", "px")
        gutter = percent if in_percent else float(round(pixel))
        edges = (index == 0, index == count - 1, rtl)
        yield (
            column,
            Gutter(
                mark=f"{MARK}{first + index:05d}",
                width=_narrowed(size, percent if in_percent else pixel, count, index, unit),
                name=f"mj-column-gutter-{count}-{index + 1}-{token}-{_number(gutter).replace('.', '-')}"
                + ("-rtl" if rtl else ""),
                beside=_beside(gutter, edges, unit),
                stacked=f"{_number(0 if edges[0] else percent / 2)}% 0% "
                f"{_number(0 if edges[1] else percent / 2)}% 0%",
                pixels=f"{round(inner * size / 100) if in_percent else round(size)}px",
                outlook=_beside(float(round(pixel)), edges, "px"),
            ),
        )


def answered(html: str, found: Sequence[Gutter]) -> str:
    """*html* with the mark of each column answered; *found* in the order of their marks."""

    def cell(match: re.Match[str]) -> str:
        gutter = found[int(match[2])]
        return f"{match[1]}{match[3]}width:{gutter.pixels};padding:{gutter.outlook};"

    def column(match: re.Match[str]) -> str:
        gutter = found[int(match[2])]
        return f'{match[1]}{gutter.name}{match[3]}padding:{gutter.stacked};"'

    html = re.sub(
        rf'(<td class="[^"]*?) ?{MARK}(\d{{5}})-outlook([^"]*" style="[^"]*?)width:[^;"]*;', cell, html
    )
    html = html.replace('<td class="" style', "<td style")
    return re.sub(rf'(<div class="[^"]*?){MARK}(\d{{5}})([^"]*" style="[^"]*)"', column, html)


def _inner_width(section: Element, body: Element | None) -> float:
    """Pixels inside the padding and border of *section*; per cent are read as pixels, as the reference compiler does."""
    width = MEASURE.match((body["width"] if body else None) or "")
    inner = float(width[1]) if width else BODY_WIDTH
    around: list[Element] = [section]
    if section.parent is not None and section.parent.tag == "mj-wrapper":
        around.append(section.parent)
    for element in around:
        padding = (element["padding"] or "20px 0").split()
        left, right = (
            (padding[3], padding[1]) if len(padding) == 4 else (padding[-1 if len(padding) < 3 else 1],) * 2
        )
        border = element["border"] or ""
        for side, written in (("left", left), ("right", right)):
            inner -= _first(element[f"padding-{side}"] or written) + _first(
                element[f"border-{side}"] or border
            )
    return inner


def _first(text: str) -> float:
    found = MEASURE.search(text)
    return float(floor(float(found[1]))) if found else 0.0


def _narrowed(size: float, gutter: float, count: int, index: int, unit: str) -> str:
    reduced = max(0.0, size - gutter * (count - 1) / count)
    if unit == "%":
        return f"{_number(reduced)}%"
    extra = round(count * (reduced - floor(reduced)))
    return f"{floor(reduced) + (index < extra)}px"


def _beside(gutter: float, edges: tuple[bool, bool, bool], unit: str) -> str:
    first, last, rtl = edges
    leading, trailing = (
        (float(ceil(gutter / 2)), float(floor(gutter / 2))) if unit == "px" else (gutter / 2, gutter / 2)
    )
    left, right = (0 if first else trailing), (0 if last else leading)
    if rtl:
        left, right = (0 if last else leading), (0 if first else trailing)
    return f"0{unit} {_number(right)}{unit} 0{unit} {_number(left)}{unit}"


def _number(value: float) -> str:
    return f"{value:.6f}".rstrip("0").rstrip(".") or "0"
