"""The layout of a mail that depends on its lead: made apart, as no proof has seen what its values make of it."""

from functools import lru_cache

import msgspec

from nurture.content.apart import pool
from nurture.content.apart.wire import Ended, job
from nurture.content.mjml.compiler import CompileError, compile_mjml

REMEMBERED_MAX = 64
"""Layouts. Values are put in afterwards, so that most leads of a mail share a few."""
is_apart = False
"""Whether this process may be killed, so that the compiler may run in it."""


class LaidOut(msgspec.Struct, frozen=True):
    """The HTML of an MJML document; *refused* says why there is none, and *words* at which of its words."""

    html: str = ""
    refused: str = ""
    words: str = ""


LAID_OUT = msgspec.msgpack.Decoder(LaidOut)


def lay_out(mjml: str) -> str:
    """The HTML of *mjml*. Raises CompileError, also where the compiler took its process with it."""
    return compile_mjml(mjml) if is_apart else _laid_out(mjml)


@lru_cache(maxsize=REMEMBERED_MAX)
def _laid_out(mjml: str) -> str:
    outcome = pool.ask(job("lay out", mjml))
    if isinstance(outcome, Ended):
        raise CompileError(f"the MJML compiler came to no end ({outcome.how})")
    found = LAID_OUT.decode(outcome.answer)
    if found.refused:
        raise CompileError(found.refused, found.words)
    return found.html
