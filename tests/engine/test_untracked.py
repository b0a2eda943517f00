"""Mail and hits of those who are not to be measured: no pixel, links that lead past us, and nothing kept."""

import re
from email import message_from_bytes, policy

import pytest
from company import BASE_URL, Company, campaign, catalog

from nurture.engine.consent import Choice, prefer
from nurture.engine.track import SpooledTracks
from nurture.tracking.hits import Hit, HitKind, to_record
from nurture.tracking.spool import Spool
from nurture.vocabulary.words import EventKind

CONDITIONAL = "{% if lead.size %}Many{% endif %}"
MEASURED = '</mj-text><mj-text padding="{{ lead.size|default(3) }}px">x'


@pytest.fixture
def tracked(database_url, tmp_path):
    """A company, and the spool where its hits come in."""
    company = Company(database_url, tracks=SpooledTracks(tmp_path / "spool"))
    yield company, Spool(tmp_path / "spool", company.clock)
    company.engine.close()


def choose(company, lead_id, *, tracking):
    with company.engine.deciding() as (connection, now):
        prefer(connection, lead_id, Choice(tracking=tracking), now=now)


def parts(company):
    mail = message_from_bytes(company.relay.messages[-1].data, policy=policy.default)
    return [mail.get_body((kind,)).get_content() for kind in ("html", "plain")]


@pytest.mark.parametrize("body", ["", CONDITIONAL, MEASURED], ids=["slots", "conditional", "for each lead"])
def test_a_mail_to_who_does_not_want_to_be_measured_has_no_pixel_and_straight_links(bare, body):
    bare.publish(catalog(campaign(body=body)))
    (ann,) = bare.enter("ann", size=3)
    choose(bare, ann, tracking=False)
    bare.later(minutes=2)
    html, text = parts(bare)
    assert "/o/" not in html
    assert "/c/" not in html + text
    address = (
        "https://small.example/site?utm_source=nurture&utm_medium=email&utm_campaign=news&utm_content=first"
    )
    assert f'href="{address.replace("&", "&amp;")}"' in html
    assert address in text
    assert re.search(f"{BASE_URL}/u/", bare.relay.messages[-1].data.decode())


def test_a_campaign_may_measure_nobody(bare):
    texts = campaign()
    texts["campaigns/news/campaign.yaml"] += "tracking: false\n"
    bare.publish(catalog(texts))
    (ann,) = bare.enter("ann")
    bare.engine.tick()
    assert "/o/" not in parts(bare)[0]
    assert "/c/" not in parts(bare)[0]
    bare.later(days=9)
    assert (bare.state(ann).receptions, bare.state(ann).unreceived) == ((), 0)


def test_nobody_is_thought_to_ignore_what_nobody_measures(company):
    (ann,) = company.enter("ann")
    choose(company, ann, tracking=False)
    company.later(minutes=2)
    company.later(days=3)
    company.later(days=6)
    assert company.mailed() == ["ann", "ann"]
    assert company.state(ann).unreceived == 0


def test_what_comes_in_of_them_is_forgotten_also_from_older_mails(tracked):
    company, spool = tracked
    company.publish()
    ann, bob = company.enter("ann", "bob")
    company.engine.tick()
    choose(company, ann, tracking=False)
    for lead_id in (ann, bob):
        touch = company.touches(lead_id)[0]
        for kind, link in ((HitKind.OPEN, None), (HitKind.CLICK, 1)):
            hit = Hit(kind=kind, at=company.clock.now(), touch_id=touch.id, mail_revision=1, link=link)
            spool.append(to_record(hit))
    spool.close()
    company.later(minutes=5)
    measured = company.events(EventKind.MAIL_OPENED, EventKind.MAIL_CLICKED)
    assert {row.lead_id for row in measured} == {bob}


def test_who_wants_it_again_is_measured_again(company):
    (ann,) = company.enter("ann")
    choose(company, ann, tracking=False)
    company.later(minutes=2)
    choose(company, ann, tracking=True)
    company.later(days=3)
    assert "/o/" in parts(company)[0]
    assert re.search(r'/c/[\w.-]+/0"', parts(company)[0])


@pytest.mark.parametrize("body", ["", CONDITIONAL, MEASURED], ids=["slots", "conditional", "for each lead"])
def test_every_other_mail_has_the_pixel_and_the_hidden_link_of_its_own(bare, body):
    bare.publish(catalog(campaign(body=body)))
    (ann,) = bare.enter("ann", size=3)
    bare.later(minutes=2)
    html, text = parts(bare)
    token = bare.engine.keyring.touch_token(bare.touches(ann)[0].id, 1)
    assert (
        f'<a href="{BASE_URL}/c/{token}/0" tabindex="-1" aria-hidden="true"></a><img src="{BASE_URL}/o/{token}.gif"'
        in html
    )
    assert f"/c/{token}/0" not in text
