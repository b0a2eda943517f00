"""Outgoing webhooks: each step's call is posted until it is taken or given up, once a visit, and mail never waits for it."""

import threading
from concurrent.futures import wait
from datetime import UTC, datetime, timedelta

import msgspec
import pytest
from company import ANY_TIME, MONDAY, PROGRAMME, Company, campaign, catalog
from standardwebhooks import Webhook

from nurture.content.catalog import load_texts
from nurture.delivery.memory import MemoryCaller
from nurture.engine.absorb import absorb
from nurture.engine.webhook_answers import settle_calls
from nurture.engine.webhook_calls import LEASE, claim_calls
from nurture.engine.webhooks_out import MOST_A_TURN
from nurture.ports import Answer
from nurture.store import records as table
from nurture.store.due import DueKind
from nurture.vocabulary.words import EventKind

URL = "https://hooks.small.example/chat"
CALLS = "[{webhook: chat, wait: 0 minutes}, {mail: first, wait: 0 minutes}]"


class Endpoint(MemoryCaller):
    """Takes every post, unless ``answer`` says otherwise."""

    def __init__(self) -> None:
        super().__init__()
        self.answer = lambda: Answer(204)

    def post(self, url, headers, body):
        super().post(url, headers, body)
        return self.answer()

    @property
    def bodies(self):
        return [msgspec.json.decode(post.body) for post in self.posts]


@pytest.fixture
def endpoint():
    return Endpoint()


@pytest.fixture
def company(database_url, endpoint):
    company = Company(database_url, caller=endpoint)
    company.publish(catalog(campaign(steps=CALLS)))
    yield company
    company.engine.close()


def calls(company):
    return company.rows(table.webhook_call)


def queued(company):
    return company.rows(table.due, table.due.c.kind == DueKind.WEBHOOK.value)


def says(status, text=""):
    return lambda: Answer(status, text)


# ---------------------------------------------------------------- what is posted


def test_a_step_posts_the_leads_story(company, endpoint):
    (ada,) = company.enter("ada", size=200)
    assert company.later(seconds=1).called == 1
    (post,) = endpoint.posts
    assert post.url == URL
    assert post.headers["content-type"] == "application/json"
    (row,) = calls(company)
    assert endpoint.bodies == [
        {
            "id": f"call_{row.id}",
            "type": "step.reached",
            "timestamp": "2026-03-02T10:00:01Z",
            "data": {
                "lead": ada,
                "email": "ada@x.example",
                "name": "ada",
                "company": None,
                "temperature": "cold",
                "stage": "inquiry",
                "grade": "B",
                "persona": None,
                "owner": None,
                "campaign": "news",
                "webhook": "chat",
                "step": "chat",
            },
        }
    ]


def test_a_receiver_knows_the_post_by_the_standards_own_library(company, endpoint, monkeypatch):
    company.enter("ada")
    company.later(seconds=1)
    (post,) = endpoint.posts
    receiver = Webhook(company.engine.keyring.webhook_secret("chat"))
    monkeypatch.setattr("standardwebhooks.webhooks.datetime", ClockOf(company))
    assert receiver.verify(post.body, post.headers) == endpoint.bodies[0]


class ClockOf:
    """The receiver's clock, which shows the company's moment."""

    def __init__(self, company):
        self.fromtimestamp = datetime.fromtimestamp
        self.now = lambda tz=UTC: company.clock.now()


def test_what_was_taken_is_delivered_and_told_once(company, endpoint):
    (ada,) = company.enter("ada")
    company.later(seconds=1)
    company.later(days=5)
    (row,) = calls(company)
    assert (row.status, row.attempts, row.answer) == ("delivered", 1, "204")
    assert row.settled_at == MONDAY + timedelta(seconds=1)
    assert queued(company) == []
    assert len(endpoint.posts) == 1
    (event,) = company.events(EventKind.WEBHOOK_CALLED)
    assert (event.lead_id, event.properties) == (ada, {"webhook": "chat", "step": "chat"})
    assert event.absorbed_at is not None


def test_the_call_is_queued_in_the_transaction_that_decided_it(company, endpoint):
    company.enter("ada", "bob")
    with company.engine.deciding() as (connection, now):
        absorb(connection, company.engine.live, now, keyring=company.engine.keyring, most=10)
    assert [row.id for row in calls(company)] == sorted(row.id for row in queued(company))
    assert [row.status for row in calls(company)] == ["waiting", "waiting"]
    assert endpoint.posts == []


# ---------------------------------------------------------------- what is not taken


@pytest.mark.parametrize(
    ("answer", "written"),
    [
        (Answer(500, "upstream is away"), "500 upstream is away"),
        (Answer(302, "Found"), "302 Found"),
        (Answer(401, "no signature"), "401 no signature"),
        (Answer(None, "no answer within 10 seconds"), "no answer within 10 seconds"),
    ],
)
def test_what_was_not_taken_is_tried_again_later_under_the_same_id(company, endpoint, answer, written):
    endpoint.answer = lambda: answer
    company.enter("ada")
    assert company.later(seconds=1).uncalled == 1
    (row,) = calls(company)
    assert (row.status, row.attempts, row.answer, row.settled_at) == ("waiting", 1, written, None)
    assert company.later(minutes=4).uncalled == 0
    endpoint.answer = says(200)
    assert company.later(minutes=3).called == 1  # 5 minutes, jittered by a fifth
    assert [row.status for row in calls(company)] == ["delivered"]
    first, second = endpoint.posts
    assert first.headers["webhook-id"] == second.headers["webhook-id"]
    assert first.headers["webhook-timestamp"] < second.headers["webhook-timestamp"]
    assert first.body == second.body


def test_an_endpoint_that_never_takes_it_is_given_up_after_three_days(company, endpoint, caplog):
    endpoint.answer = says(503)
    company.enter("ada")
    for _ in range(80):
        company.later(hours=1)
    (row,) = calls(company)
    assert (row.status, row.answer) == ("failed", "503")
    assert timedelta(hours=72) <= row.settled_at - row.tried_at <= timedelta(hours=77)
    assert queued(company) == []
    assert company.events(EventKind.WEBHOOK_CALLED) == []
    assert "webhook given up" in caplog.text
    assert len(endpoint.posts) == row.attempts


def test_an_endpoint_that_is_gone_is_not_asked_again(company, endpoint):
    endpoint.answer = says(410, "Gone")
    company.enter("ada")
    company.later(seconds=1)
    assert [(row.status, row.answer) for row in calls(company)] == [("failed", "410 Gone")]
    assert queued(company) == []


def test_a_webhook_that_the_programme_forgot_waits_for_it_to_come_back(company, endpoint):
    endpoint.answer = says(500)
    company.enter("ada")
    company.later(seconds=1)
    without = PROGRAMME.replace("SENDING", ANY_TIME).replace("chat:", "elsewhere:")
    company.publish(load_texts({"campaigns/programme.yaml": without, **campaign(steps="[{mail: first}]")}))
    company.later(minutes=10)
    (row,) = calls(company)
    assert (row.status, row.answer) == ("waiting", "the programme declares no such webhook any more")
    assert len(endpoint.posts) == 1


def test_our_own_mistake_in_one_post_ends_neither_the_tick_nor_other_calls(company, endpoint, caplog):
    def fails_once():
        endpoint.answer = says(204)
        raise ZeroDivisionError

    endpoint.answer = fails_once
    company.enter("ada", "bob")
    ticked = company.later(seconds=1)
    assert (ticked.called, ticked.uncalled, ticked.sent) == (1, 1, 2)
    assert "webhook not posted" in caplog.text


# ---------------------------------------------------------------- who waits for whom


def test_a_slow_endpoint_holds_up_neither_mail_nor_the_tick(company, endpoint):
    answered = threading.Event()

    def slow():
        answered.wait(10)
        return Answer(200)

    endpoint.answer = slow
    company.enter(*(f"lead{number}" for number in range(20)))
    ticked = company.later(seconds=1)
    assert (ticked.sent, ticked.called) == (20, 0)
    assert len(endpoint.posts) <= 8
    company.enter("late")
    assert company.later(seconds=1).sent == 1
    answered.set()
    company.engine._webhooks._pool.shutdown()
    assert company.engine._webhooks._settle() == ["delivered"] * len(endpoint.posts)


def test_a_late_answer_is_settled_by_the_next_tick_although_nothing_is_due(company, endpoint):
    answered = threading.Event()
    endpoint.answer = lambda: (answered.wait(10), Answer(200))[1]
    company.enter("ada")
    assert company.later(seconds=1).called == 0
    answered.set()
    wait(company.engine._webhooks._running)
    assert company.engine.tick().called == 1


def test_a_turn_posts_so_many_and_the_next_one_the_rest(company, endpoint):
    company.enter(*(f"lead{number}" for number in range(MOST_A_TURN + 6)))
    assert company.later(seconds=1).called == MOST_A_TURN
    assert company.later(seconds=1).called == 6


def test_what_is_out_when_the_engine_closes_is_written(database_url, endpoint):
    company = Company(database_url, caller=endpoint)
    company.publish(catalog(campaign(steps=CALLS)))
    answering = threading.Event()
    endpoint.answer = lambda: (answering.wait(10), Answer(200))[1]
    company.enter("ada")
    assert company.later(seconds=1).called == 0
    answering.set()
    company.engine.close()
    assert [row.status for row in calls(company)] == ["delivered"]
    company.database.close()


# ---------------------------------------------------------------- leases


def claimed_and_lost(company):
    """One call that waits, and a worker that has claimed it and gone."""
    company.enter("ada")
    company.clock.turn_to(MONDAY + timedelta(seconds=1))
    with company.engine.deciding() as (connection, now):
        absorb(connection, company.engine.live, now, keyring=company.engine.keyring, most=10)
    with company.engine.deciding() as (connection, now):
        return claim_calls(connection, now, most=8)


def test_a_lost_workers_call_is_posted_by_another_under_the_same_id(company, endpoint):
    (lost,) = claimed_and_lost(company)
    assert company.later(seconds=30).called == 0
    assert company.later(seconds=LEASE.total_seconds()).called == 1
    assert endpoint.bodies[0]["id"] == f"call_{lost.id}"
    (row,) = calls(company)
    assert (row.status, row.attempts) == ("delivered", 2)


def test_two_workers_never_post_the_same_call(company, endpoint, database_url):
    other = Company(database_url, caller=endpoint, now=MONDAY + timedelta(seconds=1))
    company.enter(*(f"lead{number}" for number in range(60)))
    company.clock.turn_to(other.clock.now())
    with company.engine.deciding() as (connection, now):
        absorb(connection, company.engine.live, now, keyring=company.engine.keyring, most=100)
    workers = [threading.Thread(target=each.engine.tick) for each in (company, other)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    other.engine.close()
    ids = [body["id"] for body in endpoint.bodies]
    assert len(ids) == len(set(ids)) == 60
    assert {(row.status, row.attempts) for row in calls(company)} == {("delivered", 1)}


def test_the_answer_to_an_earlier_try_is_not_written(company, endpoint):
    (lost,) = claimed_and_lost(company)
    endpoint.answer = says(503)
    company.later(seconds=LEASE.total_seconds())
    with company.engine.deciding() as (connection, now):
        assert settle_calls(connection, [(lost, Answer(200))], now) == {}
    (row,) = calls(company)
    assert (row.status, row.attempts, row.answer) == ("waiting", 2, "503")
    assert company.events(EventKind.WEBHOOK_CALLED) == []


# ---------------------------------------------------------------- nothing leaves by default


def test_without_a_caller_calls_are_held_and_shown_and_never_made(bare):
    bare.publish(catalog(campaign(steps=CALLS)))
    bare.enter("ada")
    ticked = bare.later(seconds=1)
    assert (ticked.sent, ticked.called, ticked.uncalled) == (1, 0, 0)
    (row,) = calls(bare)
    assert (row.status, row.attempts, row.settled_at) == ("held", 0, bare.clock.now())
    assert queued(bare) == []


def test_what_was_held_stays_held_when_the_way_is_opened(database_url, endpoint):
    closed = Company(database_url)
    closed.publish(catalog(campaign(steps=CALLS)))
    closed.enter("ada")
    closed.later(seconds=1)
    closed.engine.close()
    opened = Company(database_url, caller=endpoint, now=MONDAY + timedelta(hours=1))
    opened.engine.tick()
    assert endpoint.posts == []
    assert [row.status for row in calls(opened)] == ["held"]
    opened.engine.close()
