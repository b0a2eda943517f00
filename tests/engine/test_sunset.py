"""The sunset on a real engine: the mail that asks leaves through the gates, and silence ends marketing mail alone."""

from datetime import timedelta

import pytest
from company import ANY_TIME, campaign, catalog

from nurture.content.catalog import load_texts
from nurture.store import records as table
from nurture.vocabulary.words import EventKind, SuppressionCause

STEPS = "[{mail: first}, {mail: second}, {mail: third}]"
SUNSET = f"{ANY_TIME}, sunset: {{after: 2 unreceived mails, mail: news/stay, within: 10 days}}"


@pytest.fixture
def silent(bare):
    """Ann has answered neither of two mails, and is asked."""
    news = campaign(steps=STEPS, mails=("first", "second", "third", "stay"))
    account = campaign("account", "[{mail: bill, wait: 30 days}]", mails=("bill",), class_="operational")
    bare.publish(catalog(news, account, sending=SUNSET))
    (ann,) = bare.enter("ann")
    bare.engine.tick()
    bare.later(days=2)
    for _ in range(6):
        bare.later(days=1)
    return ann


def mails(company, lead_id):
    return [(row.campaign, row.step, row.status) for row in company.touches(lead_id)]


def test_the_last_mail_asks_and_silence_ends_marketing_alone(bare, silent):
    assert mails(bare, silent)[-1] == ("sunset", "ask", "sent")
    asked = bare.touches(silent)[-1]
    assert (asked.mail, asked.mail_class) == ("news/stay", "marketing")
    assert bare.decisions(asked.id)[-1].verdict == "pass"
    sent, due_at = len(bare.mailed()), bare.state(silent).sunset.due_at
    bare.clock.turn_to(due_at - timedelta(seconds=1))
    bare.engine.tick()
    assert (len(bare.mailed()), bare.state(silent).suppressed) == (sent, None)
    bare.later(seconds=1)
    assert bare.state(silent).suppressed is SuppressionCause.SUNSET
    assert [(row.scope, row.cause) for row in bare.rows(table.suppression)] == [("marketing", "sunset")]
    for _ in range(20):
        bare.later(days=1)
    assert ("account", "bill", "sent") in mails(bare, silent)
    assert len(bare.mailed()) == sent + 1


def test_a_click_keeps_the_mails_coming(bare, silent):
    touch = bare.touches(silent)[-1]
    bare.happens(
        silent, EventKind.MAIL_CLICKED, touch=touch.id, mail=touch.mail, campaign="sunset", link="site"
    )
    bare.later(minutes=1)
    assert [row.kind for row in bare.events(EventKind.SUNSET_BEGUN, EventKind.SUNSET_ENDED)] == [
        "sunset.begun",
        "sunset.ended",
    ]
    for _ in range(12):
        bare.later(days=1)
    assert ("news", "third", "sent") in mails(bare, silent)
    assert bare.state(silent).suppressed is None


def test_a_store_of_before_the_sunset_goes_on(bare):
    """A programme that gets a sunset asks those who fall silent from then on."""
    plain = catalog(campaign(steps=STEPS, mails=("first", "second", "third", "stay")))
    bare.publish(plain)
    (ann,) = bare.enter("ann")
    bare.engine.tick()
    path = "campaigns/programme.yaml"
    bare.publish(load_texts({**plain.texts, path: plain.texts[path].replace(ANY_TIME, SUNSET)}))
    for _ in range(9):
        bare.later(days=1)
    assert ("sunset", "ask", "sent") in mails(bare, ann)
