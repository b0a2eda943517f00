"""What a column may become: each possibility with its confidence, from its name and from its values."""

from collections.abc import Iterator, Sequence

import msgspec

from nurture.capture import names
from nurture.capture.columns import Column, DateOrder, FieldSpec, Target
from nurture.capture.dates import date_order
from nurture.capture.evidence import Evidence
from nurture.capture.numbers import decimal_comma
from nurture.capture.values import BadValue, Cleaner
from nurture.vocabulary.lead import IDENTITY_FIELDS

BELIEVED_MIN = 0.5
"""A name is not believed where fewer of its values can be read: a column 'Email' that holds yes and no."""
RECOGNISED_MIN = 0.9
"""Share of values that must read as addresses or countries before a column with another name is taken for them."""

NAMED_BEST, NAMED_STEP, NAMED_WORST = 0.95, 0.01, 0.7
"""Confidence in a name: the most telling one of its list, each place further down, the least telling one."""
DECLARED, DECLARED_IN_PART = 0.97, 0.65
"""Confidence where the name is a declared field's key, or has all the words of one."""

OTHER_TARGETS = (Target.ID, Target.CREATED_AT, Target.OPTED_OUT)
PERSON_NAMES = ("first_name", "last_name", "full_name", "company")


def candidates(seen: Evidence, fields: Sequence[FieldSpec]) -> Iterator[Column]:
    """Everything that the column may be taken for, in no order."""
    for candidate in (*_by_name(seen), *_by_declaration(seen, fields), *_by_values(seen)):
        share = _readable_share(seen, candidate)
        if share >= BELIEVED_MIN:
            doubt = f"{1 - share:.1%} of the sample's values cannot be read"
            yield msgspec.structs.replace(
                candidate,
                confidence=round(candidate.confidence * share, 3),
                reason=seen.explained(candidate.reason if share == 1 else f"{candidate.reason}; {doubt}"),
            )


def _by_name(seen: Evidence) -> Iterator[Column]:
    for key in (*IDENTITY_FIELDS, "full_name"):
        place = names.rank(seen.column, key)
        if place is not None:
            yield _column(seen, Target.IDENTITY, key, confidence=_named(place), reason="by its name")
    for target in OTHER_TARGETS:
        place = names.rank(seen.column, target.value)
        if place is not None and (target is not Target.ID or seen.distinct or not seen.rows):
            yield _column(seen, target, "", confidence=_named(place), reason="by its name")
    if seen.distinct and names.words(seen.column).split()[-1:] == ["id"]:
        reason = "its name ends in 'id' and no two rows have the same value"
        yield _column(seen, Target.ID, "", confidence=NAMED_WORST, reason=reason)


def _by_declaration(seen: Evidence, fields: Sequence[FieldSpec]) -> Iterator[Column]:
    for field in fields:
        own, declared = names.words(seen.column), names.words(field.key)
        place = names.rank(seen.column, field.key)
        if own == declared:
            confidence, reason = DECLARED, f"the name of the declared field {field.key}"
        elif place is not None:
            confidence, reason = _named(place), f"another name for the declared field {field.key}"
        elif set(declared.split()) <= set(own.split()):
            confidence, reason = DECLARED_IN_PART, f"has the words of the declared field {field.key}"
        else:
            continue
        yield _column(seen, Target.FIELD, field.key, confidence=confidence, reason=reason, field=field)


def _by_values(seen: Evidence) -> Iterator[Column]:
    email = _column(seen, Target.IDENTITY, "email", confidence=0.8, reason="its values are addresses")
    # A column in which addresses repeat names the rep or the partner rather than the lead.
    if len(seen.values) >= RECOGNISED_MIN * seen.known > 0 and _readable_share(seen, email) >= RECOGNISED_MIN:
        yield email
    country = _column(seen, Target.IDENTITY, "country", confidence=0.7, reason="its values are countries")
    spelled_out = [value for value in seen.values if len(value) > 3]
    if len(spelled_out) > 1 and _readable_share(seen, country) >= RECOGNISED_MIN:
        yield country


def _named(place: int) -> float:
    return max(NAMED_BEST - NAMED_STEP * place, NAMED_WORST)


def _column(
    seen: Evidence,
    target: Target,
    key: str,
    *,
    confidence: float,
    reason: str,
    field: FieldSpec | None = None,
) -> Column:
    """The candidate, with how its numbers and dates are to be read."""
    spec = field or FieldSpec(key)
    dates = DateOrder.ISO
    if target is Target.CREATED_AT or spec.type == "date":
        dates, why = date_order(seen.values)
        reason = f"{reason}; {why}"
    return Column(
        column=seen.column,
        target=target,
        key=key,
        type=spec.type,
        choices=spec.choices,
        missing=seen.missing_words(country=key == "country", person=key in PERSON_NAMES),
        dates=dates,
        comma=spec.type in ("integer", "number") and decimal_comma(seen.values),
        confidence=confidence,
        reason=reason,
    )


def _readable_share(seen: Evidence, column: Column) -> float:
    """Share of the known values that can be read as the column asks; 1 where none is known.

    Dates whose day and month cannot be told apart count as readable: the person will say which is which.
    """
    if not seen.known:
        return 1.0
    either = column.dates if column.dates is not DateOrder.ISO else DateOrder.DAY_FIRST
    bad: list[BadValue] = []
    cleaner = Cleaner(msgspec.structs.replace(column, dates=either), bad)
    read = 0
    for value, count in seen.values.items():
        if cleaner[value] is not None:
            read += count
    return read / seen.known
