"""The files that stand around a mail: the layout that it begins with, and what that puts in. Pressed in the preview, they are named."""

import re
from typing import Any

from flask import url_for

from nurture.content.catalog import Catalog

FOLDER = "templates/"
PUT_IN = re.compile(r"""\{%-?\s*(extends|include)\s+["']([^"']+)["']""")
"""The whole of what a mail can name a file by: a name that is reckoned is refused (``content.refused``)."""
EXTENDS = "extends"


def around(catalog: Catalog, text: str) -> list[dict[str, Any]]:
    """The layout of *text* first, then what it is made of; nothing where the mail brings all of itself.

    What the mail's own text includes is a block of its own, and not around it.
    """
    found: dict[str, None] = {}
    waiting = [name for verb, name in PUT_IN.findall(text) if verb == EXTENDS]
    while waiting:
        name = waiting.pop(0)
        if name in found or name not in catalog.templates:
            continue
        found[name] = None
        waiting += [inner for _, inner in PUT_IN.findall(catalog.templates[name])]
    return [{"words": name, "href": url_for("texts.text", path=FOLDER + name)} for name in found]
