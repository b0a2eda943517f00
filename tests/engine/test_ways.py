"""How far leads have come is kept with each turn, and is what their events tell, whoever counts."""

from sqlalchemy import select

from nurture.engine.sales import set_stage
from nurture.engine.ways import rewrite, ways_kept, ways_told
from nurture.simulation.refold import ways_differ
from nurture.store import records as table
from nurture.vocabulary.words import EventKind, Stage


def moved(company, lead_id, stage):
    with company.database.writing() as connection:
        set_stage(
            connection, lead_id, stage, reason="as it is", role="admin", by="us", now=company.clock.now()
        )
    company.engine.tick()
    return company.clock.now()


def way(company, lead_id):
    with company.database.reading() as connection:
        return ways_kept(connection)[lead_id]


def test_a_lead_comes_to_a_stage_once_and_to_all_before_it(company):
    (ann,) = company.enter("ann")
    begun = company.clock.now()
    company.engine.tick()
    assert (way(company, ann).came_at, way(company, ann).came) == (begun, {})
    company.later(days=1)
    at_sal = moved(company, ann, Stage.SAL)
    company.later(days=1)
    moved(company, ann, Stage.RECYCLED)
    company.later(days=1)
    moved(company, ann, Stage.MQL)
    company.later(days=1)
    at_customer = moved(company, ann, Stage.CUSTOMER)
    assert way(company, ann).came == {
        Stage.MQL: at_sal,
        Stage.SAL: at_sal,
        Stage.SQL: at_customer,
        Stage.OPPORTUNITY: at_customer,
        Stage.CUSTOMER: at_customer,
    }
    assert list(ways_differ(company.database)) == []


def test_what_is_lost_is_counted_anew_from_what_happened(company):
    ann, bea = company.enter("ann", "bea")
    company.engine.tick()
    for path in ("/a", "/b"):
        company.happens(bea, EventKind.PAGE_VISITED, path=path)
    company.engine.tick()
    moved(company, ann, Stage.SQL)
    with company.database.writing() as connection:
        before = ways_kept(connection)
        assert before[bea].came.keys() == {Stage.MQL}
        connection.execute(table.lead_way.update().values(mql_at=None, persona="nobody"))
        connection.execute(table.lead_way.delete().where(table.lead_way.c.lead_id == bea))
    assert len(list(ways_differ(company.database))) == 2
    with company.database.writing() as connection:
        assert rewrite(connection) == 2
        assert ways_kept(connection) == before == ways_told(connection)


def test_a_persona_is_the_one_of_the_list(company):
    company.enter("ann", "bea")
    company.engine.tick()
    with company.database.reading() as connection:
        listed = dict(
            connection.execute(select(table.lead_state.c.lead_id, table.lead_state.c.persona)).all()
        )
        assert {lead_id: each.persona for lead_id, each in ways_kept(connection).items()} == listed
