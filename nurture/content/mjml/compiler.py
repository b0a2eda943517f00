"""MJML into HTML by mjml-python, within limits, with what it gets wrong written another way before and mended after."""

import mjml
from css_inline import CSSInliner, InlineError

from nurture.content.mjml import quirks
from nurture.content.mjml.markup import MarkupError, parse

SIZE_MAX = 512 * 1024


class CompileError(Exception):
    """The compiler refused; *offset* is where in its input, if it said so."""

    def __init__(self, message: str, offset: int | None = None) -> None:
        super().__init__(message)
        self.offset = offset


def compile_mjml(text: str, *, includes: quirks.Includes = quirks.no_includes) -> str:
    """The HTML of the MJML document *text*.

    includes  answers an mj-include's path with its MJML; without it includes are refused.
    Raises CompileError; never anything else, whatever *text* is.
    """
    if len(text) > SIZE_MAX:
        raise CompileError(f"the MJML is over {SIZE_MAX // 1024} KiB")
    try:
        prepared = quirks.before(text, includes)
        parse(prepared.text)
        html = mjml.mjml2html(prepared.text)
    except MarkupError as error:
        raise CompileError(error.message, error.offset) from None
    except (KeyboardInterrupt, SystemExit):
        raise
    except BaseException as error:  # noqa: BLE001 - the compiler's panics are BaseExceptions
        raise CompileError(f"the MJML compiler refused: {error}") from None
    return quirks.after(_inlined(html, prepared.inline_css), prepared)


def _inlined(html: str, css: str) -> str:
    """The document with *css* written into its tags, as <mj-style inline="inline"> asks."""
    if not css:
        return html
    try:
        return CSSInliner(
            inline_style_tags=False, keep_style_tags=True, load_remote_stylesheets=False, extra_css=css
        ).inline(html)
    except InlineError as error:
        raise CompileError(f"the inline styles could not be read: {error}") from None
