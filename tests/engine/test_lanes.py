"""Which due mail leaves before which: what somebody waits for, then answers to what people do, then everything else by its age."""

from datetime import timedelta

import pytest
from company import ANY_TIME, MONDAY, Company, campaign, catalog
from sqlalchemy import event as sa_event

from nurture.engine.claim import claim
from nurture.engine.ticked import Ticked
from nurture.engine.track import SpooledTracks
from nurture.store import records as table
from nurture.store.due import due_touches, enqueue_touches
from nurture.tracking.hits import Hit, HitKind, to_record
from nurture.tracking.spool import Spool
from nurture.vocabulary.words import EventKind, Lane

LEASE = timedelta(minutes=15)
CLUB = campaign("club", "[{mail: first}]", entry="lead.plan == 'trial'", class_="operational")


def lane_of(company, lead_id):
    """The lanes of what waits for a lead, in the order of its touches."""
    rows = company.rows(table.due, table.due.c.kind == 2, table.due.c.lead_id == lead_id)
    return [Lane(row.lane) for row in rows]


def test_who_clicks_during_a_long_send_is_heard_between_two_batches(database_url, tmp_path):
    company = Company(database_url, tracks=SpooledTracks(tmp_path / "spool"), batch=1)
    spool = Spool(tmp_path / "spool", company.clock)
    company.publish()
    ann, *_ = company.enter("ann", "bob", "cid")
    heard = {}

    def clicks():
        mailed = tuple(company.mailed())
        if mailed == ("ann",) and mailed not in heard:
            (touch, *_) = company.touches(ann)
            spool.append(
                to_record(Hit(HitKind.CLICK, company.clock.now(), touch.id, mail_revision=1, link=1))
            )
        heard[mailed] = [row.absorbed_at is not None for row in company.events(EventKind.MAIL_CLICKED)]

    company.relay.meanwhile = clicks
    company.engine.tick()
    assert heard["ann",] == [True], "before the next mail left"
    assert company.mailed() == ["ann", "bob", "cid"]
    spool.close()
    company.engine.close()


def absorbed(company):
    company.engine._absorb_all(company.engine.live, Ticked())


def claimed(company, *, most):
    """The lanes of what leaves next, in its order."""
    with company.database.writing() as connection:
        claims, _ = claim(connection, company.engine.live, company.clock.now(), most=most, lease_for=LEASE)
    lanes = {row.id: Lane(row.lane) for row in company.rows(table.due)}
    return [lanes[each.touch.id] for each in claims]


def test_an_import_triggers_nothing_and_operational_mail_has_its_own_lane(bare):
    bare.publish(catalog(campaign("news", "[{mail: first}]"), CLUB))
    (ann,) = bare.enter("ann")
    (bob,) = bare.enter("bob", plan="trial")
    absorbed(bare)
    assert lane_of(bare, ann) == [Lane.CADENCE]
    assert sorted(lane_of(bare, bob)) == [Lane.OPERATIONAL, Lane.CADENCE]


@pytest.mark.parametrize(
    ("kind", "properties", "wait", "lane"),
    [
        (EventKind.FORM_SUBMITTED, {"form": "demo"}, "0 minutes", Lane.TRIGGERED),
        (EventKind.PAGE_VISITED, {"path": "/pricing"}, "20 minutes", Lane.TRIGGERED),
        (EventKind.PAGE_VISITED, {"path": "/pricing"}, "2 hours", Lane.CADENCE),
        (EventKind.PAGE_VISITED, {"path": "/pricing", "humanity": 0.1}, "0 minutes", Lane.CADENCE),
        (EventKind.LEAD_CHANGED, {"fields": {"plan": "paid"}}, "0 minutes", Lane.CADENCE),
    ],
    ids=["a form", "within the hour", "later", "a machine", "a change by us"],
)
def test_what_answers_a_person_is_triggered(bare, kind, properties, wait, lane):
    entry = {
        EventKind.FORM_SUBMITTED: "submitted('demo')",
        EventKind.PAGE_VISITED: "visited('/pricing')",
        EventKind.LEAD_CHANGED: "lead.plan == 'paid'",
    }[kind]
    if properties.get("humanity"):
        entry = "lead.stage == 'inquiry'"
    bare.publish(catalog(campaign("news", f"[{{mail: first, wait: {wait}}}]", entry=entry)))
    (ann,) = bare.enter("ann")
    absorbed(bare)
    bare.happens(ann, kind, **properties)
    absorbed(bare)
    assert lane_of(bare, ann) == [lane]


def waiting(company, lane, count, *, since, first):
    """*count* touches of *lane*, due one after the other *since* a moment; each of a lead of its own."""
    rows = [
        (first + number, first + number, since + timedelta(seconds=number), lane) for number in range(count)
    ]
    with company.database.writing() as connection:
        enqueue_touches(connection, rows)


def test_of_what_is_due_a_faster_lane_comes_first_and_of_one_lane_the_oldest(bare):
    waiting(bare, Lane.CADENCE, 200, since=MONDAY - timedelta(days=1), first=1_000)
    waiting(bare, Lane.TRIGGERED, 3, since=MONDAY - timedelta(hours=1), first=2_000)
    waiting(bare, Lane.OPERATIONAL, 3, since=MONDAY - timedelta(minutes=1), first=3_000)
    waiting(bare, Lane.OPERATIONAL, 3, since=MONDAY + timedelta(minutes=1), first=4_000)
    with bare.database.writing() as connection:
        found = [row.id for row in due_touches(connection, MONDAY, most=16)]
    assert found == [3_000, 3_001, 3_002, 2_000, 2_001, 2_002, *range(1_000, 1_010)]


def test_however_much_comes_in_a_faster_lane_the_oldest_of_all_leaves_with_every_batch(bare):
    waiting(bare, Lane.CADENCE, 50, since=MONDAY - timedelta(days=1), first=1_000)
    waiting(bare, Lane.TRIGGERED, 500, since=MONDAY - timedelta(hours=1), first=2_000)
    waiting(bare, Lane.OPERATIONAL, 500, since=MONDAY - timedelta(hours=1), first=3_000)
    with bare.database.writing() as connection:
        found = [row.id for row in due_touches(connection, MONDAY, most=80)]
    assert found == [*range(3_000, 3_070), *range(1_000, 1_010)]


@pytest.mark.parametrize("most", [1, 2, 3])
def test_the_smallest_batches_are_full(bare, most):
    waiting(bare, Lane.CADENCE, 5, since=MONDAY - timedelta(days=1), first=1_000)
    waiting(bare, Lane.OPERATIONAL, 5, since=MONDAY - timedelta(hours=1), first=3_000)
    with bare.database.writing() as connection:
        assert len(due_touches(connection, MONDAY, most=most)) == most


def test_an_operational_mail_overtakes_a_backlog_within_a_tick(bare):
    """One batch is under way when it comes: it leaves with the next."""
    bare.engine._batch = 16
    bare.publish(
        catalog(
            campaign("news", "[{mail: first}]"),
            campaign("account", "[{mail: second}]", entry="lead.plan == 'trial'", class_="operational"),
        )
    )
    names = [f"lead{number}" for number in range(100)]
    bare.enter(*names)

    def asks_for_something():
        if len(bare.relay.messages) == 5:
            bare.enter("zoe", plan="trial")

    bare.relay.meanwhile = asks_for_something
    bare.engine.tick()
    assert sorted(bare.mailed()) == sorted([*names, "zoe", "zoe"])
    assert bare.mailed().index("zoe") == 16


def test_in_a_batch_the_faster_lane_leaves_first(bare):
    bare.publish(catalog(campaign("news", "[{mail: first}]"), CLUB))
    bare.enter(*(f"lead{number}" for number in range(20)))
    absorbed(bare)
    bare.clock.turn_to(MONDAY + timedelta(minutes=1))
    bare.enter("ann", plan="trial")
    absorbed(bare)
    assert claimed(bare, most=8) == [Lane.OPERATIONAL, *[Lane.CADENCE] * 7]


def test_a_crowd_that_waits_for_a_domain_is_told_once_each(bare):
    """A second batch is promised moments after those of the first, so that each is judged twice, however many there are."""
    bare.engine._batch = 3
    bare.publish(
        catalog(
            campaign(steps="[{mail: first}]"), sending=ANY_TIME + ", per_domain: {x.example: 1 per minute}"
        )
    )
    ids = bare.enter(*(f"lead{number}" for number in range(12)))
    bare.engine.tick()
    waits = [bare.touches(each)[0].due_at - MONDAY for each in ids[1:]]
    assert waits == [timedelta(minutes=number) for number in range(1, 12)]
    for _ in range(11):
        assert bare.later(minutes=1).sent == 1
    assert len(bare.rows(table.decision)) == 1 + 2 * 11


def test_an_operational_mail_takes_the_next_token_before_a_crowd(bare):
    bare.publish(
        catalog(
            campaign("news", "[{mail: first}]"),
            CLUB,
            sending=ANY_TIME + ", per_domain: {x.example: 1 per minute}",
        )
    )
    bare.enter(*(f"lead{number}" for number in range(10)))
    bare.engine.tick()
    (ann,) = bare.enter("ann", plan="trial")
    bare.engine.tick()
    (club,) = [each for each in bare.touches(ann) if each.campaign == "club"]
    assert club.due_at == MONDAY + timedelta(minutes=1)
    bare.later(minutes=1)
    assert bare.mailed()[1] == "ann"
    bare.later(minutes=1)
    assert (
        len(bare.mailed()) == 3
    )  # the one that it overtook leaves with the next token, not behind everybody


def test_what_is_due_is_found_by_the_indexes_alone(tmp_path):
    bare, plans = Company(f"sqlite:///{tmp_path / 'nurture.sqlite'}"), []

    @sa_event.listens_for(bare.database.engine, "before_cursor_execute")
    def explain(connection, cursor, statement, parameters, *_):
        if statement.startswith("SELECT due."):
            plans.extend(cursor.execute(f"EXPLAIN QUERY PLAN {statement}", parameters).fetchall())

    with bare.database.writing() as connection:
        due_touches(connection, MONDAY, most=8)
    told = [row[-1] for row in plans]
    assert len(told) == 3
    assert all("ix_due_express" in each for each in told[:2])
    assert "ix_due_kind_due_at" in told[2]
    assert not any("TEMP B-TREE" in each for each in told)
    bare.engine.close()
