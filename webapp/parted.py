"""Two have changed the same file: what each did, to be looked at before one sends an edit again."""

import msgspec

from nurture.engine.engine import Engine
from nurture.insight.text_history import text_at
from webapp.differences import Line, differences


class Parted(msgspec.Struct, frozen=True):
    """Both changes since one began: what others did, and what sending once more would do to that."""

    theirs: tuple[Line, ...]
    yours: tuple[Line, ...]


def parted(engine: Engine, path: str, *, base: int, yours: str) -> Parted:
    """How the live text of *path* differs from that of revision *base*, and *yours* from the live one."""
    with engine.database.reading() as connection:
        began = text_at(connection, path, base) or ""
    live = engine.live.catalog.texts.get(path, "")
    return Parted(differences(began, live), differences(live, yours))
