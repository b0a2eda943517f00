"""The report of steps: what became of each step's mails, where leads leave, and what experiments say so far."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import msgspec
from flask import Response, g, render_template, request

from nurture.engine.engine import Engine
from nurture.insight.periods import USUAL
from nurture.insight.shown import Shown, shown
from nurture.insight.step_figures import ANSWERED_WITHIN, Place, StepFigures, step_figures
from nurture.insight.variants import ExperimentFigures, experiment_figures
from nurture.statistics.rates import Rate, difference
from webapp.report_csv import STEPS, VARIANTS, csv_file, step_lines, variant_lines
from webapp.report_period import Asked, asked
from webapp.report_shapes import axis, spans
from webapp.rights import Area


class TrackLines(msgspec.Struct, frozen=True):
    """The steps of a track in their order; those that it has no more come last. *is_gone*: no campaign has the track now."""

    key: str
    is_gone: bool
    lines: tuple[tuple[str, bool, StepFigures], ...]


class CampaignLines(msgspec.Struct, frozen=True):
    """A campaign's tracks, and all their steps together."""

    key: str
    name: str
    is_gone: bool
    tracks: tuple[TrackLines, ...]
    whole: StepFigures

    @property
    def leaky(self) -> tuple[str, Rate] | None:
        """The step before which the most leads leave; None where none does."""
        steps = [(step, each.drop_off) for track in self.tracks for step, _, each in track.lines]
        worst = max(steps, key=lambda each: each[1].successes, default=None)
        return worst if worst is not None and worst[1].successes else None


class Found(msgspec.Struct, frozen=True):
    """What the page shows; *before* has the figures of the period before, by place, or is None."""

    whom: Shown
    campaigns: tuple[CampaignLines, ...]
    experiments: tuple[ExperimentFigures, ...]
    before: Mapping[Place, StepFigures] | None


def add_to(pages: Area, engine: Engine) -> None:
    @pages.get("/reports/steps")
    def steps() -> str | tuple[str, int]:
        seeing = asked(request.args, "campaign")
        found = look(engine, seeing)
        wanted = request.args.get("campaign")
        page = render_template(
            "report_steps.html",
            asked=seeing,
            usual=USUAL,
            whom=found.whom,
            found=found,
            campaigns=[each for each in found.campaigns if wanted in (None, "", each.key)],
            wanted=wanted,
            answered_days=ANSWERED_WITHIN.days,
            difference=difference,
            axis=axis,
            spans=spans,
        )
        return (page, 422) if seeing.problem else page

    @pages.get("/reports/steps.csv")
    def steps_csv() -> Response:
        seeing = asked(request.args)
        found = look(engine, seeing)
        lines = [STEPS, *step_lines(by_place(found.campaigns), seeing.period)]
        if found.before is not None:
            lines += step_lines(found.before, seeing.period.before)
        return csv_file("steps", seeing.period, lines)

    @pages.get("/reports/experiments.csv")
    def experiments_csv() -> Response:
        seeing = asked(request.args)
        found = look(engine, seeing)
        return csv_file(
            "experiments", seeing.period, [VARIANTS, *variant_lines(found.experiments, seeing.period)]
        )


def look(engine: Engine, seeing: Asked) -> Found:
    with engine.database.reading() as connection:
        whom = shown(connection)
        figures = step_figures(connection, seeing.period, whom=whom)
        before = step_figures(connection, seeing.period.before, whom=whom) if seeing.compare else None
        experiments = (
            experiment_figures(connection, g.live.programme, seeing.period, whom=whom) if g.live else ()
        )
    return Found(whom, tuple(campaign_lines(figures)), experiments, before)


def by_place(campaigns: Sequence[CampaignLines]) -> dict[Place, StepFigures]:
    return {
        (campaign.key, track.key, step): each
        for campaign in campaigns
        for track in campaign.tracks
        for step, _, each in track.lines
    }


def campaign_lines(figures: Mapping[Place, StepFigures]) -> Iterator[CampaignLines]:
    """In the order in which the programme has campaigns, tracks and steps; what it has no more comes last."""
    programme: Any = g.live.programme if g.live else None
    live = {} if programme is None else programme.campaigns
    for key in ordered({each[0] for each in figures}, list(live)):
        campaign = live.get(key)
        tracks = {} if campaign is None else {each.key: each for each in campaign.tracks}
        of_campaign = {place[1:]: each for place, each in figures.items() if place[0] == key}
        lines = tuple(
            TrackLines(
                track,
                track not in tracks,
                tuple(
                    (step, step not in steps, of_campaign[track, step])
                    for step in ordered({each for of, each in of_campaign if of == track}, steps)
                ),
            )
            for track in ordered({each[0] for each in of_campaign}, list(tracks))
            for steps in [[each.key for each in tracks[track].walk()] if track in tracks else []]
        )
        whole = sum(of_campaign.values(), StepFigures())
        yield CampaignLines(key, campaign.name if campaign else key, campaign is None, lines, whole)


def ordered(keys: set[str], order: Sequence[str]) -> list[str]:
    """The keys as they stand in *order*, then the others by their letters."""
    return [*(key for key in order if key in keys), *sorted(keys - set(order))]
