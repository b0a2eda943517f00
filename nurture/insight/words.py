"""The words that leads are told apart by: tags, sources, saved views."""

from collections.abc import Sequence

import msgspec
from sqlalchemy import Column, Connection, func, or_, select

from nurture.engine.saved_views import EVERYBODY
from nurture.store.records import lead_tag, saved_view

WORDS_MAX = 200


class SavedView(msgspec.Struct, frozen=True):
    """A name for a filter; *query* is what stands in the address."""

    id: int
    name: str
    query: str
    is_shared: bool


class TagCount(msgspec.Struct, frozen=True):
    tag: str
    leads: int


def distinct(connection: Connection, column: Column[str], *, most: int = WORDS_MAX) -> tuple[str, ...]:
    """The words in an indexed column, in order: one step along the index each, however many rows have them."""
    first = select(func.min(column).label("word")).cte("words", recursive=True)
    following = select(func.min(column)).where(column > first.c.word).scalar_subquery()
    words = first.union_all(select(following).where(first.c.word.is_not(None)))
    found = select(words.c.word).where(words.c.word.is_not(None)).limit(most)
    return tuple(connection.execute(found).scalars())


def tag_counts(connection: Connection) -> tuple[TagCount, ...]:
    """Every tag that some lead has, and how many have it; the most used first."""
    leads = func.count().label("leads")
    rows = connection.execute(
        select(lead_tag.c.tag, leads).group_by(lead_tag.c.tag).order_by(leads.desc(), lead_tag.c.tag)
    )
    return tuple(TagCount(row.tag, row.leads) for row in rows)


def saved_views(connection: Connection, owner: str) -> Sequence[SavedView]:
    """The views that *owner* sees, by name."""
    rows = connection.execute(
        select(saved_view)
        .where(or_(saved_view.c.owner == owner, saved_view.c.owner == EVERYBODY))
        .order_by(saved_view.c.name, saved_view.c.id)
    )
    return tuple(SavedView(row.id, row.name, row.query, row.owner == EVERYBODY) for row in rows)
