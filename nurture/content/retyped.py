"""The smallest splice that makes one text of another, also where a browser has changed all line ends on the way."""

import msgspec

from nurture.content.splices import line_break


class Splice(msgspec.Struct, frozen=True):
    """*put* in the place of the characters [start, end)."""

    start: int
    end: int
    put: str

    @property
    def is_nothing(self) -> bool:
        return self.start == self.end and not self.put


def spliced(text: str, splice: Splice) -> str:
    return text[: splice.start] + splice.put + text[splice.end :]


def inverse(text: str, splice: Splice) -> Splice:
    """What makes *text* again of what *splice* made of it."""
    return Splice(splice.start, splice.start + len(splice.put), text[splice.start : splice.end])


def between(before: str, after: str) -> Splice:
    """The smallest splice that makes *after* of *before*."""
    most = min(len(before), len(after))
    start = 0
    while start < most and before[start] == after[start]:
        start += 1
    same = 0
    while same < most - start and before[-1 - same] == after[-1 - same]:
        same += 1
    return Splice(start, len(before) - same, after[start : len(after) - same])


def retyped(text: str, typed: str) -> Splice:
    """What somebody changed who saw *text* in a field of a page and sent *typed* back.

    A field shows every line end as a newline and sends each as CRLF (HTML, form submission): lines that were not touched
    keep the ends that they have, new ones get those of the file.
    """
    splice = between(_shown(text), _shown(typed))
    put = splice.put.replace("\n", line_break(text))
    start, end = _in_file(text, splice.start), _in_file(text, splice.end)
    if start and text[start - 1] == "\r" and (put + text[end : end + 1]).startswith("\n"):
        start, put = start - 1, "\n" + put  # else two line ends would become one
    return Splice(start, end, put)


def same_words(one: str, other: str) -> bool:
    """Whether a field shows both alike."""
    return _shown(one) == _shown(other)


def _shown(text: str) -> str:
    return text.replace("\r\n", "\n").replace("\r", "\n")


def _in_file(text: str, shown: int) -> int:
    """Where character *shown* of what a field shows stands in *text*."""
    at, passed = 0, 0
    while (pair := text.find("\r\n", at)) >= 0 and pair - passed < shown:
        at, passed = pair + 2, passed + 1
    return shown + passed
