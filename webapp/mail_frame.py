"""A mail in the frame of its editor: on a light or a dark ground, without images, or as text, whatever the browser prefers."""

import re
from html import escape
from pathlib import Path

from flask import Response

from nurture.content.render import PreviewParts
from nurture.languages.catalogues import WRITTEN_IN
from webapp.languages import language
from webapp.safety import as_mail
from webapp.said import said

DARK_RULES = re.compile(r"@media\s*(?:screen\s+and\s*)?\(\s*prefers-color-scheme\s*:\s*dark\s*\)")
INVERTED = "html{filter:invert(1) hue-rotate(180deg);background:#fff}img{filter:invert(1) hue-rotate(180deg)}"
"""What mail programs do that turn a light mail dark by themselves, roughly."""
MARKED = (
    "[data-at]{{cursor:pointer}}[data-at]:hover:not(:has([data-at]:hover)){{outline:1px dashed {0};outline-offset:-1px}}"
    "[data-chosen][data-chosen]{{outline:2px solid {0};outline-offset:-2px;scroll-margin:24px}}"
)
"""Around the block that is chosen, and the one that the pointer is on."""
ACCENTS = {"dark": "#a5a0ff"}
ACCENT = "#4338ca"
SCRIPT = (Path(__file__).parent / "static/mail-frame.js").read_text()


def framed(parts: PreviewParts, *, ground: str = "light", images: bool = True) -> Response:
    """The HTML of *parts*. *ground* is light, dark (by the mail's own rules) or forced (by a mail program's)."""
    html = DARK_RULES.sub("@media all" if ground == "dark" else "@media not all", parts.html)
    styles = MARKED.format(ACCENTS.get(ground, ACCENT)) + (INVERTED if ground == "forced" else "")
    html = html.replace("</head>", f"<style>{styles}</style></head>", 1)
    response = as_mail(html, framed=True, script=SCRIPT)
    if not images:
        policy = response.headers["Content-Security-Policy"]
        response.headers["Content-Security-Policy"] = policy.replace("img-src * data:", "img-src 'none'")
    return response


def as_text(parts: PreviewParts) -> Response:
    """The plain part, as a program without HTML shows it."""
    style = "body{margin:16px;background:#fff;color:#15171c}pre{font:14px/1.5 monospace;white-space:pre-wrap}"
    return as_mail(
        f"<!doctype html><html><head><style>{style}</style></head><body><pre>{escape(parts.text)}</pre></body></html>",
        framed=True,
    )


def as_problem(words: str) -> Response:
    """Why there is nothing to see, in the place where it would be."""
    told = said(words)
    spoken = language() if told != words else WRITTEN_IN
    style = "body{margin:24px;font:15px/1.5 sans-serif;background:#fff;color:#15171c}"
    response = as_mail(
        f"<!doctype html><html lang={spoken}><head><style>{style}</style></head><body><p>{escape(told)}</p></body></html>",
        framed=True,
    )
    response.status_code = 422
    return response
