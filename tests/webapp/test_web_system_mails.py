"""System mails in the local mailbox: shown for what they are, and as nobody's whose opens would count."""

from flask.testing import FlaskClient

from nurture.delivery.mailbox import Mailbox
from nurture.engine.system_mails import post
from nurture.vocabulary.touch import outbox_id_of
from tests.webapp.stand import Stand


def test_the_mailbox_names_a_system_mail_and_says_whom_it_is_about(stand: Stand, client: FlaskClient):
    ada = stand.lead_id("ada")
    with stand.engine.deciding() as (connection, now):
        values = {"link": f"/inbox?lead={ada}", "lead_name": "Ada Nowak"}
        post(
            connection,
            "hand-off-warned",
            to="freya@tarewell.example",
            values=values,
            key="1",
            now=now,
            lead_id=ada,
        )
    stand.engine.tick()
    listed = client.get("/mailbox").text
    assert (
        listed.count('<span class="tag">system mail</span>') == 2
    )  # the hand-off of the hot lead is the other one
    assert stand.mailbox is not None
    stored, _ = (each for each in Mailbox(stand.mailbox).newest_first() if outbox_id_of(each.touch_id))
    page = client.get(f"/mailbox/{stored.name}").text
    assert "Still waiting: Ada Nowak" in page
    assert "To the rep whose time to answer is running out." in page
    assert f'href="/leads/{ada}"' in page
    assert "opens and clicks in it count" not in page
    assert client.get(f"/mailbox/{stored.name}/html").status_code == 200
