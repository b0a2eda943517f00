"""Values that contradict each other, or name a zone, a day or a country that there is not."""

from collections.abc import Iterator
from zoneinfo import available_timezones

import holidays

from nurture.check.written import Written, steps
from nurture.content.marks import Path
from nurture.content.model import Field, FieldType
from nurture.content.problems import Problem
from nurture.content.scalars import did_you_mean
from nurture.durations import Duration, Unit
from nurture.vocabulary.lead import BUILT_IN_FIELDS

DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


def bands(written: Written) -> Iterator[Problem]:
    """Hot begins above warm, each is left below where it is entered, all between 0 and 100."""
    policy = written.programme.temperature
    for name, band in (("warm", policy.warm), ("hot", policy.hot)):
        if band.leave >= band.enter:
            message = f"{name} is left at {band.leave}, which is not below where it is entered ({band.enter})"
            yield written.marks.problem(
                ("temperature", name, "leave"), message, "leave some points between the two"
            )
        elif not (band.leave > 0 and band.enter <= 100):
            message = f"{name} lies from {band.leave} to {band.enter}, expected within 1 and 100"
            yield written.marks.problem(("temperature", name), message, "interest scores go from 0 to 100")
    if policy.warm.enter >= policy.hot.enter:
        message = f"warm begins at {policy.warm.enter}, not below hot ({policy.hot.enter})"
        yield written.marks.problem(("temperature", "warm", "enter"), message, "let hot begin above warm")


def zones(written: Written) -> Iterator[Problem]:
    """Every time zone is one of the IANA's."""
    known = available_timezones()
    programme = written.programme
    for path, zone in (
        (("time_zone",), programme.time_zone),
        (("sending", "time_zone", "otherwise"), programme.sending.time_zone.otherwise),
    ):
        if zone not in known:
            remedy = did_you_mean(zone, known)
            message = f"there is no time zone {zone!r}"
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
                    (name, "days", index), f"there is no day {day!r}", did_you_mean(day, DAYS)
                )
        opens, closes = hours.between
        if opens >= closes:
            message = f"it opens at {opens:%H:%M} and closes at {closes:%H:%M}"
            yield written.marks.problem((name, "between"), message, "write the earlier time first")


def holiday_countries(written: Written) -> Iterator[Problem]:
    """Holidays are those of a country that the calendar knows."""
    known = holidays.list_supported_countries()
    programme = written.programme
    for name, country, words in (
        ("business_hours", programme.business_hours.holidays, ()),
        ("sending", programme.sending.holidays, ("lead",)),
    ):
        if country is not None and country not in known and country not in words:
            message = f"no holidays are known for {country!r}"
            remedy = " or ".join(["write a country code such as DE", *words, "null for none"])
            yield written.marks.problem((name, "holidays"), message, remedy)


def fields(written: Written) -> Iterator[Problem]:
    """Declared fields have names of their own; choices have choices, and defaults are of the field's type."""
    for name, field in written.programme.fields.items():
        path: Path = ("fields", name)
        if name in BUILT_IN_FIELDS:
            message = f"the field {name!r} is built in"
            yield written.marks.problem(path, message, "use it as it is, or choose another name", at_key=True)
        if (field.type is FieldType.CHOICE) != bool(field.of):
            message = (
                "a choice has no choices" if not field.of else f"a field of type {field.type} has choices"
            )
            yield written.marks.problem(path, message, "write 'type: choice' together with 'of: [one, two]'")
        elif field.default is not None and not _suits(field, field.default):
            what = f"one of {', '.join(field.of)}" if field.of else f"of type {field.type}"
            message = f"the default {field.default!r} is not {what}"
            yield written.marks.problem((*path, "default"), message, "change the default, or remove it")


def plain_durations(written: Written) -> Iterator[Problem]:
    """Business hours are counted for waits, cadences and SLA only; decay and rests run through the night."""
    programme = written.programme
    policy, sending = programme.persona_policy, programme.sending
    found: list[tuple[Path, Duration | None]] = [
        (("persona_policy", "retry_after"), policy.retry_after),
        (("temperature", "min_dwell"), programme.temperature.min_dwell),
        (("sending", "max_lateness"), sending.max_lateness),
        (("sending", "warm_up", "double_every"), sending.warm_up.double_every if sending.warm_up else None),
        *(
            (("scoring", "interest", "rules", rule.key, "half_life"), rule.half_life)
            for rule in programme.scoring.interest.rules
        ),
    ]
    for path, duration in found:
        if duration is not None and duration.business:
            yield written.marks.problem(
                path, f"'{duration}' counts business time here", "write plain time such as '3 days'"
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
                    path, f"'{duration}' counts business time here", "write plain time such as '3 days'"
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
            message = f"the warning comes after {warned}, not before the breach ({sla.within})"
            yield written.marks.problem(("sla", name, "warn_after"), message, "warn earlier")


def hand_offs(written: Written) -> Iterator[Problem]:
    """A stage that hands leads to sales has reps to hand them to, and every lead finds a route."""
    programme = written.programme
    handing = [stage for stage, policy in programme.stages.items() if policy.hand_off is not None]
    if handing and not programme.routing:
        path: Path = ("stages", handing[0].value, "hand_off")
        yield written.marks.problem(
            path, "leads are handed off and no route says to whom", "write 'routing:' and 'teams:'"
        )
    for index, route in enumerate(programme.routing):
        if route.when is None and index < len(programme.routing) - 1:
            later = programme.routing[index + 1]
            message = f"no lead comes to the route {later.key!r}: {route.key!r} takes all"
            yield written.marks.problem(("routing", later.key), message, "put the route without 'when' last")
            break
    if programme.routing and all(route.when is not None for route in programme.routing):
        path = ("routing", programme.routing[-1].key)
        message = "leads that no route takes are handed to nobody"
        yield written.marks.problem(path, message, "end with a route without 'when'", severity="warning")
    for name, team in programme.teams.items():
        if not team.members:
            yield written.marks.problem(
                ("teams", name), f"the team {name!r} has no members", "write them, or remove it"
            )


def amounts(written: Written) -> Iterator[Problem]:
    """Caps let something through, weights are shares, and a ramp goes up."""
    programme = written.programme
    for index, cap in enumerate(programme.sending.at_most):
        if cap.mails < 1:
            path: Path = ("sending", "at_most", index, "mails")
            yield written.marks.problem(
                path, f"a cap of {cap.mails} mails lets none leave", "write at least 1"
            )
    ramp = programme.sending.warm_up
    if (
        ramp is not None
        and ramp.start.amount / ramp.start.period.total_seconds()
        > ramp.full.amount / ramp.full.period.total_seconds()
    ):
        message = f"the ramp starts at {ramp.start}, above where it ends ({ramp.full})"
        yield written.marks.problem(("sending", "warm_up", "start"), message, "start lower")
    for file in written.campaigns:
        for placed in steps(file):
            experiment = placed.step.experiment
            if experiment is None:
                continue
            if len(experiment.variants) < 2 or any(weight < 1 for weight in experiment.variants.values()):
                message = "an experiment needs two variants or more, each with a weight of at least 1"
                yield placed.problem("experiment", message, "write such as {plain: 50, playful: 50}")
            if placed.step.mail is None:
                yield placed.problem(
                    "experiment", "only mails have variants to compare", "move it to a step with a mail"
                )


def addresses(written: Written) -> Iterator[Problem]:
    """Senders, reps and endpoints can be reached: addresses have a domain, webhooks are https."""
    programme = written.programme
    found: list[tuple[Path, str | None]] = [
        (("sender", "address"), programme.sender.address),
        (("sender", "reply_to"), programme.sender.reply_to),
        *((("sla", name, "escalate_to"), sla.escalate_to) for name, sla in programme.sla.items()),
        *(
            (("teams", name, "members", member.email, "email"), member.email)
            for name, team in programme.teams.items()
            for member in team.members
        ),
    ]
    for path, address in found:
        local, at, domain = (address or "a@b").partition("@")
        if not (local and at and domain) or any(character.isspace() for character in local + domain):
            yield written.marks.problem(path, f"{address!r} is no address", "write such as ada@acme.example")
    for name, url in programme.webhooks.items():
        if not url.startswith("https://"):
            message = f"the webhook {name!r} is called at {url!r}, expected https"
            yield written.marks.problem(
                ("webhooks", name), message, "write an address that begins with https://"
            )


def _suits(field: Field, value: str | float | bool) -> bool:
    match field.type:
        case FieldType.CHOICE:
            return value in field.of
        case FieldType.BOOLEAN:
            return isinstance(value, bool)
        case FieldType.INTEGER:
            return isinstance(value, int) and not isinstance(value, bool)
        case FieldType.NUMBER:
            return isinstance(value, int | float) and not isinstance(value, bool)
        case FieldType.TEXT | FieldType.DATE:
            return isinstance(value, str)


def _length(duration: Duration) -> float:
    plain = Duration(amount=duration.amount, unit=duration.unit)
    return plain.elapsed.total_seconds()
