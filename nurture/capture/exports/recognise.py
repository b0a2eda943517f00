"""Which product wrote a file, told by its columns, and what its documented columns become."""

from collections.abc import Sequence
from operator import itemgetter

from msgspec.structs import replace

from nurture.capture.columns import Column, DateOrder, FieldSpec, LeadMapping, Target
from nurture.capture.dates import date_order
from nurture.capture.exports.hubspot import HUBSPOT
from nurture.capture.exports.listmonk import LISTMONK
from nurture.capture.exports.mailchimp import MAILCHIMP
from nurture.capture.exports.mautic import MAUTIC
from nurture.capture.exports.product import Meaning, Product
from nurture.capture.mapping import guess_mapping
from nurture.capture.names import field_key, words
from nurture.capture.sayings import MOMENTS, REFUSED
from nurture.capture.sniff import FileShape
from nurture.vocabulary.lead import BUILT_IN_FIELDS

PRODUCTS = {product.key: product for product in (MAILCHIMP, HUBSPOT, MAUTIC, LISTMONK)}
SURE = 0.99


def recognised(columns: Sequence[str]) -> Product | None:
    """The product whose telltale columns a file has; None where it is a list of another kind."""
    named = {words(column) for column in columns}
    return next(
        (product for product in PRODUCTS.values() if any(each <= named for each in product.telltales)), None
    )


def export_mapping(
    product: Product,
    shape: FileShape,
    sample_rows: Sequence[Sequence[str]],
    fields: Sequence[FieldSpec] = (),
) -> LeadMapping:
    """What each column becomes: documented ones as *product* means them, the others by name and values."""
    documented = {
        column: found
        for position, column in enumerate(shape.columns)
        if (found := _documented(product, shape, column, position, sample_rows)) is not None
    }
    rest = [(place, name) for place, name in enumerate(shape.columns) if name not in documented]
    guessed = _guessed(rest, shape, sample_rows, fields)
    return LeadMapping(_apart([(documented | guessed)[column] for column in shape.columns], fields))


def _documented(
    product: Product, shape: FileShape, column: str, position: int, rows: Sequence[Sequence[str]]
) -> Column | None:
    meaning = _meaning(product, shape, column)
    if meaning is None:
        return None
    dates, why = DateOrder.ISO, ""
    if meaning.target is Target.CREATED_AT or meaning.key in MOMENTS:
        dates, why = date_order(row[position] for row in rows if position < len(row))
    reason = meaning.why or f"a column of {product.name}'s export"
    return Column(
        column=column,
        target=meaning.target,
        key=meaning.key,
        dates=dates,
        confidence=SURE,
        reason=reason if dates is DateOrder.ISO and "cannot" not in why else f"{reason}; {why}",
    )


def _meaning(product: Product, shape: FileShape, column: str) -> Meaning | None:
    known = product.columns.get(words(column))
    if known is not None:
        return known
    for begins in product.refusals:
        if column.casefold().startswith(begins.casefold()) and column[len(begins) :].strip():
            return Meaning(Target.SAID, f"{REFUSED}{column[len(begins) :].strip()}")
    if product.all_else_refuses & {words(each) for each in shape.columns}:
        return Meaning(Target.SAID, f"{REFUSED}{column}")
    return None


def _guessed(
    rest: Sequence[tuple[int, str]],
    shape: FileShape,
    rows: Sequence[Sequence[str]],
    fields: Sequence[FieldSpec],
) -> dict[str, Column]:
    """The columns that no page documents, guessed as those of any list."""
    if not rest:
        return {}
    places = [place for place, _ in rest]
    pick = itemgetter(*places) if len(places) > 1 else lambda row: (row[places[0]],)
    width = len(shape.columns)
    cells = [list(pick([*row, *[""] * (width - len(row))])) for row in rows]
    part = replace(shape, columns=tuple(name for _, name in rest))
    return {column.column: column for column in guess_mapping(part, cells, fields).columns}


def _apart(columns: Sequence[Column], fields: Sequence[FieldSpec]) -> tuple[Column, ...]:
    """The columns with no goal given twice: the documented one has it, or the first; others become fields of their own."""
    taken: set[tuple[Target, str]] = set()
    keys = {*BUILT_IN_FIELDS, *(field.key for field in fields), *(column.key for column in columns)}
    settled: dict[str, Column] = {}
    for column in sorted(columns, key=lambda column: -column.confidence):
        goal = (column.target, column.key)
        if column.target is not Target.IGNORE and goal in taken:
            key = field_key(column.column, keys)
            keys.add(key)
            settled[column.column] = Column(
                column=column.column,
                target=Target.NEW,
                key=key,
                confidence=0.5,
                reason=f"another column is {column.key or column.target.value}",
            )
            continue
        taken.add(goal)
        settled[column.column] = column
    return tuple(settled[column.column] for column in columns)
