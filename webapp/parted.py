"""Two have changed the same file: what each did, to be looked at before one sends an edit again.

A form says from which revision it was filled in (``base``), so that what its author changed is told from what others did
meanwhile; and, once its author has seen theirs, up to which revision (``over``).
"""

import msgspec
from flask import request

from nurture.engine.engine import Engine
from nurture.insight.text_history import text_at
from webapp.differences import Line, differences


class Parted(msgspec.Struct, frozen=True):
    """Both changes since one began, each as lines.

    theirs  what others did.
    yours   what one did oneself, to the same text or on top of theirs.
    over    the revision that others made live, where the other change is one and is told by its number; else 0.
    """

    theirs: tuple[Line, ...]
    yours: tuple[Line, ...]
    over: int = 0


def parted(engine: Engine, path: str, *, base: int, yours: str) -> Parted:
    """How the live text of *path* differs from that of revision *base*, and *yours* from the live one."""
    live = engine.live.catalog.texts.get(path, "")
    return Parted(differences(began_at(engine, path, base), live), differences(live, yours))


def began_at(engine: Engine, path: str, base: int) -> str:
    """What the file at *path* said in revision *base*; "" where it was not there."""
    with engine.database.reading() as connection:
        return text_at(connection, path, base) or ""


def form_base(field: str) -> int:
    """The revision from which the form that was sent was filled in."""
    return request.form.get(field, 0, type=int)


def form_over(engine: Engine, path: str, field: str) -> int:
    """The newest revision whose text of *path* the author of the form has seen: the edit is written on top of that one alone.

    Where nobody has changed the file since the form was filled in, it is the live one, whatever else went live.
    """
    base, live = form_base(field), engine.live
    if began_at(engine, path, base) == live.catalog.texts.get(path):
        return live.number
    return request.form.get("over", 0, type=int) or base
