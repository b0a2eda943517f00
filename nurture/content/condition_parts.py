"""A condition that asks several things at once, in its parts: which of them is it that nobody meets?"""

from nurture.content.conditions import ConditionError, compile_condition
from nurture.content.model import Expression

AND, OR = " and ", " or "
OPENS, CLOSES, QUOTES = "([{", ")]}", "'\""


def parts_of(expression: Expression) -> tuple[Expression, ...]:
    """What *expression* asks, all of which must hold; itself alone where it is not several things joined by `and`.

    Only an `and` that stands outside of brackets and quotes parts it, and only where no `or` or `if` stands beside it.
    """
    source = expression.source
    parts = _split(source, AND)
    if len(parts) == 1 or has_choice(source):
        return (expression,)
    try:
        for part in parts:
            compile_condition(part)
    except ConditionError:
        return (expression,)
    return tuple(Expression(part) for part in parts)


def has_choice(source: str) -> bool:
    """Whether an `or` or `if` stands outside of brackets, so that what is joined to it by `and` means something else."""
    return any(len(_split(source, word)) > 1 for word in (OR, " if "))


def _split(source: str, word: str) -> list[str]:
    parts, depth, quote, begin, at = [], 0, "", 0, 0
    while at < len(source):
        letter = source[at]
        if quote:
            quote = "" if letter == quote else quote
        elif letter in QUOTES:
            quote = letter
        elif letter in OPENS:
            depth += 1
        elif letter in CLOSES:
            depth -= 1
        elif not depth and source.startswith(word, at):
            parts.append(source[begin:at].strip())
            at = begin = at + len(word) - 1
            continue
        at += 1
    return [*parts, source[begin:].strip()]
