"""One operational mail in a marketing campaign: it asks neither window nor cap, and carries no way out of a list."""

from email import message_from_bytes, policy

from company import MONDAY, campaign, catalog

from nurture.check import check

FIRST = "campaigns/news/mails/first.mjml"
SHUT = 'days: [tue], between: ["09:00", "10:00"], at_most: [{mails: 1, per: week}]'
ONE_BY_ONE = "[{mail: first, wait: 0 minutes}, {mail: second, wait: 0 minutes}]"


def with_operational_first(**values):
    texts = campaign(steps=ONE_BY_ONE, **values)
    return {**texts, FIRST: texts[FIRST].replace("---\n", "---\nclass: operational\n", 1)}


def test_it_leaves_at_once_and_the_marketing_mail_after_it_waits_for_its_window(bare):
    bare.publish(catalog(with_operational_first(), sending=SHUT))
    (ann,) = bare.enter("ann")
    bare.engine.tick()
    first, second = bare.touches(ann)
    assert (first.mail_class, first.status, first.settled_at) == ("operational", "sent", MONDAY)
    assert (second.mail_class, second.status) == ("marketing", "planned")
    mail = message_from_bytes(bare.relay.messages[0].data, policy=policy.default)
    assert mail["List-Unsubscribe"] is None
    assert ":operational:" in mail["Feedback-ID"]


def test_the_mail_after_it_is_not_held_by_a_cap_that_it_does_not_count_for(bare):
    bare.publish(catalog(with_operational_first(), sending=SHUT))
    (ann,) = bare.enter("ann")
    bare.engine.tick()
    bare.later(hours=22, minutes=59)
    assert [row.status for row in bare.touches(ann)] == ["sent", "sent"]
    mail = message_from_bytes(bare.relay.messages[1].data, policy=policy.default)
    assert mail["List-Unsubscribe"] is not None


def test_it_needs_no_way_out_while_the_other_mails_of_the_campaign_do():
    bare = "---\nsubject: Hello\n---\n<mjml><mj-body><mj-section><mj-column><mj-text>Hello</mj-text></mj-column></mj-section></mj-body></mjml>"
    own = bare.replace("subject", "class: operational\nsubject")
    texts = {**campaign(), FIRST: own, FIRST.replace("first", "second"): bare}
    told = [problem for problem in check(catalog(texts)) if "unsubscribe" in problem.message]
    assert {problem.file for problem in told} == {"campaigns/news/mails/second.mjml"}


def test_files_of_one_mail_that_disagree_are_told():
    texts = with_operational_first()
    german = texts[FIRST].replace("class: operational", "class: marketing")
    told = [str(problem) for problem in check(catalog({**texts, FIRST.replace("first", "first.de"): german}))]
    assert any("another file of the mail is" in problem for problem in told)
