"""Reports as files for spreadsheets: one line for each figure's row, moments in UTC, rates with their bounds, nothing that runs."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime

from flask import Response

from nurture.capture.spreadsheet import csv_line
from nurture.insight.cohorts import Cohorts
from nurture.insight.periods import Period
from nurture.insight.sales_response import Responses, ResponseTimes, Took
from nurture.insight.step_figures import Place, StepFigures
from nurture.insight.variants import ExperimentFigures
from nurture.statistics.rates import Rate
from nurture.vocabulary.words import Stage

Line = tuple[str, ...]
PERIOD = ("from", "until", "seen_at")
RATE = ("share", "low", "high")
FUNNEL = (*PERIOD, "persona", "name", "stage", "leads", "of", *RATE, "young", "usual_hours")

STEPS = (
    *PERIOD, "campaign", "track", "step", "came", "left_before", "skipped", "refused", "unknown", "sent", "young", "opened",
    "open_share", "open_low", "open_high", "clicked", "click_share", "click_low", "click_high",
)  # fmt: skip
RESPONSES = (
    *PERIOD, "by", "key", "given", "waiting", "touched", "kept", "late", "late_share", "late_low", "late_high",
    "half_hours", "half_low", "half_high", "nine_of_ten_hours", "nine_of_ten_low", "nine_of_ten_high", "answer_half_hours",
)  # fmt: skip
VARIANTS = (
    *PERIOD, "campaign", "track", "step", "judged_by", "variant", "mails", "successes", *RATE,
    "to_control", "to_control_low", "to_control_high", "more_needed", "chance_of_best",
)  # fmt: skip


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


def step_lines(figures: Mapping[Place, StepFigures], period: Period) -> list[Line]:
    """Each step, with what became of its mails."""
    return [
        (
            *days(period),
            *place,
            *map(
                str, (each.came, each.left, each.skipped, each.refused, each.unknown, each.sent, each.young)
            ),
            str(each.opened),
            *shares(each.opens),
            str(each.clicked),
            *shares(each.clicks),
        )
        for place, each in figures.items()
    ]


def variant_lines(experiments: Sequence[ExperimentFigures], period: Period) -> list[Line]:
    """Each variant of each experiment, against the control."""
    lines: list[Line] = []
    for experiment in experiments:
        for each in experiment.variants:
            rate, gap = each.compared.rate, each.compared.gap
            lines.append(
                (
                    *days(period),
                    *experiment.place,
                    experiment.judged_by.value,
                    each.name,
                    str(rate.trials),
                    str(rate.successes),
                    *shares(rate),
                    *(
                        ("", "", "")
                        if gap is None
                        else (f"{value:.6f}" for value in (gap.seen, gap.low, gap.high))
                    ),
                    "" if each.compared.more is None else str(each.compared.more),
                    "" if each.best is None else f"{each.best:.4f}",
                )
            )
    return lines


def response_lines(found: Responses, period: Period) -> list[Line]:
    """All, each rep and each persona: how many, and how soon, in hours."""

    def hours(took: Took) -> Line:
        lengths = (took.seen, took.low, took.high)
        return tuple("" if each is None else f"{each.total_seconds() / 3600:.2f}" for each in lengths)

    def line(by: str, key: str | None, each: ResponseTimes) -> Line:
        counts = (each.given, each.waiting, each.touched, each.kept, each.late)
        half, most, answer = hours(each.half), hours(each.most), hours(each.answer)
        return (
            *days(period),
            by,
            key or "",
            *map(str, counts),
            *shares(each.lateness),
            *half,
            *most,
            answer[0],
        )

    return [
        line("all", None, found.whole),
        *(line("rep", rep, each) for rep, each in found.by_rep),
        *(line("persona", persona, each) for persona, each in found.by_persona),
    ]


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
