"""Whom a mail is from: the company, or the lead's rep in such a way that no receiver takes it for forged."""

from email import message_from_bytes, policy

import pytest
from company import Company, campaign, catalog

from nurture.check import check
from nurture.content.catalog import load_texts
from nurture.content.lint import lint_mail
from nurture.content.mails import read_mail

MAIL = """---
subject: Hello
FROM
---
<mjml><mj-body><mj-section><mj-column><mj-text>BODY</mj-text></mj-column></mj-section></mj-body></mjml>
"""
BODY = "Yours,<br />{{ signature }} [{{ owner.name|default('us', true) }}]"
TEAM = """{strategy: round-robin, members: [
    {email: lena@small.example, name: Lena Vogt, title: Audits, phone: +49 40 1},
    {email: jan@elsewhere.example, name: Jan <Ott>, signature: "Jan & co\\nElsewhere"},
    {email: sam@elsewhere.example}]}"""


def published(company, front="", campaign_from="", body=BODY):
    texts = campaign(steps="[{mail: first}]")
    head = "campaigns/news/campaign.yaml"
    texts[head] = texts[head].replace("class:", f"{campaign_from}\nclass:")
    texts["campaigns/news/mails/first.mjml"] = MAIL.replace("FROM\n", front).replace("BODY", body)
    programme = catalog().texts["campaigns/programme.yaml"]
    programme = programme.replace(
        "address: hello@small.example}", "address: hello@small.example, signature: 'The Small\n\n  Hamburg'}"
    )
    line = next(line for line in programme.splitlines() if line.startswith("  round:"))
    company.publish(
        load_texts({**texts, "campaigns/programme.yaml": programme.replace(line, f"  round: {TEAM}")})
    )


def mail_to(company, owner=None):
    company.enter("ann", owner=owner)
    company.engine.tick()
    return message_from_bytes(company.relay.messages[-1].data, policy=policy.default)


def html(mail):
    return mail.get_body(("html",)).get_content()


def text(mail):
    return mail.get_body(("plain",)).get_content().replace("\r\n", "\n")


@pytest.mark.parametrize(
    ("owner", "from_", "reply_to", "signed"),
    [
        ("lena@small.example", "Lena Vogt <lena@small.example>", None, "Lena Vogt\nAudits\n+49 40 1"),
        (
            "jan@elsewhere.example",
            '"Jan <Ott> via Small" <hello@small.example>',
            "jan@elsewhere.example",
            "Jan & co\nElsewhere",
        ),
        ("sam@elsewhere.example", "Small <hello@small.example>", "sam@elsewhere.example", "Small"),
        ("gone@small.example", "Small <gone@small.example>", None, "Small"),
        (None, "Small <hello@small.example>", None, "The Small\nHamburg"),
    ],
)
def test_a_mail_from_the_owner_is_the_reps_as_far_as_its_domain_is_ours(bare, owner, from_, reply_to, signed):
    published(bare, "from: owner\n")
    mail = mail_to(bare, owner)
    assert (mail["From"], mail["Reply-To"]) == (from_, reply_to)
    assert f"Yours,\n{signed} [" in text(mail)


def test_a_signature_is_escaped_and_its_lines_are_kept(bare):
    published(bare, "from: owner\n")
    mail = mail_to(bare, "jan@elsewhere.example")
    assert "Jan &amp; co<br>Elsewhere [Jan &lt;Ott&gt;]" in html(mail)


def test_the_envelope_and_the_list_stay_the_companys(bare):
    published(bare, "from: owner\n")
    mail = mail_to(bare, "lena@small.example")
    assert mail["List-ID"] == "<news.small.example>"
    assert mail["Message-ID"].endswith("@small.example>")
    assert bare.relay.messages[-1].mail_from.endswith("@small.example")


def test_a_campaign_says_it_for_all_its_mails_and_a_mail_for_itself(bare):
    published(bare, campaign_from="from: owner")
    assert mail_to(bare, "lena@small.example")["From"] == "Lena Vogt <lena@small.example>"
    published(bare, "from: programme\n", campaign_from="from: owner")
    bare.enter("bob", owner="lena@small.example")
    bare.engine.tick()
    mail = message_from_bytes(bare.relay.messages[-1].data, policy=policy.default)
    assert mail["From"] == "Small <hello@small.example>"
    assert "[Lena Vogt]" in text(mail)


def test_two_owners_of_one_address_sign_each_for_himself(bare):
    published(bare, "from: owner\n")
    for name, owner in (("ann", "jan@elsewhere.example"), ("bob", "sam@elsewhere.example")):
        bare.enter(name, owner=owner)
    bare.engine.tick()
    signed = [text(message_from_bytes(each.data, policy=policy.default)) for each in bare.relay.messages]
    assert "Jan & co" in signed[0]
    assert "Jan & co" not in signed[1]


@pytest.mark.parametrize(
    ("body", "found"),
    [
        ("{{ owner.name|default('us', true) }} {{ signature }}", None),
        ("{% if owner.phone %}{{ owner.phone }}{% endif %}", None),
        ("{{ owner.name }}", "'owner.name' is not known of every lead"),
        ("{{ owner.nme|default('x') }}", "an owner has no field 'nme'"),
    ],
)
def test_a_mail_needs_other_words_for_leads_that_nobody_has(body, found):
    mail = read_mail("campaigns/news/mails/first.mjml", MAIL.replace("FROM\n", "").replace("BODY", body))
    messages = [
        problem.message for problem in lint_mail(mail, templates={}, fields=["email"], marketing=False)
    ]
    assert (messages == []) if found is None else [found in message for message in messages] == [True]


@pytest.mark.parametrize(
    ("front", "body", "is_told"),
    [
        ("from: owner", "Yours, Ines", True),
        ("from: owner", "Yours, {{ signature }}", False),
        ("from: owner", "{% if owner.name %}{{ owner.name }}{% endif %}", False),
        ("from: programme", "Yours, Ines", False),
    ],
)
def test_a_mail_from_the_owner_that_somebody_else_signs_is_told(front, body, is_told):
    texts = campaign(steps="[{mail: first}]", mails=["first"])
    path = "campaigns/news/mails/first.mjml"
    texts[path] = MAIL.replace("FROM", front).replace("BODY", body)
    told = [str(problem) for problem in check(catalog(texts)) if "does not say who" in problem.message]
    assert told == [each for each in told if each.startswith(f"{path}:3:7: ")]
    assert bool(told) == is_told


@pytest.mark.parametrize(("class_", "has_way_out"), [("marketing", True), ("operational", False)])
def test_where_answers_come_in_to_us_each_mail_has_an_address_of_its_own(database_url, class_, has_way_out):
    company = Company(database_url, reply_domain="in.small.example")
    published(company, f"from: owner\nclass: {class_}\n")
    mail = mail_to(company, "jan@elsewhere.example")
    keyring, (message,) = company.engine.keyring, company.relay.messages
    assert keyring.read_reply_address(mail["Reply-To"]) == message.touch_id
    assert mail["Reply-To"].endswith("@in.small.example")
    assert ("<mailto:unsubscribe+" in (mail["List-Unsubscribe"] or "")) == has_way_out
    assert (mail["List-Unsubscribe"] is None) != has_way_out
    company.engine.close()
