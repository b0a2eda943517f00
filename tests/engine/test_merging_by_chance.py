"""Three leads of whom anything may happen, merged and parted at any moment: what must hold always, holds."""

import itertools

from company import Company
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from nurture.engine import consent, merging
from nurture.engine.aliases import survivor_of, whole
from nurture.engine.merging import MergeError
from nurture.simulation.refold import scores_differ, states_differ, ways_differ
from nurture.store import records as table
from nurture.vocabulary.words import EventKind, TouchStatus

NAMES = ("ann", "bea", "cid")
LEADS = st.integers(1, len(NAMES))
STEPS = st.lists(
    st.one_of(
        st.tuples(st.just("merge"), LEADS, LEADS),
        st.tuples(st.just("part"), LEADS, st.just(0)),
        st.tuples(st.just("visit"), LEADS, st.just(0)),
        st.tuples(st.just("click"), LEADS, st.just(0)),
        st.tuples(st.just("refuse"), LEADS, st.just(0)),
        st.tuples(st.just("agree"), LEADS, st.just(0)),
        st.tuples(st.just("bounce"), LEADS, st.just(0)),
        st.tuples(st.just("list"), LEADS, st.just(0)),
        st.tuples(st.just("wait"), st.integers(0, 60), st.just(0)),
    ),
    min_size=4,
    max_size=14,
)
serial = itertools.count()


class Chance:
    """A company, what has been done to its leads, and what must hold of them."""

    def __init__(self, url):
        self.company = Company(url)
        self.company.publish()
        self.company.enter(*NAMES)
        self.company.engine.tick()
        self.first = {lead: self.company.touches(lead)[0].id for lead in (1, 2, 3)}

    def does(self, step, one, other):
        company, now = self.company, self.company.clock.now()
        about = {"touch": self.first.get(one), "mail": "news/first", "campaign": "news", "link": "site"}
        with company.database.writing() as connection:
            try:
                match step:
                    case "merge":
                        merging.merge(connection, one, other, by="us", now=now)
                    case "part":
                        merging.unmerge(connection, one, by="us", now=now)
                    case "refuse":
                        consent.unsubscribe(connection, one, now=now, how="one-click")
                    case "agree":
                        consent.prefer(connection, one, consent.Choice(topics={"news": True}), now=now)
            except MergeError:
                return
        match step:
            case "visit":
                company.happens(one, EventKind.PAGE_VISITED, path="/")
            case "click":
                company.happens(one, EventKind.MAIL_CLICKED, **about)
            case "bounce":
                company.happens(one, EventKind.MAIL_BOUNCED, bounce="hard", **about)
            case "list":
                company.enter(NAMES[one - 1], plan=f"plan {next(serial)}")
            case "wait":
                company.later(hours=one)

    def holds(self):
        company = self.company
        assert [
            *states_differ(company.database),
            *scores_differ(company.database),
            *ways_differ(company.database),
        ] == []
        leads = {row.id for row in company.rows(table.lead)}
        assert {row.lead_id for row in company.rows(table.due)} <= leads
        assert {row.lead_id for row in company.rows(table.lead_campaign)} <= leads
        assert company.rows(table.event, table.event.c.absorbed_at.is_(None)) == []
        with company.database.reading() as connection:
            assert {survivor_of(connection, lead) for lead in (1, 2, 3)} == leads
            assert sorted(each for lead in leads for each in whole(connection, lead)) == [1, 2, 3]
        for lead in leads:
            assert len({each.campaign for each in company.state(lead).live_enrolments}) <= 1
        self.no_mail_after_a_no(leads)

    def no_mail_after_a_no(self, leads):
        company = self.company
        for lead in leads:
            if company.state(lead).suppressed is None:
                continue
            waiting = [row.status for row in company.touches(lead) if row.status == TouchStatus.PLANNED]
            assert waiting == []


@settings(
    max_examples=8,
    deadline=None,
    phases=(Phase.explicit, Phase.reuse, Phase.generate),
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(steps=STEPS)
def test_whatever_is_merged_and_parted_when(empty_sqlite, tmp_path_factory, steps):
    chance = Chance(copy_of(empty_sqlite, tmp_path_factory.mktemp("chance")))
    for step in steps:
        chance.does(*step)
        chance.company.engine.tick()
        chance.holds()
    for _ in range(3):
        chance.company.later(days=2)
        chance.holds()
    chance.company.engine.close()


def copy_of(store, folder):
    file = folder / "nurture.sqlite"
    file.write_bytes(store.read_bytes())
    return f"sqlite:///{file}"
