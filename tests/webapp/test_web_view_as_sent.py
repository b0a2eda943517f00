"""View in browser shows the words that were sent, whatever the programme and the reader have become since."""

import re
from datetime import timedelta

import pytest
from flask.testing import FlaskClient
from sqlalchemy import func, select

from nurture.content.catalog import load_texts
from nurture.content.flatten import flatten
from nurture.content.mails import read_mail
from nurture.engine.links import StoredLinks
from nurture.store.records import event, touch
from tests.webapp.stand import Stand, shipped

CLICKED = r"/c/([\w-]+)/(\d+)"
OF_CAMPAIGNS = re.compile(r"campaigns/(?!system/)[^/]+/mails/")


def sent_to(stand: Stand, name: str) -> str:
    """The file of the mail that this lead was sent first."""
    with stand.engine.database.reading() as connection:
        statement = select(touch.c.mail).where(touch.c.id == stand.first_touch(name))
        campaign, _, mail = connection.execute(statement).scalar_one().partition("/")
    return f"campaigns/{campaign}/mails/{mail}.mjml"


def rewritten(stand: Stand, path: str) -> None:
    """The same mail says something else from now on, and its links have moved by one."""
    text = shipped().texts[path]
    head, body = text.split("---\n", 2)[1:]
    head = head.replace("links:\n", "links:\n  earlier: https://tarewell.example/earlier\n")
    body = re.sub(r"(<mj-text[^>]*>)", r"\1Rewritten since. ", body, count=1)
    body = body.replace(
        "Rewritten since. ", "Rewritten since <a href=\"{{ link('earlier') }}\">earlier</a>. ", 1
    )
    stand.engine.publish(
        load_texts({**shipped().texts, path: f"---\n{head}---\n{body}"}), actor="a person", reason="a test"
    )


@pytest.fixture
def token(stand: Stand) -> str:
    return stand.token("ada")


def test_it_shows_the_words_that_were_sent_after_they_were_rewritten(
    stand: Stand, client: FlaskClient, token: str
):
    before = client.get(f"/v/{token}").text
    stand.clock.turn_to(stand.clock.now() + timedelta(minutes=1))
    rewritten(stand, sent_to(stand, "ada"))
    assert client.get(f"/v/{token}").text == before


def test_its_links_lead_where_they_led_and_no_pixel_watches(stand: Stand, client: FlaskClient, token: str):
    def followed() -> list[str | None]:
        page, keyring = client.get(f"/v/{token}").text, stand.engine.keyring
        assert "/o/" not in page
        links = StoredLinks(stand.engine.database)
        read = [(keyring.read_touch_token(each), int(index)) for each, index in re.findall(CLICKED, page)]
        return [links.url(each.mail_revision, index, each) for each, index in read]

    before = followed()
    assert before
    stand.clock.turn_to(stand.clock.now() + timedelta(minutes=1))
    rewritten(stand, sent_to(stand, "ada"))
    assert followed() == before


def test_looking_at_it_is_no_open(stand: Stand, client: FlaskClient, token: str):
    def events() -> int:
        with stand.engine.database.reading() as connection:
            return connection.execute(select(func.count()).select_from(event)).scalar_one()

    before = events()
    assert client.get(f"/v/{token}").status_code == 200
    stand.engine.tick()
    assert events() == before


@pytest.mark.parametrize("path", sorted(path for path in shipped().texts if OF_CAMPAIGNS.match(path)))
def test_every_shipped_mail_can_be_viewed_in_a_browser(path: str):
    flat = flatten(read_mail(path, shipped().texts[path]), shipped().templates).html.text
    assert "{{ view_url }}" in flat
