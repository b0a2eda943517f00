"""Conditions: they can be read, name only what exists, compare like with like, and can be timed."""

from collections.abc import Iterator

from jinja2.exceptions import TemplateError

from nurture.check.written import Asked, Written, conditions, steps
from nurture.content.asked import INTEREST, Call, Literal
from nurture.content.asked import Asked as Contents
from nurture.content.conditions import ConditionError, compile_condition
from nurture.content.model import Field, FieldType, Programme
from nurture.content.problems import Problem
from nurture.content.sandbox import Sandbox
from nurture.content.scalars import did_you_mean
from nurture.languages.told import told
from nurture.vocabulary.lead import BUILT_IN_FIELDS
from nurture.vocabulary.words import ENGAGEMENTS, Grade, Stage, Temperature

EXAMPLE = "{{ lead.company|default('the company', true) }}"
NUMBERS = frozenset(("fit_score", INTEREST, "completeness"))


def readable(written: Written) -> Iterator[Problem]:
    """Every condition can be read."""
    for asked in conditions(written):
        try:
            compile_condition(asked.expression.source)
        except ConditionError as error:
            yield asked.problem(error.message, error.remedy, error.subject)


def declared_names(written: Written) -> Iterator[Problem]:
    """Conditions name only what there is at their place."""
    for asked, contents in _readable(written):
        for name in sorted(contents.names - asked.names):
            remedy = did_you_mean(name, asked.names)
            yield asked.problem(told("there is no {name!r} in this condition", name=name), remedy, name)


def declared_fields(written: Written) -> Iterator[Problem]:
    """Every field of a lead that a condition asks for is built in or declared."""
    known = {*BUILT_IN_FIELDS, *written.programme.fields}
    for asked, contents in _readable(written):
        for field in sorted(contents.lead_fields - known):
            word = f"lead.{field}"
            yield asked.problem(
                told("the lead has no field {field!r}", field=field), did_you_mean(field, known), word
            )


def possible_values(written: Written) -> Iterator[Problem]:
    """A field is compared only with values that it can have."""
    for asked, contents in _readable(written):
        if ("lead", "tags") in contents.singles:
            message = "a lead has several tags, and this compares them with one value"
            yield asked.problem(message, "write such as 'vip' in lead.tags", "lead.tags")
        for literal in contents.literals:
            if literal.owner == "lead" and (wrong := _impossible(written.programme, literal)) is not None:
                yield asked.problem(*wrong, str(literal.value))


def known_acts(written: Written) -> Iterator[Problem]:
    """Clicked and opened name a mail and a link that exist, days_since a human act."""
    for asked, contents in _readable(written):
        for call in contents.calls:
            yield from _act(written, asked, call)


def known_links(written: Written) -> Iterator[Problem]:
    """event.link and event.mail are compared only with links and mails that exist."""
    links = {
        name
        for family in written.catalog.mails.values()
        for v in family.variants
        for name in v.mail.front.links
    }
    mails = {name for full in written.catalog.mails for name in (full, full.rpartition("/")[2])}
    for asked, contents in _readable(written):
        for literal in contents.literals:
            known = {"link": links, "mail": mails}.get(literal.field) if literal.owner == "event" else None
            if known is not None and literal.value not in known:
                message = (
                    told("no mail has the {field} {value!r}", field=literal.field, value=literal.value)
                    if known is links
                    else told("there is no mail {value!r}", value=literal.value)
                )
                yield asked.problem(message, did_you_mean(str(literal.value), known), str(literal.value))


def timed_interest(written: Written) -> Iterator[Problem]:
    """The moment at which decay changes a condition can be computed."""
    for asked, contents in _readable(written):
        if contents.interest_inexact:
            message = (
                "the interest score falls with time, and here nobody can compute when that changes the answer"
            )
            yield asked.problem(message, "compare lead.interest_score with a number", f"lead.{INTEREST}")


def readable_notes(written: Written) -> Iterator[Problem]:
    """The note of every task is a template that can be read."""
    sandbox = Sandbox()
    for file in written.campaigns:
        for placed in steps(file):
            try:
                sandbox.from_string(placed.step.note or "")
            except (TemplateError, ValueError, RecursionError, SyntaxError) as error:
                remedy = told("write text, with {example} where a value goes", example=EXAMPLE)
                yield placed.problem(
                    "note",
                    told(
                        "the note cannot be read: {error}",
                        error=str(getattr(error, "message", error)).rstrip("."),
                    ),
                    remedy,
                )


def _readable(written: Written) -> Iterator[tuple[Asked, Contents]]:
    for asked in conditions(written):
        try:
            yield asked, compile_condition(asked.expression.source).asked
        except ConditionError:
            continue


def _impossible(programme: Programme, literal: Literal) -> tuple[str, str] | None:
    """What is wrong with comparing this field with this value, and the remedy."""
    closed = {
        "stage": [stage.value for stage in Stage],
        "temperature": [temperature.value for temperature in Temperature],
        "grade": [grade.value for grade in Grade],
        "persona": [persona.key for persona in programme.personas],
    }
    field = programme.fields.get(literal.field)
    choices = closed.get(literal.field) or (
        field.of if field is not None and field.type is FieldType.CHOICE else None
    )
    if choices:
        if literal.value in choices:
            return None
        return told("{field} is never {value!r}", field=literal.field, value=literal.value), did_you_mean(
            str(literal.value), choices
        )
    wanted = _kind_of(literal.field, field)
    found = _kind_of_value(literal.value)
    if wanted is None or wanted == found:
        return None
    return told(
        "{field} is {wanted} and {value!r} is {found}",
        field=literal.field,
        wanted=wanted,
        value=literal.value,
        found=found,
    ), told("compare it with {wanted}", wanted=wanted)


def _kind_of(name: str, field: Field | None) -> str | None:
    if field is None:
        return "a number" if name in NUMBERS else "text" if name in BUILT_IN_FIELDS else None
    match field.type:
        case FieldType.INTEGER | FieldType.NUMBER:
            return "a number"
        case FieldType.BOOLEAN:
            return "true or false"
        case _:
            return "text"


def _kind_of_value(value: str | float | bool) -> str:
    if isinstance(value, bool):
        return "true or false"
    return "text" if isinstance(value, str) else "a number"


def _act(written: Written, asked: Asked, call: Call) -> Iterator[Problem]:
    if not call.arguments:
        return
    name = call.arguments[0]
    if call.function == "days_since":
        acts = [kind.value for kind in ENGAGEMENTS]
        if name not in acts:
            yield asked.problem(
                told("{name!r} is no act of a lead", name=name), did_you_mean(name, acts), name
            )
    if call.function not in ("clicked", "opened"):
        return
    families = {
        full: family
        for full, family in written.catalog.mails.items()
        if name in (full, full.rpartition("/")[2])
    }
    if not families:
        known = [
            full if asked.campaign is None else full.removeprefix(f"{asked.campaign.key}/")
            for full in written.catalog.mails
        ]
        yield asked.problem(told("there is no mail {name!r}", name=name), did_you_mean(name, known), name)
        return
    links = {link for family in families.values() for v in family.variants for link in v.mail.front.links}
    if call.link is not None and call.link not in links:
        message = told("the mail {name!r} has no link {link!r}", name=name, link=call.link)
        yield asked.problem(message, did_you_mean(call.link, links), call.link)
