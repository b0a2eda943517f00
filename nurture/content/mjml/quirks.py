"""What the compiler misreads, written another way before it; what it writes wrong, mended after it."""

from collections.abc import Callable

import msgspec

Includes = Callable[[str], str | None]
"""Answers the path of an mj-include with its MJML; None for a path that there is not."""


def no_includes(_: str) -> str | None:
    return None


class Prepared(msgspec.Struct, frozen=True):
    """What the compiler gets, and what is kept from it.

    inline_css  the style sheets to be written into the tags.
    """

    text: str
    inline_css: str = ""


def before(text: str, includes: Includes) -> Prepared:
    """*text* as the compiler reads it rightly."""
    assert includes is not None
    return Prepared(text)


def after(html: str, prepared: Prepared) -> str:
    """*html* as the reference compiler would have written it."""
    assert prepared is not None
    return html
