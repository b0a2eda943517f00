"""MJML into HTML by mjml-python, within limits, with what it gets wrong written another way before and mended after."""

import re

import mjml
from css_inline import InlineError

from nurture.content.mjml.markup import MarkupError, parse
from nurture.content.mjml.mend import mend
from nurture.content.mjml.quirks import Includes, no_includes, prepare

SIZE_MAX = 512 * 1024


class CompileError(Exception):
    """The compiler refused; *words* are those of its input at which it stopped, if it said so."""

    def __init__(self, message: str, words: str = "") -> None:
        super().__init__(message)
        self.words = words


def compile_mjml(text: str, *, includes: Includes = no_includes) -> str:
    """The HTML of the MJML document *text*.

    includes  answers an mj-include's path with its MJML; without it includes are refused.
    Raises CompileError; never anything else, whatever *text* is.
    """
    if len(text) > SIZE_MAX:
        raise CompileError(f"the MJML is over {SIZE_MAX // 1024} KiB")
    try:
        prepared = prepare(text, includes)
    except MarkupError as error:
        raise CompileError(error.message, text[error.offset : error.offset + 40]) from None
    html = _compiled(prepared.text)
    try:
        return mend(html, prepared)
    except (InlineError, ValueError) as error:
        raise CompileError(f"the styles could not be written into the tags: {error}") from None


def _compiled(text: str) -> str:
    try:
        parse(text)
        return mjml.mjml2html(text)
    except MarkupError as error:
        raise CompileError(error.message, text[error.offset : error.offset + 40]) from None
    except (KeyboardInterrupt, SystemExit):
        raise
    except BaseException as error:  # noqa: BLE001 - the compiler's panics are BaseExceptions
        found = re.search(r"^(.*?) in root template(?: at position (\d+):\d+)?", str(error))
        reason = found[1] if found else str(error)
        start = int(found[2]) if found and found[2] else len(text)
        raise CompileError(f"the MJML compiler refused: {reason}", text[start : start + 40]) from None
