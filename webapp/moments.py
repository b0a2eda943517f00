"""Times and numbers as people read them: the programme's wall clock, UTC on hover, and how long ago or ahead."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from flask import Flask, g
from markupsafe import Markup

from nurture.engine.engine import Engine
from nurture.insight.sentences import plain, stage_name

MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
SCALES = ((2 * DAY, DAY, "d"), (2 * HOUR, HOUR, "h"), (MINUTE, MINUTE, "min"))
"""From which length on a span is told in which unit."""


def add_to(app: Flask, engine: Engine) -> None:
    """Give every request one moment and one zone, and templates the words for them."""

    @app.before_request
    def one_moment() -> None:
        g.now = engine.clock.now()
        g.live = engine.live if engine.has_programme else None
        g.zone = ZoneInfo(g.live.programme.time_zone) if g.live else UTC

    app.add_template_filter(moment)
    app.add_template_filter(day)
    app.add_template_filter(relative)
    app.add_template_filter(points)
    app.add_template_filter(plain)
    app.add_template_filter(number)
    app.add_template_filter(stage_name)


def day_began() -> datetime:
    """The last midnight on the programme's wall clock."""
    midnight: datetime = g.now.astimezone(g.zone).replace(hour=0, minute=0, second=0, microsecond=0)
    return midnight.astimezone(UTC)


def moment(at: datetime | None) -> Markup:
    """A <time>: the hour alone for today, the year only where it is another one."""
    if at is None:
        return Markup("–")
    local, today = at.astimezone(g.zone), g.now.astimezone(g.zone)
    if local.date() == today.date():
        shown = f"{local:%H:%M}"
    elif local.year == today.year:
        shown = f"{local.day} {local:%b %H:%M}"
    else:
        shown = f"{local.day} {local:%b %Y}"
    return Markup('<time datetime="{}" title="{} UTC">{}</time>').format(
        at.isoformat(), f"{at:%Y-%m-%d %H:%M}", shown
    )


def day(on: date) -> str:
    """'Mon 2 Nov'; the year only where it is another one."""
    shown = f"{on:%a} {on.day} {on:%b}"
    return shown if on.year == g.now.astimezone(g.zone).year else f"{shown} {on.year}"


def relative(at: datetime) -> str:
    """'in 3 h', '12 min ago', 'now'."""
    ahead = at - g.now
    length = span(abs(ahead))
    if not length:
        return "now"
    return f"in {length}" if ahead > timedelta(0) else f"{length} ago"


def span(length: timedelta) -> str:
    """'3 d', '5 h', '12 min'; "" for less than a minute."""
    for least, unit, name in SCALES:
        if length >= least:
            return f"{length // unit} {name}"
    return ""


def points(value: float) -> str:
    """Signed, with a true minus sign and at most one decimal: '+20', '−4.5'."""
    text = f"{abs(value):.1f}".removesuffix(".0")
    return f"{'−' if value < 0 and text != '0' else '+'}{text}"


def number(value: float) -> str:
    """Thousands apart: '12,480'."""
    return f"{value:,.0f}"


def clock_time(at: datetime) -> str:
    """'12:03' on the programme's wall clock, for what was saved just now."""
    return f"{at.astimezone(g.zone):%H:%M}"
