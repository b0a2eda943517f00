"""The sample comes into an empty store whole, never leaves the machine, and goes without leaving a row behind."""

from datetime import UTC, datetime, timedelta
from itertools import islice
from pathlib import Path

import pytest
from company import Relay
from sqlalchemy import func, select

from nurture.content.catalog import load
from nurture.delivery.mailbox import Mailbox
from nurture.delivery.maildir import MaildirTransport
from nurture.delivery.memory import MemoryTransport
from nurture.engine.engine import Engine
from nurture.engine.intake import NewLead
from nurture.engine.removal import rows_left
from nurture.engine.sample import (
    BATCH,
    StaysHome,
    put_in,
    remove_sample,
    sample_count,
)
from nurture.engine.webhook_calls import CallStatus, claim_calls, queue_calls
from nurture.errors import SetupError
from nurture.identity import Keyring
from nurture.ports import OutgoingMessage, ReceiptStatus
from nurture.simulation.clock import VirtualClock
from nurture.simulation.digest import digest
from nurture.simulation.sample import play_sample
from nurture.store import records as table
from nurture.store.database import Database
from nurture.vocabulary.touch import touch_id

ROOT = Path(__file__).parents[2]
SUNDAY = datetime(2026, 11, 22, 10, tzinfo=UTC)
LEADS = BATCH + 10
KEYRING = Keyring(b"k" * 32)
ABOUT_NO_LEAD = {
    "account",
    "account_link",
    "audience_count",
    "audit_entry",
    "company",
    "content_text",
    "daily_count",
    "campaign_hour",
    "domain_bucket",
    "draft",
    "health",
    "import_job",
    "login_try",
    "mail_comment",
    "mail_review",
    "mail_revision",
    "named_version",
    "pinned_tracks",
    "provider_delivery",
    "pause",
    "revision",
    "revision_text",
    "sample_load",
    "saved_view",
    "sender_day",
    "serial",
    "setting",
    "spool_position",
    "sweep",
    "team_turn",
    "upload",
    "warm_up_day",
    "way_out_rest",
}
"""Tables of which no row belongs to one lead. A new table is either here, or has a lead_id, or is removed by name."""
BY_OTHER_KEYS = {"decision", "lead", "provider_event", "suppression"}


@pytest.fixture(scope="module")
def played(tmp_path_factory):
    """Three weeks of sample leads, and the mailbox with what they were sent."""
    mailbox = tmp_path_factory.mktemp("sample") / "mailbox"
    database = play_sample(
        load(ROOT / "campaigns", ROOT / "templates"),
        keyring=KEYRING,
        base_url="http://127.0.0.1:8025",
        end=SUNDAY,
        behind=lambda clock: MaildirTransport(mailbox, clock),
        leads=LEADS,
        history=timedelta(days=21),
    )
    yield database, mailbox
    database.close()


@pytest.fixture
def store(database_url):
    database = Database(database_url, durable=False)
    database.migrate()
    yield database
    database.close()


@pytest.fixture
def engine(store, played):
    """The sample on a store of its own, with an engine that goes on with it."""
    put_in(store, played[0])
    clock = VirtualClock(SUNDAY)
    return Engine(
        database=store,
        transport=MemoryTransport(clock),
        keyring=KEYRING,
        clock=clock,
        base_url="http://t.example",
    )


# ---------------------------------------------------------------- in


def test_the_sample_is_put_in_whole(engine, played):
    assert digest(engine.database) == digest(played[0])
    with engine.database.reading() as connection:
        assert sample_count(connection) == LEADS
        for free in (table.warm_up_day, table.sender_day, table.domain_bucket, table.campaign_hour):
            assert connection.execute(select(func.count()).select_from(free)).scalar_one() == 0


def test_the_engine_goes_on_where_the_sample_ends(engine):
    engine.clock.turn_to(SUNDAY + timedelta(days=1))
    ticked = engine.tick()
    assert ticked.sent
    assert ticked.absorbed


def test_a_store_in_use_takes_no_sample(engine, played):
    with pytest.raises(SetupError, match="empty"):
        put_in(engine.database, played[0])


def test_a_sample_that_is_broken_off_leaves_an_empty_store(store, played, monkeypatch):
    real = table.metadata.sorted_tables
    monkeypatch.setattr("nurture.engine.sample.copy_table", _breaks_after(len(real) // 2))
    with pytest.raises(KeyboardInterrupt):
        put_in(store, played[0])
    with store.reading() as connection:
        assert [each.name for each in real if connection.execute(select(each).limit(1)).first()] == []
    monkeypatch.undo()
    put_in(store, played[0])


def _breaks_after(count):
    from nurture.engine import sample

    copy, done = sample.copy_table, []

    def copy_some(*given):
        if len(done) == count:
            raise KeyboardInterrupt
        done.append(given)
        copy(*given)

    return copy_some


# ---------------------------------------------------------------- at home


def test_mail_of_sample_leads_never_reaches_a_transport_that_leaves_the_machine(engine):
    with engine.database.reading() as connection:
        sample_lead = connection.execute(select(func.min(table.lead.c.id))).scalar_one()
    relay = Relay(engine.clock)
    out = StaysHome(relay, engine.database, engine.clock)
    messages = [
        OutgoingMessage(
            touch_id(lead, 1), "b@us.example", f"lead-{lead}@real.example", b"Subject: Hello\r\n\r\n"
        )
        for lead in (sample_lead, 9_999, sample_lead + 1)
    ]
    said = {receipt.touch_id: receipt.status for receipt in out.send(messages)}
    assert said == {
        touch_id(sample_lead, 1): ReceiptStatus.FAILED,
        touch_id(9_999, 1): ReceiptStatus.SENT,
        touch_id(sample_lead + 1, 1): ReceiptStatus.FAILED,
    }
    assert [message.rcpt_to for message in relay.messages] == ["lead-9999@real.example"]


def test_webhooks_of_sample_leads_are_held(engine):
    real = a_real_lead(engine)
    now = engine.clock.now()
    with engine.database.writing() as connection:
        sample_lead = connection.execute(select(func.min(table.lead.c.id))).scalar_one()
        rows = [
            {"lead_id": lead, "webhook": "chat", "enrolment": 9, "visit": 9, "step": "s", "payload": {}}
            for lead in (sample_lead, real)
        ]
        queue_calls(
            connection, [{**row, "created_at": now, "status": CallStatus.WAITING.value} for row in rows], now
        )
        claimed = claim_calls(connection, now, most=10)
        assert [call.lead_id for call in claimed] == [real]
        calls = select(table.webhook_call.c.status).where(
            table.webhook_call.c.lead_id == sample_lead, table.webhook_call.c.enrolment == 9
        )
        assert connection.execute(calls).scalar_one() == CallStatus.HELD
        assert claim_calls(connection, now, most=10) == []


# ---------------------------------------------------------------- out


def test_every_table_is_known_to_keep_leads_or_not():
    with_leads = {name for name, each in table.metadata.tables.items() if "lead_id" in each.c}
    assert with_leads | BY_OTHER_KEYS | ABOUT_NO_LEAD >= table.metadata.tables.keys()
    assert not with_leads & ABOUT_NO_LEAD


def test_the_sample_goes_without_leaving_a_row_behind(engine, played, tmp_path):
    mailbox = copied(played[1], tmp_path / "mailbox")
    ids, addresses = sample_leads(engine.database)
    real = a_real_lead(engine)
    before = rows_of(engine.database, real)
    told = []
    removed = remove_sample(engine.database, mailbox, told.append)
    assert (removed.leads, removed.left) == (LEADS, 0)
    assert removed.mails > LEADS / 2
    assert removed.rows > 10 * LEADS
    assert told == [BATCH, LEADS]
    assert Mailbox(mailbox).newest_first() == []
    assert rows_of(engine.database, real) == before
    with engine.database.reading() as connection:
        assert rows_left(connection, ids) == 0
        everything = [
            value
            for each in table.metadata.sorted_tables
            for row in connection.execute(select(each))
            for value in row
        ]
        for gone in (table.submission, table.opt_in, table.sweep):
            assert connection.execute(select(func.count()).select_from(gone)).scalar_one() == 0
    told_of = [value for value in everything if isinstance(value, str) and addresses & set(value.split('"'))]
    assert told_of == []


def test_removing_goes_on_where_it_was_broken_off(engine):
    def stop(_gone):
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        remove_sample(engine.database, None, stop)
    with engine.database.reading() as connection:
        assert sample_count(connection) == LEADS - BATCH
    assert remove_sample(engine.database, None).leads == LEADS - BATCH
    assert remove_sample(engine.database, None).leads == 0


def test_an_empty_store_begins_anew(engine, played):
    remove_sample(engine.database, None)
    with engine.database.reading() as connection:
        kept = {
            each.name
            for each in table.metadata.sorted_tables
            if connection.execute(select(each).limit(1)).first()
        }
    assert kept <= {
        "audit_entry",
        "content_text",
        "revision",
        "revision_text",
        "mail_revision",
        "serial",
        "event",
    }


# ---------------------------------------------------------------- helpers


def copied(mailbox, to):
    for folder in ("tmp", "new", "cur"):
        (to / folder).mkdir(parents=True)
    for file in (mailbox / "new").iterdir():
        (to / "new" / file.name).write_bytes(file.read_bytes())
    return to


def sample_leads(database):
    with database.reading() as connection:
        rows = connection.execute(select(table.lead.c.id, table.lead.c.email)).all()
    return [row.id for row in rows], {row.email for row in rows if row.email}


def a_real_lead(engine):
    person = NewLead(reference="real", fields={"email": "real@real.example", "first_name": "Real"})
    entered = engine.enter_leads([person], source="import")
    engine.clock.turn_to(SUNDAY + timedelta(days=1))
    engine.tick()
    return entered.lead_ids[0]


def rows_of(database, lead_id):
    with database.reading() as connection:
        return {
            each.name: connection.execute(select(each).where(each.c.lead_id == lead_id)).all()
            for each in islice(table.metadata.sorted_tables, None)
            if "lead_id" in each.c
        }
