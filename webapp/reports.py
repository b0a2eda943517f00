"""Reports: how far leads came, by persona, with the same of the period before beside it. The address says which; any table can be taken along."""

from collections.abc import Sequence
from itertools import pairwise

from flask import Blueprint, Response, g, render_template, request
from flask_babel import gettext  # type: ignore[import-untyped]

from nurture.engine.engine import Engine
from nurture.engine.ways import PATH
from nurture.insight.against import compared
from nurture.insight.cohorts import Cohort, Cohorts, cohorts
from nurture.insight.periods import USUAL
from nurture.insight.shown import Shown, shown
from nurture.statistics.rates import difference
from nurture.vocabulary.words import Stage
from webapp import report_sales, report_steps
from webapp.report_csv import FUNNEL, csv_file, funnel_lines
from webapp.report_period import Asked, asked
from webapp.report_shapes import axis, funnel_bars, spans
from webapp.rights import Permission, area


def pages(engine: Engine) -> Blueprint:
    pages = area("reports", see=Permission.SEE)

    @pages.get("/reports")
    def funnel() -> str | tuple[str, int]:
        seeing = asked(request.args, "stage")
        stages = stages_of()
        stage = chosen(stages, request.args.get("stage"))
        whom, now, before = found(seeing)
        page = render_template(
            "report_funnel.html",
            asked=seeing,
            usual=USUAL,
            whom=whom,
            now=now,
            before=before,
            stages=stages,
            stage=stage,
            names=names(),
            compared=compared({each.persona: each.rate(stage) for each in now.personas}),
            earlier={} if before is None else {each.persona: each for each in before.personas},
            difference=difference,
            pairs=steps(stages),
            stops=where_most_stop(now.whole, stages),
            bars=funnel_bars(counts(now, stages), None if before is None else counts(before, stages)),
            axis=axis,
            spans=spans,
        )
        return (page, 422) if seeing.problem else page

    @pages.get("/reports/funnel.csv")
    def funnel_csv() -> Response:
        seeing = asked(request.args)
        _, now, before = found(seeing)
        lines = [FUNNEL, *funnel_lines(now, seeing.period, stages_of(), names())]
        if before is not None:
            lines += funnel_lines(before, seeing.period.before, stages_of(), names())
        return csv_file("funnel", seeing.period, lines)

    report_steps.add_to(pages, engine)
    report_sales.add_to(pages, engine, names)

    def found(seeing: Asked) -> tuple[Shown, Cohorts, Cohorts | None]:
        with engine.database.reading() as connection:
            whom = shown(connection)
            now = cohorts(connection, seeing.period, whom=whom)
            before = (
                cohorts(connection, seeing.period.before, whom=whom, usual=now.usual)
                if seeing.compare
                else None
            )
        return whom, now, before

    return pages


def stages_of() -> tuple[Stage, ...]:
    """The stages of the path that the programme has, in their order."""
    if g.live is None:
        return PATH
    return tuple(stage for stage in PATH if stage in g.live.programme.stages or stage is Stage.INQUIRY)


def chosen(stages: Sequence[Stage], said: str | None) -> Stage:
    """The stage that personas are compared by: the one that is asked for, or the first that a lead comes to."""
    return next((each for each in stages[1:] if each == said), stages[min(1, len(stages) - 1)])


def steps(stages: Sequence[Stage]) -> tuple[tuple[Stage, Stage], ...]:
    """Each stage with the one after it."""
    return tuple(pairwise(stages))


def where_most_stop(whole: Cohort, stages: Sequence[Stage]) -> tuple[Stage, Stage] | None:
    """The step that the most leads have not taken; None where nobody came."""
    lost = {(of, to): whole.at(of).leads - whole.at(to).leads for of, to in steps(stages)}
    step = max(lost, key=lambda each: lost[each], default=None)
    return step if step is not None and lost[step] else None


def names() -> dict[str | None, str]:
    """What personas are called, by key; those of none under None."""
    found: dict[str | None, str] = {None: str(gettext("No persona"))}
    if g.live is not None:
        found |= {each.key: each.name for each in g.live.programme.personas}
        found |= {old: each.name for each in g.live.programme.personas for old in each.was}
    return found


def counts(found: Cohorts, stages: Sequence[Stage]) -> list[tuple[str, int]]:
    """How many of all leads came to each stage."""
    return [(stage.value, found.whole.at(stage).leads) for stage in stages]
