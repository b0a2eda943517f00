"""A lead of the rig is what the engine would have made of the same person."""

from pathlib import Path
from typing import Any

from sqlalchemy import select

from nurture.bench.hits import as_events, hits_of
from nurture.bench.rig import REST, START, Rig, person, rig, wake
from nurture.bench.turns import absorb_all, deliver_all, take_hits
from nurture.engine.engine import Engine
from nurture.store import records as table
from nurture.store.mapping import unpacked
from nurture.tracking.hits import to_record

LEADS = 3


def rows(engine: Engine, each: Any, *without: str) -> list[dict[str, Any]]:
    with engine.database.reading() as connection:
        found = connection.execute(select(each).order_by(*each.primary_key)).mappings()
        return [{name: value for name, value in row.items() if name not in without} for row in found]


def states(engine: Engine) -> list[Any]:
    return [{**row, "state": unpacked(row["state"])} for row in rows(engine, table.lead_state)]


def test_twins_are_the_leads_that_the_engine_makes(tmp_path: Path):
    with rig(LEADS) as filled, filled.engine() as twins, Rig(tmp_path, 0).engine() as engine:
        engine.enter_leads([person(number) for number in range(1, LEADS + 1)], source="import")
        absorb_all(engine)
        wake(twins, range(1, LEADS + 1))
        assert states(twins) == states(engine)
        for each in (table.touch, table.due, table.serial, table.score_entry):
            assert rows(twins, each, "event_id") == rows(engine, each, "event_id")
        assert rows(twins, table.lead, "reference") == rows(engine, table.lead, "reference")
        told = ("id", "source_id")
        assert sorted(map(str, rows(twins, table.event, *told))) == sorted(
            map(str, rows(engine, table.event, *told))
        )


def test_mails_rest_until_they_are_woken():
    with rig(LEADS) as filled, filled.engine() as engine:
        assert deliver_all(engine) == 0
        wake(engine, range(1, 3))
        assert deliver_all(engine) == 2
        assert {row["due_at"] for row in rows(engine, table.due) if row["id"] > 1_000_000} >= {START + REST}


def test_leads_that_had_their_mail_wait_for_the_next_one():
    with rig(LEADS, sent=True) as filled, filled.engine() as engine:
        assert deliver_all(engine) == 0
        assert [row["status"] for row in rows(engine, table.touch)] == ["sent", "planned"] * LEADS
        assert {len(row["state"].had) for row in states(engine)} == {1}


def test_hits_become_the_events_that_they_are_compared_with():
    hits = hits_of(5)
    with rig(5, sent=True) as filled, filled.engine(hits=[to_record(hit) for hit in hits]) as engine:
        take_hits(engine)
        told = ("lead_id", "kind", "properties")
        taken = [
            tuple(row[name] for name in told)
            for row in rows(engine, table.event)
            if row["source"] == "tracking"
        ]
    assert taken == [(event.lead_id, event.kind.value, event.properties) for event in as_events(hits, START)]


def test_each_engine_has_a_store_of_its_own():
    with rig(LEADS) as filled:
        for _ in range(2):
            with filled.engine() as engine:
                wake(engine, range(1, LEADS + 1))
                assert deliver_all(engine) == LEADS
