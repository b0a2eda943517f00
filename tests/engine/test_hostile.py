"""What comes from outside stops nobody: odd values, odd types, forms that lie, a transport that breaks."""

import io
import json
from concurrent.futures import ThreadPoolExecutor

import pytest
from company import BASE_URL, Company, campaign, catalog

from nurture.content import proof
from nurture.content.problems import Problem
from nurture.engine import build
from nurture.engine.intake import NewLead
from nurture.engine.links import StoredLinks
from nurture.engine.track import SpooledTracks
from nurture.store import records as table
from nurture.tracking.app import TrackingApp
from nurture.tracking.spool import Spool
from nurture.vocabulary.words import EventKind

SITE = "https://small.example"
NAUGHTY = [
    "a\x00b",
    "x" * 100_000,
    "\u202egnp.exe",
    "'; DROP TABLE lead; --",
    "{{ 7*7 }}",
    "\r\nBcc: all@x.example",
    "👩‍👩‍👧‍👦",
    "\u2028",
]


@pytest.mark.parametrize("value", NAUGHTY, ids=range(len(NAUGHTY)))
def test_any_text_may_be_a_name(company, value):
    company.engine.enter_leads(
        [NewLead(reference="odd", fields={"email": "odd@x.example", "first_name": value, "plan": value})],
        source="import",
    )
    company.enter("ann")
    company.engine.tick()
    assert "ann" in company.mailed()
    assert company.rows(table.event, table.event.c.absorbed_at.is_(None)) == []


@pytest.mark.parametrize(
    "fields",
    [
        {"size": "many"},
        {"size": None},
        {"size": [1]},
        {"size": {"a": 1}},
        {"first_name": 7},
        {"first_name": {"a": 1}},
        {"email": 7},
        {"email": ""},
        {"email": "not an address"},
        {"time_zone": "Mars/Olympus"},
        {"country": "Atlantis"},
        {"language": "x" * 5_000},
        {"nothing": "we keep"},
    ],
    ids=str,
)
def test_fields_of_another_kind_than_declared_stop_nobody(company, fields):
    ann, bob = company.enter("ann", "bob", size=300)
    company.happens(ann, EventKind.FORM_SUBMITTED, form="demo", fields=fields)
    company.happens(bob, EventKind.PAGE_VISITED)
    company.engine.tick()
    company.later(days=2)
    assert company.state(bob).accumulators[0].value == 30.0
    assert company.mailed().count("bob") == 2
    assert company.rows(table.event, table.event.c.absorbed_at.is_(None)) == []


# ---------------------------------------------------------------- forms that lie


@pytest.fixture
def tracked(database_url, tmp_path):
    """A company with a site, and a way to tell its tracking host something."""
    company = Company(database_url, tracks=SpooledTracks(tmp_path / "spool"))
    company.publish()
    spool = Spool(tmp_path / "spool", company.clock)
    host = TrackingApp(
        lambda *_: [],
        spool=spool,
        keyring=company.engine.keyring,
        clock=company.clock,
        links=StoredLinks(company.database),
        random_bytes=lambda count: b"v" * count,
        origins=[SITE],
    )

    def tell(*messages):
        for message in messages:
            body = json.dumps(message).encode()
            environ = {
                "REQUEST_METHOD": "POST",
                "PATH_INFO": "/t/events",
                "HTTP_ORIGIN": SITE,
                "HTTP_USER_AGENT": "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 Chrome/126.0.0.0 Safari/537.36",
                "HTTP_COOKIE": "nv=AAECAwQFBgcICQoL",
                "REMOTE_ADDR": "203.0.113.9",
                "CONTENT_LENGTH": str(len(body)),
                "CONTENT_TYPE": "text/plain",
                "wsgi.url_scheme": "http",
                "wsgi.input": io.BytesIO(body),
                "SERVER_NAME": BASE_URL,
            }
            list(host(environ, lambda *_: None))

    yield company, tell
    spool.close()
    company.engine.close()


def form(**fields):
    return {
        "kind": "form.submitted",
        "consent": True,
        "page": f"{SITE}/demo",
        "form": "demo",
        "fields": fields,
    }


@pytest.mark.parametrize(
    "fields",
    [
        {"first_name": "a\x00b", "email": "mal@x.example"},
        {"first_name": "Mal", "email": "m\x00al@x.example"},
        {"first_name": "Mal", "email": "mal@x.example", "size": "many"},
        {"first_name": "Mal", "email": "ann@x.example"},
        {"email": "not an address"},
    ],
    ids=["NUL", "NUL in the address", "a word for a number", "somebody else's address", "no address"],
)
def test_a_form_that_lies_stops_nobody(tracked, fields):
    company, tell = tracked
    ann, _ = company.enter("ann", "bob")
    company.engine.tick()
    tell(form(**fields), form(email="eve@x.example", first_name="Eve"))
    company.engine.tick()
    company.later(days=2)
    emails = [row.email for row in company.rows(table.lead)]
    assert "eve@x.example" in emails
    assert company.mailed().count("bob") == 2
    assert company.mailed()[:2] == ["ann", "bob"]
    assert company.state(ann).lead.email == "ann@x.example"


def test_hits_whose_transaction_failed_are_taken_the_next_time(tracked, monkeypatch):
    company, tell = tracked
    tell(form(email="eve@x.example"))

    def fails(*_, **__):
        raise RuntimeError("the database went away")

    monkeypatch.setattr("nurture.engine.track.upsert", fails)
    with pytest.raises(RuntimeError):
        company.engine.tick()
    monkeypatch.undo()
    company.engine.tick()
    assert [row.email for row in company.rows(table.lead)] == ["eve@x.example"]


# ---------------------------------------------------------------- the way out breaks


def test_what_a_broken_transport_had_sent_is_known(company):
    ids = company.enter("ann", "bob", "cid")

    def breaks():
        if len(company.mailed()) == 2:
            raise RuntimeError("the transport broke")

    company.relay.meanwhile = breaks
    with pytest.raises(RuntimeError):
        company.engine.tick()
    assert [company.statuses(each)[0][1] for each in ids] == ["sent", "sent", "sending"]
    company.relay.meanwhile = lambda: None
    company.later(minutes=20)
    assert [company.statuses(each)[0][1] for each in ids] == ["sent", "sent", "unknown"]
    assert company.mailed() == ["ann", "bob"]


def test_a_mail_that_breaks_the_builder_fails_alone(company, monkeypatch):
    ann, bob = company.enter("ann", "bob")
    composed = build.compose

    def breaks(parts, envelope, *arguments, **values):
        if envelope.to_address.startswith("ann"):
            raise ZeroDivisionError("a bug of ours")
        return composed(parts, envelope, *arguments, **values)

    monkeypatch.setattr(build, "compose", breaks)
    company.engine.tick()
    assert company.statuses(ann) == [("first", "failed"), ("second", "planned")]
    assert company.statuses(bob) == [("first", "sent"), ("second", "planned")]


# ---------------------------------------------------------------- at the same time


def test_the_same_people_entered_by_many_at_once_are_entered_once(postgres_database_url):
    company = Company(postgres_database_url)
    company.publish(catalog(campaign()))
    names = [f"p{number}" for number in range(40)]
    with ThreadPoolExecutor(4) as pool:
        entered = list(pool.map(lambda _: company.enter(*names), range(8)))
    assert len(set(entered)) == 1
    assert len(company.rows(table.lead)) == 40
    company.engine.close()


# ---------------------------------------------------------------- what authors write


@pytest.mark.parametrize(
    "note",
    [
        "{{ 1 // 0 }}",
        "{{ lead.first_name|int }}",
        "{{ 5|date }}",
        "{% for a in lead.first_name %}{% endfor %}",
    ],
)
def test_a_note_that_breaks_stops_nobody(bare, note):
    steps = f'[{{task: call, note: "{note}"}}, {{mail: first, wait: 0 minutes}}]'
    bare.publish(catalog(campaign(steps=steps)))
    bare.enter("ann", "bob")
    bare.engine.tick()
    bare.later(minutes=1)
    assert sorted(bare.mailed()) == ["ann", "bob"]
    assert {row.note for row in bare.rows(table.task)} == {note}


@pytest.mark.parametrize(
    "condition",
    [
        "lead.first_name|join == 'a'",
        "lead.fit_score|round(-999999999) == 1",
        "lead.fit_score|date == '1 March 2026'",
        "lead.tags|join(lead.first_name) == 'a'",
        "9 * 9 * 9 > lead.first_name|int",
        "1 // lead.fit_score == 1",
    ],
)
def test_a_condition_that_breaks_stops_nobody(bare, condition):
    steps = f'[{{mail: first, unless: "{condition}"}}, {{mail: second, wait: 0 minutes}}]'
    bare.publish(catalog(campaign(steps=steps)))
    bare.enter("ann", "bob")
    bare.engine.tick()
    bare.later(minutes=1)
    assert bare.rows(table.event, table.event.c.absorbed_at.is_(None)) == []
    assert set(bare.mailed()) == {"ann", "bob"}


def test_a_mail_that_can_no_longer_be_proved_fails_alone(company, monkeypatch):
    """It went live under a version of ours that asked less of it."""
    with company.database.writing() as connection:
        connection.execute(table.mail_revision.update().values(proved_by=None))
    asked = []

    def prove(texts):
        asked.extend(texts)
        return [
            Problem(text.mail.path, 4, 1, "it takes too long", "shorten it")
            if "first" in text.mail.path
            else None
            for text in texts
        ]

    monkeypatch.setattr(proof, "prove", prove)
    ann, bob = company.enter("ann", "bob")
    company.engine.tick()
    company.later(days=2)
    assert [company.statuses(each) for each in (ann, bob)] == [[("first", "failed"), ("second", "sent")]] * 2
    assert len(asked) == 2, "once a mail, however many leads were to get it"


def test_what_another_compiler_proved_is_proved_again(company, monkeypatch):
    with company.database.writing() as connection:
        connection.execute(table.mail_revision.update().values(proved_by="0, another"))
    asked = []
    prove = proof.prove
    monkeypatch.setattr(proof, "prove", lambda texts: asked.extend(texts) or prove(texts))
    company.enter("ann", "bob")
    company.engine.tick()
    assert [text.mail.path for text in asked] == ["campaigns/news/mails/first.mjml"]
    assert company.mailed() == ["ann", "bob"]


def test_what_is_proved_is_not_proved_again_when_it_is_sent(company, monkeypatch):
    monkeypatch.setattr(proof, "prove", lambda texts: pytest.fail("asked again"))
    company.enter("ann")
    company.engine.tick()
    assert company.mailed() == ["ann"]
