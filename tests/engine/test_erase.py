"""Whoever wants to be forgotten is: in every table, in every file, in what others told of them; and is not written to again."""

import json
import sqlite3
from types import SimpleNamespace

import pytest
from company import ANY_TIME, Company, campaign, catalog

from nurture.delivery.maildir import MaildirTransport
from nurture.engine.audit import audit
from nurture.engine.erase import EraseError, Places, erase, search
from nurture.engine.erased import PREFIX
from nurture.engine.feedback import receive
from nurture.engine.intake import NewLead, say
from nurture.engine.provider_events import take_in
from nurture.engine.traces import Names
from nurture.providers.model import Request
from nurture.store import records as table
from nurture.vocabulary.words import EventKind

JANE, JOHN = "jane@x.example", "john.jane@x.example"
UNIQUE = "Zyxwrightson"
"""A last name that stands in no programme, so that every byte of it is hers."""


@pytest.fixture
def world(database_url, tmp_path):
    """Jane and John have had a mail each; much was told of Jane, and her mail lies in the local mailbox."""
    home = tmp_path / "home"
    company = Company(database_url, way_out=lambda clock: MaildirTransport(home / "mailbox", clock))
    company.publish(catalog(campaign(body="{{ lead.last_name }}"), sending=ANY_TIME))
    people = [
        NewLead(
            reference=email,
            fact=f"list:{email}",
            fields={"email": email, "first_name": "J", "last_name": UNIQUE if email == JANE else "Doe"},
        )
        for email in (JANE, JOHN)
    ]
    jane, john = company.engine.enter_leads(people, source="list").lead_ids
    company.later(minutes=1)
    places = Places(home=home, mailbox=home / "mailbox")
    yield SimpleNamespace(company=company, engine=company.engine, jane=jane, john=john, places=places)
    company.engine.close()


def erased(world, why="she asked for it"):
    return erase(
        world.engine.database,
        world.jane,
        keyring=world.engine.keyring,
        clock=world.engine.clock,
        places=world.places,
        by="admin@small.example",
        why=why,
    )


def reported(world, lead_id, email):
    """What SendGrid tells of a bounce and an open of a lead's mail."""
    touch = world.company.touches(lead_id)[0].id
    about = {
        "email": email,
        "smtp-id": world.engine.keyring.message_id(touch, "small.example"),
        "timestamp": int(world.engine.clock.now().timestamp()),
    }
    return [
        {**about, "event": "bounce", "type": "bounce", "status": "5.1.1", "reason": f"<{email}> unknown"},
        {**about, "event": "open", "ip": "203.0.113.9", "useragent": "Mozilla/5.0"},
    ]


def answered(world, lead_id, email, subject):
    touch = world.company.touches(lead_id)[0].id
    to = world.engine.keyring.reply_address(touch, "in.small.example")
    return f"From: {UNIQUE} <{email.title()}>\nTo: {to}\nSubject: {subject}\n\nWrite to {email}.\n".encode()


def much_is_told(world):
    """Everything that may name a lead beside its own rows."""
    events = reported(world, world.jane, JANE) + reported(world, world.john, JOHN)
    take_in(world.engine, "sendgrid", Request(body=json.dumps(events).encode()))
    receive(world.engine, answered(world, world.jane, JANE, "Hello"), source="test")
    with world.engine.deciding() as (connection, now):
        audit(connection, actor="a@small.example", what="suppressed an address", target=JANE, now=now)
        say(
            connection,
            "crm",
            world.john,
            EventKind.LEAD_TAGGED,
            now,
            tags={"friend": True},
            note=f"knows {JANE}",
        )
        view = {"owner": "a@small.example", "name": "Mine", "query": "q=jane%40x.example", "saved_at": now}
        connection.execute(table.saved_view.insert(), view)
    world.company.later(hours=1)


def everything(world):
    """All that any table holds, as text."""
    with world.engine.database.reading() as connection:
        return "\n".join(
            f"{each.name} {tuple(row)!r}"
            for each in table.metadata.sorted_tables
            for row in connection.execute(each.select())
        )


# ---------------------------------------------------------------- nothing is left


def test_what_is_searched_for_is_found_before(world):
    much_is_told(world)
    found = {trace.place for trace in search(world.engine.database, JANE, world.places)}
    assert {
        "lead",
        "lead_state",
        "event",
        "provider_delivery",
        "inbound",
        "audit_entry",
        "saved_view",
        "file",
    } <= found
    assert UNIQUE in everything(world)


def test_nothing_is_left_of_her_and_everything_of_others(world):
    much_is_told(world)
    done = erased(world)
    assert done.left == ()
    assert done.rows > 10
    assert done.mails == 2  # hers, and the one that passed her answer on
    kept = everything(world)
    assert not Names(JANE).are_in(kept)
    assert UNIQUE not in kept
    assert JOHN in kept
    assert f"<{JOHN}> unknown" in kept  # the same webhook told of both
    assert "knows (erased)" in kept
    files = [path.read_bytes() for path in world.places.home.rglob("*") if path.is_file()]
    assert [JOHN.encode() in each for each in files] == [True]
    assert not any(Names(JANE).are_in(each) or UNIQUE.encode() in each for each in files)


def test_the_pages_of_the_store_hold_nothing_of_her_any_more(tmp_path, world):
    much_is_told(world)
    erased(world)
    if not world.engine.database.is_sqlite:
        world.company.later(
            minutes=1
        )  # PostgreSQL writes its pages anew when it likes: docs/howto/privacy.md
        return
    with sqlite3.connect(tmp_path / "nurture.sqlite") as store:
        store.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    files = b"".join(path.read_bytes() for path in tmp_path.glob("nurture.sqlite*"))
    assert UNIQUE.encode() not in files
    assert b"<jane@x.example" not in files


def test_what_authors_wrote_is_left_to_them_and_told(world):
    world.company.publish(catalog(campaign(body=f"Write to {JANE}"), sending=ANY_TIME))
    assert {trace.place for trace in erased(world).left} == {"content_text"}


def test_who_did_it_and_why_is_kept_without_a_name(world):
    erased(world)
    (entry,) = [row for row in world.company.rows(table.audit_entry) if row.what == "erased a lead"]
    assert (entry.actor, entry.target, entry.detail["why"]) == (
        "admin@small.example",
        f"lead {world.jane}",
        "she asked for it",
    )


# ---------------------------------------------------------------- and nothing comes back


def test_what_comes_late_of_her_is_not_kept(world):
    bounce, answer = reported(world, world.jane, JANE), answered(world, world.jane, JANE, "Late")
    others = reported(world, world.john, JOHN)
    touch = world.company.touches(world.jane)[0].id
    erased(world)
    take_in(world.engine, "sendgrid", Request(body=json.dumps(bounce + others).encode()))
    assert "nothing of it is kept" in receive(world.engine, answer, source="test").did
    with world.engine.deciding() as (connection, now):
        say(connection, "pixel", world.jane, EventKind.MAIL_OPENED, now, touch=touch)
    world.company.later(hours=1)
    assert search(world.engine.database, JANE, world.places) == []
    assert UNIQUE not in everything(world)
    assert [row.recipient for row in world.company.rows(table.provider_event)] == [JOHN, JOHN]


def test_a_list_that_brings_her_again_gets_her_no_mail(world):
    erased(world)
    (line,) = world.company.rows(table.suppression)
    assert line.address.startswith(PREFIX)
    again = NewLead(
        reference="1", fact="new:1", fields={"email": JANE, "first_name": "J", "last_name": UNIQUE}
    )
    (lead_id,) = world.engine.enter_leads([again], source="new").lead_ids
    world.company.later(days=9)
    assert {row.address for row in world.company.rows(table.suppression)} == {line.address, JANE}
    assert [touch.status for touch in world.company.touches(lead_id) if touch.status == "sent"] == []
    assert world.company.state(lead_id).suppressed == "erased"


def test_an_address_that_becomes_hers_again_is_known(world):
    erased(world)
    with world.engine.deciding() as (connection, now):
        say(connection, "crm", world.john, EventKind.LEAD_CHANGED, now, fields={"email": JANE})
    world.company.later(days=9)
    assert JANE in {row.address for row in world.company.rows(table.suppression)}


def test_none_is_erased_twice_nor_while_a_mail_to_her_leaves(world):
    world.company.later(days=2)
    with world.engine.deciding() as (connection, _):
        of_hers = table.touch.c.lead_id == world.jane
        connection.execute(table.touch.update().where(of_hers).values(status="sending"))
    with pytest.raises(EraseError, match="leaving at this moment"):
        erased(world)
    with world.engine.deciding() as (connection, _):
        connection.execute(table.touch.update().where(of_hers).values(status="sent"))
    erased(world)
    with pytest.raises(EraseError, match="no lead"):
        erased(world)


# ---------------------------------------------------------------- names


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("to jane@x.example.", True),
        ("JANE@X.EXAMPLE", True),
        ("<jane@x.example>", True),
        ("jane%40x.example", True),
        ("john.jane@x.example", False),
        ("jane@x.example.org", False),
        ("jane@x.examples", False),
    ],
)
def test_a_name_is_found_as_it_is_written_and_not_in_longer_ones(text, found):
    names = Names(JANE)
    assert names.are_in(text) is found
    assert names.are_in(text.encode()) is found
    assert (names.taken_out(text) != text) is found


@pytest.mark.parametrize("text", ["jane@müller.example", "jane@xn--mller-kva.example", "JANE@MÜLLER.EXAMPLE"])
def test_a_domain_of_another_script_is_found_as_people_and_as_machines_write_it(text):
    names = Names("jane@xn--mller-kva.example")
    assert names.are_in(f"to {text}.")
    assert names.taken_out(f"to {text}.") == "to (erased)."
    assert not Names(JANE).are_in(text)


def test_what_was_noted_in_capitals_of_another_script_is_taken_out(world):
    address = "grete.öhm@xn--mller-kva.example"
    person = NewLead(reference="g", fact="list:g", fields={"email": address, "first_name": "Grete"})
    (lead_id,) = world.engine.enter_leads([person], source="list").lead_ids
    with world.engine.deciding() as (connection, now):
        noted = "GRETE.ÖHM@MÜLLER.EXAMPLE"
        audit(connection, actor="a@small.example", what="suppressed an address", target=noted, now=now)
    world.company.later(minutes=1)
    world.jane = lead_id
    assert erased(world).named == 1
    assert "MÜLLER" not in everything(world)
