"""Row 9: absorbing what people did, against one plain insert for each event: same batches, same table, as durable."""

from collections.abc import Sequence
from datetime import timedelta
from time import perf_counter

from nurture.bench.figures import Figure, Scale, interleaved
from nurture.bench.hits import ROUNDS, as_events, hits_of, scanned_hits_of
from nurture.bench.rig import START, Rig, rig
from nurture.bench.turns import absorb_all, take_hits
from nurture.store import records as table
from nurture.store.mapping import event_row
from nurture.tracking.hits import to_record
from nurture.vocabulary.event import Event

EVENTS = {Scale.SMALL: 1_000, Scale.USUAL: 20_000, Scale.FULL: 200_000}
NEXT_DAY = START + timedelta(days=1)
BATCH = 1_000


def measure(scale: Scale, runs: int) -> list[Figure]:
    """Absorbs the same events from the spool, from the event table, and only inserts them."""
    count = EVENTS[scale]
    with rig(count // ROUNDS, sent=True) as filled:
        hits = hits_of(filled.leads)
        events = as_events(hits, NEXT_DAY)
        records = [to_record(hit) for hit in hits]
        scanned = [to_record(hit) for hit in scanned_hits_of(filled.leads)]
        from_spool, overturning, from_table, yardstick = interleaved(
            runs,
            lambda: absorb_hits(filled, records),
            lambda: absorb_hits(filled, scanned),
            lambda: absorb_events(filled, events),
            lambda: insert(filled, events),
        )
    told = {
        f"{count:,} hits of the spool into events (dedupe, humanity), absorbed": from_spool,
        f"{count:,} hits, a fifth of which overturn an earlier verdict, absorbed": overturning,
        f"{count:,} events of the store, absorbed": from_table,
    }
    return [
        Figure(
            row=9,
            what=what,
            unit="events/s",
            ours=ours,
            against="inserts",
            yardstick=yardstick,
            floor=0.2,
            goal=0.5,
        )
        for what, ours in told.items()
    ]


def absorb_hits(filled: Rig, records: Sequence[bytes]) -> float:
    """Hits a second."""
    with filled.engine(hits=records, now=NEXT_DAY) as engine:
        began = perf_counter()
        take_hits(engine)
        absorbed = absorb_all(engine)
        took = perf_counter() - began
    return _checked(absorbed, records) / took


def absorb_events(filled: Rig, events: Sequence[Event]) -> float:
    """Events a second, which have been appended before."""
    with filled.engine(now=NEXT_DAY) as engine:
        engine.record(events)
        began = perf_counter()
        absorbed = absorb_all(engine)
        took = perf_counter() - began
    return _checked(absorbed, events) / took


def insert(filled: Rig, events: Sequence[Event]) -> float:
    """Events a second, their rows made before."""
    rows = [event_row(event) for event in events]
    with filled.engine(now=NEXT_DAY) as engine:
        began = perf_counter()
        for start in range(0, len(rows), BATCH):
            with engine.database.writing() as connection:
                connection.execute(table.event.insert(), rows[start : start + BATCH])
        return len(rows) / (perf_counter() - began)


def _checked(absorbed: int, given: Sequence[object]) -> int:
    # What a turn decides on the way (an owner found by routing) is absorbed too, and is not what was asked for.
    assert absorbed >= len(given), f"{absorbed} of {len(given)} events were absorbed"
    return len(given)
