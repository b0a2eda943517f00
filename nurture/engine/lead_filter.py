"""Which leads: what a list shows, and what a change in bulk concerns. One condition over narrow rows, never over states."""

from collections.abc import Iterator
from typing import Any

import msgspec
from sqlalchemy import ColumnElement, Select, and_, select, true, union_all

from nurture.engine.list_keys import folded
from nurture.store.records import event, lead, lead_campaign, lead_state, lead_tag, segment_member
from nurture.vocabulary.words import Grade, Stage, Temperature

LAST = "\U0010ffff"
"""Sorts after every letter that a name may have."""


LACKED = ("first_name", "last_name", "company", "country", "source")
"""Fields that a list can be asked for the lack of."""


class LeadFilter(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Which leads; None, and False, do not ask.

    search      beginning of an address, of a full or last name, or of a company's name.
    tag         with this tag.
    segment     in this segment, as it was last counted.
    company     of the company with this key.
    campaign    inside this campaign.
    lacks       of whom this field, one of LACKED, is not known.
    imported    of the rows of one imported file: its source and the beginning of its fingerprint, 'crm:0123456789abcdef'.
    unmailable  only leads without an address.
    suppressed  only those that may not be mailed.
    sample      only those made for show (True), or none of them (False).
    """

    temperature: Temperature | None = None
    stage: Stage | None = None
    grade: Grade | None = None
    persona: str | None = None
    owner: str | None = None
    search: str | None = None
    tag: str | None = None
    segment: str | None = None
    company: str | None = None
    source: str | None = None
    campaign: str | None = None
    lacks: str | None = None
    imported: str | None = None
    unmailable: bool = False
    suppressed: bool = False
    sample: bool | None = None


def matching(wanted: LeadFilter) -> ColumnElement[bool]:
    """The condition on a row of ``lead_state``: by its own columns, and by sets of ids that an index gives."""
    asked = {
        lead_state.c.temperature: wanted.temperature,
        lead_state.c.stage: wanted.stage,
        lead_state.c.grade: wanted.grade,
        lead_state.c.persona: wanted.persona,
        lead_state.c.owner: wanted.owner,
    }
    own = [column == str(value) for column, value in asked.items() if value is not None]
    if wanted.sample is False:
        own.append(lead_state.c.lead_id.not_in(select(lead.c.id).where(lead.c.sample)))
    if wanted.lacks in LACKED:
        who = lead.alias()
        own.append(
            select(who.c.id).where(who.c.id == lead_state.c.lead_id, who.c[wanted.lacks].is_(None)).exists()
        )
    if wanted.suppressed:
        own.append(lead_state.c.suppressed.is_not(None))
    return and_(true(), *own, *(lead_state.c.lead_id.in_(ids) for ids in _sets(wanted)))


def _sets(wanted: LeadFilter) -> Iterator[Any]:
    """One query of lead ids for each thing asked that is not a column of the state's row."""
    for among, column, word in (
        (lead_tag, lead_tag.c.tag, wanted.tag),
        (segment_member, segment_member.c.segment, wanted.segment),
        (lead_campaign, lead_campaign.c.campaign, wanted.campaign),
    ):
        if word is not None:
            yield select(among.c.lead_id).where(column == word)
    for column, word in ((lead.c.company_key, wanted.company), (lead.c.source, wanted.source)):
        if word is not None:
            yield select(lead.c.id).where(column == word)
    if wanted.imported:
        source, _, job = wanted.imported.rpartition(":")
        facts = (event.c.source == source, event.c.source_id >= f"{job}:", event.c.source_id < f"{job};")
        yield select(event.c.lead_id).where(*facts)
    if wanted.unmailable:
        yield select(lead.c.id).where(lead.c.email.is_(None))
    if wanted.sample:
        yield select(lead.c.id).where(lead.c.sample)
    if wanted.search:
        yield _found(folded(wanted.search))


def _found(begins: str) -> Any:
    """Leads of whom something begins so: a range of each index, which no pattern can escape from."""
    columns = (lead.c.email, lead.c.name_key, lead.c.last_key, lead.c.company_key)
    ranges: list[Select[Any]] = [
        select(lead.c.id).where(column >= begins, column < begins + LAST) for column in columns
    ]
    return union_all(*ranges)
