"""What limits mail in whole batches: caps across campaigns, the recipient's domain, the sender's ramp."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from company import ANY_TIME, MONDAY, Company, campaign, catalog, read

from nurture.durations import Rate
from nurture.engine.domains import Domains
from nurture.engine.intake import NewLead
from nurture.ports import ReceiptStatus
from nurture.store import records as table
from nurture.vocabulary.words import BounceKind

RAMP = ANY_TIME + ", warm_up: {start: 3 per day, double_every: 1 day, full: 100 per day}"
NEWS_AND_CLUB = (campaign("news"), campaign("club"))


def last(company, lead_id):
    """The last decision on each of a lead's touches: verdict, gate, next eligible time."""
    found = {}
    for touch in company.touches(lead_id):
        for decision in company.decisions(touch.id):
            found[touch.campaign] = (decision.verdict, decision.gate, decision.next_at)
    return found


def enter(company, *addresses):
    """Leads with these whole addresses."""
    people = [NewLead(reference=each, fields={"email": each, "first_name": "Kim"}) for each in addresses]
    company.engine.enter_leads(people, source="import")


def test_a_cap_counts_the_mails_of_all_campaigns(bare):
    bare.publish(catalog(*NEWS_AND_CLUB, sending=ANY_TIME + ", at_most: [{mails: 1, per: day}]"))
    (ann,) = bare.enter("ann")
    bare.engine.tick()
    assert bare.mailed() == ["ann"]
    tomorrow = MONDAY.replace(hour=23)  # midnight in Berlin
    firsts = [row for row in bare.touches(ann) if row.step == "first" and row.status == "planned"]
    assert [row.due_at for row in firsts] == [tomorrow]
    bare.clock.turn_to(tomorrow)
    bare.engine.tick()
    assert bare.mailed() == ["ann", "ann"]


def test_mail_over_a_cap_is_dropped_where_the_programme_says_so(bare):
    sending = ANY_TIME + ", at_most: [{mails: 1, per: day}], overflow: drop"
    bare.publish(catalog(*NEWS_AND_CLUB, sending=sending))
    (ann,) = bare.enter("ann")
    bare.engine.tick()
    assert sorted(row.status for row in bare.touches(ann) if row.step == "first") == ["sent", "skipped"]


def test_operational_mail_counts_against_no_cap(bare):
    sending = ANY_TIME + ", at_most: [{mails: 1, per: day}]"
    bare.publish(catalog(campaign("news"), campaign("account", class_="operational"), sending=sending))
    bare.enter("ann")
    bare.engine.tick()
    assert bare.mailed() == ["ann", "ann"]


def test_a_domain_gets_its_rate_and_no_more(bare):
    bare.publish(
        catalog(sending=ANY_TIME + ", per_domain: {x.example: 2 per minute, otherwise: 100 per second}")
    )
    ids = bare.enter("ann", "bob", "cid", "dan", "eve")
    bare.engine.tick()
    assert bare.mailed() == ["ann", "bob"]
    waiting = [bare.touches(each)[0] for each in ids[2:]]
    assert [row.due_at - MONDAY for row in waiting] == [timedelta(seconds=30 * n) for n in (1, 2, 3)]
    assert bare.later(seconds=29).sent == 0
    assert bare.later(seconds=1).sent == 1
    assert bare.later(seconds=60).sent == 2
    (bucket,) = bare.rows(table.domain_bucket)
    assert bucket.domain == "x.example"
    assert 0 <= bucket.tokens < 1


def test_mail_that_an_earlier_gate_puts_off_makes_nobody_wait_for_the_domain(bare):
    berlin = 'between: ["09:00", "12:00"], per_domain: {x.example: 1 per minute}'  # MONDAY is 11:00 there
    bare.publish(catalog(sending=berlin))
    bare.enter("ann", "bob", "cid", time_zone="America/New_York")  # where it is night
    late = bare.enter("dan", "eve", "fay")
    bare.engine.tick()
    assert bare.mailed() == ["dan"]
    waiting = [bare.touches(each)[0].due_at - MONDAY for each in late[1:]]
    assert waiting == [timedelta(minutes=1), timedelta(minutes=2)]


def test_the_domains_of_one_provider_draw_from_one_bucket(bare):
    bare.publish(catalog(sending=ANY_TIME + ", per_domain: {gmail.com: 2 per minute}"))
    people = ("ann@gmail.com", "bob@googlemail.com", "cid@googlemail.com", "dan@y.example")
    enter(bare, *people)
    bare.engine.tick()
    assert bare.mailed() == ["ann", "bob", "dan"]
    assert [row.domain for row in bare.rows(table.domain_bucket)] == ["gmail.com"]


def test_a_domain_with_a_rate_of_its_own_is_not_counted_with_its_provider(bare):
    rates = "per_domain: {gmail.com: 1 per minute, googlemail.com: 1 per minute}"
    bare.publish(catalog(sending=f"{ANY_TIME}, {rates}"))
    people = ("ann@gmail.com", "bob@googlemail.com")
    enter(bare, *people)
    bare.engine.tick()
    assert bare.mailed() == ["ann", "bob"]


def test_workers_that_claim_at_once_spend_no_token_twice(postgres_database_url):
    company, other = Company(postgres_database_url), Company(postgres_database_url)
    rates = {"x.example": Rate.parse("2 per minute")}

    def spent(connection):
        domains, count = Domains(connection, rates, {"x.example"}, MONDAY), 0
        while domains.free_at("x.example", at_once=True) is None:
            domains.take("x.example")
            count += 1
        domains.write(connection)
        return count

    def second():
        with other.database.writing() as connection:
            return spent(connection)

    with ThreadPoolExecutor(1) as pool:
        with company.database.writing() as connection:
            first = spent(connection)
            waiting = pool.submit(second)
        assert (first, waiting.result()) == (2, 0)
    company.engine.close()
    other.engine.close()


def used(company):
    """What each sender has used of each day of its ramp."""
    rows = company.rows(table.sender_day)
    return sorted((row.sender, row.day, row.used) for row in rows)


def test_a_new_sender_sends_what_its_ramp_allows_and_the_rest_the_next_day(bare):
    bare.engine.warms_up = True
    bare.publish(catalog(campaign(steps="[{mail: first}]"), sending=RAMP))
    bare.enter(*(f"lead{number}" for number in range(12)))
    bare.engine.tick()
    assert len(bare.mailed()) == 3
    bare.later(hours=1)
    assert len(bare.mailed()) == 3
    bare.clock.turn_to(MONDAY.replace(hour=23))
    bare.engine.tick()
    assert len(bare.mailed()) == 3 + 6
    assert used(bare) == [("small.example", "2026-03-02", 3), ("small.example", "2026-03-03", 6)]
    bare.later(days=1)
    assert len(bare.mailed()) == 12


def test_mail_that_stays_on_the_machine_warms_nobody_up(bare):
    bare.publish(catalog(campaign(steps="[{mail: first}]"), sending=RAMP))
    bare.enter(*(f"lead{number}" for number in range(12)))
    bare.engine.tick()
    assert len(bare.mailed()) == 12
    assert used(bare) == []


@pytest.mark.parametrize(
    ("answer", "left"),
    [
        ({"status": ReceiptStatus.DEFERRED, "code": "4.2.1"}, 0),
        ({"status": ReceiptStatus.FAILED}, 0),
        ({"status": ReceiptStatus.BOUNCED, "code": "5.1.1", "bounce": BounceKind.HARD}, 1),
        ({"status": ReceiptStatus.UNKNOWN}, 1),
    ],
    ids=["put off", "failed", "refused", "unknown"],
)
def test_only_what_a_server_has_seen_counts_for_the_ramp(bare, answer, left):
    bare.engine.warms_up = True
    bare.publish(catalog(campaign(steps="[{mail: first}]"), sending=RAMP))
    bare.relay.answer = lambda _message: answer
    bare.enter("ann")
    bare.engine.tick()
    assert used(bare) == [("small.example", "2026-03-02", left)]


def test_another_sending_domain_begins_its_own_ramp(bare):
    bare.engine.warms_up = True
    bare.publish(catalog(campaign(steps="[{mail: first}]"), sending=RAMP))
    bare.enter(*(f"lead{number}" for number in range(12)))
    bare.engine.tick()
    bare.clock.turn_to(MONDAY + timedelta(days=1))
    texts = dict(catalog(campaign(steps="[{mail: first}]"), sending=RAMP).texts)
    path = "campaigns/programme.yaml"
    bare.publish(read(tuple({**texts, path: texts[path].replace("hello@small", "hello@news.small")}.items())))
    bare.engine.tick()
    assert len(bare.mailed()) == 3 + 3
    assert used(bare)[0] == ("news.small.example", "2026-03-03", 3)


def test_what_was_used_before_senders_were_told_apart_counts_for_the_first_that_sends(bare):
    bare.engine.warms_up = True
    with bare.database.writing() as connection:
        rows = [
            {"sender": "", "day": day, "used": used} for day, used in (("2026-03-01", 3), ("2026-03-02", 2))
        ]
        connection.execute(table.sender_day.insert(), rows)
    bare.publish(catalog(campaign(steps="[{mail: first}]"), sending=RAMP))
    bare.enter(*(f"lead{number}" for number in range(12)))
    bare.engine.tick()
    assert len(bare.mailed()) == 6 - 2
    assert used(bare) == [("small.example", "2026-03-01", 3), ("small.example", "2026-03-02", 6)]


def test_a_mail_yields_to_a_campaign_with_priority_that_is_due_the_same_day(bare):
    later_today = campaign("club", "[{mail: first, wait: 5 hours}]", priority=90)
    bare.publish(catalog(campaign("news", "[{mail: first}]", priority=10), later_today))
    (ann,) = bare.enter("ann")
    bare.engine.tick()
    tomorrow = MONDAY.replace(hour=23)
    assert last(bare, ann) == {"news": ("defer", "priority", tomorrow)}
    bare.later(hours=5)
    assert [row.campaign for row in bare.touches(ann) if row.status == "sent"] == ["club"]
    bare.clock.turn_to(tomorrow)
    bare.engine.tick()
    assert {row.campaign for row in bare.touches(ann) if row.status == "sent"} == {"news", "club"}
