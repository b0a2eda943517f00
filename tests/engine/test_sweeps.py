"""Walks over the leads: segments counted, tags in bulk, lists written anew; and what lists are filtered by, beside the states."""

import msgspec
import pytest
from company import campaign, catalog, read
from sqlalchemy import delete, text, update

from nurture.engine import segments
from nurture.engine.companies import recount
from nurture.engine.intake import NewLead
from nurture.engine.lead_filter import LeadFilter
from nurture.engine.list_keys import company_key, list_keys
from nurture.engine.sweep_rows import SweepKind, ask_for
from nurture.engine.tags import tags_in
from nurture.insight.segments import audiences
from nurture.simulation.refold import states_differ
from nurture.store import records as table
from nurture.vocabulary.words import EventKind

SEGMENTS = """
segments:
  large: {name: Large companies, when: "lead.size >= 100"}
  small: {name: Small ones, when: "lead.size < 100"}
"""


def segmented(written=SEGMENTS):
    of = catalog(campaign(entry="lead.size >= 100"))
    texts = {**of.texts, "campaigns/programme.yaml": of.texts["campaigns/programme.yaml"] + written}
    return read(tuple(texts.items()))


@pytest.fixture
def small(bare):
    """Two leads of large companies, one of a small one, one of whom nobody knows; walks take two at a time."""
    bare.engine._batch = 2
    bare.publish(segmented())
    bare.enter("ann", "bea", size=500, company="Fjord AS")
    bare.enter("cid", size=5, company=" fjord  as ")
    bare.enter("dan")
    bare.engine.tick()
    return bare


def count(company):
    with company.engine.deciding() as (connection, now):
        number = segments.refresh(connection, by="a person", now=now)
    company.later(seconds=30)
    return number


def counted(company):
    with company.database.reading() as connection:
        return {key: (each.members, each.mailable) for key, each in audiences(connection).items()}


def members(company):
    return {(row.lead_id, row.segment) for row in company.rows(table.segment_member)}


def test_every_segment_and_tag_is_counted_with_whom_mail_would_reach(small):
    small.happens(1, EventKind.UNSUBSCRIBED)
    small.happens(3, EventKind.LEAD_TAGGED, tags={"vip": True})
    small.later(seconds=30)
    count(small)
    assert counted(small) == {
        ("segment", "large"): (2, 1),
        ("segment", "small"): (1, 1),
        ("tag", "vip"): (1, 1),
    }
    assert members(small) == {(1, "large"), (2, "large"), (3, "small")}


def test_a_count_again_follows_what_has_changed(small):
    count(small)
    small.happens(1, EventKind.LEAD_CHANGED, fields={"size": 3})
    small.publish(segmented('\nsegments:\n  small: {name: Small ones, when: "lead.size < 100"}\n'))
    small.later(seconds=30)
    count(small)
    assert members(small) == {(1, "small"), (3, "small")}
    assert list(counted(small)) == [("segment", "small")]


def test_only_the_last_count_is_kept(small):
    count(small)
    last = count(small)
    assert [row.id for row in small.rows(table.sweep, table.sweep.c.kind == "segments")] == [last]


def test_asking_twice_counts_once(small):
    with small.engine.deciding() as (connection, now):
        first = segments.refresh(connection, by="", now=now)
        assert segments.refresh(connection, by="", now=now) == first


def test_housekeeping_counts_where_there_are_segments(small):
    small.engine.keep_house()
    small.later(seconds=30)
    assert ("segment", "large") in counted(small)


def tag_all(connection, wanted, tags, *, on, by, now):
    """A walk as yesterday's code began it: it is carried on."""
    asked = {"filter": msgspec.to_builtins(wanted), "tags": list(tags), "on": on}
    ask_for(connection, SweepKind.TAGS, asked=asked, actor=by, now=now)


def test_tags_are_put_on_all_that_a_filter_lets_through(small):
    with small.engine.deciding() as (connection, now):
        tag_all(connection, LeadFilter(company="fjord as"), ("vip",), on=True, by="mara", now=now)
    small.later(seconds=30)
    assert [small.state(lead).lead.tags for lead in (1, 2, 3, 4)] == [("vip",), ("vip",), ("vip",), ()]
    assert {row.lead_id for row in small.rows(table.lead_tag)} == {1, 2, 3}
    with small.engine.deciding() as (connection, now):
        tag_all(connection, LeadFilter(tag="vip", search="ann"), ("vip",), on=False, by="mara", now=now)
    small.later(seconds=30)
    assert {row.lead_id for row in small.rows(table.lead_tag)} == {2, 3}
    assert small.events(EventKind.LEAD_UNTAGGED)[0].properties == {"tags": {"vip": True}, "by": "mara"}
    assert list(states_differ(small.database)) == []


def test_who_has_the_tag_already_is_left_alone(small):
    for _ in range(2):
        with small.engine.deciding() as (connection, now):
            tag_all(connection, LeadFilter(), ("vip",), on=True, by="", now=now)
        small.later(seconds=30)
    assert len(small.events(EventKind.LEAD_TAGGED)) == 4


@pytest.mark.parametrize(
    ("written", "tags"),
    [("vip", ("vip",)), (" Big  Fish, VIP,, vip ", ("big fish", "vip")), (" , ", ())],
)
def test_tags_are_written_apart_by_commas(written, tags):
    assert tags_in(written) == tags


LISTED = (table.lead_tag, table.lead_campaign, table.company)


def test_leads_of_before_are_listed_by_a_walk(small):
    small.happens(1, EventKind.LEAD_TAGGED, tags={"vip": True})
    small.later(seconds=30)
    before = [set(small.rows(each)) for each in LISTED], small.rows(table.lead)
    with small.database.writing() as connection:
        for each in LISTED:
            connection.execute(delete(each))
        connection.execute(update(table.lead).values(name_key="", last_key=None, company_key=None))
    with small.engine.deciding() as (connection, now):
        ask_for(connection, SweepKind.LISTING, actor="", now=now)
    small.later(seconds=30)
    assert ([set(small.rows(each)) for each in LISTED], small.rows(table.lead)) == before


def test_rows_of_lists_follow_the_state(small):
    assert {(row.lead_id, row.campaign) for row in small.rows(table.lead_campaign)} == {
        (1, "news"),
        (2, "news"),
    }
    small.happens(1, EventKind.LEAD_CHANGED, fields={"company": "", "email": "ann@gmail.com"})
    small.happens(2, EventKind.UNSUBSCRIBED)
    small.later(seconds=30)
    companies = {row.key: (row.name, row.leads) for row in small.rows(table.company)}
    assert companies == {"fjord as": ("fjord as", 2), "x.example": ("x.example", 1)}
    causes = {row.lead_id: row.suppressed for row in small.rows(table.lead_state)}
    assert causes == {1: None, 2: "unsubscribed", 3: None, 4: None}


def test_a_company_that_nobody_is_of_is_gone(small):
    with small.database.writing() as connection:
        connection.execute(text("DELETE FROM lead WHERE id <> 4"))
        recount(connection, {"fjord as", "x.example"})
    assert [row.key for row in small.rows(table.company)] == ["x.example"]


@pytest.mark.parametrize(
    ("company", "email", "key"),
    [
        ("Fjord  AS", "a@b.example", "fjord as"),
        ("", "a@B.example", "B.example"),
        (None, "a@gmail.com", None),
        (None, None, None),
    ],
)
def test_what_makes_leads_colleagues(company, email, key):
    assert company_key(company=company, email=email) == key


def test_a_nameless_lead_is_sorted_by_its_address():
    keys = list_keys(email="a@b.example", first_name=None, last_name=None, company=None)
    assert keys == {"name_key": "a@b.example", "last_key": None, "company_key": "b.example"}


def test_tags_come_with_an_import_once(bare):
    bare.publish()
    ann = NewLead(
        reference="1", fields={"email": "ann@x.example", "first_name": "Ann"}, fact="f:1", tags=("vip",)
    )
    for _ in range(2):
        bare.engine.enter_leads([ann], source="import")
    bare.later(seconds=30)
    assert bare.state(1).lead.tags == ("vip",)
    assert len(bare.events(EventKind.LEAD_TAGGED)) == 1
