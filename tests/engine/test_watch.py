"""What an idle engine costs: one query, and that one along small indexes only."""

from sqlalchemy import text
from sqlalchemy.dialects import sqlite

from nurture.engine.watch import WORK_WAITS, work_waits
from nurture.store.database import Database


def test_an_idle_tick_asks_small_indexes_only(empty_sqlite):
    database = Database(f"sqlite:///{empty_sqlite}")
    query = WORK_WAITS.compile(dialect=sqlite.dialect())
    with database.reading() as connection:
        plan = connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {query}", (0,) * str(query).count("?")).all()
    database.close()
    asked = [line for *_, line in plan if " event" in line or " due" in line]
    assert asked
    assert all("ix_event_waiting" in line or "ix_due_kind_due_at" in line for line in asked)


def test_work_waits_while_something_is_due_or_unabsorbed(company):
    assert not work_waits(company.database, company.clock.now())
    company.enter("ann")
    assert work_waits(company.database, company.clock.now())
    company.engine.tick()
    assert not work_waits(company.database, company.clock.now())
    company.clock.turn_to(company.state(1).enrolments[0].planned.due_at)
    assert work_waits(company.database, company.clock.now())
    with company.database.writing() as connection:
        connection.execute(text("DELETE FROM due"))
    assert not work_waits(company.database, company.clock.now())
