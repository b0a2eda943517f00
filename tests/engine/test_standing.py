"""The counts say where each touch stands."""

from company import Company

from nurture.insight.standing import standing


def test_each_touch_is_counted_once_where_it_stands(tmp_path):
    company = Company(f"sqlite:///{tmp_path / 'nurture.sqlite'}")
    company.publish()
    company.enter("ann", "bob")
    with company.database.reading() as connection:
        assert standing(connection, company.clock.now()).events == 2
    company.engine.tick()
    with company.database.reading() as connection:
        found = standing(connection, company.clock.now())
        assert (found.planned, found.due, found.unfinished, found.events) == (2, 0, 2, 0)
        assert standing(connection, company.clock.now(), campaign="other").unfinished == 0
    company.later(days=2)
    with company.database.reading() as connection:
        found = standing(connection, company.clock.now(), campaign="news")
        assert (found.unfinished, found.due, found.oldest_due) == (0, 0, None)
    company.engine.close()
