"""Which days a report is asked for, as its address says it: ``days=30``, or ``from=2026-10-01&to=2026-10-31``; ``compare=1`` beside."""

from collections.abc import Mapping
from datetime import date, datetime

import msgspec
from flask import g
from flask_babel import gettext  # type: ignore[import-untyped]

from nurture.insight.periods import USUAL, Period, from_to, last_days
from webapp.moments import date_in
from webapp.zones import programme_zone

OTHERWISE_DAYS = 30


class Asked(msgspec.Struct, frozen=True):
    """What the address asks for.

    days     the length that was chosen; None for days of one's own.
    compare  whether the period before stands beside it.
    problem  what is wrong with the days, in words; "" for nothing: the usual ones are shown then.
    others   whatever else the address says, which links to other days keep.
    """

    period: Period
    days: int | None
    compare: bool
    problem: str
    others: Mapping[str, str]

    @property
    def of_days(self) -> dict[str, str]:
        """What of the address says which days."""
        if self.days is None:
            return {"from": self.period.first.isoformat(), "to": self.period.last.isoformat()}
        return {} if self.days == OTHERWISE_DAYS else {"days": str(self.days)}

    def query(
        self, *, days: int | None = None, compare: bool | None = None, **others: str | None
    ) -> dict[str, str]:
        """The address with this changed, for ``url_for``; None takes a word of the others out."""
        of_days = self.of_days if days is None else {} if days == OTHERWISE_DAYS else {"days": str(days)}
        beside = {"compare": "1"} if (self.compare if compare is None else compare) else {}
        kept = {name: value for name, value in {**self.others, **others}.items() if value}
        return {**of_days, **beside, **kept}


def asked(said: Mapping[str, str], *names: str) -> Asked:
    """What the address *said* asks for; *names* are its other words that this page knows."""
    others = {name: said[name] for name in names if said.get(name)}
    compare = said.get("compare") == "1"
    usual: Period = last_days(OTHERWISE_DAYS, now=g.now, zone=zone())
    if said.get("from") or said.get("to"):
        period, problem = own_days(said.get("from", ""), said.get("to", ""), g.now)
        return Asked(period or usual, OTHERWISE_DAYS if period is None else None, compare, problem, others)
    days = next((each for each in USUAL if said.get("days") == str(each)), OTHERWISE_DAYS)
    return Asked(last_days(days, now=g.now, zone=zone()), days, compare, "", others)


def own_days(first: str, last: str, now: datetime) -> tuple[Period | None, str]:
    """The days from *first* to *last*, the last of which is today where it is not said; or what is wrong with them."""
    try:
        since = date.fromisoformat(first)
        until = date.fromisoformat(last) if last else date_in(programme_zone())
    except ValueError:
        return None, gettext(
            "Write both days as a calendar does, such as 2026-10-01; the last 30 days are shown."
        )
    period = from_to(since, until, now=now, zone=zone())
    if period is None:
        return None, gettext(
            "The first day must come before the last, not after today, and no more than ten years before; the last 30 days are shown."
        )
    return period, ""


def zone() -> str:
    """The programme's clock, by name."""
    return programme_zone().key
