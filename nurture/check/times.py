"""Times: zones, days and calendars that exist, opening before closing, plain time where the night counts too."""

from collections.abc import Iterator
from functools import cache
from zoneinfo import available_timezones

import holidays

from nurture.check.written import Written
from nurture.content.marks import Path
from nurture.content.problems import Problem
from nurture.content.scalars import did_you_mean
from nurture.durations import Duration, Unit
from nurture.languages.told import told

DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


@cache
def _zones() -> frozenset[str]:
    """The names of all zones: hundreds of files, looked up once."""
    return frozenset(available_timezones())


def zones(written: Written) -> Iterator[Problem]:
    """Every time zone is one of the IANA's."""
    known = _zones()
    programme = written.programme
    for path, zone in (
        (("time_zone",), programme.time_zone),
        (("sending", "time_zone", "otherwise"), programme.sending.time_zone.otherwise),
    ):
        if zone not in known:
            remedy = did_you_mean(zone, known)
            message = told("there is no time zone {zone!r}", zone=zone)
            yield written.marks.problem(
                path, message, remedy if remedy.startswith("did") else "write such as Europe/Berlin"
            )


def hours(written: Written) -> Iterator[Problem]:
    """Opening days are days of the week, and opening comes before closing."""
    programme = written.programme
    for name, hours in (("business_hours", programme.business_hours), ("sending", programme.sending)):
        if not hours.days:
            yield written.marks.problem((name, "days"), "no day is open", "write such as [mon, tue, wed]")
        for index, day in enumerate(hours.days):
            if day not in DAYS:
                yield written.marks.problem(
                    (name, "days", index), told("there is no day {day!r}", day=day), did_you_mean(day, DAYS)
                )
        opens, closes = hours.between
        if opens >= closes:
            message = told(
                "it opens at {opens:%H:%M} and closes at {closes:%H:%M}", opens=opens, closes=closes
            )
            yield written.marks.problem((name, "between"), message, "write the earlier time first")


def holiday_countries(written: Written) -> Iterator[Problem]:
    """Holidays are those of a country that the calendar knows."""
    known = holidays.list_supported_countries()
    programme = written.programme
    of_hours, of_mail = programme.business_hours.holidays, programme.sending.holidays
    for name, country, word, remedy in (
        ("business_hours", of_hours, None, "write a country code such as DE or null for none"),
        ("sending", of_mail, "lead", "write a country code such as DE or lead or null for none"),
    ):
        if country is not None and country not in known and country != word:
            message = told("no holidays are known for {country!r}", country=country)
            yield written.marks.problem((name, "holidays"), message, remedy)


def plain_durations(written: Written) -> Iterator[Problem]:
    """Business hours are counted for waits, cadences and SLA only; decay and rests run through the night."""
    programme = written.programme
    policy, sending = programme.persona_policy, programme.sending
    implied = sending.implied_consent
    found: list[tuple[Path, Duration | None]] = [
        (("persona_policy", "retry_after"), policy.retry_after),
        (("temperature", "min_dwell"), programme.temperature.min_dwell),
        (("sending", "max_lateness"), sending.max_lateness),
        (("sending", "warm_up", "double_every"), sending.warm_up.double_every if sending.warm_up else None),
        (("sending", "implied_consent", "inquiry"), implied.inquiry if implied else None),
        (("sending", "implied_consent", "customer"), implied.customer if implied else None),
        *(
            (("scoring", "interest", "rules", rule.key, "half_life"), rule.half_life)
            for rule in programme.scoring.interest.rules
        ),
    ]
    for path, duration in found:
        if duration is not None and duration.business:
            yield written.marks.problem(
                path,
                told("'{duration}' counts business time here", duration=duration),
                "write plain time such as '3 days'",
            )
    for file in written.campaigns:
        campaign = file.campaign
        of_campaign: list[tuple[Path, Duration | None]] = [
            (("entry", "again_after"), campaign.entry.again_after),
            (("goal", "within"), campaign.goal.within if campaign.goal else None),
            *(
                (("tracks", track.key, "exhausted", "wait"), track.exhausted.wait)
                for track in campaign.tracks
            ),
        ]
        for path, duration in of_campaign:
            if duration is not None and duration.business:
                yield file.marks.problem(
                    path,
                    told("'{duration}' counts business time here", duration=duration),
                    "write plain time such as '3 days'",
                )


def half_lives(written: Written) -> Iterator[Problem]:
    """Every half-life is longer than nothing."""
    for rule in written.programme.scoring.interest.rules:
        if rule.half_life.amount == 0:
            path: Path = ("scoring", "interest", "rules", rule.key, "half_life")
            yield written.marks.problem(
                path, "points that are worth nothing at once", "write such as '14 days'"
            )


def clocks(written: Written) -> Iterator[Problem]:
    """A warning comes before the breach."""
    for name, sla in written.programme.sla.items():
        warned = sla.warn_after
        if warned is None or warned.business != sla.within.business:
            continue
        # A business day is as long as the opening hours, so only like units compare.
        if warned.unit != sla.within.unit and (
            warned.business and Unit.DAY in (warned.unit, sla.within.unit)
        ):
            continue
        if _length(warned) >= _length(sla.within):
            message = told(
                "the warning comes after {warned}, not before the breach ({within})",
                warned=warned,
                within=sla.within,
            )
            yield written.marks.problem(("sla", name, "warn_after"), message, "warn earlier")


def _length(duration: Duration) -> float:
    plain = Duration(amount=duration.amount, unit=duration.unit)
    return plain.elapsed.total_seconds()
