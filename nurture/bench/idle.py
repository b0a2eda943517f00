"""Row 14: what a tick costs where nobody has anything due, as a share of a core at one tick a second."""

from collections.abc import Iterator
from contextlib import contextmanager
from time import process_time
from typing import Any

from sqlalchemy import event

from nurture.bench.figures import Figure, Scale, Wanted, interleaved
from nurture.bench.rig import rig
from nurture.engine.engine import Engine

LEADS = {Scale.SMALL: 500, Scale.USUAL: 100_000, Scale.FULL: 1_000_000}
TICKS = 50


def measure(scale: Scale, runs: int) -> list[Figure]:
    """Lets the engine tick, and counts what it asks of the store."""
    leads = LEADS[scale]
    with rig(leads) as filled, filled.engine() as engine:
        engine.tick()
        (shares,) = interleaved(runs, lambda: core_share(engine))
        asked = statements(engine)
    whole = (1.0,) * runs
    return [
        Figure(
            row=14,
            what=f"idle, {leads:,} leads, at a tick a second",
            unit="cores",
            ours=shares,
            against="core",
            yardstick=whole,
            wanted=Wanted.AT_MOST,
            floor=0.01,
        ),
        Figure(
            row=14,
            what="statements of an idle tick",
            unit="statements",
            ours=(float(asked),),
            against="indexed query",
            yardstick=(1.0,),
            wanted=Wanted.AT_MOST,
            floor=1,
        ),
    ]


def core_share(engine: Engine) -> float:
    """CPU seconds a tick."""
    began = process_time()
    for _ in range(TICKS):
        ticked = engine.tick()
        assert ticked.is_idle, f"something was due: {ticked}"
    return (process_time() - began) / TICKS


def statements(engine: Engine) -> int:
    """How many SQL statements a tick runs, those that begin a transaction left out."""
    with listening(engine) as heard:
        engine.tick()
    return sum(not statement.startswith("BEGIN") for statement in heard)


@contextmanager
def listening(engine: Engine) -> Iterator[list[str]]:
    """The statements that run meanwhile."""
    heard: list[str] = []

    def hear(_connection: Any, _cursor: Any, statement: str, *_: Any) -> None:
        heard.append(statement)

    event.listen(engine.database.engine, "before_cursor_execute", hear)
    try:
        yield heard
    finally:
        event.remove(engine.database.engine, "before_cursor_execute", hear)
