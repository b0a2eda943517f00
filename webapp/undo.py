"""What is done at once and taken back by a press: a toast that says so, with Undo in it, for ten seconds (``toasts.js``)."""

from typing import TypedDict

from flask import flash

UNDO = "undo"
"""The category of such a message; ``base.html`` shows it."""


class Undoable(TypedDict):
    """What was done, where Undo is posted to, and what with it."""

    words: str
    url: str
    fields: dict[str, str]


def undoable(words: str, url: str, **fields: str) -> None:
    """Say *words* on the next page, with an Undo that posts *fields* to *url*."""
    flash(Undoable(words=words, url=url, fields=fields), UNDO)  # type: ignore[arg-type] # what a session keeps
