"""Conditions: what programme files ask about a lead, compiled once and asked often.

    holds(Expression("lead.company_size >= 200"), scope)   ->   Outcome(value=False, unknown=("company_size",))

The scope brings lead, event, hand_off, enrolment and the functions of ``language.FUNCTIONS``; what it lacks is unknown.
What unknown means is told in ``kleene``.
"""

from collections.abc import Mapping
from functools import lru_cache
from typing import Any

import msgspec
from jinja2 import Environment, nodes
from jinja2.exceptions import TemplateSyntaxError
from jinja2.parser import Parser

from nurture.content.asked import Asked, asked_of
from nurture.content.kleene import Ask, Unknown
from nurture.content.language import NotAllowed, make
from nurture.content.model import Expression
from nurture.errors import ProgrammeError
from nurture.languages.told import told

CHARACTERS_MAX = 2_000
LANGUAGE = Environment(autoescape=False)  # noqa: S701 parses only; nothing is rendered from it


class Outcome(msgspec.Struct, frozen=True):
    """What a condition answered.

    value    whether it holds.
    unknown  what would have to be known to tell; empty where it is told.
    """

    value: bool
    unknown: tuple[str, ...] = ()

    def __str__(self) -> str:
        if self.unknown:
            return "does not hold: " + ", ".join(f"{name} is unknown" for name in self.unknown)
        return "holds" if self.value else "does not hold"


class Condition(msgspec.Struct, frozen=True):
    """A compiled condition.

    ask    the function of a scope; its answer is true, false or Unknown.
    asked  what it asks about, for `check` and for timers.
    """

    source: str
    ask: Ask
    asked: Asked

    def holds(self, scope: Mapping[str, Any]) -> Outcome:
        answer = self.ask(scope)
        if isinstance(answer, Unknown):
            return Outcome(value=False, unknown=answer.names)
        return HOLDS if answer else HOLDS_NOT


class ConditionError(ProgrammeError):
    """An expression that is not a condition; *subject* is the part of its source that is meant, if one is."""

    def __init__(self, message: str, remedy: str, subject: str = "") -> None:
        super().__init__(f"{message}; {remedy}")
        self.message = message
        self.remedy = remedy
        self.subject = subject


HOLDS = Outcome(value=True)
HOLDS_NOT = Outcome(value=False)


def holds(expression: Expression, scope: Mapping[str, Any]) -> Outcome:
    """Whether *expression* holds in *scope*. Raises ConditionError for one that `check` would have refused."""
    return compile_condition(expression.source).holds(scope)


@lru_cache(maxsize=4096)
def compile_condition(source: str) -> Condition:
    """The condition that *source* writes. Raises ConditionError."""
    if len(source) > CHARACTERS_MAX:
        raise ConditionError(
            told("the condition has {amount} characters", amount=len(source)),
            told("keep it below {characters_max}", characters_max=CHARACTERS_MAX),
        )
    try:
        node = _parse(source)
        return Condition(source=source, ask=make(node), asked=asked_of(node))
    except TemplateSyntaxError as error:
        raise ConditionError(
            told("{source!r} is not an expression: {message}", source=source, message=error.message),
            "compare, call or combine",
        ) from None
    except NotAllowed as no:
        raise ConditionError(no.message, no.remedy, no.subject) from None
    except (RecursionError, ValueError, OverflowError):
        # Jinja reads numbers with Python's int, which refuses more than 4,300 digits.
        raise ConditionError(
            "the condition is too deep, or holds too long a number", "write it simpler"
        ) from None


def names_used(expression: Expression) -> frozenset[str]:
    """The objects and functions it names: lead, event, clicked, ..."""
    return compile_condition(expression.source).asked.names


def lead_fields_used(expression: Expression) -> frozenset[str]:
    """The fields of the lead that it asks for."""
    return compile_condition(expression.source).asked.lead_fields


def interest_bounds(expression: Expression) -> frozenset[float]:
    """The numbers that the interest score is compared with: where decay may change the answer."""
    return compile_condition(expression.source).asked.interest_bounds


def _parse(source: str) -> nodes.Expr:
    parser = Parser(LANGUAGE, source, state="variable")
    node = parser.parse_expression()
    if not parser.stream.eos:
        parser.fail(f"unexpected {parser.stream.current.value!r}", parser.stream.current.lineno)
    node.set_environment(LANGUAGE)
    return node
