"""Two leads that are one person, on a real engine: what leaves, what comes back for either, and what undoing gives back."""

from datetime import timedelta

import pytest
from sqlalchemy import func, select

from nurture.delivery.outcome import ReceiptStatus
from nurture.engine import consent, merging
from nurture.engine.absorb import absorb
from nurture.engine.aliases import survivor_of
from nurture.engine.intake import NewLead
from nurture.engine.merging import MergeError
from nurture.engine.people import find_lead
from nurture.engine.tasks import finish_task, make_task
from nurture.scoring.ledger import interest_score
from nurture.simulation.refold import scores_differ, states_differ, ways_differ
from nurture.store import records as table
from nurture.vocabulary.words import EventKind, Stage, SuppressionCause, Temperature, TouchStatus


@pytest.fixture
def two(company):
    """Ann, who is known twice: as lead 1 and as lead 2. Each has had the first mail of the campaign."""
    company.ann, company.bea = company.enter("ann", "bea")
    company.engine.tick()
    return company


def merged(company):
    with company.database.writing() as connection:
        merging.merge(connection, company.ann, company.bea, by="us", now=company.clock.now())
    company.engine.tick()
    return company


def undone(company):
    with company.database.writing() as connection:
        merging.unmerge(connection, company.ann, by="us", now=company.clock.now())
    company.engine.tick()
    return company


def interest(company, lead):
    return interest_score(company.state(lead).accumulators, company.clock.now())


def is_sound(company):
    return [
        *states_differ(company.database),
        *scores_differ(company.database),
        *ways_differ(company.database),
    ] == []


def causes(company):
    return {row.address.partition("@")[0]: row.cause for row in company.rows(table.suppression)}


def leads(company):
    return [row.id for row in company.rows(table.lead)]


# ------------------------------------------------------------ merged


def test_the_other_is_in_no_list_any_more_and_its_number_finds_the_survivor(two):
    merged(two)
    assert leads(two) == [two.ann]
    assert [row.lead_id for row in two.rows(table.lead_state)] == [two.ann]
    assert {row.lead_id for row in two.rows(table.lead_campaign)} == {two.ann}
    assert two.state(two.ann).merged == (two.bea,)
    with two.database.reading() as connection:
        assert survivor_of(connection, two.bea) == two.ann
        assert [find_lead(connection, name).lead.id for name in ("bea@x.example", str(two.bea))] == [
            two.ann
        ] * 2
    assert is_sound(two)


def test_what_the_other_waited_for_is_cancelled_and_each_mail_is_sent_once(two):
    merged(two)
    assert two.statuses(two.bea) == [("first", "sent"), ("second", "cancelled")]
    assert {row.answer for row in two.touches(two.bea)} >= {f"merged into lead {two.ann}"}
    for _ in range(4):
        two.later(days=1)
    assert two.statuses(two.ann) == [("first", "sent"), ("second", "sent")]
    assert two.mailed() == ["ann", "bea", "ann"]
    assert two.rows(table.due, table.due.c.lead_id == two.bea) == []


@pytest.fixture
def leaving(company):
    """The other is merged at the moment at which its mail is on its way, by another worker."""
    company.ann, company.bea = company.enter("ann", "bea")
    engine, said = company.engine, {}

    def merged_meanwhile(message):
        if message.rcpt_to.startswith("ann"):
            return None
        (held,) = company.touches(company.bea)
        assert held.status == TouchStatus.SENDING
        with company.database.writing() as connection:
            merging.merge(connection, company.ann, company.bea, by="us", now=company.clock.now())
            assert absorb(connection, engine.live, company.clock.now(), keyring=engine.keyring, most=1) == 1
        company.relay.answer = lambda message: None
        return said or None

    company.said = said
    company.relay.answer = merged_meanwhile
    return company


def test_a_mail_that_a_worker_holds_finishes_and_counts_as_had(leaving):
    leaving.engine.tick()
    assert leaving.statuses(leaving.bea) == [("first", "sent")]
    assert "news/first" in leaving.state(leaving.ann).had
    assert is_sound(leaving)


def test_a_mail_that_is_put_off_while_its_lead_goes_is_not_tried_again(leaving):
    leaving.said |= {"status": ReceiptStatus.DEFERRED, "code": "4.2.2", "text": "later"}
    leaving.engine.tick()
    assert leaving.statuses(leaving.bea) == [("first", "deferred")]
    leaving.later(hours=1)
    assert leaving.statuses(leaving.bea) == [("first", "cancelled")]
    assert leaving.rows(table.due, table.due.c.lead_id == leaving.bea) == []
    assert is_sound(leaving)


def test_both_histories_count_as_one_in_the_order_in_which_they_happened(two):
    two.happens(two.ann, EventKind.PAGE_VISITED, path="/a")
    two.later(days=2)
    two.happens(two.bea, EventKind.PAGE_VISITED, path="/b")
    two.later(days=1)
    ann, bea = interest(two, two.ann), interest(two, two.bea)
    merged(two)
    assert interest(two, two.ann) == pytest.approx(ann + bea)
    entries = two.rows(table.score_entry, table.score_entry.c.lead_id == two.ann)
    assert [row.kind for row in entries] == ["awarded", "merged"]
    assert entries[1].credited == pytest.approx(bea)
    assert two.state(two.ann).temperature is Temperature.WARM
    assert is_sound(two)


def test_a_survivor_without_an_address_takes_the_others_and_gives_it_back(company):
    (company.ann,) = company.engine.enter_leads(
        [NewLead(reference="card", fields={"first_name": "Ann"})], source="fair"
    ).lead_ids
    (company.bea,) = company.enter("bea")
    merged(company)

    def addresses():
        return [(row.id, row.email) for row in company.rows(table.lead)]

    assert addresses() == [(company.ann, "bea@x.example")]
    company.later(days=3)
    assert company.mailed() == ["bea", "bea"]
    undone(company)
    assert addresses() == [(company.ann, None), (company.bea, "bea@x.example")]
    assert company.state(company.ann).lead.email is None
    assert is_sound(company)


def test_what_is_to_be_done_about_the_other_stays_to_be_done(two):
    with two.database.writing() as connection:
        now = two.clock.now()
        make_task(connection, two.bea, "call her", assignee=None, due_at=None, by="us", now=now)
    two.engine.tick()
    merged(two)
    assert [(row.lead_id, row.task) for row in two.rows(table.task)] == [(two.ann, "call her")]


def to_do(company, lead, *tasks):
    """Tasks by hand about a lead; their numbers."""
    with company.database.writing() as connection:
        now = company.clock.now()
        made = [
            make_task(connection, lead, each, assignee=None, due_at=None, by="us", now=now) for each in tasks
        ]
    company.engine.tick()
    return made


def tasks(company):
    return {row.task: (row.lead_id, row.enrolment, row.done_at is None) for row in company.rows(table.task)}


def test_undone_what_is_to_be_done_is_again_about_whom_it_was(two):
    two.later(minutes=1)
    to_do(two, two.ann, "call ann")
    two.later(minutes=1)
    (call,) = to_do(two, two.bea, "call bea")
    two.later(minutes=1)
    to_do(two, two.bea, "ask bea")
    before = tasks(two)
    merged(two)
    assert {lead for lead, _, _ in tasks(two).values()} == {two.ann}
    with two.database.writing() as connection:
        finish_task(connection, call, by="us", now=two.clock.now())
    two.later(minutes=1)
    to_do(two, two.ann, "of both")
    undone(two)
    lead, enrolment, _ = before["call bea"]
    assert tasks(two) == {
        **before,
        "call bea": (lead, enrolment, False),  # it is done, and was about her
        "of both": (two.ann, 0, True),
    }
    assert is_sound(two)


def test_a_step_that_the_other_is_to_be_called_for_twice_does_not_stop_a_merge(two):
    """It was in a campaign twice, and nobody has called yet: of a survivor's enrolment both would be the same task."""
    call = {"lead_id": two.bea, "visit": 1, "step": "call", "created_at": two.clock.now()}
    with two.database.writing() as connection:
        for enrolment in (1, 2):
            connection.execute(
                table.task.insert().values(task=f"call {enrolment}", enrolment=enrolment, **call)
            )
    before = tasks(two)
    merged(two)
    assert {lead for lead, _, _ in tasks(two).values()} == {two.ann}
    undone(two)
    assert tasks(two) == before


def test_tasks_come_back_through_a_chain_of_merges(two):
    (cid,) = two.enter("cid")
    two.engine.tick()
    to_do(two, two.bea, "call bea")
    before = tasks(two)
    merged(two)
    with two.database.writing() as connection:
        merging.merge(connection, cid, two.ann, by="us", now=two.clock.now())
    two.engine.tick()
    assert {lead for lead, _, _ in tasks(two).values()} == {cid}
    with two.database.writing() as connection:
        merging.unmerge(connection, cid, by="us", now=two.clock.now())
    two.engine.tick()
    assert {lead for lead, _, _ in tasks(two).values()} == {two.ann}
    undone(two)
    assert tasks(two) == before


# ------------------------------------------------------------ what comes for the other since


def test_a_click_in_an_old_mail_of_the_other_scores_the_survivor(two):
    (touch, _) = two.touches(two.bea)
    merged(two)
    two.happens(
        two.bea, EventKind.MAIL_CLICKED, touch=touch.id, mail="news/first", campaign="news", link="site"
    )
    two.later(minutes=1)
    assert interest(two, two.ann) == pytest.approx(10, abs=0.01)
    assert "clicked:news/first:site" in two.state(two.ann).acts
    assert two.touches(two.bea)[0].clicked_at is not None
    (clicked,) = two.events(EventKind.MAIL_CLICKED)
    assert clicked.lead_id == two.ann
    assert [tuple(row) for row in two.rows(table.rerouted)] == [(clicked.id, two.bea)]
    assert is_sound(two)


def test_one_click_by_the_others_old_token_suppresses_both_addresses_at_once(two):
    (touch, _) = two.touches(two.bea)
    merged(two)
    with two.database.writing() as connection:
        consent.unsubscribe(connection, two.bea, now=two.clock.now(), how="one-click", touch_id=touch.id)
    assert causes(two) == {"ann": "unsubscribed", "bea": "unsubscribed"}
    two.engine.tick()
    assert two.state(two.ann).suppressed is SuppressionCause.UNSUBSCRIBED
    assert ("second", "sent") not in two.statuses(two.ann)
    assert is_sound(two)


def test_a_list_that_brings_the_other_again_adds_to_the_survivor_and_leaves_its_address(two):
    merged(two)
    again = NewLead(
        reference="b", fact="list:2", fields={"email": "bea@x.example", "first_name": "B.", "plan": "pro"}
    )
    entered = two.engine.enter_leads([again], source="crm")
    two.engine.tick()
    state = two.state(two.ann)
    assert (entered.created, entered.lead_ids) == (0, (two.ann,))
    assert (state.lead.email, state.lead.first_name, state.lead.fields) == (
        "ann@x.example",
        "ann",
        {"plan": "pro"},
    )
    assert leads(two) == [two.ann]
    assert is_sound(two)


def test_a_dead_address_of_the_other_does_not_end_mail_to_the_survivor(two):
    (touch, _) = two.touches(two.bea)
    merged(two)
    two.happens(
        two.bea, EventKind.MAIL_BOUNCED, touch=touch.id, mail="news/first", campaign="news", bounce="hard"
    )
    two.engine.tick()
    assert causes(two) == {"bea": "hard bounce"}
    assert two.state(two.ann).suppressed is None


def test_nobody_else_takes_the_others_address(two):
    (cid,) = two.enter("cid")
    merged(two)
    two.happens(cid, EventKind.LEAD_CHANGED, fields={"email": "bea@x.example"})
    two.engine.tick()
    assert [row.email for row in two.rows(table.lead, table.lead.c.id == cid)] == ["cid@x.example"]


def test_what_waits_when_the_leads_are_merged_is_the_survivors(two):
    with two.database.writing() as connection:
        merging.merge(connection, two.ann, two.bea, by="us", now=two.clock.now())
    two.happens(two.bea, EventKind.PAGE_VISITED, path="/late")
    two.engine.tick()
    assert interest(two, two.ann) == pytest.approx(30)
    assert is_sound(two)


# ------------------------------------------------------------ sales


def test_the_rep_who_has_the_other_goes_on_with_the_survivor(two):
    for path in ("/a", "/b"):
        two.happens(two.bea, EventKind.PAGE_VISITED, path=path)
    two.engine.tick()
    assert two.state(two.bea).stage is Stage.MQL
    rep = two.state(two.bea).lead.owner
    merged(two)
    state = two.state(two.ann)
    assert (state.stage, state.lead.owner) == (Stage.MQL, rep)
    assert [(row.lead_id, row.serial, row.closed_at) for row in two.rows(table.hand_off)] == [
        (two.ann, 1, None)
    ]
    assert is_sound(two)
    undone(two)
    assert [two.state(lead).stage for lead in (two.ann, two.bea)] == [Stage.INQUIRY, Stage.MQL]
    assert [(row.lead_id, row.serial, row.closed_at) for row in two.rows(table.hand_off)] == [
        (two.bea, 1, None)
    ]
    assert is_sound(two)


# ------------------------------------------------------------ undone


def test_undone_each_is_as_it_was_and_goes_on(two):
    two.happens(two.bea, EventKind.PAGE_VISITED, path="/b")
    two.happens(two.bea, EventKind.LEAD_TAGGED, tags={"vip": True})
    two.engine.tick()
    before = {lead: two.state(lead) for lead in (two.ann, two.bea)}
    undone(merged(two))
    for lead, was in before.items():
        now = two.state(lead)
        assert (now.lead, now.had, now.acts, now.stage, now.suppressed) == (
            was.lead,
            was.had,
            was.acts,
            was.stage,
            was.suppressed,
        )
        assert interest(two, lead) == pytest.approx(interest_score(was.accumulators, two.clock.now()))
        assert now.merged == ()
    assert leads(two) == [two.ann, two.bea]
    assert [(row.lead_id, row.tag) for row in two.rows(table.lead_tag)] == [(two.bea, "vip")]
    assert is_sound(two)
    for _ in range(4):
        two.later(days=1)
    assert sorted(two.mailed()) == ["ann", "ann", "bea", "bea"]
    assert is_sound(two)


def test_what_had_come_for_the_other_is_its_own_again(two):
    (touch, _) = two.touches(two.bea)
    merged(two)
    about = {"touch": touch.id, "mail": "news/first", "campaign": "news", "link": "site"}
    two.happens(two.bea, EventKind.MAIL_CLICKED, **about)
    two.happens(two.ann, EventKind.PAGE_VISITED, path="/mine")
    two.engine.tick()
    undone(two)
    assert interest(two, two.ann) == pytest.approx(30, abs=0.01)
    assert interest(two, two.bea) == pytest.approx(10, abs=0.01)
    assert "clicked:news/first" not in two.state(two.ann).acts
    assert "clicked:news/first" in two.state(two.bea).acts
    assert is_sound(two)
    assert (
        sum(row.count for row in two.rows(table.daily_count, table.daily_count.c.what == "mail.clicked")) == 1
    )


def test_a_refusal_that_came_while_they_were_one_holds_for_both(two):
    merged(two)
    with two.database.writing() as connection:
        consent.unsubscribe(connection, two.bea, now=two.clock.now(), how="one-click")
    two.engine.tick()
    undone(two)
    assert {two.state(lead).suppressed for lead in (two.ann, two.bea)} == {SuppressionCause.UNSUBSCRIBED}
    assert causes(two) == {"ann": "unsubscribed", "bea": "unsubscribed"}
    assert is_sound(two)


def test_a_topic_that_the_survivor_refused_meanwhile_is_refused_by_both_and_what_it_agreed_to_is_its_own(two):
    merged(two)
    with two.database.writing() as connection:
        choice = consent.Choice(topics={"news": False, "fairs": True})
        consent.prefer(connection, two.ann, choice, now=two.clock.now())
    two.engine.tick()
    undone(two)
    assert [two.state(lead).opted_out for lead in (two.ann, two.bea)] == [("news",), ("news",)]
    assert [two.state(lead).opted_in for lead in (two.ann, two.bea)] == [("fairs",), ()]
    assert is_sound(two)


def test_what_the_other_agreed_to_meanwhile_frees_only_the_other(two):
    with two.database.writing() as connection:
        consent.unsubscribe(connection, two.ann, now=two.clock.now(), how="one-click")
    two.engine.tick()
    merged(two)
    with two.database.writing() as connection:
        consent.prefer(connection, two.bea, consent.Choice(topics={"fairs": True}), now=two.clock.now())
    two.engine.tick()
    assert two.state(two.ann).opted_in == ("fairs",)
    undone(two)
    ann, bea = two.state(two.ann), two.state(two.bea)
    assert (ann.opted_in, ann.suppressed) == ((), SuppressionCause.UNSUBSCRIBED)
    assert (bea.opted_in, bea.suppressed) == (("fairs",), None)
    assert is_sound(two)


def test_a_refusal_of_the_other_before_goes_with_it(two):
    with two.database.writing() as connection:
        consent.unsubscribe(connection, two.bea, now=two.clock.now(), how="one-click")
    two.engine.tick()
    merged(two)
    assert two.state(two.ann).suppressed is SuppressionCause.UNSUBSCRIBED
    undone(two)
    assert [two.state(lead).suppressed for lead in (two.ann, two.bea)] == [
        None,
        SuppressionCause.UNSUBSCRIBED,
    ]
    assert causes(two) == {"bea": "unsubscribed"}


def test_a_chain_of_merges_is_undone_from_its_end(two):
    (cid,) = two.enter("cid")
    two.engine.tick()
    merged(two)  # bea into ann
    with two.database.writing() as connection:
        merging.merge(connection, cid, two.ann, by="us", now=two.clock.now())
    two.engine.tick()
    assert two.state(cid).merged == (two.bea, two.ann)
    two.happens(two.bea, EventKind.PAGE_VISITED, path="/b")
    two.engine.tick()
    assert interest(two, cid) == pytest.approx(30)
    with two.database.writing() as connection:
        assert merging.unmerge(connection, cid, by="us", now=two.clock.now()) == two.ann
    two.engine.tick()
    assert (interest(two, cid), interest(two, two.ann)) == (0, pytest.approx(30))
    undone(two)
    assert leads(two) == [two.ann, two.bea, cid]
    assert is_sound(two)


@pytest.mark.parametrize(
    ("survivor", "other", "why"),
    [(1, 1, "with itself"), (1, 9, "no lead 9"), (9, 1, "no lead 9")],
)
def test_what_cannot_be_merged_is_refused(two, survivor, other, why):
    with two.database.writing() as connection, pytest.raises(MergeError, match=why):
        merging.merge(connection, survivor, other, by="us", now=two.clock.now())


def test_a_merge_that_is_asked_for_twice_is_made_once(two):
    with two.database.writing() as connection:
        merging.merge(connection, two.ann, two.bea, by="us", now=two.clock.now())
        merging.merge(connection, two.ann, two.bea, by="us", now=two.clock.now() + timedelta(seconds=1))
    two.engine.tick()
    with two.database.reading() as connection:
        assert connection.execute(select(func.count()).select_from(table.lead_merge)).scalar_one() == 1
    assert len(two.events(EventKind.LEAD_MERGED)) == 1
    assert is_sound(two)
