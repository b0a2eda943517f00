"""Experiments that learn: what each variant brought is counted once a day, and decides from then on how often it is given.

    mails sent, human acts  ->  one event a day and experiment  ->  weights_at  ->  the programme that decides

An event counts for what is decided after its moment, so that whatever was decided can be decided again from the store.
"""

from collections import Counter
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime

from msgspec.structs import replace
from sqlalchemy import Connection, and_, bindparam, delete, func, select, text, true

from nurture.content.model import Experiment, Programme
from nurture.statistics.bandit import weights
from nurture.store import records as table
from nurture.store.mapping import Fetched, event_of, event_row
from nurture.store.statements import insert_if_new
from nurture.vocabulary.event import HUMAN, Event
from nurture.vocabulary.words import EventKind, TouchStatus

SOURCE = "experiment"
"""Of the events written here. Their source ids begin with the day: the newest are found by the index that keeps them unique."""
DAY = len("2026-03-02")
_BEFORE = and_(table.event.c.source == SOURCE, table.event.c.occurred_at < bindparam("moment"))
_NEWEST_DAY = (
    select(func.substr(table.event.c.source_id, 1, DAY))
    .where(_BEFORE)
    .order_by(table.event.c.source_id.desc())
    .limit(1)
    .scalar_subquery()
)
WEIGHINGS = select(table.event).where(_BEFORE, table.event.c.source_id >= _NEWEST_DAY)
TRIED = (TouchStatus.SENT.value, TouchStatus.UNKNOWN.value)
"""A mail that may have arrived is a trial; one that bounced is none."""


def due_weighings(connection: Connection, programme: Programme, now: datetime) -> list[Event]:
    """What the learning experiments of *programme* have learned so far: one event for each that *now*'s UTC day has not yet.

    It only reads, for it may take seconds. An experiment none of whose mails has left has none: its written weights hold.
    """
    experiments = learning(programme)
    if not experiments:
        return []
    day = now.astimezone(UTC).date().isoformat()
    today = select(table.event.c.source_id).where(
        table.event.c.source == SOURCE, table.event.c.source_id >= day
    )
    weighed = set(connection.execute(today).scalars())
    due = {key: each for key, each in experiments.items() if f"{day} {key}" not in weighed}
    outcomes = {key: outcomes_of(connection, key, experiment) for key, experiment in due.items()}
    return [
        _weighed(key, found, f"{day} {key}", now)
        for key, found in outcomes.items()
        if any(trials for _, trials in found.values())
    ]


def reweigh(connection: Connection, weighings: Iterable[Event], now: datetime) -> None:
    """Let *weighings* hold for what is decided after *now*; those of a day that has one already change nothing.

    For the one who may absorb, at a moment read since: nothing may be decided at an earlier moment any more.
    """
    held = [replace(each, occurred_at=now, received_at=now) for each in weighings]
    insert_if_new(connection, table.event, [{**event_row(each), "absorbed_at": now} for each in held])


def weights_at(connection: Connection, moment: datetime) -> dict[str, dict[str, float]]:
    """The weights that hold for what is decided at *moment*, by 'campaign/step' and variant: those of the last day before it."""
    events = [event_of(row) for row in connection.execute(WEIGHINGS, {"moment": moment})]
    return {f"{each.text('campaign')}/{each.text('step')}": _shares(each) for each in events}


def forget_weights(connection: Connection) -> None:
    """Let experiments begin anew, where there is no lead left from whom they have learned."""
    connection.execute(delete(table.event).where(table.event.c.source == SOURCE))


def learning(programme: Programme) -> dict[str, Experiment]:
    """The experiments that learn, by 'campaign/step': one for steps of one key, which share their variants."""
    found: dict[str, Experiment] = {}
    for campaign in programme.campaigns.values():
        for track in campaign.tracks:
            for step in track.walk():
                if step.experiment is not None and step.experiment.method == "thompson":
                    found.setdefault(f"{campaign.key}/{step.key}", step.experiment)
    return found


def outcomes_of(connection: Connection, key: str, experiment: Experiment) -> dict[str, tuple[int, int]]:
    """How many mails of each variant brought the act that counts, and how many were sent: to sample leads while there are no others.

    key  of the experiment, 'campaign/step'.
    """
    campaign, _, step = key.partition("/")
    real = connection.execute(select(table.lead.c.id).where(text("NOT lead.sample")).limit(1)).first()
    tried = and_(
        table.touch.c.lead_id.not_in(select(table.lead.c.id).where(text("lead.sample"))) if real else true(),
        table.touch.c.campaign == campaign,
        table.touch.c.step == step,
        table.touch.c.variant.in_(tuple(experiment.variants)),
        table.touch.c.status.in_(TRIED),
    )
    sent = connection.execute(
        select(table.touch.c.variant, func.count().label("mails"))
        .where(tried)
        .group_by(table.touch.c.variant)
    )
    happened = select(
        table.touch.c.id.label("touch_id"),
        table.touch.c.variant,
        table.touch.c.settled_at,
        table.event,
        table.verdict.c.humanity,
    ).where(tried, table.event.c.kind == experiment.judge_by.value)
    came, own = table.rerouted.c, table.event.c.lead_id == table.touch.c.lead_id
    acts = [
        row
        for among in (
            table.touch.join(table.event, own),
            # What came for a lead after it was merged is told of the survivor.
            table.touch.join(table.rerouted, came.lead_id == table.touch.c.lead_id).join(
                table.event, table.event.c.id == came.event_id
            ),
        )
        for row in connection.execute(
            happened.select_from(among.outerjoin(table.verdict, table.verdict.c.event_id == table.event.c.id))
        )
    ]
    brought = Counter(variant for _, variant in {(row.touch_id, row.variant) for row in acts if _counts(row)})
    trials = {row.variant: int(row.mails) for row in sent}
    return {variant: (brought[variant], trials.get(variant, 0)) for variant in experiment.variants}


def _counts(row: Fetched) -> bool:
    """Whether a person did it because of this mail: by its own link or pixel; a visit or form without, after it had left."""
    event = event_of(row)
    touch = event.number("touch")
    if not (event.by_person if row.humanity is None else row.humanity >= HUMAN):
        return False
    return touch == row.touch_id if touch is not None else bool(event.occurred_at >= row.settled_at)


def _weighed(key: str, outcomes: Mapping[str, tuple[int, int]], source_id: str, now: datetime) -> Event:
    campaign, _, step = key.partition("/")
    return Event(
        lead_id=0,
        kind=EventKind.EXPERIMENT_WEIGHTED,
        occurred_at=now,
        received_at=now,
        source=SOURCE,
        source_id=source_id,
        properties={
            "campaign": campaign,
            "step": step,
            "weights": weights(outcomes),
            "successes": {variant: successes for variant, (successes, _) in outcomes.items()},
            "trials": {variant: trials for variant, (_, trials) in outcomes.items()},
        },
    )


def _shares(event: Event) -> dict[str, float]:
    return {variant: share for variant, share in event.table("weights").items() if isinstance(share, float)}
