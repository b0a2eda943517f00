"""When sales first turned to a lead, and whether an agreed time passed: kept with the turns, and told by the events."""

from nurture.engine.sales import accept, contact
from nurture.engine.touched import rewrite_touches
from nurture.store import records as table
from nurture.vocabulary.words import ContactOutcome, EventKind


def said(company, verb, *lead_ids, **about):
    with company.database.writing() as connection:
        for lead_id in lead_ids:
            verb(connection, lead_id, by="a@small.example", now=company.clock.now(), **about)
    company.engine.tick()
    return company.clock.now()


def kept(company):
    return {row.lead_id: (row.touched_at, row.breached_at) for row in company.rows(table.hand_off)}


def test_the_first_try_is_a_touch_and_a_passed_time_stays_passed(company):
    ann, bea = company.enter("ann", "bea")
    company.engine.tick()
    for lead_id in (ann, bea):
        for path in ("/a", "/b"):
            company.happens(lead_id, EventKind.PAGE_VISITED, path=path)
    company.engine.tick()
    assert kept(company) == {ann: (None, None), bea: (None, None)}
    company.later(hours=1)
    tried = said(company, contact, ann, note="", outcome=ContactOutcome.NO_ANSWER)
    company.later(hours=1)
    said(company, accept, ann)
    said(company, contact, ann, note="", outcome=ContactOutcome.REACHED)
    for _ in range(3):
        company.later(days=1)
    found = kept(company)
    assert found[ann] == (tried, None)
    assert found[bea][0] is None
    late_at = found[bea][1]
    assert late_at is not None
    touched = said(company, contact, bea, note="", outcome=ContactOutcome.REACHED)
    assert kept(company)[bea] == (touched, late_at)
    before = kept(company)
    with company.database.writing() as connection:
        connection.execute(table.hand_off.update().values(touched_at=None, breached_at=late_at))
        assert rewrite_touches(connection) == 2
    assert kept(company) == before
