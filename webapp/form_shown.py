"""A form as its page draws it: each question with its input, what was typed before, and what was wrong with it."""

from collections.abc import Mapping, Sequence

import msgspec

from nurture.content.model import Programme, Question
from nurture.engine.form_answers import TEXT_MAX, Wrong, kind_of
from nurture.languages.said import plain
from webapp.form_words import FormWords

INPUTS = {"email": "email", "date": "date"}
"""The type of an input, where it is not text: a number field would hide what people typed wrong."""
KEYBOARDS = {"integer": "numeric", "number": "decimal", "email": "email"}
AUTOCOMPLETE = {
    "email": "email",
    "first_name": "given-name",
    "last_name": "family-name",
    "company": "organization",
    "country": "country-name",
    "language": "language",
    "job_title": "organization-title",
    "phone": "tel",
    "city": "address-level2",
}
"""What browsers know of people (WCAG 2.2, 1.3.5), by the field's name."""


class Shown(msgspec.Struct, frozen=True):
    """One question.

    kind   integer, number, choice, boolean, date, text, or a built-in field's name.
    value  what was typed before, by whoever types now; never what we know.
    wrong  what to mend, in words; "" for nothing.
    """

    name: str
    label: str
    help: str
    required: bool
    kind: str
    type: str
    keyboard: str
    autocomplete: str
    choices: tuple[tuple[str, str], ...]
    value: str
    wrong: str
    length_max: int = TEXT_MAX


def shown(
    programme: Programme,
    asked: Sequence[Question],
    words: FormWords,
    *,
    given: Mapping[str, str],
    wrong: Mapping[str, Wrong],
) -> tuple[Shown, ...]:
    """What the page draws of the questions that are *asked*."""
    return tuple(_shown(programme, each, words, given, wrong) for each in asked)


def label_of(question: Question, words: FormWords) -> str:
    return question.label or words.fields.get(question.field) or plain(question.field).capitalize()


def _shown(
    programme: Programme,
    question: Question,
    words: FormWords,
    given: Mapping[str, str],
    wrong: Mapping[str, Wrong],
) -> Shown:
    name = question.field
    kind = kind_of(programme, question)
    field = programme.fields.get(name)
    return Shown(
        name=name,
        label=label_of(question, words),
        help=question.help or "",
        required=question.required or name == "email",
        kind=kind,
        type=INPUTS.get(kind, "tel" if name == "phone" else "text"),
        keyboard=KEYBOARDS.get(kind, ""),
        autocomplete=AUTOCOMPLETE.get(name, "off"),
        choices=tuple((each, plain(each).capitalize()) for each in field.of) if field else (),
        value=given.get(name, ""),
        wrong=words.of(wrong[name], kind) if name in wrong else "",
    )
