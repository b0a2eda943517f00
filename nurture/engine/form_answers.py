"""What a form asks of whom, and what the answers say: values in, values out."""

from collections.abc import Collection, Mapping, Sequence
from enum import StrEnum

import msgspec

from nurture.capture.columns import Column, Target
from nurture.capture.values import BadValue, Cleaner
from nurture.content.model import FieldType, Form, Programme, Question
from nurture.vocabulary.lead import FieldValue, Lead, known

ADDRESS = "email"
TEXT_MAX = 500
"""Characters of one answer: longer is no field but a letter."""


class Wrong(StrEnum):
    """Why an answer cannot be taken."""

    MISSING = "missing"
    TOO_LONG = "too long"
    UNREADABLE = "unreadable"


class Answers(msgspec.Struct, frozen=True):
    """What was filled in.

    fields   cleaned values, hidden ones included.
    agreed   the wording of every topic that was agreed to.
    refused  topics whose box was shown and left empty.
    wrong    by field; while there are any, nothing is taken.
    """

    fields: Mapping[str, FieldValue]
    agreed: Mapping[str, str]
    refused: tuple[str, ...]
    wrong: Mapping[str, Wrong]


def questions(form: Form, lead: Lead | None, *, proven: bool) -> tuple[Question, ...]:
    """What is asked of *lead*, or of somebody unknown: the address, and at most ``form.ask`` of what is not known yet.

    proven  whether the lead came by a link in a mail of ours: then its address is not asked for either.
    """
    shown = [each for each in form.fields if not each.hidden]
    unknown = [
        each for each in shown if each.field != ADDRESS and not (lead is not None and known(lead, each.field))
    ]
    asked = {each.field for each in unknown[: form.ask]}
    if not proven:
        asked.add(ADDRESS)
    return tuple(each for each in shown if each.field in asked)


def read_answers(
    programme: Programme,
    form: Form,
    asked: Sequence[Question],
    given: Mapping[str, str],
    *,
    ticked: Collection[str],
) -> Answers:
    """The answers to what was *asked*; whatever else was sent is not looked at.

    given   text by field.
    ticked  topics whose box was ticked.
    """
    fields: dict[str, FieldValue] = {}
    wrong: dict[str, Wrong] = {}
    for question in asked:
        value = _read(programme, form, question, given.get(question.field, ""))
        if isinstance(value, Wrong):
            wrong[question.field] = value
        elif value is not None:
            fields[question.field] = value
        elif question.required or question.field == ADDRESS:
            wrong[question.field] = Wrong.MISSING
    hidden = {each.field: each.value for each in form.fields if each.hidden and each.value is not None}
    agreed = {
        topic: agreement.wording
        for topic, agreement in form.topics.items()
        if agreement.by == "sending" or topic in ticked
    }
    refused = tuple(topic for topic in form.topics if topic not in agreed)
    return Answers({**fields, **hidden}, agreed, refused, wrong)


def kind_of(programme: Programme, question: Question) -> str:
    """What an answer is: a type of field, or the name of a built-in field that has a form of its own."""
    field = programme.fields.get(question.field)
    if field is not None:
        return field.type.value
    return question.field if question.field in OF_THEIR_OWN else FieldType.TEXT.value


OF_THEIR_OWN = (ADDRESS, "country", "language", "time_zone")


def _read(programme: Programme, form: Form, question: Question, text: str) -> FieldValue | Wrong | None:
    if len(text) > TEXT_MAX:
        return Wrong.TOO_LONG
    bad: list[BadValue] = []
    value = Cleaner(_column(programme, form, question), bad)[text]
    if bad:
        return Wrong.UNREADABLE
    assert value is None or isinstance(value, str | int | float | bool), "fields are plain values"
    return value


def _column(programme: Programme, form: Form, question: Question) -> Column:
    field = programme.fields.get(question.field)
    if field is None:
        return Column(column=question.field, target=Target.IDENTITY, key=question.field)
    return Column(
        column=question.field,
        target=Target.FIELD,
        key=question.field,
        type=field.type.value,
        choices=field.of,
        comma=form.language == "de",
    )
