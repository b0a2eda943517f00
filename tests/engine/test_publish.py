"""A programme goes live whole or not at all, and leads inside learn of it."""

from datetime import timedelta

import pytest
from company import campaign, catalog

from nurture.errors import ProgrammeError, SetupError
from nurture.store import records as table
from nurture.vocabulary.words import EventKind

ONE, TWO, THREE = (
    campaign(steps=steps, mails=("first", "second", "third"))
    for steps in (
        "[{mail: first}]",
        "[{mail: first}, {mail: second}]",
        "[{mail: first}, {mail: third}, {mail: second}]",
    )
)
PUBLISHED = (table.revision, table.revision_text, table.content_text, table.mail_revision, table.event)


def test_a_store_without_a_programme_says_what_to_do(bare):
    assert not bare.engine.has_programme
    with pytest.raises(SetupError, match="nurture apply"):
        bare.engine.tick()


def test_the_same_texts_are_the_same_revision(bare):
    assert [bare.publish(catalog(ONE)) for _ in range(2)] == [1, 1]
    assert len(bare.rows(table.revision)) == 1


def test_texts_that_stay_are_kept_once(bare):
    assert [bare.publish(catalog(each)) for each in (ONE, TWO, ONE)] == [1, 2, 3]
    campaigns = [row for row in bare.rows(table.revision_text) if row.path.endswith("campaign.yaml")]
    assert [row.revision for row in campaigns] == [1, 2, 3]
    assert len({row.sha256 for row in campaigns}) == 2
    assert len(bare.rows(table.mail_revision)) == 3


@pytest.mark.parametrize(
    "broken",
    [
        {"campaigns/news/campaign.yaml": "format: 1\nkey: news\ntracks: 3\n"},
        {"campaigns/news/mails/first.mjml": "---\nsubject: {{ lead.\n---\n<mjml><mj-body></mj-body></mjml>"},
        {"campaigns/news/mails/first.mjml": "no front matter"},
        {"campaigns/programme.yaml": "format: 2"},
    ],
    ids=["campaign", "mail", "front matter", "programme"],
)
def test_a_broken_programme_is_refused_and_nothing_changes(bare, broken):
    bare.publish(catalog(ONE))
    bare.enter("ann")
    bare.engine.tick()
    before = [bare.rows(each) for each in PUBLISHED]
    with pytest.raises(ProgrammeError):
        bare.publish(catalog(TWO, broken))
    assert [bare.rows(each) for each in PUBLISHED] == before
    assert bare.engine.live.number == 1


def test_the_first_programme_is_news_to_nobody(bare):
    bare.publish(catalog(ONE))
    assert bare.events(EventKind.PROGRAMME_APPLIED) == []


def test_every_lead_learns_of_a_new_revision_once(bare):
    bare.publish(catalog(ONE))
    ids = bare.enter("ann", "bob")
    bare.engine.tick()
    bare.publish(catalog(TWO))
    bare.publish(catalog(TWO))
    told = bare.events(EventKind.PROGRAMME_APPLIED)
    assert [(row.lead_id, row.source, row.source_id) for row in told] == [
        (each, "programme", f"2:{each}") for each in ids
    ]
    bare.engine.tick()
    assert {row.revision for row in bare.events(EventKind.PROGRAMME_APPLIED)} == {2}


def test_new_content_revives_a_lead_that_had_everything(bare):
    bare.publish(catalog(ONE))
    (ann,) = bare.enter("ann")
    bare.engine.tick()
    bare.later(days=5)
    (enrolment,) = bare.state(ann).live_enrolments
    assert enrolment.exhausted_at is not None
    bare.publish(catalog(TWO))
    bare.engine.tick()
    assert bare.statuses(ann) == [("first", "sent"), ("second", "sent")]


def test_a_new_campaign_takes_in_leads_that_are_there(bare):
    bare.publish(catalog(ONE))
    (ann,) = bare.enter("ann")
    bare.engine.tick()
    bare.publish(catalog(ONE, campaign("club", "[{mail: first}]")))
    bare.engine.tick()
    assert [row.mail for row in bare.touches(ann)] == ["news/first", "club/first"]


def test_a_step_that_is_taken_out_and_put_back_is_planned_again(bare):
    bare.publish(catalog(TWO))
    (ann,) = bare.enter("ann")
    bare.engine.tick()
    bare.publish(catalog(ONE))
    bare.engine.tick()
    assert bare.statuses(ann) == [("first", "sent"), ("second", "cancelled")]
    bare.publish(catalog(TWO))
    bare.engine.tick()
    assert bare.statuses(ann)[-1] == ("second", "planned")
    bare.later(days=2)
    assert bare.statuses(ann)[-1] == ("second", "sent")


def test_a_step_put_in_between_comes_before_the_end(bare):
    bare.publish(catalog(TWO))
    (ann,) = bare.enter("ann")
    bare.engine.tick()
    bare.publish(catalog(THREE))
    bare.engine.tick()
    for _ in range(4):
        bare.later(days=2)
    assert [mail for mail, status in bare.statuses(ann) if status == "sent"] == ["first", "second", "third"]


def test_a_campaign_that_is_taken_out_lets_its_leads_go(bare):
    bare.publish(catalog(TWO, campaign("club", "[{mail: first, wait: 9 days}]")))
    (ann,) = bare.enter("ann")
    bare.engine.tick()
    bare.publish(catalog(TWO))
    bare.engine.tick()
    assert [row.status for row in bare.touches(ann) if row.campaign == "club"] == ["cancelled"]
    assert [each.campaign for each in bare.state(ann).live_enrolments] == ["news"]


# ------------------------------------------------------------ leads inside an edited campaign

BEFORE, AFTER = (
    campaign(steps=f"[{{mail: first}}, {{mail: {then}}}]", mails=("first", "second", "third"))
    for then in ("second", "third")
)


@pytest.fixture
def inside(bare):
    """A company where Ada has had the first of two mails."""
    bare.publish(catalog(BEFORE))
    bare.enter("ada")
    bare.engine.tick()
    bare.clock.turn_to(bare.clock.now() + timedelta(minutes=1))
    return bare


def next_mails(company, **days):
    company.clock.turn_to(company.clock.now() + timedelta(**days))
    company.engine.tick()
    return [row.mail for row in company.rows(table.touch) if row.status == "sent"]


def edited(company, **how):
    company.publish(catalog(AFTER), **how)


def test_pinned_leads_finish_the_tracks_that_they_are_in(inside):
    edited(inside, in_flight="pin")
    inside.enter("bob")
    inside.engine.tick()
    assert sorted(next_mails(inside, days=2)) == ["news/first", "news/first", "news/second", "news/third"]


def test_migrated_leads_go_on_with_the_new_ones(inside):
    edited(inside, in_flight="migrate")
    assert next_mails(inside, days=2) == ["news/first", "news/third"]


def test_another_edit_keeps_what_is_kept_until_one_moves_everybody(inside):
    edited(inside, in_flight="pin")
    text = AFTER["campaigns/news/campaign.yaml"].replace("name: news", "name: News of spring")
    inside.publish(catalog(AFTER | {"campaigns/news/campaign.yaml": text}))
    kept = inside.engine.live.programme.superseded["news"]
    assert [[step.key for step in each.campaign.tracks[0].steps] for each in kept] == [["first", "second"]]
    assert kept[0].campaign.name == "News of spring", "all but the tracks is as it is now"
    inside.publish(catalog(BEFORE), in_flight="migrate")
    assert inside.engine.live.programme.superseded == {}
