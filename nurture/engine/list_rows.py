"""What lists filter by, gathered over a batch of turns: tags, live campaigns, and the companies to be counted again."""

from collections.abc import Collection, Mapping, Sequence
from typing import Any

from sqlalchemy import Connection, Table, and_, bindparam, delete, update

from nurture.engine.companies import recount
from nurture.engine.list_keys import company_key, list_keys
from nurture.store import records as table
from nurture.store.statements import insert_if_new
from nurture.vocabulary.lead import Lead
from nurture.vocabulary.state import LeadState


class ListRows:
    """What a batch of turns changes in lists, until ``write``."""

    def __init__(self) -> None:
        self._tags: dict[tuple[int, str], bool] = {}
        self._campaigns: dict[tuple[int, str], bool] = {}
        self._companies: set[str] = set()

    def add(self, before: LeadState, after: LeadState, *, is_new: bool) -> None:
        """One turn."""
        if after.enrolments is not before.enrolments:
            inside, was = _campaigns(after), _campaigns(before)
            for campaign in inside ^ was:
                self._campaigns[after.lead.id, campaign] = campaign in inside
        if is_new or after.lead is not before.lead or after.temperature is not before.temperature:
            self._companies |= {key for lead in (before.lead, after.lead) if (key := _company(lead))}

    def label(self, lead_id: int, tags: Sequence[str], *, on: bool) -> None:
        for tag in tags:
            self._tags[lead_id, tag] = on

    def write(self, connection: Connection) -> None:
        """After the rows of the leads themselves, which companies are counted from."""
        _write(connection, table.lead_tag, "tag", self._tags)
        _write(connection, table.lead_campaign, "campaign", self._campaigns)
        recount(connection, self._companies)


def relist(connection: Connection, states: Collection[LeadState]) -> None:
    """Write anew whatever lists show of these leads."""
    if not states:
        return
    ids = [state.lead.id for state in states]
    words = ((table.lead_tag, "tag", _tags), (table.lead_campaign, "campaign", _campaigns))
    for into, column, words_of in words:
        connection.execute(delete(into).where(into.c.lead_id.in_(ids)))
        rows = [{"lead_id": each.lead.id, column: word} for each in states for word in sorted(words_of(each))]
        insert_if_new(connection, into, rows)
    connection.execute(UPDATE_KEYS, [{"ref": each.lead.id, **_keys(each.lead)} for each in states])
    causes = [{"ref": each.lead.id, "cause": each.suppressed} for each in states]
    connection.execute(UPDATE_SUPPRESSED, causes)
    recount(connection, {key for each in states if (key := _company(each.lead))})


def _write(connection: Connection, into: Table, column: str, words: Mapping[tuple[int, str], bool]) -> None:
    rows = [{"lead_id": lead_id, column: word} for (lead_id, word), on in words.items() if on]
    insert_if_new(connection, into, rows)
    off = [{"ref": lead_id, "word": word} for (lead_id, word), on in words.items() if not on]
    if off:
        this = and_(into.c.lead_id == bindparam("ref"), into.c[column] == bindparam("word"))
        connection.execute(delete(into).where(this), off)


def _tags(state: LeadState) -> set[str]:
    return set(state.lead.tags)


def _campaigns(state: LeadState) -> set[str]:
    return {each.campaign for each in state.enrolments if each.is_live}


def _company(lead: Lead) -> str | None:
    return company_key(company=lead.company, email=lead.email)


def _keys(lead: Lead) -> dict[str, Any]:
    keys = list_keys(
        email=lead.email, first_name=lead.first_name, last_name=lead.last_name, company=lead.company
    )
    return {f"new_{name}": value for name, value in keys.items()}


UPDATE_KEYS = (
    update(table.lead)
    .where(table.lead.c.id == bindparam("ref"))
    .values({name: bindparam(f"new_{name}") for name in ("name_key", "last_key", "company_key")})
)
UPDATE_SUPPRESSED = (
    update(table.lead_state)
    .where(table.lead_state.c.lead_id == bindparam("ref"))
    .values(suppressed=bindparam("cause"))
)
