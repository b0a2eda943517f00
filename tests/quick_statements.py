"""Statements of a store whose twin in this process has compiled them: to write them again takes as long as many a test.

SQLAlchemy keeps what it has compiled with its engine, by the dialect that it was compiled for, and each test has an
engine of its own. All that connect to one kind of store share the dialect and the memory of the first that has connected.
"""

from typing import Any

from sqlalchemy import Engine, create_engine, event
from sqlalchemy.engine import URL

STATEMENTS_MAX = 10_000
_first: dict[str, Engine] = {}


def quick_engine(url: URL, **options: Any) -> Engine:
    """What ``create_engine`` makes, with the memory of the first of its kind."""
    engine = create_engine(url, query_cache_size=STATEMENTS_MAX, **options)
    first = _first.get(url.drivername)
    if first is None:  # a dialect that has never met its store does not know all about it
        event.listen(engine, "connect", lambda *_: _first.setdefault(url.drivername, engine))
    else:
        engine.dialect, engine._compiled_cache = first.dialect, first._compiled_cache
    return engine
