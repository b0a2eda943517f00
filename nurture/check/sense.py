"""Values that contradict each other."""

from collections.abc import Iterator

from nurture.check.written import Written, steps
from nurture.content.marks import Path
from nurture.content.model import Field, FieldType
from nurture.content.problems import Problem
from nurture.durations import Unit
from nurture.languages.told import told
from nurture.vocabulary.lead import BUILT_IN_FIELDS


def bands(written: Written) -> Iterator[Problem]:
    """Hot begins above warm, each is left below where it is entered, all between 0 and 100."""
    policy = written.programme.temperature
    for name, band in (("warm", policy.warm), ("hot", policy.hot)):
        if band.leave >= band.enter:
            message = told(
                "{name} is left at {leave}, which is not below where it is entered ({enter})",
                name=name,
                leave=band.leave,
                enter=band.enter,
            )
            yield written.marks.problem(
                ("temperature", name, "leave"), message, "leave some points between the two"
            )
        elif not (band.leave > 0 and band.enter <= 100):
            message = told(
                "{name} lies from {leave} to {enter}, expected within 1 and 100",
                name=name,
                leave=band.leave,
                enter=band.enter,
            )
            yield written.marks.problem(("temperature", name), message, "interest scores go from 0 to 100")
    if policy.warm.enter >= policy.hot.enter:
        message = told(
            "warm begins at {enter}, not below hot ({enter2})",
            enter=policy.warm.enter,
            enter2=policy.hot.enter,
        )
        yield written.marks.problem(("temperature", "warm", "enter"), message, "let hot begin above warm")


def fields(written: Written) -> Iterator[Problem]:
    """Declared fields have names of their own; choices have choices, and defaults are of the field's type."""
    for name, field in written.programme.fields.items():
        path: Path = ("fields", name)
        if name in BUILT_IN_FIELDS:
            message = told("the field {name!r} is built in", name=name)
            yield written.marks.problem(path, message, "use it as it is, or choose another name", at_key=True)
        if (field.type is FieldType.CHOICE) != bool(field.of):
            message = (
                "a choice has no choices"
                if not field.of
                else told("a field of type {type} has choices", type=field.type)
            )
            yield written.marks.problem(path, message, "write 'type: choice' together with 'of: [one, two]'")
        elif field.default is not None and not suits(field, field.default):
            what = (
                told("one of {choices}", choices=", ".join(field.of))
                if field.of
                else told("of type {type}", type=field.type)
            )
            message = told("the default {default!r} is not {what}", default=field.default, what=what)
            yield written.marks.problem((*path, "default"), message, "change the default, or remove it")


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
            message = told(
                "no lead comes to the route {key!r}: {key2!r} takes all", key=later.key, key2=route.key
            )
            yield written.marks.problem(("routing", later.key), message, "put the route without 'when' last")
            break
    if programme.routing and all(route.when is not None for route in programme.routing):
        path = ("routing", programme.routing[-1].key)
        message = "leads that no route takes are handed to nobody"
        yield written.marks.problem(path, message, "end with a route without 'when'", severity="warning")
    for name, team in programme.teams.items():
        if not team.members:
            yield written.marks.problem(
                ("teams", name),
                told("the team {name!r} has no members", name=name),
                "write them, or remove it",
            )


def amounts(written: Written) -> Iterator[Problem]:
    """Caps let something through, and weights are shares."""
    programme = written.programme
    for index, cap in enumerate(programme.sending.at_most):
        if cap.mails < 1:
            path: Path = ("sending", "at_most", index, "mails")
            yield written.marks.problem(
                path, told("a cap of {mails} mails lets none leave", mails=cap.mails), "write at least 1"
            )
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


def ramp(written: Written) -> Iterator[Problem]:
    """A warm-up counts mails a day, from one at least, and goes up."""
    policy = written.programme.sending.warm_up
    if policy is None:
        return
    start, full, path = policy.start, policy.full, ("sending", "warm_up", "start")
    for name, rate in (("start", start), ("full", full)):
        if rate.per is not Unit.DAY:
            message = told("the ramp counts mails a day, and this is {rate}", rate=rate)
            yield written.marks.problem(("sending", "warm_up", name), message, "write such as 200 per day")
    if start.per is full.per and start.amount > full.amount:
        message = told("the ramp starts at {start}, above where it ends ({full})", start=start, full=full)
        yield written.marks.problem(path, message, "start lower")
    if not start.amount:
        message = "the ramp starts at no mail at all, of which twice as many is none"
        yield written.marks.problem(path, message, "write at least 1 per day")
    if not policy.double_every.amount:
        message = told(
            "the ramp doubles every {double_every}, which no day is long enough for",
            double_every=policy.double_every,
        )
        yield written.marks.problem(
            ("sending", "warm_up", "double_every"), message, "write such as 2 days, or remove warm_up"
        )


def addresses(written: Written) -> Iterator[Problem]:
    """Senders, reps and endpoints can be reached: addresses have a domain, webhooks are https."""
    programme = written.programme
    found: list[tuple[Path, str | None]] = [
        (("sender", "address"), programme.sender.address),
        (("sender", "reply_to"), programme.sender.reply_to),
        *((("forms", name, "notify"), form.notify) for name, form in programme.forms.items()),
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
            yield written.marks.problem(
                path, told("{address!r} is no address", address=address), "write such as ada@acme.example"
            )
    for name, url in programme.webhooks.items():
        if not url.startswith("https://"):
            message = told("the webhook {name!r} is called at {url!r}, expected https", name=name, url=url)
            yield written.marks.problem(
                ("webhooks", name), message, "write an address that begins with https://"
            )


def suits(field: Field, value: str | float | bool) -> bool:
    """Whether a field can have this value."""
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
