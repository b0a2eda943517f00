"""On whose clock a page tells the time: the reader's, and the programme's where a rule of it counts (decision 0027).

reader_zone     when something happened or will, and what somebody writes into a form for themselves
programme_zone  days and hours that rules count in: windows, holidays, limits and sums of a day, forecasts, broadcasts;
                a page that shows these says the zone where ``zones_differ``
"""

from collections.abc import Mapping, Sequence
from functools import lru_cache
from zoneinfo import ZoneInfo

from flask import Flask, g

from nurture.scheduling.zone_names import UTC_NAME, offered_names, zone_named


def add_to(app: Flask) -> None:
    """Give templates the zones."""
    app.jinja_env.globals.update(
        reader_zone=reader_zone, programme_zone=programme_zone, zones_differ=zones_differ
    )


def reader_zone() -> ZoneInfo:
    """That of whoever reads this answer: the account's own, else the programme's."""
    account = g.get("account")
    return zone_named(None if account is None else account.time_zone) or programme_zone()


def programme_zone() -> ZoneInfo:
    """That of the live programme; UTC where none is live."""
    live = g.get("live")
    return ZoneInfo(UTC_NAME if live is None else live.programme.time_zone)


def zones_differ() -> bool:
    """Whether the reader's zone is another one than the programme's."""
    return reader_zone().key != programme_zone().key


@lru_cache(64)
def zones_offered(chosen: str | None) -> Mapping[str, Sequence[tuple[str, str]]]:
    """What a list of zones offers, by part of the world: each name, and what the list shows of it; with *chosen* among them."""
    found: dict[str, list[tuple[str, str]]] = {}
    for name in sorted({*offered_names(), *filter(None, [chosen])}):
        part, _, place = name.partition("/")
        found.setdefault(part if place else "", []).append((name, (place or name).replace("_", " ")))
    return {part: found[part] for part in sorted(found)}
