"""What came of an act on many leads: how many were done, and why others were not."""

from datetime import datetime
from zoneinfo import ZoneInfo

import msgspec
from sqlalchemy import Connection

from nurture.engine.bulk_acts import place_of
from nurture.engine.sweep_rows import Sweep, SweepKind, sweep_numbered
from nurture.languages.said import plain

WORDS = {
    "tag": ("Put the tag “{}” on", "{n} leads tagged “{}”"),
    "untag": ("Take the tag “{}” off", "“{}” taken off {n} leads"),
    "owner": ("Give to {}", "{n} leads given to {}"),
    "pause": ("Pause until {}", "{n} leads get no marketing mail until {}"),
    "start": ("Put into “{}”", "{n} leads put into “{}”"),
    "stop": ("Take out of “{}”", "{n} leads taken out of “{}”"),
    "track": ("Move to the track {}", "{n} leads moved to the track {}"),
    "suppress": ("Suppress: {}", "{n} leads suppressed: {}"),
}
"""Of each act its name, and what is said when it was done; the value, and how many."""


class ActLine(msgspec.Struct, frozen=True):
    """An act.

    seen      leads that it has come to; *taken*, those that it changed.
    expected  how many it was asked for.
    skipped   why leads were left alone, and how many of them.
    can_undo  whether it may still be taken back.
    """

    id: int
    words: str
    seen: int
    taken: int
    expected: int
    skipped: dict[str, int]
    is_over: bool
    can_undo: bool


def act_line(connection: Connection, number: int, zone: ZoneInfo) -> ActLine | None:
    """The act of this number; None for none.

    zone  whose days are meant.
    """
    sweep = sweep_numbered(connection, number)
    if sweep is None or sweep.kind is not SweepKind.BULK:
        return None
    skipped = {str(why): int(count) for why, count in sweep.counts.get("skipped", {}).items()}
    expected = int(sweep.counts.get("expected", 0))
    return ActLine(
        id=sweep.id,
        words=_said(sweep, skipped, expected, zone),
        seen=sweep.seen,
        taken=sweep.taken,
        expected=expected,
        skipped=skipped,
        is_over=sweep.is_over,
        can_undo="undoes" not in sweep.asked and "undone_by" not in sweep.counts and sweep.taken > 0,
    )


def _said(sweep: Sweep, skipped: dict[str, int], expected: int, zone: ZoneInfo) -> str:
    value = str(sweep.asked["value"])
    if sweep.asked["act"] == "pause":
        value = f"{datetime.fromisoformat(value).astimezone(zone):%Y-%m-%d}"
    elif sweep.asked["act"] == "track":
        value = _place(value)
    else:
        value = value.replace(",", ", ")
    name, done = WORDS[sweep.asked["act"]]
    if "undoes" in sweep.asked:
        act = name.format(value).lower()
        said = f"Taken back for {sweep.taken:,} leads: {act}"
    else:
        said = done.format(value, n=f"{sweep.taken:,}")
    left = [f"{count:,} {why}" for why, count in skipped.items()]
    if sweep.is_over and sweep.seen < expected:
        left.append(f"{expected - sweep.seen:,} were changed or gone before their turn came")
    if sweep.cancelled_at is not None:
        left = ["stopped before the end, because it was taken back"]
    ending = f". Left alone: {'; '.join(left)}." if left else "."
    return said.replace("1 leads", "1 lead") + ending if sweep.is_over else f"{said} so far, of {expected:,}"


def _place(value: str) -> str:
    place = place_of(value)
    at = f", from the step “{plain(place.step)}”" if place.step else ""
    return f"“{plain(place.track)}” of “{plain(place.campaign)}”{at}"
