"""What stops a campaign by itself: too many complaints, too many dead addresses; and what a few of them do not."""

from datetime import timedelta

import pytest
from company import ANY_TIME, MONDAY, campaign, catalog

from nurture.engine.campaign_rates import judge_rates, rates
from nurture.engine.pause_rows import live_pauses
from nurture.engine.pauses import resume
from nurture.engine.ramp import ramp_day
from nurture.ports import ReceiptStatus
from nurture.scheduling.rates import COMPLAINTS, HARD_BOUNCES, Heat
from nurture.store import records as table
from nurture.vocabulary.words import BounceKind, EventKind

GONE = {"status": ReceiptStatus.BOUNCED, "code": "5.1.1", "bounce": BounceKind.HARD}
WARM = ANY_TIME + ", warm_up: {start: 10 per day, double_every: 1 day, full: 100 per day}"


@pytest.mark.parametrize(
    ("cases", "mails", "heat"),
    [
        (1, 10, Heat.FINE),
        (2, 100, Heat.FINE),
        (3, 99, Heat.FINE),
        (3, 100, Heat.STOPS),
        (3, 1_000, Heat.STOPS),
        (3, 1_001, Heat.WARNS),
        (3, 3_000, Heat.WARNS),
        (3, 3_001, Heat.FINE),
        (0, 0, Heat.FINE),
    ],
)
def test_a_tenth_of_a_percent_of_complaints_warns_and_three_tenths_stop(cases, mails, heat):
    assert COMPLAINTS.heat(cases, mails) is heat


@pytest.mark.parametrize(
    ("cases", "mails", "heat"),
    [
        (9, 90, Heat.FINE),
        (4, 100, Heat.FINE),
        (5, 100, Heat.WARNS),
        (9, 100, Heat.WARNS),
        (10, 100, Heat.STOPS),
    ],
)
def test_five_percent_of_dead_addresses_warn_and_ten_stop(cases, mails, heat):
    assert HARD_BOUNCES.heat(cases, mails) is heat


def sent_before(company, key="news", **sums):
    """What had come of earlier mail."""
    row = {
        "campaign": key,
        "hour": MONDAY - timedelta(hours=2),
        "attempted": 0,
        "delivered": 0,
        "hard": 0,
        "complaints": 0,
    }
    with company.database.writing() as connection:
        connection.execute(table.campaign_hour.insert(), {**row, **sums})


def tally(company, key="news"):
    with company.database.reading() as connection:
        return rates(connection, company.clock.now()).get(key)


def live(company):
    with company.database.reading() as connection:
        return [(each.campaign, each.cause.value) for each in live_pauses(connection)]


def complains(company, lead_id, *, source="1"):
    touch = company.touches(lead_id)[0]
    company.happens(
        lead_id,
        EventKind.MAIL_COMPLAINED,
        campaign=touch.campaign,
        touch=touch.id,
        mail=touch.mail,
        how=source,
    )


def test_mail_is_counted_as_its_events_are_taken_in(bare):
    bare.publish(catalog(campaign("news", "[{mail: first}]")))
    bare.relay.answer = lambda message: GONE if message.rcpt_to.startswith("gone") else None
    ann, bob, *_ = bare.enter("ann", "bob", "cid", "gone1", "gone2")
    bare.engine.tick()
    complains(bare, ann)
    complains(bare, ann, source="again, by the provider")
    bare.happens(bob, EventKind.MAIL_BOUNCED, campaign="news", touch=bare.touches(bob)[0].id, bounce="soft")
    bare.engine.tick()
    found = tally(bare)
    assert (found.attempted, found.delivered, found.hard, found.complaints) == (5, 2, 2, 1)


def test_three_complaints_of_a_thousand_stop_the_campaign_and_no_other(bare):
    bare.publish(catalog(campaign("news", "[{mail: first}]"), campaign("club", "[{mail: first}]")))
    ids = bare.enter("ann", "bob", "cid")
    bare.engine.tick()
    sent_before(bare, attempted=990, delivered=990)
    complains(bare, ids[0])
    complains(bare, ids[1])
    bare.engine.tick()
    assert live(bare) == []
    touched = next(row for row in bare.touches(ids[2]) if row.campaign == "news")
    bare.happens(ids[2], EventKind.MAIL_COMPLAINED, campaign="news", touch=touched.id, mail=touched.mail)
    for each in ids[:2]:
        assert bare.state(each).suppressed == "complaint"
    bare.engine.tick()
    campaigns = {row.campaign for each in ids[:2] for row in bare.touches(each)[:1]} | {"news"}
    assert {key for key, _ in live(bare)} <= campaigns


def test_dead_addresses_stop_the_campaign_and_a_resume_counts_anew(bare):
    bare.publish(catalog(campaign("news", "[{mail: first}]")))
    bare.relay.answer = lambda _message: GONE
    sent_before(bare, attempted=95, delivered=95, hard=0)
    bare.enter(*(f"lead{number}" for number in range(11)))
    bare.engine.tick()
    assert live(bare) == [("news", "bounces")]
    with bare.database.writing() as connection:
        (stopped,) = live_pauses(connection)
        assert stopped.why == "11 of 106 mails went to dead addresses (10.38%)"
        bare.clock.turn_to(MONDAY + timedelta(hours=1))
        resume(
            connection, "news", why="old addresses are out", actor="ada@small.example", now=bare.clock.now()
        )
    bare.clock.turn_to(MONDAY + timedelta(hours=2))
    bare.enter("zoe")
    bare.engine.tick()
    assert live(bare) == []
    assert tally(bare).hard == 1


def test_while_a_rate_warns_the_ramp_does_not_grow(bare):
    bare.engine.warms_up = True
    bare.publish(catalog(campaign("news", "[{mail: first}]"), sending=WARM))
    bare.enter("ann")
    bare.engine.tick()
    programme = bare.engine.live.programme

    def allowed():
        with bare.database.reading() as connection:
            return ramp_day(connection, programme, bare.clock.now()).allowed

    sent_before(bare, attempted=100, delivered=94, hard=6)
    with bare.database.writing() as connection:
        judge_rates(connection, programme, ["news"], MONDAY)
    assert (allowed(), live(bare)) == (10, [])
    bare.clock.turn_to(MONDAY + timedelta(days=1))
    assert allowed() == 10
    bare.clock.turn_to(MONDAY + timedelta(days=2))
    assert allowed() == 20


def test_sample_leads_are_not_counted(bare):
    bare.publish(catalog(campaign("news", "[{mail: first}]")))
    (ann,) = bare.enter("ann")
    with bare.database.writing() as connection:
        connection.execute(table.lead.update().values(sample=True))
    bare.engine.tick()
    complains(bare, ann)
    bare.engine.tick()
    assert tally(bare) is None
