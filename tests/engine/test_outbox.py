"""What comes of a posted mail: it leaves with the next tick, once, before other mail; or the outbox says why it did not."""

from datetime import timedelta
from email import message_from_bytes, policy

import pytest
from company import BASE_URL, MONDAY, Company, campaign, catalog
from sqlalchemy import update

from nurture.engine.intake import NewLead
from nurture.engine.outbox import bounced
from nurture.engine.outbox_rows import LEASE, take
from nurture.engine.rest import LONGEST_REST, rests_until
from nurture.engine.settle import GIVE_UP
from nurture.engine.system_mails import post
from nurture.identity import Keyring
from nurture.ports import ReceiptStatus
from nurture.store import records as table
from nurture.vocabulary.touch import lead_of, message_number
from nurture.vocabulary.words import BounceKind

LENA = "lena@small.example"
BUSY = {"status": ReceiptStatus.DEFERRED, "code": "4.2.1", "text": "try again later"}
NO_SUCH_USER = {"status": ReceiptStatus.BOUNCED, "code": "5.1.1", "bounce": BounceKind.HARD}
DROPPED = {"status": ReceiptStatus.UNKNOWN, "text": "the connection ended after the dot"}
OWN = """---
subject: Bitte bestätigen
---
<mjml><mj-body><mj-section><mj-column><mj-text>Ja: {{ link }}</mj-text></mj-column></mj-section></mj-body></mjml>
"""


def posted(company, mail="password-reset", *, to=LENA, key="1", lead_id=None, **values):
    with company.database.writing() as connection:
        values = values or {"link": "/reset/abc", "name": "Lena Vogt"}
        post(connection, mail, to=to, values=values, key=key, now=company.clock.now(), lead_id=lead_id)


def outbox(company):
    return company.rows(table.outbox)


def sent(company, place=0):
    return message_from_bytes(company.relay.messages[place].data, policy=policy.default)


def text(message):
    return message.get_body(("plain",)).get_content()


def test_a_posted_mail_leaves_with_the_next_tick_and_what_it_said_is_forgotten(company):
    posted(company)
    assert company.engine.tick().told == 1
    (row,) = outbox(company)
    assert (row.status, row.attempts, row.settled_at, row.given) == ("sent", 1, MONDAY, {})
    mail = sent(company)
    assert (mail["To"], mail["From"]) == (f"Lena Vogt <{LENA}>", "Small <hello@small.example>")
    assert mail["Subject"] == "A new password for Nurture at Small"
    assert f"{BASE_URL}/reset/abc" in text(mail)
    assert company.engine.tick().is_idle
    assert len(company.relay.messages) == 1


def test_it_is_no_list_mail_and_nobody_answers_it_by_machine(company):
    posted(company)
    company.engine.tick()
    mail = sent(company)
    assert mail["Auto-Submitted"] == "auto-generated"
    for field in ("List-ID", "List-Unsubscribe", "List-Unsubscribe-Post", "List-Help", "Feedback-ID"):
        assert mail[field] is None
    assert "/o/" not in mail.get_body(("html",)).get_content()


def test_its_number_belongs_to_no_lead_and_comes_back_with_its_bounce(company):
    posted(company)
    company.engine.tick()
    (message,) = company.relay.messages
    (row,) = outbox(company)
    keyring = Keyring(b"k" * 32)
    assert keyring.read_return_path(message.mail_from) == message.touch_id == message_number(row.id)
    assert keyring.read_message_id(sent(company)["Message-ID"]) == message.touch_id
    assert lead_of(message.touch_id) == 0


def test_a_late_bounce_of_a_system_mail_is_shown_and_a_touchs_is_not_ours(company):
    posted(company)
    company.engine.tick()
    with company.database.writing() as connection:
        now = company.clock.now()
        assert bounced(connection, message_number(1), code="5.1.1", text="no such user", now=now)
        assert not bounced(connection, 1_000_001, code="5.1.1", text="no such user", now=now)
    assert (outbox(company)[0].status, outbox(company)[0].answer) == ("bounced", "no such user")


def test_people_of_ours_and_leads_reach_us_at_different_addresses(database_url):
    company = Company(database_url, public_url="https://nurture.small.example")
    company.publish()
    posted(company, link="/reset/abc")
    posted(company, "confirmation", key="2", link="/confirm/abc")
    posted(company, key="3", link="https://elsewhere.example/x")
    company.engine.tick()
    told = [text(sent(company, place)) for place in range(3)]
    assert "https://nurture.small.example/reset/abc" in told[0]
    assert f"{BASE_URL}/confirm/abc" in told[1]
    assert "(https://elsewhere.example/x)" in told[2]
    company.engine.close()


def test_a_system_mail_leaves_before_the_newsletter_and_at_any_hour(bare):
    bare.publish(catalog(sending='days: [mon], between: ["09:00", "17:00"]'))
    bare.enter("ann")
    posted(bare)
    bare.engine.tick()
    assert [message.rcpt_to for message in bare.relay.messages] == [LENA, "ann@x.example"]
    bare.later(days=5)
    posted(bare, key="2")
    assert bare.engine.tick().told == 1


def test_a_system_mail_does_not_wait_until_an_import_is_taken_in(company):
    company.engine._batch = 10
    company.enter(*(f"lead{number}" for number in range(40)))
    posted(company)
    left = []

    def note(message):
        left.append(
            (lead_of(message.touch_id), len(company.rows(table.event, table.event.c.absorbed_at.is_(None))))
        )

    company.relay.answer = note
    company.engine.tick()
    assert left[0] == (0, 30)


@pytest.mark.parametrize(
    ("answer", "status"), [(NO_SUCH_USER, "bounced"), (DROPPED, "unknown"), (BUSY, "deferred")]
)
def test_what_the_relay_says_is_kept(company, answer, status):
    company.relay.answer = lambda _: answer
    posted(company)
    company.engine.tick()
    (row,) = outbox(company)
    assert (row.status, row.code) == (status, answer.get("code"))
    assert (row.settled_at is None) == (status == "deferred")


def test_a_deferral_is_tried_again_later_and_then_given_up(company):
    company.relay.answer = lambda _: BUSY
    posted(company)
    company.engine.tick()
    assert company.later(minutes=4).deferred == 0
    assert company.later(minutes=2).deferred == 1
    while outbox(company)[0].status == "deferred":
        assert company.clock.now() - MONDAY <= GIVE_UP + timedelta(hours=6)
        company.later(hours=1)
    assert outbox(company)[0].status == "failed"
    assert company.clock.now() - MONDAY >= GIVE_UP


def test_what_the_way_out_wants_to_rest_holds_for_all_its_mail(company):
    posted(company)
    company.relay.answer = lambda _: BUSY | {"retry_at": MONDAY + timedelta(hours=1)}
    assert company.engine.tick().deferred == 1
    company.relay.answer = lambda _: None
    posted(company, key="2")
    assert company.later(minutes=59).told == 0
    assert [row.attempts for row in outbox(company)] == [1, 0]
    assert company.later(minutes=1).told == 2


def test_another_worker_leaves_the_way_out_alone_as_well(company):
    posted(company)
    company.relay.answer = lambda _: BUSY | {"retry_at": MONDAY + timedelta(hours=1)}
    assert company.engine.tick().deferred == 1
    company.relay.answer = lambda _: None
    posted(company, key="2")
    other = Company(company.database.url, now=MONDAY + timedelta(minutes=59))
    assert other.engine.tick().told == 0
    assert other.later(minutes=1).told == 2
    other.engine.close()


def test_a_rest_is_none_by_a_clock_that_was_set_back(company):
    posted(company)
    company.relay.answer = lambda _: BUSY | {"retry_at": MONDAY + timedelta(days=9)}
    company.engine.tick()
    with company.database.reading() as connection:
        until = rests_until(connection, company.relay.name, MONDAY)
        assert until == MONDAY + LONGEST_REST
        assert rests_until(connection, company.relay.name, MONDAY - timedelta(days=1)) is None
        assert rests_until(connection, "another", MONDAY) is None


def test_an_address_that_must_not_be_mailed_gets_no_system_mail_either(company):
    (ann,) = company.enter("ann")
    company.relay.answer = lambda _: NO_SUCH_USER
    company.engine.tick()
    posted(company, "confirmation", to="ann@x.example", lead_id=ann)
    company.engine.tick()
    (row,) = outbox(company)
    assert (row.status, row.attempts) == ("cancelled", 0)
    assert row.answer.startswith("the address must not be mailed")


def test_what_a_lost_worker_was_sending_is_unknown_and_not_sent_again(company):
    posted(company)
    with company.database.writing() as connection:
        (mine,), _ = take(connection, company.clock.now())
        assert mine.attempt == 1
    assert company.engine.tick().is_idle
    company.clock.turn_to(MONDAY + LEASE)
    assert company.engine.tick().unknown == 1
    assert outbox(company)[0].status == "unknown"
    assert company.relay.messages == []


def test_a_mail_that_cannot_be_written_fails_alone(bare):
    own = OWN.replace("{{ link }}", "{{ nobody.knows }}")
    bare.publish(catalog(campaign(), {"campaigns/system/mails/invitation.mjml": own}))
    posted(bare, "invitation", key="1", name="Jan")
    posted(bare, key="2")
    bare.engine.tick()
    assert [row.status for row in outbox(bare)] == ["failed", "sent"]
    assert "nobody" in outbox(bare)[0].answer


def test_a_programmes_own_text_is_sent_in_the_leads_language(bare):
    bare.publish(
        catalog(
            campaign(entry="false"),
            {
                "campaigns/system/mails/confirmation.mjml": OWN.replace("Bitte bestätigen", "Please confirm"),
                "campaigns/system/mails/confirmation.de.mjml": OWN,
            },
        )
    )
    (ann,) = bare.enter("ann", language="de")
    bare.engine.tick()
    posted(bare, "confirmation", to="ann@x.example", lead_id=ann, link="/confirm/1")
    posted(bare, "confirmation", to=LENA, lead_id=ann, key="2", link="/confirm/2")
    bare.engine.tick()
    assert [sent(bare, place)["Subject"] for place in (0, 1)] == ["Bitte bestätigen", "Please confirm"]


def test_a_number_that_leads_nowhere_leaves_the_queue(company):
    posted(company)
    with company.database.writing() as connection:
        connection.execute(table.outbox.delete())
    company.engine.tick()
    assert company.rows(table.due) == []


def test_an_answer_to_an_earlier_try_is_not_written(company):
    posted(company)

    def meanwhile():
        with company.database.writing() as connection:
            connection.execute(update(table.outbox).values(attempts=7))

    company.relay.meanwhile = meanwhile
    company.engine.tick()
    assert outbox(company)[0].status == "sending"


def test_a_programmes_own_text_may_extend_the_shipped_layout(bare):
    own = '---\nsubject: Ours\n---\n{% extends "system/layout.mjml" %}{% block body %}<mj-text>{{ link }}</mj-text>{% endblock %}'
    bare.publish(catalog(campaign(), {"campaigns/system/mails/invitation.mjml": own}))
    posted(bare, "invitation", link="/join/1")
    bare.engine.tick()
    assert sent(bare)["Subject"] == "Ours"


def test_nobody_outside_is_told_of_a_sample_lead(company):
    person = NewLead(reference="1", fields={"email": "made-up@x.example"})
    company.engine.enter_leads([person], source="sample", sample=True)
    (made_up,), (real,) = ([row.id for row in company.rows(table.lead)], company.enter("ann"))
    posted(company, "hand-off-warned", key="1", lead_id=made_up, link="/inbox")
    posted(company, "hand-off-warned", key="2", lead_id=real, link="/inbox")
    company.relay.leaves_machine = True
    company.engine.tick()
    assert [(row.status, row.attempts) for row in outbox(company)] == [("cancelled", 0), ("sent", 1)]
    company.relay.leaves_machine = False
    posted(company, "hand-off-warned", key="3", lead_id=made_up, link="/inbox")
    company.engine.tick()
    assert outbox(company)[2].status == "sent"


def test_what_was_answered_before_a_relay_breaks_is_known_and_the_rest_is_never_sent_twice(company):
    for key in ("1", "2", "3"):
        posted(company, key=key)

    def breaks_at_the_second(message):
        if message.touch_id == message_number(2):
            raise ConnectionError

    company.relay.answer = breaks_at_the_second
    with pytest.raises(ConnectionError):
        company.engine.tick()
    assert [row.status for row in outbox(company)] == ["sent", "sending", "sending"]
    company.relay.answer = lambda _: None
    company.clock.turn_to(MONDAY + LEASE)
    company.engine.tick()
    assert [row.status for row in outbox(company)] == ["sent", "unknown", "unknown"]
    assert len(company.relay.messages) == 1


def test_what_was_given_up_while_its_worker_stood_still_is_sent_again_when_the_relay_had_put_it_off(company):
    posted(company)

    def stands_still(message):
        company.relay.answer = lambda _: None
        company.later(seconds=LEASE.total_seconds() + 1)  # another worker's turn
        (row,) = outbox(company)
        assert (row.status, row.given) == ("unknown", {})
        return BUSY

    company.relay.answer = stands_still
    company.engine.tick()
    (row,) = outbox(company)
    assert (row.status, row.settled_at) == ("deferred", None)
    company.later(hours=1)
    (row,) = outbox(company)
    assert (row.status, row.given) == ("sent", {})
    assert f"{BASE_URL}/reset/abc" in text(sent(company))


def test_an_answer_that_comes_after_its_bounce_changes_nothing(company):
    posted(company)

    def comes_back(message):
        with company.database.writing() as connection:
            bounced(connection, message.touch_id, code="5.1.1", text="no such user", now=company.clock.now())
        return BUSY

    company.relay.answer = comes_back
    company.engine.tick()
    (row,) = outbox(company)
    assert (row.status, row.code) == ("bounced", "5.1.1")
