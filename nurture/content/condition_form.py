"""Conditions as a form asks for them: a few plain questions, all or any of which must hold. Other expressions stay as written.

clicked('deep-dive', link='docs') and lead.company_size >= 200
->  all of: clicked the mail deep-dive, docs; the lead's company_size is at least 200
"""

import re
from collections.abc import Sequence
from enum import StrEnum
from typing import Literal

import msgspec


class Question(StrEnum):
    """What a line of the form asks, in its words."""

    CLICKED = "clicked the mail"
    NOT_CLICKED = "did not click the mail"
    OPENED = "opened the mail"
    NOT_OPENED = "did not open the mail"
    VISITED = "visited the page"
    SUBMITTED = "filled in the form"
    IS = "has the field equal to"
    IS_NOT = "has the field other than"
    AT_LEAST = "has the field at least"
    AT_MOST = "has the field at most"


class Asked(msgspec.Struct, frozen=True):
    """One line: what is asked, about which mail, page, form or field, and its link or value ("" for none)."""

    question: Question
    about: str
    value: str = ""


class Asking(msgspec.Struct, frozen=True):
    """The lines of a form, and whether all must hold or any."""

    asked: tuple[Asked, ...]
    of: Literal["all", "any"] = "all"


ACTS = {
    Question.CLICKED: "clicked",
    Question.NOT_CLICKED: "not clicked",
    Question.OPENED: "opened",
    Question.NOT_OPENED: "not opened",
    Question.VISITED: "visited",
    Question.SUBMITTED: "submitted",
}
COMPARED = {
    Question.IS: "==",
    Question.IS_NOT: "!=",
    Question.AT_LEAST: ">=",
    Question.AT_MOST: "<=",
}
ACT = re.compile(r"(not )?(clicked|opened|visited|submitted)\('([^'\\]+)'(?:, link='([^'\\]+)')?\)")
COMPARISON = re.compile(r"lead\.([a-z_]+) (==|!=|>=|<=) (?:'([^'\\]*)'|(-?\d+(?:\.\d+)?))")
NUMBER = re.compile(r"-?\d+(\.\d+)?")
JOINTS: dict[Literal["all", "any"], str] = {"all": " and ", "any": " or "}


def expression_of(asking: Asking) -> str:
    """The expression that asks this; "" where nothing is asked."""
    return JOINTS[asking.of].join(_written(each) for each in asking.asked)


def asking_of(expression: str) -> Asking | None:
    """What a form would show for *expression*; None where it says more than a form can."""
    if not expression:
        return Asking(())
    for of, joint in JOINTS.items():
        read = [_read(term) for term in expression.split(joint)]
        asked = tuple(each for each in read if each is not None)
        if len(asked) == len(read) and expression_of(Asking(asked, of)) == expression:
            return Asking(asked, of if len(asked) > 1 else "all")
    return None


def is_number(value: str) -> bool:
    """Whether a value of the form is compared as a number."""
    return NUMBER.fullmatch(value) is not None


def _written(asked: Asked) -> str:
    if asked.question in ACTS:
        link = f", link={_quoted(asked.value)}" if asked.value else ""
        return f"{ACTS[asked.question]}({_quoted(asked.about)}{link})"
    value = asked.value if is_number(asked.value) else _quoted(asked.value)
    return f"lead.{asked.about} {COMPARED[asked.question]} {value}"


def _quoted(text: str) -> str:
    """*text* as a string of the expression language (Jinja's, which escapes as Python does)."""
    escaped = text.replace("\\", "\\\\").replace("'", "\\'")
    return f"'{escaped}'"


def _read(term: str) -> Asked | None:
    if found := ACT.fullmatch(term):
        act = (found[1] or "") + found[2]
        question = _key_of(ACTS, act)
        return None if question is None else Asked(question, found[3], found[4] or "")
    if found := COMPARISON.fullmatch(term):
        question = _key_of(COMPARED, found[2])
        if question is not None and not (found[3] is not None and is_number(found[3])):
            return Asked(question, found[1], found[3] if found[3] is not None else found[4])
    return None


def _key_of(table: dict[Question, str], value: str) -> Question | None:
    return next((key for key, each in table.items() if each == value), None)


def asked_in(lines: Sequence[tuple[str, str, str]], of: str) -> Asking:
    """What a person filled in, line by line: question, about, value. Raises ValueError with what a line lacks."""
    asked = []
    for question, about, value in lines:
        if not question:
            continue
        if not about:
            raise ValueError(
                f"“{question}” needs a name; write which mail, page, form or field it asks about"
            )
        if Question(question) in COMPARED and not re.fullmatch(r"[a-z_]+", about):
            raise ValueError(f"{about!r} is no field; write one such as company_size")
        asked.append(Asked(Question(question), about, value))
    return Asking(tuple(asked), "any" if of == "any" else "all")
