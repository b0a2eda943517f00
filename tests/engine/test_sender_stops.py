"""A refusal that is our fault stops all sending; the mails wait, no lead is blamed, and a person resumes it."""

import pytest
from company import MONDAY, campaign, catalog

from nurture.delivery.outcome import judge
from nurture.delivery.sender_problems import PROBLEMS, problem_of
from nurture.engine.accounts import Role, add
from nurture.engine.pause_rows import live_pauses
from nurture.engine.pauses import resume
from nurture.ports import Receipt, ReceiptStatus
from nurture.store import records as table
from nurture.vocabulary.words import BounceKind, EventKind

ONE = campaign("news", "[{mail: first}]")
SPF_AND_DKIM = "This mail has been blocked because the sender is unauthenticated. Gmail requires all senders to authenticate with either SPF or DKIM."
SPAMHAUS = "5.7.1 Service unavailable; Client host [203.0.113.9] blocked using zen.spamhaus.org"


def refused(code, enhanced, text):
    """What the transport makes of a reply."""
    found = judge(code, enhanced, text)
    return {"status": found.status, "code": found.code, "text": found.text, "bounce": found.bounce}


UNAUTHENTICATED = refused(550, "5.7.26", SPF_AND_DKIM)
LISTED = refused(554, "5.7.1", SPAMHAUS)
NO_LOGIN = {
    "status": ReceiptStatus.DEFERRED,
    "text": "the relay answered 535 to the login of 'ada': 5.7.8 Error: authentication failed",
}
API_KEY = {
    "status": ReceiptStatus.DEFERRED,
    "code": "401",
    "text": "ours to mend, not the lead's: Postmark answered 401: no valid API token",
}


def live(company):
    with company.database.reading() as connection:
        return live_pauses(connection)


@pytest.mark.parametrize(
    ("answer", "problem"),
    [(UNAUTHENTICATED, "5.7.26"), (NO_LOGIN, "login"), (API_KEY, "provider")],
    ids=["a code that is ours", "the login", "a provider's key"],
)
def test_the_first_refusal_stops_everything_and_nothing_is_lost(bare, answer, problem):
    bare.publish(catalog(ONE))
    ids = bare.enter(*(f"lead{number}" for number in range(10)))
    bare.relay.answer = lambda message: None if len(bare.relay.messages) < 4 else answer
    bare.engine.tick()
    (found,) = live(bare)
    assert (found.campaign, found.cause, found.problem, found.actor) == ("", "sender", problem, "")
    assert found.why == answer["text"]
    assert [bare.touches(each)[0].status for each in ids] == ["sent"] * 4 + ["planned"] * 6
    assert bare.events(EventKind.MAIL_BOUNCED, EventKind.MAIL_FAILED) == []
    assert bare.rows(table.suppression) == []
    bare.relay.answer = lambda _message: None
    bare.later(days=5)
    assert len(bare.mailed()) == 4
    with bare.database.writing() as connection:
        resume(connection, "", why="the record is there", actor="ada@small.example", now=bare.clock.now())
    bare.engine.tick()
    bare.later(days=2)
    assert sorted(bare.mailed()) == sorted(f"lead{number}" for number in range(10))


def test_the_patience_with_a_server_does_not_run_while_it_was_us(bare):
    bare.publish(catalog(ONE))
    (ann,) = bare.enter("ann")
    bare.relay.answer = lambda _message: UNAUTHENTICATED
    bare.engine.tick()
    bare.clock.turn_to(MONDAY.replace(day=8))
    with bare.database.writing() as connection:
        resume(connection, "", why="mended", actor="ada@small.example", now=bare.clock.now())
    bare.relay.answer = lambda _message: {"status": ReceiptStatus.DEFERRED, "code": "4.2.1"}
    bare.engine.tick()
    bare.later(days=1)
    assert bare.touches(ann)[0].status == "deferred"


def test_a_block_list_stops_everything_when_ten_mails_meet_it(bare):
    bare.publish(catalog(ONE))
    ids = bare.enter(*(f"lead{number}" for number in range(9)))
    bare.relay.answer = lambda _message: LISTED
    bare.engine.tick()
    assert live(bare) == ()
    assert {bare.touches(each)[0].status for each in ids} == {"deferred"}
    bare.enter("zoe")
    bare.engine.tick()
    (found,) = live(bare)
    assert (found.problem, bare.events(EventKind.MAIL_BOUNCED)) == ("blocked", [])


def test_a_private_block_list_that_few_mails_meet_ends_each_after_three_days(bare):
    bare.publish(catalog(ONE))
    (ann,) = bare.enter("ann")
    bare.relay.answer = lambda _message: LISTED
    bare.engine.tick()
    for _ in range(4 * 6):
        bare.later(hours=4)
    assert bare.touches(ann)[0].status == "bounced"
    assert bare.touches(ann)[0].code == "5.7.1"
    assert (live(bare), bare.rows(table.suppression)) == ((), [])


def test_a_password_mail_is_kept_for_when_it_is_mended(bare):
    bare.publish(catalog(ONE))
    with bare.database.writing() as connection:
        add(connection, "ada@small.example", Role.ADMIN, by="nurture", now=MONDAY)
    bare.enter("ann")
    bare.relay.answer = lambda _message: UNAUTHENTICATED
    bare.engine.tick()
    (told,) = bare.rows(table.outbox)
    assert (told.mail, told.status) == ("sending-paused", "deferred")
    bare.relay.answer = lambda _message: None
    bare.later(minutes=10)
    assert [row.status for row in bare.rows(table.outbox)] == ["sent"]


@pytest.mark.parametrize(
    ("code", "enhanced", "text"),
    [
        (550, "5.1.1", "user unknown"),
        (552, "5.2.2", "mailbox full"),
        (550, "5.7.1", "message content rejected by our filter"),
        (451, "4.7.1", "greylisted, try again later"),
        (421, "4.7.28", "unusual rate of mail, try again later"),
    ],
)
def test_what_speaks_of_the_lead_or_the_moment_stops_nothing(code, enhanced, text):
    found = judge(code, enhanced, text)
    receipt = Receipt(1, found.status, MONDAY, found.code, found.text, found.bounce)
    assert problem_of(receipt) is None


@pytest.mark.parametrize(
    "text",
    [
        SPAMHAUS,
        "Your IP 203.0.113.9 is blocked",
        "Mail from [203.0.113.9] was listed by our provider",
        "found on one or more RBLs, see https://www.barracudacentral.org/",
    ],
)
def test_who_is_on_a_block_list_is_told_by_the_words(text):
    receipt = Receipt(1, ReceiptStatus.BOUNCED, MONDAY, "5.7.1", text, BounceKind.BLOCK)
    assert problem_of(receipt) is PROBLEMS["blocked"]


@pytest.mark.parametrize("problem", PROBLEMS.values(), ids=PROBLEMS)
def test_every_problem_says_what_to_do_and_to_resume(problem):
    assert problem.what.endswith(".")
    assert "esume" in problem.remedy
