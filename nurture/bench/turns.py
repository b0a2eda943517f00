"""Parts of a tick, one at a time: a measurement says what each costs."""

from nurture.engine.engine import Engine
from nurture.engine.ticked import Ticked


def deliver_all(engine: Engine) -> int:
    """Send what is due, without absorbing what comes of it. Returns how many were sent."""
    live, ticked = engine.live, Ticked()
    while engine._deliver_batch(live, ticked):  # noqa: SLF001 only measurements want half a tick
        pass
    return ticked.sent


def absorb_all(engine: Engine) -> int:
    """Absorb what waits. Returns how many events there were."""
    ticked = Ticked()
    engine._absorb_all(engine.live, ticked)  # noqa: SLF001 only measurements want half a tick
    return ticked.absorbed


def take_hits(engine: Engine) -> None:
    """Turn what waits in the spool into events."""
    engine._take_tracks(engine.live)  # noqa: SLF001 only measurements want half a tick
