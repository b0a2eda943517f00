"""A broadcast: one mail to those of a segment, once, through the same touches and gates; held, let go on, called off."""

from datetime import UTC, datetime, timedelta

import pytest
from company import MONDAY, Company, campaign, catalog, read
from sqlalchemy import func, select

from nurture.engine import broadcasts
from nurture.engine.claim import claim
from nurture.engine.intake import NewLead
from nurture.engine.ticked import Ticked
from nurture.insight.why import why_lead
from nurture.ports import ReceiptStatus
from nurture.simulation.refold import states_differ
from nurture.store import records as table
from nurture.vocabulary.words import EventKind, Gate, TouchStatus

SEGMENTS = """
segments:
  large: {name: Large companies, when: "lead.size >= 100"}
  vips: {name: Our best, when: "'vip' in lead.tags"}
"""
BROADCAST = """
format: 1
key: fair
name: See us at the fair
broadcast: {AUDIENCE, mail: fair, at: "AT"}
"""
NOON = "2026-03-02 12:00"
NOON_THERE = MONDAY + timedelta(hours=1)
"""In Berlin: an hour after the story begins."""


def with_broadcast(*others, audience="to: large", at=NOON, sending=None, **edits):
    """The small company's programme with segments, and a broadcast to one of them."""
    fair = campaign("fair", mails=("fair",))
    text = BROADCAST.replace("AUDIENCE", audience).replace("AT", at)
    for old, new in edits.items():
        text = text.replace(old, new)
    fair["campaigns/fair/campaign.yaml"] = text
    asleep = campaign(entry="lead.plan == 'never'")
    of = catalog(*(others or (asleep,)), fair, **({"sending": sending} if sending else {}))
    texts = {**of.texts, "campaigns/programme.yaml": of.texts["campaigns/programme.yaml"] + SEGMENTS}
    return read(tuple(texts.items()))


def sweep(company: Company):
    (row,) = company.rows(table.sweep, table.sweep.c.kind == "broadcast")
    return row


def missed(company: Company) -> dict[int, str]:
    return {row.lead_id: row.properties["why"] for row in company.events(EventKind.BROADCAST_MISSED)}


@pytest.fixture
def fair(bare):
    """Two of three leads are of large companies; the broadcast begins in an hour."""
    bare.publish(with_broadcast())
    bare.enter("ann", "bea", size=500)
    bare.enter("cid", size=5)
    bare.engine.tick()
    return bare


def test_the_segment_is_mailed_at_its_moment_and_not_before(fair):
    fair.later(minutes=59)
    assert fair.mailed() == []
    fair.later(minutes=1)
    assert fair.mailed() == ["ann", "bea"]
    assert (sweep(fair).seen, sweep(fair).taken) == (3, 2)
    assert sweep(fair).counts == {"mailed": 2}
    assert sweep(fair).finished_at == datetime(2026, 3, 2, 11, tzinfo=UTC)


def test_who_is_in_the_segment_is_asked_when_it_begins(fair):
    fair.happens(3, EventKind.LEAD_CHANGED, fields={"size": 1000})
    fair.happens(1, EventKind.LEAD_CHANGED, fields={"size": 1})
    fair.later(hours=1)
    assert fair.mailed() == ["bea", "cid"]


def test_nobody_is_mailed_twice_whatever_is_published_or_ticks(fair):
    fair.later(hours=1)
    fair.publish(with_broadcast(at="2026-03-02 14:00"))
    for _ in range(4):
        fair.later(hours=1)
    assert fair.mailed() == ["ann", "bea"]


def test_a_lead_forgets_the_enrolment_and_keeps_what_it_had(fair):
    fair.later(hours=1)
    state = fair.state(1)
    assert state.enrolments == ()
    assert list(state.had) == ["fair/fair"]
    assert fair.rows(table.lead_campaign) == []
    (left,) = [row for row in fair.events(EventKind.CAMPAIGN_LEFT) if row.lead_id == 1]
    assert left.properties["reason"] == "finished"


def test_what_it_decided_is_written_like_for_any_mail(fair):
    fair.later(hours=1)
    (touch,) = fair.touches(1)
    (decision,) = fair.decisions(touch.id)
    assert (touch.campaign, touch.track, touch.status) == ("fair", "broadcast", TouchStatus.SENT)
    assert [gate for gate, *_ in decision.checks] == list(Gate)


def test_states_are_the_fold_of_their_events(fair):
    fair.later(hours=1)
    assert list(states_differ(fair.database)) == []


def test_with_a_tag_in_place_of_a_segment(bare):
    bare.publish(with_broadcast(audience="tag: vip"))
    people = [
        NewLead(reference=name, fields={"email": f"{name}@x.example", "first_name": name}, tags=tags)
        for name, tags in (("ann", ("vip",)), ("bea", ()), ("cid", ("Other", " VIP ")))
    ]
    bare.engine.enter_leads(people, source="import")
    bare.engine.tick()
    bare.later(hours=1)
    assert bare.mailed() == ["ann", "cid"]


def test_who_may_not_have_it_is_told_why_and_gets_nothing_later(bare):
    bare.publish(with_broadcast())
    bare.enter("ann", "gone", "had", size=500)
    bare.engine.enter_leads([NewLead(reference="mute", fields={"size": 500})], source="import")
    bare.engine.tick()
    bare.happens(2, EventKind.UNSUBSCRIBED)
    bare.happens(3, EventKind.MAIL_SENT, mail="fair/fair")
    bare.later(hours=1)
    assert bare.mailed() == ["ann"]
    assert missed(bare) == {2: "suppressed", 3: "already had the mail", 4: "no address"}
    assert sweep(bare).counts == {
        "mailed": 1,
        "suppressed": 1,
        "already had the mail": 1,
        "no address": 1,
    }
    assert "the broadcast fair passed by" in list(why_lead(bare.engine, "2"))
    bare.happens(4, EventKind.LEAD_CHANGED, fields={"email": "mute@x.example"})
    bare.later(days=3)
    assert bare.mailed() == ["ann"]


def test_a_lead_that_unsubscribes_while_its_mail_waits_is_out_for_good(bare):
    bare.publish(with_broadcast(sending='between: ["15:00", "16:00"]'))
    bare.enter("ann", size=500)
    bare.engine.tick()
    bare.later(hours=1)
    assert bare.statuses(1) == [("fair", "planned")]
    bare.happens(1, EventKind.UNSUBSCRIBED)
    bare.later(minutes=1)
    assert bare.statuses(1) == [("fair", "cancelled")]
    assert bare.state(1).enrolments == ()


def test_the_gates_of_the_programme_hold_for_it(bare):
    news = campaign("news", steps="[{mail: first}]", mails=("first",))
    bare.publish(
        with_broadcast(
            news, sending='days: [mon, tue], between: ["00:00", "23:59"], at_most: [{mails: 1, per: day}]'
        )
    )
    bare.enter("ann", size=500)
    bare.engine.tick()
    bare.later(hours=1)
    assert bare.statuses(1) == [("first", "sent"), ("fair", "planned")]
    bare.later(days=1)
    assert bare.statuses(1) == [("first", "sent"), ("fair", "sent")]


def test_a_walk_goes_on_where_it_stopped(database_url):
    company = Company(database_url, batch=2)
    company.publish(with_broadcast())
    company.enter(*(f"n{number}" for number in range(7)), size=500)
    company.engine.tick()
    company.clock.turn_to(company.clock.now() + timedelta(hours=1))
    company.relay.meanwhile = company.engine.stop  # after the first batch of mail
    company.engine.tick()
    assert 0 < sweep(company).seen < 7
    again = Company(database_url, now=company.clock.now(), batch=2)
    again.engine.tick()
    assert sweep(again).seen == 7
    with again.database.reading() as connection:
        mails = connection.execute(select(func.count()).select_from(table.touch)).scalar_one()
    assert mails == 7
    for each in (company, again):
        each.engine.close()


def test_one_that_was_old_news_when_it_was_published_is_never_sent(bare):
    bare.publish(with_broadcast(at="2026-02-20 09:00"))
    bare.enter("ann", size=500)
    bare.later(days=1)
    assert bare.mailed() == []
    assert bare.rows(table.sweep, table.sweep.c.kind == "broadcast") == []


def test_its_moment_may_be_moved_until_it_begins(fair):
    fair.publish(with_broadcast(at="2026-03-02 15:00"))
    fair.later(hours=2)
    assert fair.mailed() == []
    fair.later(hours=2)
    assert fair.mailed() == ["ann", "bea"]


def test_one_whose_file_is_gone_does_not_begin(fair):
    without = {path: text for path, text in with_broadcast().texts.items() if "/fair/" not in path}
    fair.publish(read(tuple(without.items())))
    fair.later(hours=2)
    assert fair.mailed() == []
    fair.publish(with_broadcast(at="2026-03-02 15:00"))
    fair.later(hours=2)
    assert fair.mailed() == ["ann", "bea"]


def change(company, verb, **values):
    with company.engine.deciding() as (connection, now):
        return verb(connection, "fair", now=now, **values)


def test_paused_before_it_begins_it_begins_when_it_may_go_on(fair):
    assert change(fair, broadcasts.pause)
    fair.later(hours=3)
    assert fair.mailed() == []
    assert change(fair, broadcasts.resume)
    fair.later(minutes=1)
    assert fair.mailed() == ["ann", "bea"]


@pytest.fixture
def waiting(bare):
    """The broadcast has come to both, and their mails wait for the window at three."""
    bare.publish(with_broadcast(sending='between: ["15:00", "16:00"]'))
    bare.enter("ann", "bea", size=500)
    bare.engine.tick()
    bare.later(hours=1)
    assert bare.statuses(1) == [("fair", "planned")]
    return bare


def test_paused_on_its_way_it_holds_the_mails_that_wait(waiting):
    assert change(waiting, broadcasts.pause)
    assert not change(waiting, broadcasts.pause)
    waiting.later(hours=3, minutes=30)
    assert waiting.mailed() == []
    assert change(waiting, broadcasts.resume)
    waiting.later(minutes=1)
    assert waiting.mailed() == ["ann", "bea"]


@pytest.fixture
def put_off(fair):
    """Ann's mail is on its way when *verb* is said, and the relay puts it off; Bea's comes after."""

    def begin(verb, **values):
        def answer(message):
            fair.relay.answer = lambda _: None
            assert change(fair, verb, **values)
            return {"status": ReceiptStatus.DEFERRED, "code": "4.2.1"}

        fair.relay.answer = answer
        fair.later(hours=1)
        assert fair.mailed() == ["bea"]
        return fair

    return begin


def test_paused_while_a_mail_is_on_its_way_it_is_held_when_it_comes_back(put_off):
    fair = put_off(broadcasts.pause)
    assert fair.statuses(1) == [("fair", "deferred")]
    fair.later(hours=4)
    assert fair.mailed() == ["bea"]
    assert change(fair, broadcasts.resume)
    fair.later(minutes=1)
    assert fair.mailed() == ["bea", "ann"]


def test_called_off_while_a_mail_is_on_its_way_it_does_not_leave_when_it_comes_back(put_off):
    fair = put_off(broadcasts.cancel, by="a person")
    fair.later(hours=4)
    assert fair.mailed() == ["bea"]
    assert fair.statuses(1) == [("fair", "cancelled")]
    assert fair.statuses(2) == [("fair", "sent")]
    assert fair.state(1).enrolments == fair.state(2).enrolments == ()
    assert list(states_differ(fair.database)) == []


def test_paused_while_a_worker_holds_a_mail_and_dies_nobody_takes_it_over(fair):
    fair.clock.turn_to(NOON_THERE)
    fair.engine._sends = False
    fair.engine._absorb_all(fair.engine.live, Ticked())
    while fair.engine._sweep_batch(fair.engine.live, Ticked()):
        fair.engine._absorb_all(fair.engine.live, Ticked())
    with fair.database.writing() as connection:
        claim(connection, fair.engine.live, NOON_THERE, most=1, lease_for=timedelta(minutes=5))
    assert change(fair, broadcasts.pause)
    fair.later(hours=1)
    assert fair.mailed() == []
    assert fair.statuses(1) == [("fair", "planned")]
    assert change(fair, broadcasts.resume)
    fair.later(minutes=1)
    assert sorted(fair.mailed()) == ["ann", "bea"]


def test_what_is_planned_while_it_is_paused_is_held_too(fair):
    reached = {"campaign": "fair"}
    assert change(fair, broadcasts.pause)
    fair.happens(1, EventKind.BROADCAST_REACHED, **reached)
    fair.later(minutes=5)
    assert fair.statuses(1) == [("fair", "planned")]
    assert fair.mailed() == []


def test_called_off_on_its_way_no_further_mail_leaves(waiting):
    assert change(waiting, broadcasts.cancel, by="a person")
    assert not change(waiting, broadcasts.cancel, by="a person")
    waiting.later(hours=5)
    assert waiting.mailed() == []
    assert waiting.statuses(1) == [("fair", "cancelled")]
    assert waiting.state(1).enrolments == ()
    assert sweep(waiting).cancelled_at is not None
    assert list(states_differ(waiting.database)) == []


def test_called_off_before_it_begins_it_comes_to_nobody(fair):
    assert change(fair, broadcasts.cancel, by="a person")
    fair.later(hours=3)
    assert fair.events(EventKind.BROADCAST_REACHED) == []
    assert not change(fair, broadcasts.resume)


def test_called_off_it_takes_back_what_came_to_nobody_yet(fair):
    fair.happens(1, EventKind.BROADCAST_REACHED, campaign="fair")
    fair.clock.turn_to(MONDAY + timedelta(hours=1))
    with fair.engine.deciding() as (connection, now):
        from nurture.engine.sweeps import sweep_batch

        assert sweep_batch(connection, fair.engine.live, now, most=100)
    assert change(fair, broadcasts.cancel, by="a person")
    fair.later(minutes=1)
    assert {row.lead_id for row in fair.events(EventKind.BROADCAST_REACHED)} == {1}  # what others told stays


def test_what_people_did_with_it_stands_at_the_mail(fair):
    fair.later(hours=1)
    (touch,) = fair.touches(1)
    fair.happens(1, EventKind.MAIL_OPENED, touch=touch.id, mail="fair/fair", humanity=0.1)
    fair.later(minutes=1)
    assert fair.touches(1)[0].opened_at is None
    first = fair.clock.now()
    for minutes in (1, 2):
        fair.happens(1, EventKind.MAIL_CLICKED, touch=touch.id, mail="fair/fair", link="site", humanity=0.9)
        fair.later(minutes=minutes)
    assert fair.touches(1)[0].clicked_at == first
