"""How the installation is: the doctor's last report as lights with words, and a button to look again."""

from collections.abc import Sequence
from threading import Lock

from flask import Blueprint, flash, redirect, render_template, url_for
from werkzeug.wrappers import Response

from nurture.config import read_settings
from nurture.doctor import Finding, Level, Report, run_doctor
from nurture.doctor.kept import keep_report, last_report
from nurture.engine.engine import Engine
from nurture.engine.installation import read_installation
from nurture.languages.told import told
from webapp.rights import Permission, area

LIGHTS = {
    Level.FAIL: ("alert", told("fails")),
    Level.WARN: ("unknown", "could be better"),
    Level.OK: ("ok", told("well")),
    Level.SKIPPED: ("skip", "skipped"),
}
"""The mark and the word of each level, the worst first: a colour alone tells nobody anything."""
_checking = Lock()


def pages(engine: Engine, secret: bytes) -> Blueprint:
    pages = area("health", see=Permission.ADMINISTER)

    @pages.get("/settings/health")
    def health() -> str:
        with engine.database.reading() as connection:
            report = last_report(connection)
        areas = worst_first(report) if report else []
        return render_template("health.html", report=report, areas=areas, lights=LIGHTS, levels=Level)

    @pages.post("/settings/health")
    def check() -> Response:
        """Look at everything now, which takes at most ten seconds; one look at a time."""
        if _checking.acquire(blocking=False):
            try:
                with engine.database.reading() as connection:
                    settings = read_settings(read_installation(connection, secret))
                report = run_doctor(settings, engine.clock)
                with engine.deciding() as (connection, _):
                    keep_report(connection, report)
            finally:
                _checking.release()
        else:
            flash("Somebody else is checking already; reload the page in a few seconds.", "wrong")
        return redirect(url_for("health.health"), 303)

    return pages


def worst_first(report: Report) -> list[tuple[str, Sequence[Finding]]]:
    """The headings with what fails under them, then those with what could be better, then all others."""
    ranks = list(LIGHTS)
    return sorted(report.by_area().items(), key=lambda area: min(ranks.index(each.level) for each in area[1]))
