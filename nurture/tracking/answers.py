"""What the tracking host answers, ready made: status, headers, body."""

from collections.abc import Sequence
from html import escape

import msgspec

Header = tuple[str, str]

NEVER_KEPT = ("Cache-Control", "no-store, private")
"""A stored pixel or redirect would hide the next open or click (RFC 9111 §5.2.2.5)."""


class Answer(msgspec.Struct, frozen=True):
    status: str
    headers: Sequence[Header]
    body: bytes = b""


def redirect(location: str, *more: Header) -> Answer:
    # 302 and not 301: a browser that remembers the target would never come by again.
    return Answer("302 Found", (("Location", location), NEVER_KEPT, *EMPTY, *more))


def click_not_kept(url: str | None) -> Answer:
    """The disk is full: the click does not count, but the reader may go on to where the link leads."""
    onward = f' <a rel="noreferrer" href="{escape(url)}">Go on to the page</a>' if url else ""
    return _page("503 Service Unavailable", f"We cannot note your visit just now.{onward}", RETRY)


def _page(status: str, sentence: str, *more: Header) -> Answer:
    body = (
        f'<!doctype html><html lang="en"><meta charset="utf-8"><title>Link</title><p>{sentence}</p>'.encode()
    )
    plain = (("Content-Type", "text/html; charset=utf-8"), ("Content-Security-Policy", "default-src 'none'"))
    return Answer(status, (*plain, NEVER_KEPT, ("Content-Length", str(len(body))), *more), body)


EMPTY = (("Content-Type", "text/plain"), ("Content-Length", "0"))
RETRY = ("Retry-After", "60")

# A transparent GIF89a of one pixel.
_GIF = bytes.fromhex(
    "474946383961 0100 0100 80 00 00 000000 ffffff"  # header, screen of 1 x 1, two colours
    "21f904 01 0000 00 00"  # the first colour is transparent
    "2c 0000 0000 0100 0100 00 02 02 4401 00 3b"  # one image, one pixel of it
)
_GIF_HEADERS = (("Content-Type", "image/gif"), NEVER_KEPT, ("Content-Length", str(len(_GIF))))

PIXEL = Answer("200 OK", _GIF_HEADERS, _GIF)
PIXEL_NOT_KEPT = Answer("503 Service Unavailable", (*_GIF_HEADERS, RETRY), _GIF)
"""Still a picture, so that no mail shows a broken one."""
UNKNOWN_LINK = _page("404 Not Found", "This link is not known here.")
