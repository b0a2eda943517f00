"""Who gets a lead: by turn, by weight, as far as there is room; and what sales answers."""

import pytest
from company import MONDAY, campaign, catalog

from nurture.content.model import Member, Team
from nurture.engine.reps import pick
from nurture.engine.sales import accept, contact, reject
from nurture.store import records as table
from nurture.vocabulary.words import EventKind, Stage

ANN, BOB = Member(email="ann"), Member(email="bob")


def hot(company, *names, **fields):
    """Leads whose interest takes them over the line, each absorbed for itself."""
    ids = company.enter(*names, **fields)
    company.engine.tick()
    for lead_id in ids:
        company.happens(lead_id, EventKind.PAGE_VISITED)
        company.happens(lead_id, EventKind.PAGE_VISITED)
    company.engine.tick()
    return ids


def reps(company):
    return [row.rep for row in company.rows(table.hand_off)]


def answer(company, verb, lead_id, **values):
    with company.database.writing() as connection:
        verb(connection, lead_id, by="a rep", now=company.clock.now(), **values)
    company.engine.tick()


@pytest.mark.parametrize(
    ("open_leads", "turn", "rep"),
    [({}, 0, "ann"), ({}, 1, "bob"), ({}, 2, "ann"), ({"ann": 99}, 0, "ann")],
)
def test_round_robin_takes_turns(open_leads, turn, rep):
    assert pick(Team(members=(ANN, BOB)), open_leads, turn) == rep


@pytest.mark.parametrize(
    ("open_leads", "rep"), [({"ann": 1}, "bob"), ({"bob": 3}, "ann"), ({"ann": 1, "bob": 3}, None)]
)
def test_a_rep_without_room_is_passed_over(open_leads, rep):
    full = Team(members=(Member(email="ann", capacity=1), Member(email="bob", capacity=3)))
    assert pick(full, open_leads, 0) == rep


def test_weights_share_out_over_time():
    team = Team(members=(Member(email="ann", weight=3), BOB), strategy="weighted")
    open_leads = {"ann": 0, "bob": 0}
    for turn in range(40):
        open_leads[pick(team, open_leads, turn)] += 1
    assert open_leads == {"ann": 30, "bob": 10}


def test_a_hot_lead_is_handed_to_the_reps_of_its_route_in_turn(company):
    ids = hot(company, "ann", "bob", "cid")
    assert reps(company) == ["a@small.example", "b@small.example", "a@small.example"]
    assert [company.state(each).lead.owner for each in ids] == reps(company)
    assert [company.state(each).stage for each in ids] == [Stage.MQL] * 3


def test_big_leads_go_to_the_weighted_team(company):
    hot(company, "ann", "bob", "cid", size=500)
    assert sorted(reps(company)) == ["heavy@small.example"] * 2 + ["light@small.example"]


def test_a_lead_that_nobody_has_room_for_is_handed_over_to_nobody_yet(company):
    ids = hot(company, "ann", "bob", "cid", "dan", "eve")
    assert reps(company)[4] is None
    assert company.state(ids[4]).lead.owner is None
    assert company.state(ids[4]).handed_off == 1


def test_a_lead_that_comes_back_keeps_its_rep(company):
    (ann,) = hot(company, "ann")
    answer(company, reject, ann, reason="not-now", note="")
    assert company.state(ann).stage is Stage.RECYCLED
    hot(company, "bob")  # the turn goes on
    for _ in range(2):
        company.happens(ann, EventKind.PAGE_VISITED)
    company.later(minutes=1)
    rows = [row for row in company.rows(table.hand_off) if row.lead_id == ann]
    assert [(row.serial, row.rep) for row in rows] == [(1, "a@small.example"), (2, "a@small.example")]


def test_what_sales_answers_is_on_the_hand_off(company):
    ann, bob = hot(company, "ann", "bob")
    answer(company, accept, ann)
    answer(company, reject, bob, reason="not-now", note="in autumn")
    first, second = company.rows(table.hand_off)
    assert (first.accepted_at, first.closed_at) == (MONDAY, None)
    assert (second.accepted_at, second.closed_at, second.reason) == (None, MONDAY, "not-now")
    assert company.state(ann).stage is Stage.SAL


def test_while_sales_owns_a_lead_marketing_is_silent(company):
    (ann,) = hot(company, "ann")
    answer(company, accept, ann)
    company.later(days=2)
    assert company.mailed() == ["ann"]
    assert dict(company.statuses(ann))["second"] == "cancelled"


def test_a_deadline_that_is_missed_is_told_once(company):
    hot(company, "ann")
    for _ in range(4):
        company.later(days=1)
    assert len(company.events(EventKind.SLA_BREACHED)) == 1


def test_a_contact_is_a_fact_of_its_own(company):
    (ann,) = hot(company, "ann")
    answer(company, accept, ann)
    answer(company, contact, ann, note="spoke on the phone")
    (called,) = company.events(EventKind.CONTACTED)
    assert called.properties == {
        "by": "a rep",
        "note": "spoke on the phone",
        "how": "call",
        "outcome": "reached",
    }


def test_tasks_and_webhooks_happen_once_a_visit(bare):
    steps = "[{task: call, note: hello}, {webhook: chat, wait: 0 minutes}, {mail: first, wait: 0 minutes}]"
    bare.publish(catalog(campaign(steps=steps)))
    (ann,) = bare.enter("ann", company="Fjord")
    for _ in range(3):
        bare.later(days=1)
    (task,) = bare.rows(table.task)
    (call,) = bare.rows(table.webhook_call)
    assert (task.task, task.note, task.visit, task.step) == ("call", "hello", 1, "call")
    assert (call.webhook, call.status) == ("chat", "held")  # nothing leaves this machine
    assert call.payload["company"] == "Fjord"
    assert bare.statuses(ann) == [("first", "sent")]


def test_whoever_accepts_a_lead_owns_it(company):
    (ann,) = hot(company, "ann")
    answer(company, accept, ann)
    assert reps(company) == ["a rep"]
    assert company.state(ann).lead.owner == "a rep"
