"""Forms: what they ask exists, what people agree to is said, and they lead somewhere safe."""

import re
from collections.abc import Iterator
from urllib.parse import urlsplit

from nurture.check.sense import suits
from nurture.check.written import Written
from nurture.content.marks import Path
from nurture.content.model import Field, FieldType, Question
from nurture.content.problems import Problem
from nurture.content.scalars import did_you_mean
from nurture.languages.told import told
from nurture.vocabulary.lead import FORM_FIELDS

KEY = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")
TEXT = Field(type=FieldType.TEXT)


def questions_of_forms(written: Written) -> Iterator[Problem]:
    """Every form asks for the address, and only for fields that people may fill in."""
    known = [*FORM_FIELDS, *written.programme.fields]
    for key, form in written.programme.forms.items():
        for question in form.fields:
            if question.field not in known:
                message = told("no form can fill in {field!r}", field=question.field)
                yield written.marks.problem(
                    (*_place(key, question), "field"), message, did_you_mean(question.field, known)
                )
        if not any(question.field == "email" and not question.hidden for question in form.fields):
            message = told(
                "the form {key!r} does not ask for the address: nobody would know whose answers these are",
                key=key,
            )
            yield written.marks.problem(("forms", key, "fields"), message, "add '{field: email}'")


def hidden_values(written: Written) -> Iterator[Problem]:
    """What a form sets without asking has a value of the field's type, and what it asks has none."""
    for key, form in written.programme.forms.items():
        for question in form.fields:
            place = _place(key, question)
            if question.hidden and question.value is None:
                message = told("the hidden field {field!r} sets nothing", field=question.field)
                yield written.marks.problem(place, message, "write 'value:', or remove 'hidden:'")
            elif not question.hidden and question.value is not None:
                message = told("the value of {field!r} is never used: people answer it", field=question.field)
                yield written.marks.problem((*place, "value"), message, "write 'hidden: true', or remove it")
            elif question.value is not None and not suits(
                written.programme.fields.get(question.field, TEXT), question.value
            ):
                message = told(
                    "{value!r} is no value of {field!r}", value=question.value, field=question.field
                )
                yield written.marks.problem((*place, "value"), message, "write one that the field can have")


def agreements_of_forms(written: Written) -> Iterator[Problem]:
    """People agree to topics that exist, in words that they read."""
    topics = written.programme.topics
    for key, form in written.programme.forms.items():
        for topic, agreement in form.topics.items():
            path: Path = ("forms", key, "topics", topic)
            if topic not in topics:
                yield written.marks.problem(
                    path,
                    told("there is no topic {topic!r}", topic=topic),
                    did_you_mean(topic, topics),
                    at_key=True,
                )
            if not agreement.wording.strip():
                message = "an agreement without words proves nothing"
                yield written.marks.problem((*path, "wording"), message, "write what people agree to")
        if form.double_opt_in and not form.topics:
            message = told("the form {key!r} asks for no agreement that could be confirmed", key=key)
            path = ("forms", key, "double_opt_in")
            yield written.marks.problem(path, message, "write 'topics:', or remove it")


def ways_of_forms(written: Written) -> Iterator[Problem]:
    """A form has a key fit for its address, leads on by https, and asks for at least one thing."""
    for key, form in written.programme.forms.items():
        path: Path = ("forms", key)
        if not KEY.fullmatch(key):
            message = told(
                "the form's key {key!r} is part of its address, expected small letters, digits and hyphens",
                key=key,
            )
            yield written.marks.problem(path, message, "write such as 'demo' or 'price-list'", at_key=True)
        if form.redirect is not None and not _is_safe(form.redirect):
            message = told("the form leads on to {redirect!r}, expected https", redirect=form.redirect)
            remedy = "write an address that begins with https://"
            yield written.marks.problem((*path, "redirect"), message, remedy)
        if form.ask is not None and form.ask < 1:
            message = told("the form asks {most} questions at most", most=form.ask)
            yield written.marks.problem((*path, "ask"), message, "write at least 1, or remove it")


def _place(key: str, question: Question) -> Path:
    return ("forms", key, "fields", question.field)


def _is_safe(url: str) -> bool:
    try:
        parts = urlsplit(url)
    except ValueError:
        return False
    return parts.scheme == "https" and bool(parts.hostname)
