"""The sample in the store: put in whole, kept from ever leaving the machine, and taken out without a trace."""

from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

import msgspec
from sqlalchemy import Connection, delete, func, select, text

from nurture.engine.aliases import aliases_of
from nurture.engine.daily import forget_sample_sums
from nurture.engine.experiments import forget_weights
from nurture.engine.removal import remove_mail, remove_rows, rows_left
from nurture.engine.sample_loads import forget_load
from nurture.errors import SetupError
from nurture.ports import UNLOGGED, Clock, OutgoingMessage, Receipt, ReceiptStatus, SendLog, Transport
from nurture.store import records as table
from nurture.store.copying import copy_table
from nurture.store.database import Database
from nurture.vocabulary.touch import lead_of

BATCH = 50
"""Leads taken out in one transaction, which a worker beside it hardly notices."""
OF_SAMPLE = "sample:"
"""What the keys of submissions in a sample begin with: one that is held belongs to no lead by which it could be found."""
SENDERS_OWN = ("warm_up_day", "sender_day", "domain_bucket", "campaign_hour", "pause", "way_out_rest")
"""What a real sender has earned or used up; a sample that never left the machine has neither."""


class Removed(msgspec.Struct, frozen=True):
    """What was taken out, and how many rows of these leads are still there: none."""

    leads: int = 0
    rows: int = 0
    mails: int = 0
    left: int = 0


def sample_count(connection: Connection) -> int:
    """How many sample leads there are."""
    return connection.execute(select(func.count()).select_from(table.lead).where(SAMPLE)).scalar_one()


def sample_leads(connection: Connection) -> set[int]:
    """Who they are."""
    return set(connection.execute(SAMPLE_LEADS).scalars())


SAMPLE = text("lead.sample")
"""As the index says it: both engines then look at sample leads only."""
SAMPLE_LEADS = select(table.lead.c.id).where(SAMPLE)


# ------------------------------------------------------------ in


def put_in(database: Database, played: Database) -> None:
    """Copy everything in *played* into *database*, in one transaction: all of it is there, or nothing.

    Raises SetupError where *database* has a programme or leads already.
    """
    with played.reading() as source, database.writing() as connection:
        for full in (table.revision, table.lead):
            if connection.execute(select(full).limit(1)).first() is not None:
                raise SetupError("the store is in use; the sample goes only into an empty one")
        for each in table.metadata.sorted_tables:
            if each.name not in SENDERS_OWN:
                copy_table(source, connection, each)


# ------------------------------------------------------------ at home


class StaysHome:
    """A way out that a sample lead's mail does not take, whatever is set: their addresses are nobody's."""

    leaves_machine = True

    def __init__(self, transport: Transport, database: Database, clock: Clock) -> None:
        self.name = transport.name
        self._transport = transport
        self._database = database
        self._clock = clock

    def send(self, messages: Iterable[OutgoingMessage], log: SendLog = UNLOGGED) -> Iterator[Receipt]:
        with self._database.reading() as connection:
            samples = sample_leads(connection)
            samples |= aliases_of(connection, samples).keys()
        kept: list[Receipt] = []
        for receipt in self._transport.send(self._others(messages, samples, kept), log):
            yield receipt
            while kept:  # told at once: what breaks later leaves nothing untold
                yield kept.pop()
        yield from kept

    def close(self) -> None:
        self._transport.close()

    def _others(
        self, messages: Iterable[OutgoingMessage], samples: set[int], kept: list[Receipt]
    ) -> Iterator[OutgoingMessage]:
        for message in messages:
            if lead_of(message.touch_id) in samples:
                why = "a sample lead: its mail never leaves this machine"
                kept.append(Receipt(message.touch_id, ReceiptStatus.FAILED, at=self._clock.now(), text=why))
            else:
                yield message


# ------------------------------------------------------------ out


def remove_sample(
    database: Database, mailbox: Path | None, progress: Callable[[int], None] = lambda _: None
) -> Removed:
    """Take out every sample lead with all that is kept of it, a batch at a time; interrupted, it goes on where it was.

    mailbox   the Maildir with their mail; None where there is none.
    progress  told how many leads have gone so far.
    """
    rows = mails = 0
    gone: list[int] = []
    while True:
        with database.writing() as connection:
            batch = list(connection.execute(SAMPLE_LEADS.order_by(table.lead.c.id).limit(BATCH)).scalars())
            batch += sorted(aliases_of(connection, batch))
            if batch:  # files first: what is left of them would be found by nobody
                mails += remove_mail(connection, mailbox, batch)
                rows += remove_rows(connection, batch)
        if not batch:
            break
        gone += batch
        progress(len(gone))
    with database.writing() as connection:
        for start in range(0, len(gone), BATCH):  # what a worker wrote meanwhile of a lead it held
            rows += remove_rows(connection, gone[start : start + BATCH])
        forget_sample_sums(connection)
        rows += _forget_held(connection) + _forget_walks(connection)
        _forget_turns(connection)
        forget_load(connection)
        left = sum(rows_left(connection, gone[start : start + BATCH]) for start in range(0, len(gone), BATCH))
    return Removed(leads=len(gone), rows=rows, mails=mails, left=left)


def _forget_held(connection: Connection) -> int:
    """Submissions that no lead came of."""
    theirs = table.submission.c.key.startswith(OF_SAMPLE, autoescape=True)
    return connection.execute(delete(table.submission).where(theirs)).rowcount


def _forget_walks(connection: Connection) -> int:
    """Walks that were over before there was any other lead, and with the last lead all counts."""
    first = connection.execute(select(func.min(table.lead.c.created_at))).scalar()
    over = table.sweep.c.finished_at.is_not(None)
    if first is None:
        connection.execute(delete(table.audience_count))
    else:
        over &= table.sweep.c.finished_at < first
    return connection.execute(delete(table.sweep).where(over)).rowcount


def _forget_turns(connection: Connection) -> None:
    """Whose turn it is, and what experiments have learned, comes from leads; without any, from none."""
    if connection.execute(select(table.lead.c.id).limit(1)).first() is None:
        forget_weights(connection)
        for each in (table.team_turn, *(table.metadata.tables[name] for name in SENDERS_OWN)):
            connection.execute(delete(each))
