"""The system was away: what should have left meanwhile leaves over a window, within caps, and never in a burst."""

from collections import Counter
from datetime import UTC, datetime, timedelta

import pytest
from company import Company, campaign, catalog

from nurture.daemon.worker import Turns
from nurture.engine.at_work import last_absence, note_worker, worker_at
from nurture.store import records as table
from nurture.vocabulary.words import EventKind

THURSDAY = datetime(2026, 3, 5, 8, tzinfo=UTC)
"""9:00 in Berlin."""
OFFICE = (
    'days: [mon, tue, wed, thu, fri], between: ["09:00", "17:00"], max_lateness: 2 days, misfire: MISFIRE'
)


def beat(company):
    with company.database.writing() as connection:
        note_worker(connection, company.clock.now())


def away(company):
    with company.database.reading() as connection:
        return last_absence(connection)


def waiting(company):
    """How many mails wait for each minute."""
    rows = company.rows(table.touch, table.touch.c.status == "planned")
    return Counter(row.due_at.replace(second=0, microsecond=0) for row in rows)


def after_an_outage(company, leads, *, hours, misfire, ends):
    """Mail of *leads* people that comes due one after the other while nobody is at work."""
    company.publish(
        catalog(campaign(steps="[{mail: first, wait: 1 hour}]"), sending=OFFICE.replace("MISFIRE", misfire))
    )
    company.clock.turn_to(ends - timedelta(hours=hours))
    beat(company)
    company.enter(*(f"lead{number}" for number in range(leads)))
    company.engine.tick()
    with company.database.writing() as connection:
        for place, row in enumerate(connection.execute(table.touch.select()).all()):
            due_at = company.clock.now() + timedelta(hours=hours) * place / leads
            for waits in (table.due, table.touch):
                connection.execute(waits.update().where(waits.c.id == row.id).values(due_at=due_at))
    company.clock.turn_to(ends)
    beat(company)


def two_days_at_work(company):
    for _ in range(60):  # what falls between the last look and the end of the window leaves the next day
        company.later(minutes=30)


def test_an_absence_is_noted_and_a_short_one_is_not(company):
    beat(company)
    company.clock.turn_to(company.clock.now() + timedelta(minutes=59))
    beat(company)
    assert away(company) is None
    began = company.clock.now()
    company.clock.turn_to(began + timedelta(hours=5))
    beat(company)
    assert (away(company).began, away(company).ended) == (began, company.clock.now())
    with company.database.reading() as connection:
        assert worker_at(connection) == company.clock.now()


def test_the_first_turn_after_a_sleep_of_the_machine_notes_that_nobody_was_at_work(company):
    turn = Turns(company.engine)
    turn()
    began = company.clock.now()
    company.clock.turn_to(began + timedelta(hours=5))
    turn()
    assert (away(company).began, away(company).ended) == (began, company.clock.now())


@pytest.mark.parametrize(
    ("ends", "hours"),
    [
        (THURSDAY + timedelta(hours=1), 72),
        (THURSDAY + timedelta(hours=2), 5),
        (THURSDAY + timedelta(days=2), 72),
    ],
    ids=["three days", "five hours", "three days, on a Saturday"],
)
def test_after_an_absence_no_minute_has_a_burst_and_nothing_is_lost(tmp_path, ends, hours):
    company = Company(f"sqlite:///{tmp_path / 'nurture.sqlite'}")
    after_an_outage(company, 240, hours=hours, misfire="next-window", ends=ends)
    company.engine.tick()
    company.clock.turn_to(max(ends, THURSDAY.replace(day=9) if ends.weekday() > 4 else ends))
    company.engine.tick()
    assert len(company.mailed()) <= 1  # the one that is due at this very moment
    assert max(waiting(company).values()) <= 5  # 240 over six or eight hours: one in two minutes
    two_days_at_work(company)
    assert len(company.mailed()) == 240
    company.engine.close()


def test_what_is_too_late_is_skipped_also_where_the_absence_ends_on_a_weekend(tmp_path):
    company = Company(f"sqlite:///{tmp_path / 'nurture.sqlite'}")
    after_an_outage(company, 72, hours=72, misfire="skip", ends=THURSDAY + timedelta(days=2))
    company.engine.tick()
    assert company.mailed() == []
    assert len(company.events(EventKind.MAIL_SKIPPED)) == 24  # due on the first of three days
    company.clock.turn_to(THURSDAY + timedelta(days=4))
    two_days_at_work(company)
    assert len(company.mailed()) == 48
    company.engine.close()


def test_a_machine_that_is_at_work_for_minutes_a_day_sends_the_second_time(tmp_path):
    company = Company(f"sqlite:///{tmp_path / 'nurture.sqlite'}")
    after_an_outage(company, 10, hours=5, misfire="next-window", ends=THURSDAY + timedelta(hours=5))
    company.engine.tick()
    assert len(company.mailed()) <= 1
    company.clock.turn_to(THURSDAY + timedelta(days=1, hours=5))
    beat(company)
    company.engine.tick()
    assert len(company.mailed()) == 10
    company.engine.close()
