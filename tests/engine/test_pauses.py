"""Pauses: what is due waits for a person, what is claimed goes back, nothing is lost, and nothing is late for it."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from company import ANY_TIME, MONDAY, Company, campaign, catalog

from nurture.engine.accounts import Role, add
from nurture.engine.claim import claim
from nurture.engine.held import HELD
from nurture.engine.pause_rows import EVERYTHING, Cause, live_pauses, past_pauses
from nurture.engine.pauses import pause, release, resume
from nurture.engine.ticked import Ticked
from nurture.store import records as table
from nurture.vocabulary.words import EventKind

TWO = (campaign("news", "[{mail: first}]"), campaign("club", "[{mail: first}]"))
ADA = "ada@small.example"


def paused(company, what=EVERYTHING, *, cause=Cause.PERSON, why="we look at it", actor=ADA, **more):
    with company.database.writing() as connection:
        return pause(connection, what, cause=cause, why=why, actor=actor, now=company.clock.now(), **more)


def resumed(company, what=EVERYTHING):
    with company.database.writing() as connection:
        return resume(connection, what, why="all is well", actor=ADA, now=company.clock.now())


def live(company):
    with company.database.reading() as connection:
        return [each.campaign for each in live_pauses(connection)]


def queued(company):
    return [row.due_at for row in company.rows(table.due, table.due.c.kind == 2)]


def test_while_everything_is_paused_nothing_leaves_and_each_mail_is_judged_once(bare):
    bare.publish(catalog(*TWO))
    (ann,) = bare.enter("ann")
    paused(bare)
    for _ in range(3):
        bare.later(hours=5)
    assert bare.mailed() == []
    assert {row.status for row in bare.touches(ann)} == {"planned"}
    assert queued(bare) == [HELD, HELD]
    told = [bare.decisions(row.id) for row in bare.touches(ann)]
    assert [(one.verdict, one.gate, one.next_at) for (one,) in told] == [("defer", "paused", None)] * 2
    assert told[0][0].why == "all mail is paused by ada@small.example: we look at it"


def test_after_a_resume_what_waited_leaves(bare):
    bare.publish(catalog(*TWO))
    bare.enter("ann", "bob")
    paused(bare)
    bare.engine.tick()
    assert resumed(bare)
    bare.later(minutes=5)
    assert sorted(bare.mailed()) == ["ann", "ann", "bob", "bob"]
    assert live(bare) == []
    assert not resumed(bare)


def test_one_campaign_rests_and_the_others_go_on(bare):
    bare.publish(catalog(*TWO))
    (ann,) = bare.enter("ann")
    paused(bare, "club")
    bare.engine.tick()
    assert {row.campaign: row.status for row in bare.touches(ann)} == {"news": "sent", "club": "planned"}
    paused(bare)
    assert live(bare) == [EVERYTHING, "club"]
    resumed(bare)
    bare.later(hours=2)
    assert len(bare.mailed()) == 1
    resumed(bare, "club")
    bare.engine.tick()  # after two hours it is spread over what is left of the window
    bare.later(hours=12)
    assert len(bare.mailed()) == 2


def test_who_pauses_what_is_paused_changes_nothing(bare):
    assert paused(bare)
    assert not paused(bare, why="another reason")
    with bare.database.reading() as connection:
        assert [each.why for each in live_pauses(connection)] == ["we look at it"]


def test_who_did_it_and_why_is_kept(bare):
    paused(bare, "club")
    bare.clock.turn_to(MONDAY + timedelta(days=1))
    resumed(bare, "club")
    with bare.database.reading() as connection:
        (over,) = past_pauses(connection, bare.clock.now())
    assert (over.campaign, over.actor, over.ended_by, over.ended_why) == ("club", ADA, ADA, "all is well")
    told = [(row.actor, row.what, row.target) for row in bare.rows(table.audit_entry)]
    assert told == [(ADA, "paused sending", "club"), (ADA, "resumed sending", "club")]


@pytest.mark.parametrize("misfire", ["skip", "next-window"])
def test_a_pause_of_days_makes_nothing_late_and_no_burst(tmp_path, misfire):
    company = Company(f"sqlite:///{tmp_path / 'nurture.sqlite'}")
    office = f'between: ["09:00", "17:00"], misfire: {misfire}, max_lateness: 2 days'
    company.publish(catalog(campaign(steps="[{mail: first}]"), sending=office))
    ids = company.enter(*(f"lead{number}" for number in range(120)))
    paused(company)
    company.engine.tick()
    company.clock.turn_to(MONDAY + timedelta(days=3))
    resumed(company)
    company.engine.tick()
    assert company.mailed() == []
    moments = [company.touches(each)[0].due_at for each in ids]
    minutes = [(each - company.clock.now()) // timedelta(minutes=1) for each in moments]
    assert max(map(minutes.count, minutes)) <= 6
    company.clock.turn_to(max(moments))
    company.engine.tick()
    assert len(company.mailed()) == 120
    company.engine.close()


def test_pauses_that_overlap_are_one_and_make_nothing_late(tmp_path):
    company = Company(f"sqlite:///{tmp_path / 'nurture.sqlite'}")
    company.publish(catalog(*TWO, sending=ANY_TIME + ", misfire: skip, max_lateness: 2 days"))
    ids = company.enter(*(f"lead{number}" for number in range(10)))
    paused(company, "news")
    company.engine.tick()
    assert len(company.mailed()) == 10
    company.clock.turn_to(MONDAY + timedelta(days=3))
    paused(company)
    resumed(company, "news")
    company.clock.turn_to(MONDAY + timedelta(days=3, minutes=10))
    resumed(company)
    company.engine.tick()
    assert len(company.mailed()) == 10
    waiting = [row.due_at for each in ids for row in company.touches(each) if row.status == "planned"]
    assert len(set(waiting)) == 10
    company.clock.turn_to(max(waiting))
    company.engine.tick()
    assert len(company.mailed()) == 20
    company.engine.close()


def test_a_campaign_that_rests_keeps_no_other_from_leaving(bare):
    bare.publish(
        catalog(
            campaign("news", "[{mail: first}]", priority=10), campaign("club", "[{mail: first}]", priority=90)
        )
    )
    (ann,) = bare.enter("ann")
    paused(bare, "club")
    bare.engine.tick()
    assert {row.campaign: row.status for row in bare.touches(ann)} == {"news": "sent", "club": "planned"}


def test_a_pause_reaches_what_is_claimed_already_within_half_a_second(bare):
    bare.publish(catalog(campaign("news", "[{mail: first}]")))
    ids = bare.enter(*(f"lead{number}" for number in range(10)))

    def meanwhile():
        if len(bare.relay.messages) == 4:
            paused(bare, "news")
            bare.clock.turn_to(bare.clock.now() + timedelta(milliseconds=500))

    bare.relay.meanwhile = meanwhile
    bare.engine.tick()
    assert len(bare.mailed()) == 4
    assert [bare.touches(each)[0].status for each in ids] == ["sent"] * 4 + ["planned"] * 6
    bare.relay.meanwhile = lambda: None
    resumed(bare, "news")
    bare.later(minutes=6)
    assert len(bare.mailed()) == 10


def test_a_pause_is_seen_before_the_dot(bare):
    bare.publish(catalog(campaign(steps="[{mail: first}]")))
    (ann,) = bare.enter("ann")

    def slow(_message):
        paused(bare)
        bare.clock.turn_to(bare.clock.now() + timedelta(seconds=1))

    bare.relay.answer = slow
    bare.engine.tick()
    assert bare.mailed() == []
    assert bare.touches(ann)[0].status in ("planned", "deferred")


def test_what_overtakes_a_batch_gets_the_rest_of_it_back_to_the_queue(bare):
    account = campaign("account", "[{mail: second}]", entry="lead.plan == 'trial'", class_="operational")
    bare.publish(catalog(campaign("news", "[{mail: first}]"), account))
    names = [f"lead{number}" for number in range(20)]
    bare.enter(*names)

    def meanwhile():
        bare.clock.turn_to(bare.clock.now() + timedelta(milliseconds=100))
        if len(bare.relay.messages) == 3:
            bare.enter("zoe", plan="trial")
            bare.engine._absorb_all(bare.engine.live, Ticked())

    bare.relay.meanwhile = meanwhile
    bare.engine.tick()
    assert bare.mailed().index("zoe") <= 3 + 7  # half a second later, of a batch of twenty
    assert sorted(bare.mailed()) == sorted([*names, "zoe", "zoe"])


def test_what_nothing_holds_is_found_by_the_housekeeping(bare):
    bare.publish(catalog(*TWO))
    bare.enter("ann")
    paused(bare)
    bare.engine.tick()
    with bare.database.writing() as connection:
        connection.execute(table.pause.update().values(ended_at=MONDAY))
        assert release(connection, MONDAY) == 2
        assert release(connection, MONDAY) == 0


def test_a_resume_waits_for_a_claim_that_has_seen_the_pause(postgres_database_url):
    company, other = Company(postgres_database_url), Company(postgres_database_url)
    company.publish(catalog(campaign(steps="[{mail: first}]")))
    company.enter("ann")
    company.engine._absorb_all(company.engine.live, Ticked())
    paused(company)
    with ThreadPoolExecutor(1) as pool:
        with company.database.writing() as connection:
            found = claim(connection, company.engine.live, MONDAY, most=10, lease_for=timedelta(minutes=5))
            waiting = pool.submit(resumed, other)
        assert (found, waiting.result()) == (([], 1), True)
    assert queued(company) == [MONDAY]
    company.engine.close()
    other.engine.close()


def test_admins_are_told_when_sending_stops_by_itself_and_not_when_a_person_stops_it(bare):
    bare.publish()
    with bare.database.writing() as connection:
        add(connection, ADA, Role.ADMIN, by="nurture", now=MONDAY)
        add(connection, "mark@small.example", Role.MARKETER, by="nurture", now=MONDAY)
    paused(bare, "club")
    paused(bare, "news", cause=Cause.COMPLAINTS, why="9 of 2,400 mails", actor="")
    bare.engine.tick()
    assert [(row.to, row.mail, row.status) for row in bare.rows(table.outbox)] == [
        (ADA, "sending-paused", "sent")
    ]
    (mail,) = bare.relay.messages
    assert b"news has stopped" in mail.data


def test_an_absence_and_a_pause_do_not_add_up(bare):
    """Late by three days before the pause, the mail is a misfire after it; late by none, it is none."""
    bare.publish(
        catalog(campaign(steps="[{mail: first}]"), sending=ANY_TIME + ", misfire: skip, max_lateness: 2 days")
    )
    (ann,) = bare.enter("ann")
    bare.engine._absorb_all(bare.engine.live, Ticked())
    bare.clock.turn_to(MONDAY + timedelta(days=3))
    paused(bare)
    bare.engine.tick()
    bare.clock.turn_to(MONDAY + timedelta(days=4))
    resumed(bare)
    bare.engine.tick()
    (skipped,) = bare.events(EventKind.MAIL_SKIPPED)
    assert skipped.properties["why"] == "3.0 days late"
    assert bare.touches(ann)[0].status == "skipped"
