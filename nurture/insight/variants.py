"""How the variants of each experiment did against its first, the control: no winner before there is one."""

from collections.abc import Mapping

import msgspec
from sqlalchemy import ColumnElement, Connection, func, select

from nurture.content.model import Programme
from nurture.insight.against import Compared
from nurture.insight.periods import Period
from nurture.insight.shown import Shown, of_shown
from nurture.insight.step_figures import LEFT, Place
from nurture.statistics.bandit import chances_of_being_best
from nurture.statistics.rates import CONFIDENCE, Rate, difference, needed
from nurture.store.records import touch
from nurture.vocabulary.words import EventKind


class VariantFigures(msgspec.Struct, frozen=True):
    """One variant.

    is_control  whether it is the first, with which others are compared.
    compared  with the control; the control itself has no gap.
    best      the chance that its true rate is the highest of all; None before any mail has left.
    """

    name: str
    is_control: bool
    opens: Rate
    clicks: Rate
    compared: Compared
    best: float | None


class ExperimentFigures(msgspec.Struct, frozen=True):
    """An experiment of one step; *judged_by* is opens or clicks, whichever decides."""

    place: Place
    judged_by: EventKind
    variants: tuple[VariantFigures, ...]


def experiment_figures(
    connection: Connection, programme: Programme, period: Period, *, whom: Shown
) -> tuple[ExperimentFigures, ...]:
    """Every experiment of the programme, of mails that left in *period*."""
    return tuple(
        _experiment((campaign.key, track.key, step.key), step.experiment.judge_by, found)
        for campaign in programme.campaigns.values()
        for track in campaign.tracks
        for step in track.walk()
        if step.experiment is not None
        for found in [
            _outcomes(
                connection, (campaign.key, track.key, step.key), tuple(step.experiment.variants), period, whom
            )
        ]
    )


def _outcomes(
    connection: Connection, place: Place, names: tuple[str, ...], period: Period, whom: Shown
) -> dict[str, tuple[int, int, int]]:
    """Mails, opened, clicked, by variant."""
    campaign, track, step = place
    in_it: tuple[ColumnElement[bool], ...] = (
        touch.c.settled_at >= period.since,
        touch.c.settled_at < min(period.until, period.seen_at),
    )
    rows = connection.execute(
        select(
            touch.c.variant,
            func.count(),
            func.count().filter(touch.c.opened_at <= period.seen_at),
            func.count().filter(touch.c.clicked_at <= period.seen_at),
        )
        .where(
            touch.c.campaign == campaign,
            touch.c.track == track,
            touch.c.step == step,
            touch.c.status.in_([each.value for each in LEFT]),
            touch.c.variant.in_(names),
            *in_it,
            of_shown(touch.c.lead_id, whom),
        )
        .group_by(touch.c.variant)
    )
    found = {name: (mails, opened, clicked) for name, mails, opened, clicked in rows}
    return {name: found.get(name, (0, 0, 0)) for name in names}


def _experiment(
    place: Place, judge_by: EventKind, found: Mapping[str, tuple[int, int, int]]
) -> ExperimentFigures:
    by_opens = judge_by is EventKind.MAIL_OPENED
    rates = {
        name: Rate(opened if by_opens else clicked, mails) for name, (mails, opened, clicked) in found.items()
    }
    control = next(iter(rates.values()))
    outcomes = [(each.successes, each.trials) for each in rates.values()]
    best = (
        chances_of_being_best(outcomes)
        if any(each.trials for each in rates.values())
        else [None] * len(rates)
    )
    confidence = 1 - (1 - CONFIDENCE) / max(1, len(rates) - 1)
    variants = tuple(
        VariantFigures(
            name,
            is_control=rate is control,
            opens=Rate(found[name][1], found[name][0]),
            clicks=Rate(found[name][2], found[name][0]),
            compared=Compared(rate, None, None)
            if rate is control
            else Compared(rate, difference(rate, control, confidence), needed(rate, control, confidence)),
            best=chance,
        )
        for (name, rate), chance in zip(rates.items(), best, strict=True)
    )
    return ExperimentFigures(place, EventKind.MAIL_OPENED if by_opens else EventKind.MAIL_CLICKED, variants)
