"""How soon sales turns to the leads that it is given: half and nine of ten of them, kept and late, by rep and by persona.

Leads that nobody has turned to yet count with the time that they have waited: without them the times would be those of the quick.
A lead that is handed back, won or lost without a word counts as waiting until then.
"""

from collections.abc import Callable, Iterable, Sequence
from datetime import datetime, timedelta
from typing import Any

import msgspec
from sqlalchemy import Connection, select

from nurture.insight.periods import Period
from nurture.insight.shown import Shown, of_shown
from nurture.statemachine.merge_stage import MERGED
from nurture.statistics.rates import Rate
from nurture.statistics.survival import Point, Stay, kaplan_meier, quantile, still_after
from nurture.store.records import hand_off, lead_way

MARKS = (
    timedelta(hours=1),
    timedelta(hours=4),
    timedelta(hours=8),
    timedelta(days=1),
    timedelta(days=2),
    timedelta(days=7),
)
"""After how long the picture's table says how many leads had been turned to."""


class Given(msgspec.Struct, frozen=True):
    """One lead that sales was given, as of a moment: how many hours it took until sales turned to it, and until it answered at all.

    is_open  sales has it still.
    """

    rep: str | None
    persona: str | None
    touch: Stay
    answer: Stay
    is_open: bool
    is_late: bool


class Took(msgspec.Struct, frozen=True):
    """By when so many had been turned to: seen, and the bounds of the true time; None where it is not known so far."""

    seen: timedelta | None
    low: timedelta | None
    high: timedelta | None


class ResponseTimes(msgspec.Struct, frozen=True):
    """Of some leads that sales was given.

    waiting  sales has them still and has not turned to them.
    half     by when half of them were turned to; *most*: nine of ten; *answer* by when half had any answer.
    kept     answered, and no agreed time had passed; *late*: an agreed time has passed. The others are still in time.
    curve    the share that is not turned to yet, by hours.
    """

    given: int
    waiting: int
    touched: int
    kept: int
    late: int
    half: Took
    most: Took
    answer: Took
    curve: tuple[Point, ...]

    @property
    def lateness(self) -> Rate:
        """Late ones, of those of which it is settled."""
        return Rate(self.late, self.late + self.kept)

    def turned_to(self, after: timedelta) -> float:
        """The share that was turned to within *after*."""
        return 1 - still_after(self.curve, after / timedelta(hours=1))


class Responses(msgspec.Struct, frozen=True):
    """All of them, and by rep and persona, most leads first."""

    whole: ResponseTimes
    by_rep: tuple[tuple[str | None, ResponseTimes], ...]
    by_persona: tuple[tuple[str | None, ResponseTimes], ...]


def sales_response(connection: Connection, period: Period, *, whom: Shown) -> Responses:
    """Of the leads that sales was given in *period*, as it stood when that is seen."""
    given = tuple(_given(connection, period, whom))
    return Responses(
        whole=response(given),
        by_rep=_by(given, lambda each: each.rep),
        by_persona=_by(given, lambda each: each.persona),
    )


def response(given: Sequence[Given]) -> ResponseTimes:
    """What can be said of *given*."""
    curve = kaplan_meier(each.touch for each in given)
    answers = kaplan_meier(each.answer for each in given)
    return ResponseTimes(
        given=len(given),
        waiting=sum(each.is_open and not each.touch.ended for each in given),
        touched=sum(each.touch.ended for each in given),
        kept=sum(each.answer.ended and not each.is_late for each in given),
        late=sum(each.is_late for each in given),
        half=_took(curve, 0.5),
        most=_took(curve, 0.9),
        answer=_took(answers, 0.5),
        curve=tuple(curve),
    )


def _by(
    given: Sequence[Given], key: Callable[[Given], str | None]
) -> tuple[tuple[str | None, ResponseTimes], ...]:
    groups: dict[str | None, list[Given]] = {}
    for each in given:
        groups.setdefault(key(each), []).append(each)
    ranked = sorted(groups.items(), key=lambda each: (each[0] is None, -len(each[1]), each[0] or ""))
    return tuple((name, response(those)) for name, those in ranked)


def _stay(made_at: datetime, ended_at: datetime | None, until: datetime) -> Stay:
    """How long it took, or has been waiting."""
    return Stay(max(0.0, ((ended_at or until) - made_at).total_seconds() / 3600), ended_at is not None)


def _took(curve: Sequence[Point], share: float) -> Took:
    return Took(*(None if each is None else timedelta(hours=each) for each in quantile(curve, share)))


def _given(connection: Connection, period: Period, whom: Shown) -> Iterable[Given]:
    of, seen_at = hand_off.c, period.seen_at
    rows: Sequence[Any] = connection.execute(
        select(
            of.rep, lead_way.c.persona, of.made_at, of.touched_at, of.accepted_at, of.closed_at, of.breached_at, of.reason,
        )
        .outerjoin(lead_way, lead_way.c.lead_id == of.lead_id)
        .where(
            of.made_at >= period.since, of.made_at < min(period.until, seen_at), of_shown(of.lead_id, whom),
        )
    ).all()  # fmt: skip

    for rep, persona, made_at, touched_at, accepted_at, closed_at, breached_at, reason in rows:
        if reason == MERGED:
            continue
        touched, closed = _by_then(touched_at, seen_at), _by_then(closed_at, seen_at)
        handed_back = closed if reason is not None else None
        answers = [at for at in (touched, _by_then(accepted_at, seen_at), handed_back) if at is not None]
        until = closed or seen_at
        yield Given(
            rep,
            persona,
            touch=_stay(made_at, touched, until),
            answer=_stay(made_at, min(answers, default=None), until),
            is_open=closed is None,
            is_late=_by_then(breached_at, seen_at) is not None,
        )


def _by_then(at: datetime | None, seen_at: datetime) -> datetime | None:
    return at if at is not None and at <= seen_at else None
