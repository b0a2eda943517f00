"""How soon sales turns to its leads: a day with figures by hand, in which those who wait are not left out."""

from datetime import UTC, date, datetime, timedelta

import pytest

from nurture.insight.periods import from_to
from nurture.insight.sales_response import Responses, sales_response
from nurture.insight.shown import Shown
from nurture.statemachine.merge_stage import MERGED
from nurture.statistics.rates import Rate
from nurture.store.database import Database
from nurture.store.records import hand_off, lead, lead_way

NINE = datetime(2026, 3, 2, 9, tzinfo=UTC)
HOUR = timedelta(hours=1)
DAY = (
    {"rep": "ann", "touched_at": NINE + HOUR, "accepted_at": NINE + HOUR},
    {"rep": "ann", "closed_at": NINE + 2 * HOUR, "reason": "not-now"},  # handed back without a word
    {"rep": "ben", "touched_at": NINE + 3 * HOUR, "accepted_at": NINE + 2 * HOUR, "breached_at": NINE + HOUR},
    {"rep": "ben"},  # waits
    {"rep": "ben", "closed_at": NINE + HOUR, "reason": MERGED},  # the lead is another's now
)
"""What became of five leads that sales was given at nine."""


@pytest.fixture
def database(database_url):
    database = Database(database_url, durable=False)
    database.migrate()
    with database.writing() as connection:
        for number, row in enumerate(DAY, 1):
            persona = "buyer" if number < 3 else None
            connection.execute(
                lead.insert().values(id=number, created_at=NINE, sample=False, untracked=False)
            )
            connection.execute(lead_way.insert().values(lead_id=number, came_at=NINE, persona=persona))
            connection.execute(
                hand_off.insert().values(lead_id=number, serial=1, team="sales", made_at=NINE, **row)
            )
    yield database
    database.close()


def seen(database: Database, *, hours: int, day: int = 2) -> Responses:
    period = from_to(date(2026, 3, day), date(2026, 3, day), now=NINE + hours * HOUR, zone="UTC")
    assert period is not None
    with database.reading() as connection:
        return sales_response(connection, period, whom=Shown.EVERYBODY)


def test_those_who_wait_count_with_the_time_that_they_waited(database: Database):
    found = seen(database, hours=10).whole
    assert (found.given, found.waiting, found.touched) == (4, 1, 2)
    # Of four one after an hour, of the two that were left one after three: 3/4 and 3/8 are not turned to.
    assert [(point.length, point.still) for point in found.curve] == [(1, 0.75), (3, 0.375)]
    assert found.half.seen == 3 * HOUR
    assert found.most.seen is None
    assert found.answer.seen == 2 * HOUR  # a lead that is given back is answered
    assert (found.turned_to(HOUR), found.turned_to(2 * HOUR), found.turned_to(4 * HOUR)) == (
        0.25,
        0.25,
        0.625,
    )


def test_kept_and_late_and_what_is_not_settled(database: Database):
    found = seen(database, hours=10)
    assert (found.whole.kept, found.whole.late, found.whole.lateness) == (2, 1, Rate(1, 3))
    by_rep = {rep: (each.given, each.kept, each.late) for rep, each in found.by_rep}
    assert by_rep == {"ann": (2, 2, 0), "ben": (2, 0, 1)}
    assert [(persona, each.given) for persona, each in found.by_persona] == [("buyer", 2), (None, 2)]


def test_a_report_as_of_an_earlier_hour_does_not_know_what_came_later(database: Database):
    found = seen(database, hours=1).whole
    assert (found.given, found.touched, found.waiting, found.kept, found.late) == (4, 1, 3, 1, 1)


def test_nobody_was_given(database: Database):
    found = seen(database, hours=50, day=3)
    assert (found.whole.given, found.whole.half.seen, found.by_rep) == (0, None, ())
    assert found.whole.lateness.share is None
