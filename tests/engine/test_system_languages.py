"""In which language system mails speak: that of the account, of the lead, of whoever asks, of the installation; every word of it."""

from email import message_from_bytes, policy

import pytest
from company import MONDAY, Company, campaign, catalog
from lxml import html

from nurture.content.system_mails import OUR_FIELDS, SYSTEM_MAILS
from nurture.delivery.sender_problems import PROBLEMS
from nurture.engine.accounts import Role, add, speak
from nurture.engine.campaign_rates import bounces_told, complaints_told
from nurture.engine.form_told import label_of
from nurture.engine.pauses import REMEDIES
from nurture.engine.reasons import Reason
from nurture.engine.system_build import Posted
from nurture.engine.system_mails import post
from nurture.languages.catalogues import LANGUAGES
from nurture.scheduling.rates import Tally
from tests.webapp.german import ENGLISH, GERMAN_TOO, NOT_READ
from webapp.form_words import GERMAN

LENA = "lena@small.example"
LINK = {"link": "/reset/abc", "name": "Lena"}
BAD = Tally(attempted=2_500, delivered=2_400, hard=60, complaints=9)
THEIRS = ("long-cycle nurture", "finance director", "a question", "how long does a trial last?", "asked for demo", "team dach",
    "company size", "visited pricing")  # fmt: skip
"""What the company, a lead or an author has written."""
OUR_WORDS = {
    "role": [*Role],
    "why": [complaints_told(BAD), bounces_told(BAD), *(problem.what for problem in PROBLEMS.values())],
    "remedy": [words for words in REMEDIES.values() if words] + [each.remedy for each in PROBLEMS.values()],
}


@pytest.fixture
def company_that_speaks(empty_sqlite, tmp_path):
    """A company on an empty store; its language does not depend on which store that is."""

    def company(language, texts=None):
        (tmp_path / "nurture.sqlite").write_bytes(empty_sqlite.read_bytes())
        made = Company(f"sqlite:///{tmp_path / 'nurture.sqlite'}", language=language)
        made.publish(catalog(campaign(entry="false"), texts or {}))
        return made

    return company


@pytest.fixture
def german(company_that_speaks):
    """What builds the mails of a company whose own language is German."""
    company = company_that_speaks("de")
    yield company.engine.system_builder(company.engine.live)
    company.engine.close()


@pytest.fixture
def spoken_to(company_that_speaks):
    """Says in which language the mail is that was *posted* to Lena, in an installation of some language."""

    def spoken_to(installed, *, account=None, lead=None, mail="password-reset", **posted):
        company = company_that_speaks(installed)
        about = None
        if lead is not None:
            (about,) = company.enter("lena", email=LENA, language=lead or None)
            company.engine.tick()
        with company.database.writing() as connection:
            if account is not None:
                who = add(connection, LENA, Role.SALES, by="a test", now=MONDAY)
                speak(connection, who, account or None)
            post(connection, mail, values=LINK, key="1", now=MONDAY, lead_id=about, **{"to": LENA, **posted})
        company.engine.tick()
        (message,) = company.relay.messages
        company.engine.close()
        return language_of(message_from_bytes(message.data, policy=policy.default))

    return spoken_to


def built(builder, mail, given, *, language=None):
    posted = Posted(id=1, mail=mail, to=LENA, given=given, first_tried=MONDAY, language=language)
    return message_from_bytes(builder.build(posted, MONDAY).data, policy=policy.default)


def language_of(message):
    return html.document_fromstring(message.get_body(("html",)).get_content()).get("lang")


def read(message):
    """What somebody reads of it: subject, sender, each line of the text, and each piece of text of the other part."""
    parts = [message.get_body((kind,)).get_content() for kind in ("plain", "html")]
    nodes = html.document_fromstring(parts[1]).body.iter()
    words = [
        words
        for node in nodes
        if isinstance(node.tag, str)
        for words in ("" if node.tag in NOT_READ else node.text, node.tail)
        if words
    ]
    pieces = [message["Subject"], message["From"].addresses[0].display_name, *parts[0].splitlines(), *words]
    return [piece.replace("\N{NO-BREAK SPACE}", " ") for piece in pieces]


def english_of(line):
    """The English words of *line*, outside of what the company, a lead or an author has written."""
    text = line.lower()
    for each in THEIRS:
        text = text.replace(each, " ")
    return {each.lower() for each in ENGLISH.findall(text)} - GERMAN_TOO


# ------------------------------------------------------------ every word


@pytest.mark.parametrize("name", SYSTEM_MAILS)
def test_no_system_mail_has_english_left_in_german(german, name):
    kind = SYSTEM_MAILS[name]
    values = {each: said for each, said in OUR_WORDS.items() if each in kind.names}
    for given in (
        kind.example(),
        {"link": "/x"},
        *({**kind.example(), each: word} for each, words in values.items() for word in words),
    ):
        message = built(german, name, given)
        assert language_of(message) == "de"
        assert [line for line in read(message) if english_of(line)] == []


def test_a_moment_is_told_as_each_language_writes_it(german):
    given = SYSTEM_MAILS["hand-off"].example()
    assert "bis Montag, 2. März, 15:00 Uhr (MEZ) an" in "\n".join(read(built(german, "hand-off", given)))
    english = built(german, "hand-off", given, language="en")
    assert "by Monday 2 March, 15:00 CET." in "\n".join(read(english))


def test_of_a_link_that_is_good_for_weeks_the_day_is_told(german):
    given = SYSTEM_MAILS["confirmation"].example()
    assert "Der Link gilt bis 6. März 2026." in "\n".join(read(built(german, "confirmation", given)))
    assert "good until 6 March 2026." in "\n".join(read(built(german, "confirmation", given, language="en")))


def test_a_moment_that_an_older_version_has_put_into_words_stays_as_it_is(german):
    given = {**LINK, "until": "2 March, 14:05"}
    assert "Der Link gilt bis 2 March, 14:05." in "\n".join(read(built(german, "password-reset", given)))


def test_fields_of_ours_are_said_and_those_of_the_form_keep_their_names(german):
    assert {label_of(field) for field in GERMAN.fields} == OUR_FIELDS
    rows = {label_of("email"): "ann@x.example", label_of("first_name"): "Warm", "Note": 9, "Demo?": True}
    text = "\n".join(read(built(german, "form-notification", {**LINK, "answers": rows, "form": "Demo"})))
    for line in ("E-Mail-Adresse: ann@x.example", "Vorname: Warm", "Note: 9", "Demo?: Ja"):
        assert line in text


@pytest.mark.parametrize(
    ("rule", "times", "told"),
    [("visited-pricing", 2, "Visited pricing, 2-mal"), ("hot", 3, "Hot, 3-mal"), ("warm", 1, "Warm")],
)
def test_a_reason_is_counted_in_german_and_keeps_its_name(german, rule, times, told):
    given = {**LINK, "reasons": {Reason(rule, times, 60.0).plainly: 60}}
    assert f"- {told}: +60" in "\n".join(read(built(german, "hand-off", given)))


def test_who_passes_a_mail_on_is_named_in_the_readers_language(german):
    given = SYSTEM_MAILS["reply-forwarded"].example()
    assert built(german, "reply-forwarded", given)["From"].addresses[0].display_name == "Bob Reis über Small"
    english = built(german, "reply-forwarded", given, language="en")
    assert english["From"].addresses[0].display_name == "Bob Reis via Small"


# ------------------------------------------------------------ whose language


@pytest.mark.parametrize("installed", LANGUAGES)
@pytest.mark.parametrize("chosen", LANGUAGES)
def test_an_account_is_mailed_in_the_language_that_it_has_chosen(spoken_to, installed, chosen):
    assert spoken_to(installed, account=chosen) == chosen
    assert spoken_to(installed, account=chosen, to="Lena@Small.example") == chosen


@pytest.mark.parametrize("installed", LANGUAGES)
def test_where_nobody_has_chosen_the_installations_language_speaks(spoken_to, installed):
    assert spoken_to(installed, account="") == installed
    assert spoken_to(installed, to="sales@small.example") == installed


@pytest.mark.parametrize("asked_in", LANGUAGES)
def test_who_asks_speaks_for_an_account_that_has_chosen_none(spoken_to, asked_in):
    assert spoken_to("en", account="", language=asked_in, mail="invitation") == asked_in
    assert spoken_to("de", account="en", language="de", mail="invitation") == "en"


def test_a_person_who_is_to_confirm_is_asked_in_the_leads_language_else_in_the_forms(spoken_to):
    assert spoken_to("en", lead="de", language="en", mail="confirmation") == "de"
    assert spoken_to("en", lead="", language="de", mail="confirmation") == "de"
    assert spoken_to("en", lead="de", account="en", mail="confirmation") == "de"


def test_what_a_colleague_is_told_of_a_lead_is_not_in_the_leads_language(spoken_to):
    assert spoken_to("en", lead="de", to="rep@small.example", mail="hand-off-warned") == "en"


def test_an_authors_file_without_a_language_says_its_values_in_the_installations(company_that_speaks):
    own = "---\nsubject: Eigene\n---\n<mjml><mj-body><mj-section><mj-column><mj-text>Bis {{ until }}</mj-text></mj-column></mj-section></mj-body></mjml>\n"
    company = company_that_speaks("de", {"campaigns/system/mails/password-reset.mjml": own})
    builder = company.engine.system_builder(company.engine.live)
    message = built(builder, "password-reset", SYSTEM_MAILS["password-reset"].example(), language="en")
    company.engine.close()
    assert "Bis Freitag, 6. März, 12:00 Uhr (MEZ)" in "\n".join(read(message))
