"""A sample in a store that has a programme of its own: its leads live through what is live there, and only they are put in.

    store --begin_beside--> a store in memory --90 days are played--> put_in_beside, one transaction

What is played goes on with the store's numbers, so that the links in its mails mean the same there. Whatever the store is
given meanwhile keeps its own.
"""

import msgspec
from sqlalchemy import Connection, delete, func, select, text

from nurture.engine.experiments import forget_weights
from nurture.engine.intake import LEADS
from nurture.engine.live import live_number
from nurture.engine.sample_loads import IN_USE
from nurture.errors import SetupError
from nurture.store import records as table
from nurture.store.copying import copy_table
from nurture.store.database import Database, take_numbers
from nurture.store.statements import insert_if_new, upsert

GAP = 100_000
"""Numbers that are left to what comes into the store while the sample is played."""
OF_THE_LIVE = (table.revision, table.content_text, table.revision_text, table.mail_revision)
NUMBERED = ("event", "inbound", "provider_event", "set_aside", "submission")
"""Tables that may hold rows where there is no lead, and whose numbers are told elsewhere."""
SUMS = (table.company, table.audience_count, table.team_turn, table.pinned_tracks)
"""What comes of leads, and means nothing where there are none."""
BY_OTHER_KEYS = (
    "company",
    "audience_count",
    "team_turn",
    "daily_count",
    "decision",
    "lead",
    "provider_event",
)
CHANGED = "Another programme went live, or leads came and went, while it was played. Load it again."


class Beside(msgspec.Struct, frozen=True):
    """What a store was like when the sample began: the live revision, and the number of its next lead."""

    revision: int
    next_lead: int


def begin_beside(store: Database, played: Database) -> Beside:
    """Let *played*, which is empty, have what is live in *store*. Raises SetupError where that has leads."""
    with store.reading() as source, played.writing() as connection:
        _refuse_leads(source)
        number = live_number(source)
        assert number is not None, "a programme is live"
        _copy_live(source, connection, number)
        serials = {row.name: row.next for row in source.execute(select(table.serial))}
        started = {
            name: following if name == LEADS else following + GAP for name, following in serials.items()
        }
        started.setdefault("outbox", GAP)
        insert_if_new(connection, table.serial, [{"name": name, "next": at} for name, at in started.items()])
        for name in NUMBERED:
            highest = source.execute(select(func.max(table.metadata.tables[name].c.id))).scalar() or 0
            connection.execute(NUMBER_FROM, {"name": name, "seq": highest + GAP})
    return Beside(number, serials.get(LEADS, 1))


NUMBER_FROM = text("INSERT INTO sqlite_sequence (name, seq) VALUES (:name, :seq)")


def put_in_beside(connection: Connection, played: Database, beside: Beside) -> None:
    """Copy what was played into the store, whose transaction *connection* is.

    Raises SetupError where leads have come meanwhile, or another programme went live.
    """
    following = take_numbers(
        connection, LEADS, 0
    ).start  # who enters leads meanwhile waits, and comes after us
    _refuse_leads(connection)
    if Beside(live_number(connection) or 0, following) != beside:
        raise SetupError(CHANGED)
    for each in SUMS:
        connection.execute(delete(each))
    forget_weights(connection)
    connection.execute(delete(table.daily_count).where(table.daily_count.c.sample))
    with played.reading() as source:
        for each in table.metadata.sorted_tables:
            if "lead_id" in each.c or each.name in BY_OTHER_KEYS:
                copy_table(source, connection, each)
        suppressed = source.execute(select(table.suppression)).mappings()
        insert_if_new(connection, table.suppression, [dict(row) for row in suppressed])
        theirs = {row.name: row.next for row in source.execute(select(table.serial))}
    ours = {row.name: row.next for row in connection.execute(select(table.serial))}
    rows = [{"name": name, "next": max(at, ours.get(name, 1))} for name, at in theirs.items()]
    upsert(connection, table.serial, rows, key=("name",))


def _refuse_leads(connection: Connection) -> None:
    if connection.execute(select(table.lead.c.id).limit(1)).first() is not None:
        raise SetupError(IN_USE)


def _copy_live(source: Connection, connection: Connection, number: int) -> None:
    texts = select(table.revision_text.c.sha256).where(table.revision_text.c.revision == number)
    whole = {
        table.revision: table.revision.c.number == number,
        table.content_text: table.content_text.c.sha256.in_(texts),
        table.revision_text: table.revision_text.c.revision == number,
    }
    for each in OF_THE_LIVE:
        found = select(each) if each not in whole else select(each).where(whole[each])
        connection.execute(each.insert(), [dict(row) for row in source.execute(found).mappings()])
