"""What comes from outside and goes there: a hit, a system mail and a webhook that our own code fails on delay no other."""

from datetime import timedelta

import msgspec
import pytest
from company import Company, campaign, catalog
from mailed import Mailed
from sqlalchemy import text

from nurture.bench.turns import absorb_all
from nurture.delivery.memory import MemoryCaller
from nurture.engine.aside_ends import dismiss, try_again
from nurture.engine.system_mails import post
from nurture.ports import Answer
from nurture.store import records as table
from nurture.tracking.hits import HitKind, to_record
from nurture.vocabulary.words import EventKind

CALLS = "[{webhook: chat, wait: 0 minutes}, {mail: first, wait: 0 minutes}]"
SECOND = timedelta(seconds=1)


def write(company, statement, **bound):
    with company.database.writing() as connection:
        return connection.execute(text(statement), bound)


def set_aside(company):
    return [(row.kind, row.lead_id) for row in company.rows(table.set_aside)]


def again(company):
    live, numbers = company.engine.live, [row.id for row in company.rows(table.set_aside)]
    with company.engine.deciding() as (connection, now):
        return try_again(connection, live, numbers, by="ida@small.example", now=now)


def test_a_hit_that_cannot_be_judged_is_kept_and_the_hits_behind_it_are_taken(database_url, tmp_path):
    """Ann's first click cannot be read any more, beside which every later hit of her mail is judged."""
    mailed = Mailed(database_url, tmp_path / "spool", ("ann", "bob", "cid"))
    company = mailed.company
    mailed.spool.append(to_record(mailed.hit(HitKind.CLICK, 60 * SECOND, link=1)))
    company.later(minutes=2)
    was = company.events(EventKind.MAIL_CLICKED)[0]
    write(company, "UPDATE event SET properties = '{' WHERE id = :id", id=was.id)
    for lead in (0, 1, 2, 1):
        mailed.spool.append(to_record(mailed.hit(HitKind.OPEN, (70 + lead) * SECOND, lead=lead)))
    company.later(minutes=2)
    opened = company.rows(table.event, table.event.c.kind == "mail.opened")
    assert sorted(row.lead_id for row in opened) == [mailed.leads[1], mailed.leads[1], mailed.leads[2]]
    assert set_aside(company) == [("hit", None)]
    assert again(company).failed == 1
    with company.database.writing() as connection:
        mended = table.event.update().where(table.event.c.id == was.id).values(properties=was.properties)
        connection.execute(mended)
    assert again(company).go_on == 1
    company.engine.tick()
    assert mailed.leads[0] in {row.lead_id for row in company.events(EventKind.MAIL_OPENED)}
    assert set_aside(company) == []
    mailed.close()


def test_a_system_mail_that_cannot_be_read_delays_no_other(company):
    for name in ("ann", "bob", "cid"):
        with company.database.writing() as connection:
            values = {"link": "/reset/abc", "name": name}
            post(
                connection,
                "password-reset",
                to=f"{name}@small.example",
                values=values,
                key=name,
                now=company.clock.now(),
            )
    write(company, "UPDATE outbox SET given = '{' WHERE \"to\" LIKE 'ann%'")
    assert company.engine.tick().told == 2
    assert company.mailed() == []
    assert set_aside(company) == [("system mail", None)]
    with company.engine.deciding() as (connection, now):
        dismiss(connection, [1], why="she has it", by="ida@small.example", now=now)
    with company.database.reading() as connection:
        assert connection.execute(text("SELECT status FROM outbox ORDER BY id")).scalars().all() == [
            "cancelled",
            "sent",
            "sent",
        ]


@pytest.fixture
def called(database_url):
    class Endpoint(MemoryCaller):
        def post(self, url, headers, body):
            super().post(url, headers, body)
            return Answer(204)

    company = Company(database_url, caller=Endpoint())
    company.publish(catalog(campaign(steps=CALLS)))
    yield company
    company.engine.close()


def test_a_call_that_cannot_be_read_delays_no_other(called):
    ann, bob, cid = called.enter("ann", "bob", "cid")
    absorb_all(called.engine)
    write(called, "UPDATE webhook_call SET payload = '{' WHERE lead_id = :lead", lead=ann)
    called.engine.tick()
    called.engine.tick()
    called.engine._webhooks.close()
    told = {msgspec.json.decode(post.body)["data"]["lead"] for post in called.engine._webhooks._caller.posts}
    assert told == {bob, cid}
    assert set_aside(called) == [("webhook", ann)]
