"""The report of sales: how soon leads are turned to that sales was given, by rep and persona, in time or too late."""

from collections.abc import Callable, Mapping

from flask import Response, render_template, request

from nurture.engine.engine import Engine
from nurture.insight.periods import USUAL
from nurture.insight.sales_response import MARKS, Responses, sales_response
from nurture.insight.shown import Shown, shown
from nurture.statistics.rates import difference
from webapp.report_csv import RESPONSES, csv_file, response_lines
from webapp.report_period import Asked, asked
from webapp.report_shapes import staircase
from webapp.rights import Area

PICTURE_HOURS = 72


def add_to(pages: Area, engine: Engine, names: Callable[[], Mapping[str | None, str]]) -> None:
    """Names  what personas are called, by key."""

    @pages.get("/reports/sales")
    def sales() -> str | tuple[str, int]:
        seeing = asked(request.args)
        whom, now, before = look(engine, seeing)
        page = render_template(
            "report_sales.html",
            asked=seeing,
            usual=USUAL,
            whom=whom,
            now=now,
            before=before,
            names=names(),
            marks=MARKS,
            hours=PICTURE_HOURS,
            staircase=staircase,
            difference=difference,
        )
        return (page, 422) if seeing.problem else page

    @pages.get("/reports/sales.csv")
    def sales_csv() -> Response:
        seeing = asked(request.args)
        _, now, before = look(engine, seeing)
        lines = [RESPONSES, *response_lines(now, seeing.period)]
        if before is not None:
            lines += response_lines(before, seeing.period.before)
        return csv_file("sales", seeing.period, lines)


def look(engine: Engine, seeing: Asked) -> tuple[Shown, Responses, Responses | None]:
    with engine.database.reading() as connection:
        whom = shown(connection)
        now = sales_response(connection, seeing.period, whom=whom)
        before = sales_response(connection, seeing.period.before, whom=whom) if seeing.compare else None
    return whom, now, before
