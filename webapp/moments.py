"""Times and numbers as people read them: the reader's wall clock, UTC on hover, and how long ago or ahead."""

from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

from babel import Locale
from babel.dates import format_date
from babel.numbers import format_decimal
from flask import Flask, g
from flask_babel import gettext, lazy_gettext  # type: ignore[import-untyped]
from markupsafe import Markup

from nurture.engine.engine import Engine
from nurture.insight.sentences import stage_name
from nurture.languages.catalogues import WRITTEN_IN
from nurture.languages.moments import SHAPES
from nurture.languages.moments import written as written_in
from nurture.languages.said import plain
from nurture.scheduling.zones import local_day
from webapp.languages import language
from webapp.said import said
from webapp.zones import reader_zone

MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
SCALES = (
    (2 * DAY, DAY, lazy_gettext("d")),
    (2 * HOUR, HOUR, lazy_gettext("h")),
    (MINUTE, MINUTE, lazy_gettext("min")),
)
"""From which length on a span is told in which unit."""
KEPT = 4_096
"""Numbers and days whose words are kept: a page says eight hundred, and mostly those of the page before."""


def add_to(app: Flask, engine: Engine) -> None:
    """Give every request one moment, and templates the words for it."""

    @app.before_request
    def one_moment() -> None:
        g.now = engine.clock.now()
        g.live = engine.live if engine.has_programme else None

    app.add_template_filter(moment)
    app.add_template_filter(day)
    app.add_template_filter(relative)
    app.add_template_filter(points)
    app.add_template_filter(plain)
    app.add_template_filter(number)
    app.add_template_filter(decimal)
    app.add_template_filter(plain_number)
    app.add_template_filter(long_day)
    app.add_template_filter(month)
    app.add_template_filter(weekday)
    app.jinja_env.globals["country_name"] = country_name
    app.add_template_filter(span)
    app.add_template_filter(lambda stage: said(stage_name(stage)), "stage_name")
    app.add_template_filter(said)


def day_began(zone: ZoneInfo) -> datetime:
    """When the day of this request began on the wall clock of *zone*."""
    return local_day(g.now, zone)[0]


def date_in(zone: ZoneInfo) -> date:
    """The date of this request on the wall clock of *zone*."""
    today: date = g.now.astimezone(zone).date()
    return today


def moment(at: datetime | None) -> Markup:
    """A <time>: the hour alone for today, the year only where it is another one."""
    if at is None:
        return Markup("–")
    zone = reader_zone()
    local, today = at.astimezone(zone), date_in(zone)
    if local.date() == today:
        shown = written(local, "today")
    elif local.year == today.year:
        shown = written(local, "this year")
    else:
        shown = written(local, "long ago")
    return Markup('<time datetime="{}" title="{} UTC">{}</time>').format(
        at.isoformat(), f"{at:%Y-%m-%d %H:%M}", shown
    )


def day(on: date) -> str:
    """'Mon 2 Nov'; the year only where it is another one."""
    return _day(on, "day" if on.year == date_in(reader_zone()).year else "any day", language())


@lru_cache(KEPT)
def _day(on: date, shape: str, spoken: str) -> str:
    return written_in(datetime(on.year, on.month, on.day, 12, tzinfo=UTC), shape, spoken)


def written(at: datetime, shape: str) -> str:
    """*at*, on its own wall clock, in one of the shapes of the reader's language."""
    return written_in(at, shape, language())


def relative(at: datetime) -> str:
    """'in 3 h', '12 min ago', 'now'."""
    ahead = at - g.now
    length = span(abs(ahead))
    if not length:
        return str(gettext("now"))
    return str(
        gettext("in %(length)s", length=length)
        if ahead > timedelta(0)
        else gettext("%(length)s ago", length=length)
    )


def span(length: timedelta) -> str:
    """'3 d', '5 h', '12 min'; "" for less than a minute."""
    for least, unit, name in SCALES:
        if length >= least:
            return f"{length // unit} {name}"
    return ""


def points(value: float) -> str:
    """Signed, with a true minus sign and at most one decimal: '+20', '−4.5'."""
    text = format_decimal(round(abs(value), 1), "0.#", locale=language())
    return f"{'−' if value < 0 and text != '0' else '+'}{text}"


def number(value: float) -> str:
    """Thousands apart: '12,480'."""
    return _apart(round(value), language())


@lru_cache(KEPT)
def _apart(whole: int, spoken: str) -> str:
    return format_decimal(whole, locale=spoken)


def decimal(value: float, digits: int = 1) -> str:
    """With as many digits behind the point: '4.5', in German '4,5'."""
    return format_decimal(round(value, digits), f"#,##0.{'0' * digits}", locale=language())


def plain_number(value: float) -> str:
    """With as many digits as it has: '0.1', '5'."""
    return format_decimal(value, "0.####", locale=language())


def long_day(on: date) -> str:
    """'2 November'."""
    return format_date(on, SHAPES[language()]["long day"], locale=language())


def month(on: date) -> str:
    """'Nov', for the foot of a chart."""
    return format_date(on, "LLL", locale=language())


def weekday(on: date) -> str:
    """'Mon', for the foot of a chart."""
    return format_date(on, "ccc", locale=language())


def country_name(code: str, written: str) -> str:
    """What the reader calls the country of two letters; as it is *written* in English."""
    spoken = language()
    return written if spoken == WRITTEN_IN else Locale.parse(spoken).territories.get(code, written)


def clock_time(at: datetime) -> str:
    """'12:03' on the reader's wall clock, for what was saved just now."""
    return f"{at.astimezone(reader_zone()):%H:%M}"
