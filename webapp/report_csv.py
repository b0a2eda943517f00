"""Reports as files for spreadsheets: one line for each figure's row, moments in UTC, rates with their bounds, nothing that runs."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime

from flask import Response

from nurture.capture.spreadsheet import csv_line
from nurture.insight.cohorts import Cohorts
from nurture.insight.periods import Period
from nurture.statistics.rates import Rate
from nurture.vocabulary.words import Stage

Line = tuple[str, ...]
PERIOD = ("from", "until", "seen_at")
RATE = ("share", "low", "high")
FUNNEL = (*PERIOD, "persona", "name", "stage", "leads", "of", *RATE, "young", "usual_hours")


def csv_file(name: str, period: Period, lines: Iterable[Line]) -> Response:
    """The lines, the first of which names their columns, as a file that is named for the days."""
    of = f"{name}-{period.first.isoformat()}-{period.last.isoformat()}.csv"
    headers = {"Content-Disposition": f"attachment; filename={of}"}
    return Response("".join(csv_line(*line) for line in lines), mimetype="text/csv", headers=headers)


def funnel_lines(
    found: Cohorts, period: Period, stages: Sequence[Stage], names: Mapping[str | None, str]
) -> list[Line]:
    """For each persona, and for all, each stage: how many came, of how many that came to the stage before."""
    lines: list[Line] = []
    for each, name in (
        *((each, names.get(each.persona, "")) for each in found.personas),
        (found.whole, "all"),
    ):
        for of, stage in zip((None, *stages), stages, strict=False):
            reached = each.at(stage)
            rate = Rate(0, 0) if of is None else each.rate(stage, of)
            usual = found.usual.get(stage)
            lines.append(
                (
                    *days(period),
                    each.persona or "",
                    name,
                    stage.value,
                    str(reached.leads),
                    "" if of is None else str(rate.trials),
                    *shares(rate),
                    "" if of is None else str(each.young(stage, of)),
                    "" if usual is None else f"{usual.total_seconds() / 3600:.1f}",
                )
            )
    return lines


def days(period: Period) -> Line:
    """Its first moment, the one at which it ends, and when it is seen."""
    return tuple(map(utc, (period.since, period.until, period.seen_at)))


def shares(rate: Rate) -> Line:
    """The rate and its bounds, 0 to 1; empty without a trial."""
    if rate.share is None:
        return ("", "", "")
    return tuple(f"{each:.6f}" for each in (rate.share, *rate.bounds))


def utc(at: datetime) -> str:
    return at.astimezone(UTC).isoformat(timespec="seconds")
