"""Row 15: what a due touch costs, from its claim to the absorbing of its outcome, beside more and more leads that rest."""

from contextlib import ExitStack
from time import perf_counter

from nurture.bench.figures import Figure, Scale, Wanted, interleaved
from nurture.bench.rig import Rig, rig, wake
from nurture.bench.turns import absorb_all, deliver_all

SIZES = {
    Scale.SMALL: (200, 1_000),
    Scale.USUAL: (10_000, 100_000),
    Scale.FULL: (10_000, 100_000, 1_000_000),
}
DUE = {Scale.SMALL: 100, Scale.USUAL: 2_000, Scale.FULL: 2_000}


def measure(scale: Scale, runs: int) -> list[Figure]:
    """Sends the same number of mails, by memory, out of stores of each size."""
    due = DUE[scale]
    with ExitStack() as stack:
        filled = [stack.enter_context(rig(leads)) for leads in SIZES[scale]]
        smallest, *larger = interleaved(runs, *(lambda each=each: cost(each, due) for each in filled))
    return [
        Figure(
            row=15,
            what=f"a touch, {due:,} due, {leads:,} leads",
            unit="µs",
            ours=costs,
            against=f"µs at {SIZES[scale][0]:,} leads",
            yardstick=smallest,
            wanted=Wanted.AT_MOST,
            floor=1.3,
            goal=1.1,
        )
        for leads, costs in zip(SIZES[scale][1:], larger, strict=True)
    ]


def cost(filled: Rig, due: int) -> float:
    """Microseconds a touch. Those that are due are spread over all leads, as they are in life."""
    with filled.engine() as engine:
        wake(engine, range(1, filled.leads + 1, filled.leads // due))
        began = perf_counter()
        sent = deliver_all(engine)
        absorb_all(engine)
        took = perf_counter() - began
    assert sent == due, f"{sent} of {due} mails were sent"
    return took / due * 1e6
