"""What providers report changes what it must, once, in whatever order and however often it comes."""

import json
import random
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from told import PERSON, Told, everything, state

from nurture.engine.provider_acts import class_of
from nurture.engine.provider_events import RAW_KEPT, forget_deliveries, take_in
from nurture.ports import ReceiptStatus
from nurture.providers.model import Report, ReportKind, Request
from nurture.store import records as table
from nurture.vocabulary.words import BounceKind, EventKind, SuppressionCause


@pytest.fixture
def jane(company):
    """A lead who has had one mail; *company* is the world around her."""
    (lead_id,) = company.enter("jane")
    company.later(minutes=1)
    company.clock.turn_to(company.clock.now() + timedelta(minutes=20))
    return lead_id


@pytest.fixture
def told(company, jane):
    """Words for what SendGrid tells of Jane's mail."""
    return Told(company, jane)


# ------------------------------------------------------------ what ends the right to mail


@pytest.mark.parametrize(
    ("kind", "cause", "event"),
    [
        ("spamreport", SuppressionCause.COMPLAINT, EventKind.MAIL_COMPLAINED),
        ("unsubscribe", SuppressionCause.UNSUBSCRIBED, EventKind.UNSUBSCRIBED),
        ("group_unsubscribe", SuppressionCause.UNSUBSCRIBED, EventKind.UNSUBSCRIBED),
    ],
)
def test_who_wants_no_mail_gets_none_from_the_answer_on(company, told, kind, cause, event):
    told.comes(told.event(kind))
    assert told.suppressions() == [("jane@x.example", cause)]
    (row,) = company.events(event)
    assert (row.lead_id, row.source, row.properties["touch"]) == (told.lead_id, "sendgrid", told.touch.id)
    company.later(days=9)
    assert company.mailed() == ["jane"]


def test_a_dead_address_is_suppressed_at_once_with_the_providers_own_words(company, told):
    told.comes(told.bounce())
    assert told.suppressions() == [("jane@x.example", SuppressionCause.HARD_BOUNCE)]
    assert (told.touch.status, told.touch.code, told.touch.answer) == (
        "bounced",
        "5.1.1",
        "550 5.1.1 User unknown",
    )
    (row,) = company.events(EventKind.MAIL_BOUNCED)
    assert (row.properties["bounce"], row.properties["why"]) == ("hard", "550 5.1.1 User unknown")


@pytest.mark.parametrize(
    ("code", "words", "how"),
    [
        ("5.7.1", "550 5.7.1 blocked by policy", "blocked"),
        ("5.7.26", "550 5.7.26 unauthenticated", "bounce"),
        ("5.2.2", "552 5.2.2 mailbox full", "bounce"),
        ("4.2.2", "452 4.2.2 over quota", "expired"),
        ("5.1.1", "550 5.1.1 your IP is on a blocklist", "bounce"),
    ],
)
def test_what_is_not_the_leads_fault_suppresses_nobody(told, code, words, how):
    told.comes(told.bounce(code, words, type=how))
    assert told.suppressions() == []
    assert told.touch.status == "bounced"


def test_one_mail_that_came_back_softly_counts_once_however_often_it_is_told_of(told):
    told.comes(*(told.bounce("4.2.2", f"452 4.2.2 full, try {n}", type="expired") for n in range(9)))
    assert told.suppressions() == []


@pytest.mark.parametrize(
    ("why", "causes"),
    [
        ("Bounced Address", [SuppressionCause.HARD_BOUNCE]),
        ("Spam Reporting Address", [SuppressionCause.COMPLAINT]),
        ("Unsubscribed Address", [SuppressionCause.UNSUBSCRIBED]),
        ("Spam Content", []),
    ],
)
def test_a_mail_that_the_provider_drops_says_what_it_knows_of_the_address(told, why, causes):
    told.comes(told.event("dropped", reason=why))
    assert [cause for _, cause in told.suppressions()] == causes
    assert told.touch.status == "bounced"


def test_without_a_mail_of_ours_the_address_itself_is_suppressed(company, told):
    told.comes(told.event("unsubscribe", message_id="<other@elsewhere.example>"))
    told.comes(told.event("spamreport", message_id="<other@elsewhere.example>", email="Kim <KIM@x.example>"))
    assert told.suppressions() == [
        ("jane@x.example", SuppressionCause.UNSUBSCRIBED),
        ("kim@x.example", SuppressionCause.COMPLAINT),
    ]
    assert [row.lead_id for row in company.events(EventKind.UNSUBSCRIBED)] == [told.lead_id]


def test_a_message_id_that_somebody_made_up_names_no_mail(told):
    token = told.message_id.strip("<>").partition("@")[0]
    forged = token[:-1] + ("0" if token[-1] != "0" else "1")
    told.comes(told.bounce(message_id=f"<{forged}@small.example>", email="mallory@x.example"))
    assert told.touch.status == "sent"
    assert told.suppressions() == [("mallory@x.example", SuppressionCause.HARD_BOUNCE)]


@pytest.mark.parametrize(
    "carried",
    [
        lambda told: {"nurture_message_id": told.message_id},
        lambda told: {"category": ["news", told.message_id]},
        lambda told: {"unique_args": {"deep": {"id": told.message_id.upper()}}},
        lambda told: {"smtp-id": told.company.relay.messages[0].mail_from},
        lambda told: {
            "url": f"https://links.example/c/{told.company.engine.keyring.touch_token(told.touch.id, 1)}/1"
        },
    ],
)
def test_wherever_the_provider_puts_what_we_signed_it_finds_the_mail(company, told, carried):
    told.comes({**told.event("spamreport", message_id="<changed@provider.example>"), **carried(told)})
    assert [row.lead_id for row in company.events(EventKind.MAIL_COMPLAINED)] == [told.lead_id]


# ------------------------------------------------------------ what is known of a mail


@pytest.mark.parametrize("kind", ["processed", "deferred", "delivered", "open", "click"])
def test_what_the_provider_has_taken_is_unknown_no_more(company, kind):
    company.relay.answer = lambda message: {
        "status": ReceiptStatus.UNKNOWN,
        "code": "",
        "text": "",
        "bounce": None,
    }
    (lead_id,) = company.enter("jane")
    company.later(minutes=1)
    told = Told(company, lead_id)
    assert told.touch.status == "unknown"
    told.comes(told.event(kind))
    assert told.touch.status == "sent"


def test_delivered_after_bounced_stays_bounced(told):
    told.comes(told.bounce(minutes=0))
    told.comes(told.event("delivered", minutes=5))
    assert told.touch.status == "bounced"


def test_what_nobody_knows_is_kept_and_does_nothing(company, told):
    told.comes({"event": "teleported"}, {"event": ["x"]}, {"event": "deferred"})
    assert sorted(kind for kind, _ in told.kept()) == ["deferred", "unknown", "unknown"]
    assert told.suppressions() == []


def test_the_webhook_is_kept_as_it_came_for_ninety_days(company, told):
    told.comes(told.event("delivered"))
    (row,) = company.rows(table.provider_delivery)
    assert json.loads(row.raw)[0]["event"] == "delivered"
    assert forget_deliveries(company.engine) == 0
    company.clock.turn_to(company.clock.now() + RAW_KEPT + timedelta(days=1))
    assert forget_deliveries(company.engine) == 1
    assert company.rows(table.provider_delivery)[0].raw is None
    assert told.kept() == [("delivered", "kept it")]


# ------------------------------------------------------------ opens and clicks


def test_a_person_who_clicks_is_told_once_with_its_source(company, told):
    click = told.event("click", url="https://small.example/site", useragent=PERSON, ip="203.0.113.9")
    told.comes(click)
    assert not company.events(EventKind.MAIL_CLICKED)
    told.judged()
    (row,) = company.events(EventKind.MAIL_CLICKED)
    assert (row.source, row.properties["humanity"]) == ("sendgrid", 1.0)
    assert row.properties["mail"] == told.touch.mail
    company.later(minutes=1)
    assert told.touch.clicked_at is not None


@pytest.mark.parametrize(
    ("fields", "pattern"),
    [
        ({"sg_machine_open": True, "useragent": PERSON}, "prefetch"),
        ({"useragent": "Mozilla/5.0"}, "privacy proxy"),
        ({"useragent": "Barracuda Sentinel (EE)"}, "scanner"),
    ],
)
def test_a_machine_that_opens_counts_for_nothing(company, told, fields, pattern):
    told.comes(told.event("open", **fields))
    told.judged()
    (row,) = company.events(EventKind.MAIL_OPENED)
    assert row.properties["machine_pattern"] == pattern


def test_a_burst_of_clicks_is_a_machines_whatever_comes_first(company, told):
    clicks = [
        told.event("click", url=f"https://small.example/{page}", useragent=PERSON, ip="203.0.113.9")
        for page in "abc"
    ]
    for click in clicks:
        told.comes(click)
    told.judged()
    assert {row.properties["machine_pattern"] for row in company.events(EventKind.MAIL_CLICKED)} == {"burst"}


def test_a_click_without_a_browsers_name_is_no_machines_for_that(company, told):
    told.comes(told.event("click", url="https://small.example/site"))
    told.judged()
    (row,) = company.events(EventKind.MAIL_CLICKED)
    assert "machine_pattern" not in row.properties
    assert "user_agent" not in row.properties


@pytest.mark.parametrize("ours_first", [True, False])
def test_what_our_own_pixel_saw_is_not_counted_again(company, told, ours_first):
    def ours():
        at = company.clock.now()
        with company.engine.deciding() as (connection, now):
            from nurture.engine.intake import add_events
            from nurture.tracking.hits import Hit, HitKind
            from nurture.tracking.humanity import OPENED
            from nurture.tracking.ingest import SpooledHit, event_of

            hit = Hit(kind=HitKind.OPEN, at=at, touch_id=told.touch.id, user_agent=PERSON)
            add_events(connection, [event_of(SpooledHit("spool:1", hit), OPENED, now)])

    steps = [ours, lambda: told.comes(told.event("open", useragent=PERSON))]
    for step in steps if ours_first else reversed(steps):
        step()
    told.judged()
    assert [row.source for row in company.events(EventKind.MAIL_OPENED)] == ["tracking"]
    assert told.kept() == [("opened", "kept it: our own pixel or link has told of it")]


# ------------------------------------------------------------ again, in another order, at once


@pytest.fixture
def eight(company):
    """Eight leads who had the same mail at the same moment."""
    names = [f"jane{number}" for number in range(8)]
    leads = company.enter(*names)
    company.later(minutes=1)
    company.clock.turn_to(company.clock.now() + timedelta(minutes=20))
    return [Told(company, lead_id, name) for lead_id, name in zip(leads, names, strict=True)]


def test_any_order_and_repetition_gives_the_same_state(company, eight):
    for seed, told in enumerate(eight):
        deliveries = everything(told)
        order = deliveries * 2 if seed else deliveries
        if seed == 1:
            order.reverse()
        elif seed > 1:
            random.Random(seed).shuffle(order)
        for events in order:
            told.comes(*events)
    eight[0].judged()
    company.later(minutes=1)
    ends = [state(company, told) for told in eight]
    for end in ends[1:]:
        assert end == ends[0]
    assert len(ends[0]["events"]) > 5


def test_sixteen_at_once_are_as_good_as_one_by_one(company, told):
    deliveries = everything(told)
    chance = random.Random(1)
    many = [events for _ in range(4) for events in chance.sample(deliveries, len(deliveries))]
    with ThreadPoolExecutor(16) as threads:
        taken = list(threads.map(lambda events: told.comes(*events), many))
    assert sum(each.new for each in taken) == sum(map(len, deliveries))
    told.judged()
    together = state(company, told)
    for events in deliveries:
        assert told.comes(*events).new == 0
    assert state(company, told) == together
    assert told.touch.status == "bounced"
    assert told.suppressions() == sorted(
        [
            ("jane@x.example", SuppressionCause.COMPLAINT),
            ("jane@x.example", SuppressionCause.UNSUBSCRIBED),
            ("kim@x.example", SuppressionCause.UNSUBSCRIBED),
        ]
    )


@pytest.mark.parametrize("order", [1, -1])
def test_of_two_causes_the_graver_is_kept_whichever_comes_first(told, order):
    for event in [told.bounce(), told.event("spamreport")][::order]:
        told.comes(event)
    assert told.suppressions() == [("jane@x.example", SuppressionCause.COMPLAINT)]


def test_an_event_that_comes_in_another_webhook_is_the_same_event(company, told):
    complaint, delivered = told.event("spamreport"), told.event("delivered")
    assert told.comes(complaint).new == 1
    assert told.comes(delivered, complaint).new == 1
    assert len(company.events(EventKind.MAIL_COMPLAINED)) == 1


def test_a_failure_of_ours_in_the_middle_changes_nothing_and_the_next_try_all(company, told, monkeypatch):
    events = [told.event("unsubscribe"), told.bounce()]
    with monkeypatch.context() as broken:
        broken.setattr("nurture.engine.provider_acts.suppress", lambda *_: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            told.comes(*events)
    assert told.kept() == []
    assert told.comes(*events).new == 2
    assert len(told.suppressions()) == 2


# ------------------------------------------------------------ whatever comes


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.lists(
        st.dictionaries(
            st.sampled_from(
                ["event", "email", "type", "reason", "status", "timestamp", "url", "useragent", "sg_event_id"]
            ),
            st.sampled_from(
                [
                    "bounce",
                    "open",
                    "click",
                    "dropped",
                    "unsubscribe",
                    "x@y.example",
                    "5.1.1",
                    "\x00",
                    "a" * 9_000,
                ]
            )
            | st.text(max_size=30)
            | st.integers(),
        ),
        max_size=4,
    )
)
def test_whatever_a_provider_says_is_taken_in(company, events):
    take_in(company.engine, "sendgrid", Request(body=json.dumps(events).encode("utf-8", "surrogatepass")))


@pytest.mark.parametrize(
    ("said", "code", "words", "bounce"),
    [
        (BounceKind.HARD, "5.1.1", "550 5.1.1 User unknown", BounceKind.HARD),
        (BounceKind.HARD, "", "", BounceKind.HARD),
        (BounceKind.HARD, "5.0.0", "", BounceKind.HARD),
        (BounceKind.HARD, "5.2.2", "mailbox full", BounceKind.SOFT),
        (BounceKind.HARD, "5.7.1", "rejected", BounceKind.BLOCK),
        (BounceKind.HARD, "", "message rejected as spam", BounceKind.BLOCK),
        (BounceKind.HARD, "4.4.1", "timed out", BounceKind.SOFT),
        (BounceKind.SOFT, "5.1.1", "User unknown", BounceKind.SOFT),
        (BounceKind.BLOCK, "5.1.1", "User unknown", BounceKind.BLOCK),
        (None, "5.1.1", "550 5.1.1 User unknown", BounceKind.HARD),
        (None, "", "", BounceKind.SOFT),
    ],
)
def test_hard_is_what_provider_and_code_agree_on(said, code, words, bounce):
    assert class_of(Report(kind=ReportKind.BOUNCED, bounce=said, code=code, response=words)) is bounce
