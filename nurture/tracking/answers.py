"""What the tracking host answers, ready made: status, headers, body."""

from collections.abc import Sequence
from html import escape

import msgspec

from nurture.tracking.hits import Hit

Header = tuple[str, str]

NEVER_KEPT = ("Cache-Control", "no-store, private")
"""A stored pixel or redirect would hide the next open or click (RFC 9111 §5.2.2.5)."""


class Answer(msgspec.Struct, frozen=True):
    status: str
    headers: Sequence[Header]
    body: bytes = b""


class Reply(msgspec.Struct, frozen=True):
    """An answer, and the hit that has to be on the disk before it is given; else :func:`not_kept` is."""

    answer: Answer
    hit: Hit | None = None


def redirect(location: str, *more: Header) -> Answer:
    # 302 and not 301: a browser that remembers the target would never come by again.
    return Answer("302 Found", (("Location", location), NEVER_KEPT, *EMPTY, *more))


def not_kept(answer: Answer) -> Answer:
    """What to say instead when the disk refused the hit: a picture still, so that no mail shows a broken one, and to
    who clicked a way on by hand.
    """
    headers = dict(answer.headers)
    if "Location" in headers:
        onward = f'<a rel="noreferrer" href="{escape(headers["Location"])}">Go on to the page</a>'
        return _page(UNAVAILABLE, f"We cannot note your visit just now. {onward}", RETRY)
    content = () if "Content-Length" in headers else EMPTY
    return Answer(UNAVAILABLE, (*answer.headers, *content, RETRY), answer.body)


def _page(status: str, sentence: str, *more: Header) -> Answer:
    body = (
        f'<!doctype html><html lang="en"><meta charset="utf-8"><title>Link</title><p>{sentence}</p>'.encode()
    )
    plain = (("Content-Type", "text/html; charset=utf-8"), ("Content-Security-Policy", "default-src 'none'"))
    return Answer(status, (*plain, NEVER_KEPT, ("Content-Length", str(len(body))), *more), body)


UNAVAILABLE = "503 Service Unavailable"
EMPTY = (("Content-Type", "text/plain"), ("Content-Length", "0"))
RETRY = ("Retry-After", "60")

# A transparent GIF89a of one pixel.
_GIF = bytes.fromhex(
    "474946383961 0100 0100 80 00 00 000000 ffffff"  # header, screen of 1 x 1, two colours
    "21f904 01 0000 00 00"  # the first colour is transparent
    "2c 0000 0000 0100 0100 00 02 02 4401 00 3b"  # one image, one pixel of it
)
PIXEL = Answer(
    "200 OK", (("Content-Type", "image/gif"), NEVER_KEPT, ("Content-Length", str(len(_GIF)))), _GIF
)
UNKNOWN_LINK = _page("404 Not Found", "This link is not known here.")
LINKS_AWAY = _page(
    UNAVAILABLE, "We cannot look up just now where this link leads. Please try it again in a minute.", RETRY
)
