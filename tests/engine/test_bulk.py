"""Acts on many leads, a batch a transaction, on both stores: done, counted, stopped and taken back; and the fold holds."""

import pytest
from company import campaign, catalog
from test_hand_offs import hot

from nurture.engine.bulk import begin, take_back
from nurture.engine.bulk_acts import Act, Asked
from nurture.engine.lead_filter import LeadFilter
from nurture.engine.sweep_rows import sweep_numbered
from nurture.engine.sweeps import carry_on
from nurture.insight.bulk_preview import preview
from nurture.insight.mails import mails_of
from nurture.insight.why import why_lead
from nurture.simulation.refold import states_differ
from nurture.store import records as table
from nurture.vocabulary.words import EventKind, ExitReason, SuppressionCause

EVERYONE = LeadFilter()


def ask(company, act, value, wanted=EVERYONE, chosen=None):
    with company.engine.deciding() as (connection, now):
        wanted = None if chosen else wanted
        return begin(connection, Asked(act, value), chosen=chosen, wanted=wanted, by="mara", now=now).id


def undo(company, number):
    with company.engine.deciding() as (connection, now):
        sweep = take_back(connection, number, by="mara", now=now)
    return sweep.id if sweep else None


def walk(company, number):
    with company.database.reading() as connection:
        return sweep_numbered(connection, number)


@pytest.fixture
def five(company):
    """Five leads, taken two at a time; Cid has the tag that others get."""
    company.engine._batch = 2
    company.enter("ann", "bob", "cid", "dan", "eve")
    company.engine.tick()
    company.happens(3, EventKind.LEAD_TAGGED, tags={"vip": True})
    company.engine.tick()
    return company


def tagged(company):
    return {row.lead_id for row in company.rows(table.lead_tag)}


def test_all_that_match_are_done_in_batches_and_counted(five):
    number = ask(five, Act.TAG, "vip")
    assert walk(five, number).counts["expected"] == 5
    five.later(seconds=30)
    done = walk(five, number)
    assert (tagged(five), done.taken, done.seen) == ({1, 2, 3, 4, 5}, 4, 5)
    assert done.counts["skipped"] == {"have it already": 1}
    assert list(states_differ(five.database)) == []


def test_taking_back_leaves_what_was_so_before_and_what_changed_since(five):
    number = ask(five, Act.TAG, "vip")
    five.later(seconds=30)
    five.happens(1, EventKind.LEAD_UNTAGGED, tags={"vip": True})
    five.later(seconds=30)
    undone = undo(five, number)
    five.later(seconds=30)
    assert tagged(five) == {3}
    assert (walk(five, undone).taken, walk(five, undone).counts["skipped"]) == (3, {"changed meanwhile": 1})
    assert undo(five, number) is None


def test_taking_back_stops_what_is_under_way(five):
    number = ask(five, Act.TAG, "vip")
    with five.engine.deciding() as (connection, now):  # one batch, and nothing is taken in yet
        carry_on(connection, five.engine.live, sweep_numbered(connection, number), now, most=2)
    undo(five, number)
    five.later(seconds=30)
    assert tagged(five) == {3}
    assert walk(five, number).cancelled_at
    assert list(states_differ(five.database)) == []


def test_who_stops_matching_before_its_turn_is_left_alone(five):
    number = ask(five, Act.TAG, "top", LeadFilter(tag="vip"))
    five.happens(3, EventKind.LEAD_UNTAGGED, tags={"vip": True})
    five.later(seconds=30)
    done = walk(five, number)
    assert (done.counts["expected"], done.seen, done.taken) == (1, 0, 0)


def test_an_owner_gets_the_open_hand_offs_too(company):
    (ann,) = hot(company, "ann")
    number = ask(company, Act.OWNER, "b@small.example", chosen=[ann])
    company.later(seconds=30)
    assert company.state(ann).lead.owner == "b@small.example"
    assert [row.rep for row in company.rows(table.hand_off)] == ["b@small.example"]
    undo(company, number)
    company.later(seconds=30)
    assert [row.rep for row in company.rows(table.hand_off)] == ["a@small.example"]


def test_suppressing_holds_with_the_transaction_and_is_lifted_only_where_it_was_ours(five):
    five.happens(1, EventKind.MAIL_COMPLAINED)
    five.later(seconds=1)
    number = ask(five, Act.SUPPRESS, "competitors")
    with five.engine.deciding() as (connection, now):
        carry_on(connection, five.engine.live, sweep_numbered(connection, number), now, most=9)
    listed = {row.address: row.cause for row in five.rows(table.suppression)}
    assert (len(listed), listed["bob@x.example"]) == (5, "manual")
    five.later(seconds=30)
    assert five.state(2).suppressed is SuppressionCause.MANUAL
    undo(five, number)
    five.later(seconds=30)
    assert [row.address for row in five.rows(table.suppression)] == ["ann@x.example"]
    assert five.state(2).suppressed is None


def test_leads_are_taken_out_of_a_campaign_and_put_in_again(bare):
    bare.publish(catalog(campaign(), campaign("other", entry="lead.size >= 100")))
    (ann,) = bare.enter("ann")
    bare.engine.tick()
    stopped = ask(bare, Act.STOP, "news", chosen=[ann])
    bare.later(minutes=1)
    (news,) = bare.state(ann).enrolments
    assert (news.left_because, dict(bare.statuses(ann))["second"]) == (ExitReason.STOPPED, "cancelled")
    ask(bare, Act.START, "other", chosen=[ann])  # whatever its entry asks
    undo(bare, stopped)
    bare.later(minutes=1)
    assert {each.campaign for each in bare.state(ann).live_enrolments} == {"news", "other"}
    assert (
        bare.statuses(ann).count(("first", "sent")) == 2
    )  # of either campaign once: what was had is not sent again
    assert list(states_differ(bare.database)) == []


def by_warmth():
    """A campaign of a cold and a warm track."""
    texts = campaign(mails=("first", "second", "third", "fourth"))
    key = "campaigns/news/campaign.yaml"
    head, _, _ = texts[key].partition("tracks:")
    cold = "{key: cold, temperature: cold, cadence: {every: 2 days}, steps: [{mail: first}, {mail: second}]}"
    warm = "{key: warm, temperature: warm, cadence: {every: 2 days}, steps: [{mail: third}, {mail: fourth}]}"
    return catalog(texts | {key: f"{head}tracks: [{cold}, {warm}]\n"})


def test_leads_are_moved_to_a_track_which_is_told_with_their_mail_and_back(bare):
    bare.publish(by_warmth())
    ann, bob = bare.enter("ann", "bob")
    bare.engine.tick()
    bare.happens(bob, EventKind.UNSUBSCRIBED)
    bare.engine.tick()
    was = bare.state(ann).enrolments[0].planned
    number = ask(bare, Act.TRACK, "news/warm/fourth")
    bare.later(minutes=1)
    assert (walk(bare, number).taken, walk(bare, number).counts["skipped"]) == (1, {"are suppressed": 1})
    (news,) = bare.state(ann).enrolments
    assert (news.track, news.planned.step, news.by_hand.by) == ("warm", "fourth", "mara")
    with bare.database.reading() as connection:
        movers = {each.touch.step: each.moved_by for each in mails_of(connection, ann)}
    assert movers == {"first": None, "second": None, "fourth": "mara"}
    assert "  moved to this track by hand, by mara" in list(why_lead(bare.engine, str(ann), "fourth"))
    undo(bare, number)
    bare.later(minutes=1)
    (news,) = bare.state(ann).enrolments
    assert (news.track, news.planned.step, news.planned.due_at) == ("cold", "second", was.due_at)
    assert bare.statuses(ann)[-2:] == [("fourth", "cancelled"), ("second", "planned")]
    assert list(states_differ(bare.database)) == []


def test_who_has_had_a_mail_since_it_was_moved_is_left_there(bare):
    bare.publish(by_warmth())
    (ann,) = bare.enter("ann")
    bare.engine.tick()
    number = ask(bare, Act.TRACK, "news/warm", chosen=[ann])
    bare.later(days=2)
    assert dict(bare.statuses(ann))["third"] == "sent"
    undone = undo(bare, number)
    bare.later(minutes=1)
    assert walk(bare, undone).counts["skipped"] == {"changed meanwhile": 1}
    assert bare.state(ann).enrolments[0].track == "warm"


def test_a_look_says_with_how_many_and_why_not_with_the_others(bare):
    bare.publish(by_warmth())
    bare.enter("ann", "bob", "cid")
    bare.engine.tick()
    bare.happens(2, EventKind.UNSUBSCRIBED)
    bare.engine.tick()
    asked = Asked(Act.TRACK, "news/warm")
    with bare.database.reading() as connection:
        found = preview(
            connection, bare.engine.live.programme, asked, chosen=None, wanted=EVERYONE, now=bare.clock.now()
        )
    assert (found.taken, found.of, found.skipped) == (2, 3, {"are suppressed": 1})
    assert found.words == "2 of 3 leads can be moved. Left alone: 1 are suppressed."
