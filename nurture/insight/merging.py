"""Leads that may be one person, what two would be as one, and which were merged: for the pages that merge and part them."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from zoneinfo import ZoneInfo

import msgspec
from sqlalchemy import ColumnElement, Connection, and_, false, func, or_, select

from nurture.content.model import Programme
from nurture.engine.lead_filter import LAST
from nurture.engine.list_keys import company_key, folded
from nurture.engine.merging import foreseen
from nurture.insight.sentences import stage_name
from nurture.insight.timeline import name_of
from nurture.languages.said import plain
from nurture.scoring.ledger import interest_score
from nurture.store import records as table
from nurture.vocabulary.lead import IDENTITY_FIELDS, Lead
from nurture.vocabulary.state import Enrolment, LeadState

LOOKED_AT = 2_000
"""The newest leads, which are looked at for others that are the same person: who came in long ago was looked at then."""
AT_A_TIME = 100
"""Of them, so many are looked at in one statement; no more are looked at once there are pairs enough."""
GOOGLE = ("gmail.com", "googlemail.com")


class Line(msgspec.Struct, frozen=True):
    """What the two are and the one will be, in words; "" for what is not known.

    is_ours  whether those are words of ours, not what somebody is called or has told.
    """

    what: str
    mine: str
    theirs: str
    after: str
    is_ours: bool = False

    @property
    def changes(self) -> bool:
        """Whether the survivor will not be what it was."""
        return self.after != self.mine

    @property
    def differs(self) -> bool:
        return self.mine != self.theirs or self.changes


class Compared(msgspec.Struct, frozen=True):
    """Two leads side by side, with what would become of the first."""

    survivor: LeadState
    other: LeadState
    after: LeadState
    lines: tuple[Line, ...]

    @property
    def names(self) -> tuple[str, str]:
        return name_of(self.survivor), name_of(self.other)


class MergedLead(msgspec.Struct, frozen=True):
    """A lead that went into another, by the event of the merge; the latest can be undone."""

    event_id: int
    lead_id: int
    email: str | None
    merged_at: datetime


def compared(
    connection: Connection, programme: Programme, survivor: int, other: int, now: datetime
) -> Compared | None:
    """What would come of merging them now; None where there are not two. Nothing is written."""
    joined = foreseen(connection, programme, survivor, other, now)
    if joined is None:
        return None
    mine, theirs, after = joined.before, joined.merge.other, joined.after
    columns = [dict(_told(programme, state, now)) for state in (mine, theirs, after)]
    names = dict.fromkeys(sorted((key for column in columns for key in column), key=lambda key: key[0]))
    told = ((key, [column.get(key, "") for column in columns]) for key in names)
    lines = (
        Line(key[1], before, gone, then, is_ours=key[1] in OURS or key[0] == PLACE_OF_CAMPAIGNS)
        for key, (before, gone, then) in told
    )
    known = tuple(each for each in lines if each.mine or each.theirs or each.after)
    return Compared(mine, theirs, after, known)


def merged_into(connection: Connection, lead_id: int) -> tuple[MergedLead, ...]:
    """The leads that were merged into this one, the latest first."""
    merges = table.lead_merge.c
    rows = connection.execute(
        select(merges.event_id, merges.other_id, merges.email, merges.merged_at)
        .where(merges.lead_id == lead_id, merges.undone_at.is_(None))
        .order_by(merges.event_id.desc())
    )
    return tuple(MergedLead(*row) for row in rows)


def alike(connection: Connection, lead: Lead, *, most: int) -> list[int]:
    """Leads that may be the same person: of the same name and company, or with the same mailbox under another spelling."""
    found = or_(false(), *_spellings(lead.email), *_namesakes(lead))
    same = select(table.lead.c.sample).where(table.lead.c.id == lead.id).scalar_subquery()
    statement = select(table.lead.c.id).where(found, table.lead.c.id != lead.id, table.lead.c.sample == same)
    return list(connection.execute(statement.order_by(table.lead.c.id).limit(most)).scalars())


def duplicates(connection: Connection, *, most: int) -> list[tuple[int, int]]:
    """Pairs among the newest leads and all before them that may be one person, the older first; the newest pairs first."""
    newest = select(table.lead.c.id).order_by(table.lead.c.id.desc()).limit(LOOKED_AT)
    ids = connection.execute(newest).scalars().all()
    pairs: set[tuple[int, int]] = set()
    for at in range(0, len(ids), AT_A_TIME):
        batch = ids[at : at + AT_A_TIME]
        pairs.update(_same_names(connection, batch[-1], batch[0], most=most))
        if len(pairs) >= most:  # pairs of those before are older than all of these
            break
    pairs.update(_same_mailboxes(connection))
    return sorted(pairs, key=lambda pair: (-max(pair), min(pair)))[:most]


def mailbox_of(address: str) -> str:
    """The mailbox that an address reaches as most providers read it: what follows a plus is the reader's own mark (RFC 5233)."""
    local, _, domain = address.rpartition("@")
    return f"{local.partition('+')[0]}@{GOOGLE[0] if domain in GOOGLE else domain}"


# ------------------------------------------------------------ who is alike


def _spellings(email: str | None) -> Iterator[ColumnElement[bool]]:
    if email is None:
        return
    local, _, domain = mailbox_of(email).rpartition("@")
    for each in GOOGLE if domain in GOOGLE else (domain,):
        yield table.lead.c.email == f"{local}@{each}"
        begins = table.lead.c.email.between(f"{local}+", f"{local}+{LAST}")
        yield and_(begins, table.lead.c.email.endswith(f"@{each}", autoescape=True))


def _namesakes(lead: Lead) -> Iterator[ColumnElement[bool]]:
    company = company_key(company=lead.company, email=lead.email)
    name = folded(f"{lead.first_name or ''} {lead.last_name or ''}")
    if name and company is not None:
        yield and_(table.lead.c.name_key == name, table.lead.c.company_key == company)


def _same_names(connection: Connection, first: int, last: int, *, most: int) -> Iterator[tuple[int, int]]:
    """Leads numbered *first* to *last*, each with those before it of the same name and company, the newest first."""
    newer, older = table.lead.alias("newer"), table.lead
    named = or_(newer.c.first_name.is_not(None), newer.c.last_name.is_not(None))
    # By the index of names: that of companies finds all who work at a large one.
    colleagues = func.coalesce(older.c.company_key, "") == newer.c.company_key
    rows = connection.execute(
        select(older.c.id.label("older"), newer.c.id.label("newer"))
        .join(newer, and_(newer.c.name_key == older.c.name_key, colleagues))
        .where(newer.c.id.between(first, last), named)
        .where(older.c.id < newer.c.id, older.c.sample == newer.c.sample)
        .order_by(newer.c.id.desc(), older.c.id)
        .limit(most)
    )
    for row in rows:
        yield row.older, row.newer


def _same_mailboxes(connection: Connection) -> Iterator[tuple[int, int]]:
    rows = connection.execute(
        select(table.lead.c.id, table.lead.c.email, table.lead.c.sample)
        .where(table.lead.c.email.is_not(None))
        .order_by(table.lead.c.id.desc())
        .limit(LOOKED_AT)
    ).all()
    marked = [(row, mailbox_of(row.email)) for row in rows if mailbox_of(row.email) != row.email]
    plain_ones = {
        (row.email, row.sample): row.id
        for row in connection.execute(
            select(table.lead.c.id, table.lead.c.email, table.lead.c.sample).where(
                table.lead.c.email.in_([mailbox for _, mailbox in marked])
            )
        )
    }
    for row, mailbox in marked:
        plain_one = plain_ones.get((mailbox, row.sample))
        if plain_one is not None:
            yield min(plain_one, row.id), max(plain_one, row.id)


# ------------------------------------------------------------ in words


def _told(programme: Programme, state: LeadState, now: datetime) -> Iterator[tuple[tuple[int, str], str]]:
    """What is shown of a lead, by its part of the table and its words."""
    parts = (_who(state), _fields(state), _stands(programme, state, now), _campaigns(programme, state))
    for place, part in enumerate(parts):
        for what, value in part:
            yield (place, what), value


def _who(state: LeadState) -> Iterator[tuple[str, str]]:
    for name in IDENTITY_FIELDS:
        yield WORDS[name], str(getattr(state.lead, name) or "")
    yield "Tags", ", ".join(state.lead.tags)


def _fields(state: LeadState) -> Iterator[tuple[str, str]]:
    for name, value in state.lead.fields.items():
        yield plain(name).capitalize(), str(value)


def _stands(programme: Programme, state: LeadState, now: datetime) -> Iterator[tuple[str, str]]:
    persona = programme.persona(state.persona or "")
    yield STAGE, stage_name(state.stage)
    yield TEMPERATURE, state.temperature.value
    yield "Interest", f"{interest_score(state.accumulators, now):.0f}"
    yield "Fit", str(state.fit_score)
    yield "Grade", state.grade.value
    yield "Persona", "" if persona is None else persona.name
    yield NO_MAIL, "" if state.suppressed is None else state.suppressed.value
    yield "Topics agreed to", _topics(programme, state.opted_in)
    yield "Topics refused", _topics(programme, state.opted_out)
    zone, until = ZoneInfo(programme.time_zone), state.snoozed_until
    yield PAUSE, "" if until is None else f"{until.astimezone(zone):%Y-%m-%d}"
    yield "Mails had", str(len(state.had))


def _campaigns(programme: Programme, state: LeadState) -> Iterator[tuple[str, str]]:
    for each in state.enrolments:
        campaign = programme.named(each.campaign)
        yield f"Campaign {each.campaign if campaign is None else campaign.name}", _inside(each)


def _topics(programme: Programme, topics: Sequence[str]) -> str:
    return ", ".join(programme.topics[each].name if each in programme.topics else each for each in topics)


def _inside(enrolment: Enrolment) -> str:
    behind = sum(map(len, enrolment.passed.values()))
    steps = "1 step behind it" if behind == 1 else f"{behind} steps behind it"
    if enrolment.left_because is not None:
        return f"left: {enrolment.left_because}, {steps}"
    return f"{plain(enrolment.track) if enrolment.track else 'resting'}, {steps}"


STAGE, TEMPERATURE, NO_MAIL, PAUSE = OURS = (
    "Stage",
    "Temperature",
    "No mail because",
    "Asked for a pause until",
)
PLACE_OF_CAMPAIGNS = 3
"""What of the table is in words of ours."""

WORDS: Mapping[str, str] = {
    "email": "Address",
    "first_name": "First name",
    "last_name": "Last name",
    "company": "Company",
    "country": "Country",
    "time_zone": "Time zone",
    "language": "Language",
    "source": "Source",
    "owner": "Owner",
}
