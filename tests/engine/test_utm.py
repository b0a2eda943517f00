"""What a followed link tells the site that it leads to: which mail the visit comes from, unless somebody said otherwise."""

import re
from email import message_from_bytes, policy
from urllib.parse import parse_qs, urlsplit

import pytest
from company import campaign, catalog
from sqlalchemy import update

from nurture.content.catalog import load_texts
from nurture.engine.links import StoredLinks
from nurture.store import records as table

MAIL = """---
subject: Hello
preheader: x
FRONT---
<mjml><mj-body><mj-section><mj-column><mj-text><a href="{{ link('site') }}">Read on</a></mj-text></mj-column></mj-section></mj-body></mjml>
"""


def published(company, programme="", front="", url="https://small.example/site", class_="marketing"):
    head = f"{front}links:\n  site: {url}\n"
    texts = campaign(steps="[{mail: first}]", mails=["first"], class_=class_)
    texts["campaigns/news/mails/first.mjml"] = MAIL.replace("FRONT", head)
    written = catalog().texts["campaigns/programme.yaml"] + programme
    company.publish(load_texts({**texts, "campaigns/programme.yaml": written}))


def followed(company, part="plain"):
    """Where the link in this part of the newest mail leads."""
    mail = message_from_bytes(company.relay.messages[-1].data, policy=policy.default)
    found = re.search(r"/c/([\w-]+)/(\d+)", mail.get_body((part,)).get_content())
    token = company.engine.keyring.read_touch_token(found[1])
    return StoredLinks(company.database).url(token.mail_revision, int(found[2]), token)


def told(url):
    return {name.removeprefix("utm_"): values[0] for name, values in parse_qs(urlsplit(url).query).items()}


ALWAYS = {"source": "nurture", "medium": "email", "campaign": "news", "content": "first"}


@pytest.mark.parametrize(
    ("programme", "front", "expected"),
    [
        ("", "", ALWAYS),
        ("utm: {source: small, campaign: spring}", "", ALWAYS | {"source": "small", "campaign": "spring"}),
        ("utm: {medium: mail, content: all}", "", ALWAYS | {"medium": "mail", "content": "all"}),
        ("utm: null", "", {}),
        ("", "utm: none\n", {}),
        ("utm: {source: small}", "utm: none\n", {}),
        ("", "class: operational\n", ALWAYS),
    ],
)
def test_a_link_says_what_the_programme_has_it_say(bare, programme, front, expected):
    published(bare, programme, front)
    bare.enter("ann")
    bare.engine.tick()
    assert told(followed(bare, "plain")) == told(followed(bare, "html")) == expected


def test_what_the_author_wrote_into_a_link_stays(bare):
    published(bare, url="https://small.example/site?a=1&utm_source=friends#top")
    bare.enter("ann")
    bare.engine.tick()
    assert followed(bare) == (
        "https://small.example/site?a=1&utm_source=friends&utm_medium=email&utm_campaign=news&utm_content=first#top"
    )


def test_a_link_of_somebody_elses_site_is_marked_too(bare):
    published(bare, url="https://elsewhere.example/")
    bare.enter("ann")
    bare.engine.tick()
    assert told(followed(bare)) == ALWAYS


def test_mail_that_has_left_keeps_what_it_said_and_new_mail_says_the_new(bare):
    published(bare)
    bare.enter("ann")
    bare.engine.tick()
    before = followed(bare)
    published(bare, "utm: {source: small}")
    assert followed(bare) == before
    bare.enter("bob")
    bare.engine.tick()
    assert told(followed(bare))["source"] == "small"


def test_links_that_were_kept_before_programmes_could_say_go_on(bare):
    published(bare)
    bare.enter("ann")
    bare.engine.tick()
    with bare.database.writing() as connection:
        connection.execute(update(table.mail_revision).values(utm=None))
    assert told(followed(bare)) == ALWAYS
