"""What becomes of a form that was filled in: by whom, in whose name, and what it proves."""

from datetime import timedelta

import pytest
from company import BASE_URL, PROGRAMME, Company, campaign, read
from msgspec.structs import replace

from nurture.engine import form_held, forms, opt_in
from nurture.engine.consent import unsubscribe
from nurture.engine.forms import Status, Submission
from nurture.engine.links import StoredLinks
from nurture.engine.track import SpooledTracks
from nurture.errors import TokenError
from nurture.identity import TouchToken
from nurture.store import records as table
from nurture.tracking.hits import Hit, HitKind, to_record
from nurture.tracking.spool import Spool
from nurture.vocabulary.words import EventKind, SuppressionCause

FORMS = """
topics:
  news: {name: Our letter}
  events: {name: Events, opt_in: true}
forms:
  letter:
    name: Our letter
    language: de
    fields: [{field: email}, {field: first_name}]
    topics: {news: {wording: Send me your letter., by: sending}}
    double_opt_in: true
  demo:
    name: Ask for a demo
    fields: [{field: email}, {field: size}, {field: plan, hidden: true, value: trial}]
    topics: {events: {wording: Invite me to events.}}
    notify: sales@small.example
"""
ANY_TIME = 'days: [mon, tue, wed, thu, fri, sat, sun], between: ["00:00", "23:59"]'
WORDING = "Send me your letter."


def programme():
    texts = campaign()
    texts["campaigns/programme.yaml"] = PROGRAMME.replace("SENDING", ANY_TIME) + FORMS
    return read(tuple(texts.items()))


@pytest.fixture
def company(bare):
    bare.publish(programme())
    return bare


def sent(key="one", form="letter", *, email="ada@x.example", **more):
    agreed = {"news": WORDING} if form == "letter" else {}
    fields = {"email": email, **more.pop("fields", {})}
    return Submission(key=key, form=form, fields=fields, client="c1", **{"agreed": agreed, **more})


def submit(company: Company, submission: Submission, suspicion=None) -> Status:
    engine = company.engine
    with engine.deciding() as (connection, now):
        return forms.submit(
            connection,
            engine.live.programme,
            submission,
            keyring=engine.keyring,
            suspicion=suspicion,
            now=now,
        )


def link_token(company: Company) -> str:
    """The token in the newest mail that asks to confirm."""
    row = max(company.rows(table.opt_in), key=lambda each: each.submission_id)
    return opt_in.token_of(company.engine.keyring, row.submission_id, row.asked_at)


def confirm(company: Company, token: str) -> None:
    engine = company.engine
    with engine.deciding() as (connection, now):
        found = opt_in.submission_of(connection, engine.keyring, token, now)
        opt_in.confirm(connection, found, client="c2", now=now)


def lead_of(company: Company, email: str) -> int:
    (row,) = company.rows(table.lead, table.lead.c.email == email)
    return row.id


def asked(company: Company) -> list[str]:
    return [row.to for row in company.rows(table.outbox, table.outbox.c.mail == "confirmation")]


def test_a_submission_makes_a_lead_that_remembers_where_it_came_from(company):
    about = {"path": "/prices", "site": "https://small.example", "utm": {"source": "fair"}}
    assert submit(company, sent(form="demo", fields={"size": 300}, about=about)) is Status.TAKEN
    company.engine.tick()
    state = company.state(lead_of(company, "ada@x.example"))
    assert (state.lead.language, state.lead.source, state.lead.fields) == ("en", "form", {"size": 300})
    (event,) = company.events(EventKind.FORM_SUBMITTED)
    assert (event.properties["form"], event.properties["utm"]) == ("demo", {"source": "fair"})
    assert (event.properties["path"], event.properties["site"]) == ("/prices", "https://small.example")
    assert "submitted:demo" in state.acts


def test_a_submission_sent_twice_counts_once(company):
    for _ in range(3):
        assert submit(company, sent(form="demo", agreed={"events": "Invite me to events."})) is Status.TAKEN
    company.engine.tick()
    kinds = (
        EventKind.LEAD_CREATED,
        EventKind.LEAD_CHANGED,
        EventKind.FORM_SUBMITTED,
        EventKind.CONSENT_GIVEN,
    )
    assert [row.kind for row in company.events(*kinds)] == [
        "lead.created",
        "form.submitted",
        "consent.given",
    ]
    assert len(company.rows(table.submission)) == 1


def test_a_visitor_becomes_the_lead_and_its_first_visit_is_told(company):
    company.happens(0, EventKind.PAGE_VISITED, visitor="v1", path="/guide", utm={"source": "search"})
    submit(company, sent(form="demo", visitor="v1", about={"path": "/demo", "utm": {"source": "mail"}}))
    (event,) = company.events(EventKind.FORM_SUBMITTED)
    assert (event.properties["first_path"], event.properties["first_utm"]) == ("/guide", {"source": "search"})
    assert event.properties["utm"] == {"source": "mail"}
    (visitor,) = company.rows(table.visitor)
    assert visitor.lead_id == lead_of(company, "ada@x.example")


def test_whom_the_form_names_and_the_owner_hear_of_it(company):
    company.enter("ada", owner="rep@small.example")
    company.engine.tick()
    submit(company, sent(form="demo", fields={"size": 300}))
    told = company.rows(table.outbox)
    assert [(row.mail, row.to) for row in told] == [
        ("form-notification", "sales@small.example"),
        ("form-notification", "rep@small.example"),
    ]
    assert told[0].given["answers"] == {"E-mail address": "ada@x.example", "Size": "300"}


# ------------------------------------------------------------ what looks like a machine's


def test_what_is_held_makes_no_lead_until_a_person_releases_it(company):
    assert submit(company, sent(form="demo"), "a link in a field") is Status.HELD
    assert (company.rows(table.lead), company.rows(table.outbox)) == ([], [])
    (held,) = company.rows(table.submission)
    engine = company.engine
    for expected in (True, False):
        with engine.deciding() as (connection, now):
            released = form_held.release(
                connection, engine.live.programme, held.id, keyring=engine.keyring, now=now
            )
        assert released is expected
    assert lead_of(company, "ada@x.example")
    assert [row.reason for row in company.rows(table.submission)] == ["a link in a field"]


def test_what_is_discarded_is_forgotten_but_for_that_it_was(company):
    submit(company, sent(form="demo"), "too quick")
    (held,) = company.rows(table.submission)
    with company.engine.deciding() as (connection, _):
        assert form_held.discard(connection, held.id)
        assert not form_held.discard(connection, held.id)
    (row,) = company.rows(table.submission)
    assert (row.status, row.fields, row.about) == ("discarded", {}, {})


# ------------------------------------------------------------ strangers


def test_a_stranger_only_adds_to_what_is_known_of_a_lead(company):
    (lead_id,) = company.enter("ada", size=300)
    company.engine.tick()
    submit(company, sent(form="demo", fields={"size": 5, "first_name": "Eve", "country": "DE"}))
    company.engine.tick()
    lead = company.state(lead_id).lead
    assert (lead.first_name, lead.country, lead.fields["size"]) == ("ada", "DE", 300)


def test_also_before_the_engine_has_taken_the_lead_in(company):
    submit(company, sent("one", "demo", fields={"size": 300}))
    submit(company, sent("two", "demo", fields={"size": 5}))
    company.engine.tick()
    assert company.state(lead_of(company, "ada@x.example")).lead.fields == {"size": 300}


def test_who_came_by_a_link_in_its_mail_may_change_itself(company):
    (lead_id,) = company.enter("ada", size=300)
    company.engine.tick()
    submit(company, sent(form="demo", fields={"size": 5}, proven=True))
    company.engine.tick()
    assert company.state(lead_id).lead.fields["size"] == 5


# ------------------------------------------------------------ agreements


def test_nobody_is_mailed_before_the_address_has_confirmed(company):
    submit(company, sent(fields={"first_name": "Ada"}))
    company.later(hours=2)
    lead_id = lead_of(company, "ada@x.example")
    assert (asked(company), company.touches(lead_id)) == (["ada@x.example"], [])
    assert company.state(lead_id).unconfirmed
    confirm(company, link_token(company))
    company.later(minutes=1)
    state = company.state(lead_id)
    assert (state.unconfirmed, state.opted_in) == (False, ("news",))
    assert company.statuses(lead_id)[0] == ("first", "sent")


def test_the_proof_says_when_where_and_in_which_words(company):
    submit(company, sent(about={"path": "/letter", "site": "https://small.example", "utm": {}}))
    company.later(hours=2)
    confirm(company, link_token(company))
    (given,) = company.events(EventKind.CONSENT_GIVEN)
    assert given.properties == {
        "topics": {"news": WORDING},
        "form": "letter",
        "how": "mail",
        "proven": True,
        "asked_at": "2026-03-02T10:00:00+00:00",
        "path": "/letter",
        "site": "https://small.example",
        "client": "c1",
        "confirmed_by": "c2",
    }
    assert given.occurred_at == company.clock.now()


def test_confirming_twice_is_confirming_once(company):
    submit(company, sent())
    token = link_token(company)
    confirm(company, token)
    confirm(company, token)
    assert len(company.events(EventKind.CONSENT_GIVEN)) == 1


def test_confirming_proves_what_the_form_said_of_a_lead_that_was_known_otherwise(company):
    (lead_id,) = company.enter("ada", opted_in=None)
    company.engine.tick()
    submit(company, sent(fields={"first_name": "Augusta"}))
    company.engine.tick()
    assert company.state(lead_id).lead.first_name == "ada"
    confirm(company, link_token(company))
    company.engine.tick()
    assert company.state(lead_id).lead.first_name == "Augusta"


@pytest.mark.parametrize("spoilt", ["", "x", "é"])
def test_a_link_that_is_not_ours_confirms_nothing(company, spoilt):
    submit(company, sent())
    with pytest.raises(TokenError):
        confirm(company, link_token(company)[:-1] + spoilt)


def test_a_link_ends_after_two_weeks(company):
    submit(company, sent())
    token = link_token(company)
    company.clock.turn_to(company.clock.now() + timedelta(days=14))
    with pytest.raises(TokenError, match="good until 2026-03-16"):
        confirm(company, token)


def test_an_address_is_asked_at_most_three_times_a_day_and_not_in_a_row(company):
    for number in range(8):
        submit(company, sent(f"n{number}"))
        company.clock.turn_to(company.clock.now() + timedelta(minutes=6))
    assert len(asked(company)) == 3
    company.clock.turn_to(company.clock.now() + timedelta(days=1))
    submit(company, sent("next day"))
    assert len(asked(company)) == 4


@pytest.mark.parametrize(
    "cause", [SuppressionCause.HARD_BOUNCE, SuppressionCause.COMPLAINT, SuppressionCause.MANUAL]
)
def test_an_address_that_takes_no_mail_is_not_asked(company, cause):
    row = {"address": "ada@x.example", "scope": "all", "cause": cause.value, "at": company.clock.now()}
    with company.database.writing() as connection:
        connection.execute(table.suppression.insert(), [row])
    submit(company, sent())
    assert asked(company) == []


@pytest.mark.parametrize(
    "cause", [SuppressionCause.UNSUBSCRIBED, SuppressionCause.SUNSET, SuppressionCause.ERASED]
)
def test_who_wanted_no_mail_is_asked_once_it_comes_back(company, cause):
    row = {"address": "ada@x.example", "scope": cause.scope, "cause": cause.value, "at": company.clock.now()}
    with company.database.writing() as connection:
        connection.execute(table.suppression.insert(), [row])
    submit(company, sent())
    assert len(asked(company)) == 1


def test_a_strangers_yes_does_not_lift_a_refusal_but_a_confirmed_one_does(company):
    (lead_id,) = company.enter("ada")
    company.engine.tick()
    with company.engine.deciding() as (connection, now):
        unsubscribe(connection, lead_id, touch_id=0, now=now, how="page")
    submit(company, sent(form="demo", agreed={"events": "Invite me to events."}))
    company.engine.tick()
    assert (company.state(lead_id).suppressed, asked(company)) == (
        SuppressionCause.UNSUBSCRIBED,
        ["ada@x.example"],
    )
    assert company.rows(table.suppression)
    confirm(company, link_token(company))
    company.engine.tick()
    assert (company.state(lead_id).suppressed, company.state(lead_id).opted_in) == (None, ("events",))
    assert company.rows(table.suppression) == []


def test_nobody_can_silence_a_lead_by_typing_its_address(company):
    (lead_id,) = company.enter("ada")
    company.engine.tick()
    submit(company, sent())
    company.later(days=2)
    assert company.statuses(lead_id)[:2] == [("first", "sent"), ("second", "sent")]


def test_an_empty_box_of_a_new_lead_is_a_no_and_of_a_known_one_is_nothing(company):
    (known,) = company.enter("bob")
    company.engine.tick()
    submit(company, sent("one", "demo", refused=("events",)))
    submit(company, sent("two", "demo", email="bob@x.example", refused=("events",)))
    company.engine.tick()
    assert company.state(lead_of(company, "ada@x.example")).opted_out == ("events",)
    assert company.state(known).opted_out == ()


def test_who_has_agreed_already_is_not_asked_again(company):
    submit(company, sent())
    confirm(company, link_token(company))
    company.engine.tick()
    company.clock.turn_to(company.clock.now() + timedelta(hours=1))
    submit(company, sent("again"))
    assert len(asked(company)) == 1


def test_a_link_in_our_mail_is_the_proof_itself(company):
    company.enter("ada")
    company.engine.tick()
    submit(company, replace(sent(), proven=True))
    company.engine.tick()
    assert asked(company) == []
    assert company.state(lead_of(company, "ada@x.example")).opted_in == ("news",)


# ------------------------------------------------------------ links from our mails


def test_only_our_own_forms_are_told_who_follows_a_link(company):
    urls = [f"{BASE_URL}/f/demo?utm_source=x", "https://small.example/f/demo", f"{BASE_URL}/fine"]
    row = {
        "number": 99,
        "ref": "news/first",
        "path": "campaigns/news/mails/first.mjml",
        "sha256": "x" * 64,
        "links": [[f"link{number}", url] for number, url in enumerate(urls)],
    }
    columns = {name: value for name, value in row.items() if name in table.mail_revision.c}
    keyring, token = company.engine.keyring, TouchToken(7_000_001, 99)
    links = StoredLinks(company.database, keyring=keyring, base_url=BASE_URL)
    assert links.url(99, 1, token) is None
    with company.database.writing() as connection:
        connection.execute(table.mail_revision.insert(), [columns])
    own, elsewhere, beside = (links.url(99, index, token) for index in (1, 2, 3))
    assert own.endswith(f"&for={keyring.touch_token(7_000_001, 99)}")
    assert "for=" not in elsewhere + beside
    assert "for=" not in StoredLinks(company.database).url(99, 1, token)


def test_a_form_of_the_companys_own_only_adds_too(database_url, tmp_path):
    spool = tmp_path / "spool"
    company = Company(database_url, tracks=SpooledTracks(spool))
    company.publish(programme())
    (lead_id,) = company.enter("ada")
    company.engine.tick()
    told = {"form": "own", "fields": {"email": "Ada@x.example", "first_name": "Eve", "last_name": "Stone"}}
    writer = Spool(spool, company.clock)
    writer.append(to_record(Hit(kind=HitKind.FORM, at=company.clock.now(), properties=told)))
    writer.close()
    company.engine.tick()
    lead = company.state(lead_id).lead
    company.engine.close()
    assert (lead.first_name, lead.last_name) == ("ada", "Stone")


# ------------------------------------------------------------ forgetting


def test_what_nobody_releases_in_three_months_is_forgotten(company):
    submit(company, sent("old", "demo"), "too quick")
    company.later(days=60)
    submit(company, sent("new", "demo"), "too quick")
    company.later(days=31)
    company.engine.keep_house()
    assert [(row.key, row.status, row.fields) for row in company.rows(table.submission)] == [
        ("old", "discarded", {}),
        ("new", "held", {"email": "ada@x.example"}),
    ]


def test_a_person_is_forgotten_with_what_it_sent_and_what_others_sent_in_its_name(company):
    submit(company, sent("hers"))
    submit(company, sent("held in her name", "demo"), "a link in a field")
    submit(company, sent("bobs", email="bob@x.example"))
    with company.database.writing() as connection:
        form_held.forget_person(connection, lead_of(company, "ada@x.example"), "ada@x.example")
    assert [row.key for row in company.rows(table.submission)] == ["bobs"]
    assert [row.address for row in company.rows(table.opt_in)] == ["bob@x.example"]


@pytest.mark.parametrize(
    ("typed", "greeted"),
    [
        ("Ada", "Ada"),
        ("Zoë-Anne", "Zoë-Anne"),
        ("O’Neill", "O’Neill"),
        ("Win at bit.ly/x", ""),
        ("You won a prize today", ""),
    ],
)
def test_nobody_can_write_to_others_in_our_name(company, typed, greeted):
    submit(company, sent(fields={"first_name": typed}))
    (row,) = company.rows(table.outbox, table.outbox.c.mail == "confirmation")
    assert row.given["name"] == greeted
