"""Whether text can be read on its ground: the contrast ratio of WCAG 2.2, success criterion 1.4.3."""

import re
from collections.abc import Iterator

from nurture.content.flat import Flat
from nurture.content.mjml.markup import Element, Markup
from nurture.content.problems import Problem

ENOUGH, ENOUGH_LARGE = 4.5, 3.0
LARGE_PIXELS = 24.0
"""18 points: text of this size and larger needs less contrast."""

NAMES = {
    "black": (0, 0, 0),
    "white": (255, 255, 255),
    "red": (255, 0, 0),
    "green": (0, 128, 0),
    "blue": (0, 0, 255),
    "yellow": (255, 255, 0),
    "gray": (128, 128, 128),
    "grey": (128, 128, 128),
    "silver": (192, 192, 192),
    "navy": (0, 0, 128),
    "orange": (255, 165, 0),
}
GROUNDS = ("inner-background-color", "container-background-color", "background-color")
DEFAULTS = {
    ("mj-text", "color"): "#000000",
    ("mj-button", "color"): "#ffffff",
    ("mj-button", "background-color"): "#414141",
    ("mj-table", "color"): "#000000",
}
"""What MJML takes where nothing is written."""

Colour = tuple[int, int, int]


def low_contrast(flat: Flat, markup: Markup) -> Iterator[Problem]:
    """A warning for each text whose colour and ground are both written and too much alike."""
    styles = _Styles(markup)
    for element in markup.root.walk():
        if element.tag not in ("mj-text", "mj-button", "mj-table") or styles.is_default(element):
            continue
        ground = styles.ground(element)
        yield from _judged(flat, element, styles.value(element, "color"), ground, styles.large(element))
        for child in element.children:
            style = child["style"] or ""
            written = re.search(r"(?:^|;)\s*color\s*:\s*([^;]+)", style)
            if written and not re.search(r"background(-color)?\s*:", style):
                size = re.search(r"font-size\s*:\s*([\d.]+)px", style)
                large = float(size[1]) >= LARGE_PIXELS if size else styles.large(element)
                yield from _judged(flat, child, written[1], ground, large)


def ratio(first: Colour, second: Colour) -> float:
    """The contrast ratio of two colours, 1 to 21."""
    light, dark = sorted((_luminance(first), _luminance(second)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def colour(text: str | None) -> Colour | None:
    """The colour that CSS reads in *text*; None for what is not written as a plain colour."""
    word = (text or "").strip().lower()
    if word in NAMES:
        return NAMES[word]
    if re.fullmatch("#[0-9a-f]{3}", word):
        word = "#" + "".join(digit * 2 for digit in word[1:])
    if re.fullmatch("#[0-9a-f]{6}", word):
        return int(word[1:3], 16), int(word[3:5], 16), int(word[5:7], 16)
    found = re.fullmatch(r"rgb\(\s*(\d{1,3})\s*,\s*(\d{1,3})\s*,\s*(\d{1,3})\s*\)", word)
    return (int(found[1]), int(found[2]), int(found[3])) if found else None


def _luminance(of: Colour) -> float:
    red, green, blue = (
        c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in (v / 255 for v in of)
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _judged(
    flat: Flat, element: Element, ink: str | None, ground: str | None, large: bool
) -> Iterator[Problem]:
    front, back = colour(ink), colour(ground)
    if front is None or back is None:
        return
    found, enough = ratio(front, back), ENOUGH_LARGE if large else ENOUGH
    if found < enough:
        message = f"{(ink or '').strip()} on {(ground or '').strip()} has a contrast of {found:.1f}, expected {enough:g} or more"
        file, line, column = flat.at(element.start)
        yield Problem(file, line, column, message, "take a darker or a lighter colour", "warning")


class _Styles:
    """Where an attribute's value comes from: the element, its classes, the defaults of the head, MJML."""

    def __init__(self, markup: Markup) -> None:
        self.defaults: dict[str, Element] = {}
        self.classes: dict[str, Element] = {}
        for element in markup.root.walk():
            if self.is_default(element):
                if element.tag == "mj-class":
                    self.classes[element["name"] or ""] = element
                else:
                    self.defaults[element.tag] = element

    def is_default(self, element: Element) -> bool:
        return element.parent is not None and element.parent.tag in ("mj-attributes", "mj-class")

    def value(self, element: Element, name: str) -> str | None:
        classes = [self.classes[each] for each in (element["mj-class"] or "").split() if each in self.classes]
        defaults = [self.defaults[tag] for tag in (element.tag, "mj-all") if tag in self.defaults]
        for source in (element, *reversed(classes), *defaults):
            written = source[name]
            if written is not None:
                return written
        return DEFAULTS.get((element.tag, name))

    def ground(self, element: Element) -> str | None:
        """The nearest background colour; white where none is written; None where there is an image."""
        here: Element | None = element
        while here is not None and here.tag:
            if self.value(here, "background-url") is not None:
                return None
            for name in GROUNDS:
                written = self.value(here, name)
                if written is not None and written != "transparent":
                    return written
            here = here.parent
        return "#ffffff"

    def large(self, element: Element) -> bool:
        size = re.match(r"([\d.]+)px", self.value(element, "font-size") or "")
        return bool(size) and float(size[1]) >= LARGE_PIXELS if size else False
