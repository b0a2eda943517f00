"""Quoted-printable (RFC 2045 §6.7) in pieces that can be put together in any order.

Each piece begins at the start of a line and every piece but the last ends with a soft line break, so constants are encoded
once, when a mail is compiled, and only the values of a lead when it is sent. No line is longer than 76 characters.
"""

import re
from binascii import b2a_qp

from nurture.content.filters import TEXT_MAX

SOFT_BREAK = "=\r\n"
LINE_MAX = 75
"""Characters of a line before the '=' of its soft break."""

UNCLEAN = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff\ufffe\uffff\t\n]+")
PLAIN = re.compile(r"[ !-<>-~]*")


def clean(value: object) -> str:
    """*value* as one line of text: line ends and control characters become a space, half surrogates too; it
    ends after TEXT_MAX characters.

    A value never carries structure: not into a header, not into the text part's lines.
    """
    text = value if type(value) is str else str(value)
    if len(text) > TEXT_MAX:
        text = text[:TEXT_MAX]
    return text if text.isprintable() else UNCLEAN.sub(" ", text)


def quoted(text: str) -> str:
    """*text*, its lines ended by a newline, as one piece without the soft break at its end.

    The last line is at most 75 characters, so that a soft break fits.
    """
    lines = b2a_qp(text.encode(), istext=True).decode("ascii").split("\n")
    return "\r\n".join([line if len(line) <= LINE_MAX else _folded(line) for line in lines])


def _folded(line: str) -> str:
    """*line* in two, where it is too long: the codec forgets to count a blank that it encodes at a line's end."""
    if len(line) == LINE_MAX + 1 and line.endswith("="):
        return line
    cut = len(line) - 3
    while "=" in line[cut - 2 : cut]:
        cut -= 1
    return line[:cut] + SOFT_BREAK + line[cut:]


def quoted_value(text: str) -> str:
    """A cleaned value as a piece with its soft break."""
    if len(text) <= LINE_MAX and PLAIN.fullmatch(text):
        return text + SOFT_BREAK
    return quoted(text) + SOFT_BREAK
