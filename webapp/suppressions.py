"""The suppression list: searched, added to, brought along, taken off. An address is typed or posted, never part of an address of ours."""

from collections.abc import Iterator

from flask import Blueprint, Response, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from nurture.engine.engine import Engine
from nurture.engine.suppression_list import BY_HAND, SuppressionError, bring, put_on, take_off, written
from nurture.insight.suppressions import cause_counts, suppressions
from nurture.vocabulary.words import SuppressionCause
from webapp.acting import actor
from webapp.large_forms import takes
from webapp.rights import Permission, area

PAGE_SIZE = 50
WHY_MAX = 500
FILE_MAX = 8 * 1024 * 1024


def pages(engine: Engine) -> Blueprint:
    pages = area("suppressions", see=Permission.LEADS)

    @pages.get("/suppressions")
    def listed() -> str:
        return shown(
            page=max(1, request.args.get("page", 1, type=int)), cause=cause_of(request.args.get("cause"))
        )

    @pages.post("/suppressions/search")
    def search() -> str:
        return shown(search=request.form.get("address", "").strip())

    @pages.post("/suppressions")
    def add() -> AnyResponse | tuple[str, int]:
        cause = cause_of(request.form.get("cause")) or SuppressionCause.MANUAL
        try:
            with engine.deciding() as (connection, now):
                put_on(connection, request.form.get("address", ""), cause, by=actor(), why=why(), now=now)
        except SuppressionError as error:
            return shown(problem=str(error)), 422
        flash("Suppressed, from now on.")
        return redirect(url_for("suppressions.listed"), 303)

    @pages.post("/suppressions/lift")
    def remove() -> AnyResponse | tuple[str, int]:
        address, cause = request.form.get("address", ""), cause_of(request.form.get("cause"))
        try:
            with engine.deciding() as (connection, now):
                take_off(
                    connection, address, cause or SuppressionCause.MANUAL, by=actor(), why=why(), now=now
                )
        except SuppressionError as error:
            return shown(problem=str(error), search=address), 422
        flash("Taken off the list.")
        return redirect(url_for("suppressions.listed"), 303)

    @pages.post("/suppressions/import")
    @takes(FILE_MAX)
    def take_in() -> AnyResponse:
        file = request.files.get("file")
        text = "" if file is None else file.read().decode("utf-8", "replace")
        with engine.deciding() as (connection, now):
            brought = bring(connection, text, by=actor(), now=now)
        left = f" {brought.unreadable} lines have no address." if brought.unreadable else ""
        flash(f"{brought.taken} addresses are on the list now.{left}")
        return redirect(url_for("suppressions.listed"), 303)

    @pages.get("/suppressions.csv")
    def export() -> Response:
        def lines() -> Iterator[str]:
            with engine.database.reading() as connection:
                yield from written(connection)

        headers = {"Content-Disposition": "attachment; filename=suppressions.csv"}
        return Response(lines(), mimetype="text/csv", headers=headers)

    def shown(
        *, page: int = 1, cause: SuppressionCause | None = None, search: str = "", problem: str = ""
    ) -> str:
        with engine.database.reading() as connection:
            lines = suppressions(connection, page=page, size=PAGE_SIZE, search=search, cause=cause)
            counts = cause_counts(connection)
        return render_template(
            "suppressions.html",
            lines=lines,
            counts=counts,
            page=page,
            size=PAGE_SIZE,
            cause=cause,
            search=search,
            problem=problem,
            by_hand=BY_HAND,
        )

    return pages


def cause_of(text: str | None) -> SuppressionCause | None:
    return next((each for each in SuppressionCause if each == text), None)


def why() -> str:
    return request.form.get("why", "").strip()[:WHY_MAX]
