"""People who move in from other products: whole exports into a store, told twice, stopped, and beside leads that are here."""

import zipfile
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from company import ANY_TIME, PROGRAMME, campaign, read

from nurture.capture.columns import FieldSpec
from nurture.capture.exports.parts import parts_of, rank_of, standing_of
from nurture.capture.exports.product import Export, Standing
from nurture.capture.exports.recognise import export_mapping, recognised
from nurture.capture.records import sample_rows
from nurture.capture.sniff import sniff
from nurture.engine import importing
from nurture.engine.absorb import absorb
from nurture.engine.consent import Choice, prefer
from nurture.engine.importing import Source, import_leads
from nurture.engine.intake import NewLead
from nurture.engine.rehearsing import rehearse
from nurture.scoring.ledger import interest_score
from nurture.store import records as table
from nurture.vocabulary.words import EventKind, Stage, SuppressionCause

FILES = Path(__file__).parents[1] / "capture" / "exports"
TOPICS = "topics: {news: {name: Newsletter}, events: {name: Workshops and events, opt_in: true}}\n"
OPENED = "      - {key: opened, event: mail.opened, points: 8, group: email, half_life: 10 days}\n"
NOVEMBER = datetime(2026, 11, 20, 10, tzinfo=UTC)

IDA, JO, MARY = "ida.brandt@nordhafen.example", "jo@pfaff-soehne.example", "m.okafor@quayline.example"
LENA, TOM, GONE = "lena@stillwater.example", "tom@harbour.example", "gone@closed-shop.example"
GUEST, PIA = "shop.guest@elsewhere.example", "pia@waits.example"


@pytest.fixture
def here(bare):
    """A company that scores opens and has topics, one of which must be asked for."""
    text = PROGRAMME.replace("SENDING", ANY_TIME).replace("    rules:\n", f"    rules:\n{OPENED}") + TOPICS
    bare.clock.turn_to(NOVEMBER)
    bare.publish(read(tuple({"campaigns/programme.yaml": text, **campaign()}.items())))
    return bare


def source_of(path, *, lists=(), standing=None, name=None):
    shape = sniff(path)
    product = recognised(shape.columns)
    fields = (FieldSpec("size", "integer"),)
    return Source(
        path=path,
        shape=shape,
        mapping=export_mapping(product, shape, sample_rows(path, shape), fields),
        name=name or product.key,
        export=Export(
            product=product,
            standing=standing or standing_of(product, path.name, shape.columns),
            lists=lists,
            topics={
                "news": "news",
                "newsletter": "news",
                "events": "events",
                "workshops and events": "events",
            },
            stages=product.stages,
            fields=fields,
        ),
    )


def move(company, source):
    return import_leads(company.database, company.clock, source, None)


def file(name):
    return next(FILES.glob(f"{name}*"))


@pytest.fixture
def audience(tmp_path):
    """The files of a Mailchimp export, out of their zip, in the order in which they are read."""
    archive = tmp_path / "audience.zip"
    with zipfile.ZipFile(archive, "w") as packed:
        for each in sorted(FILES.glob("*_email_audience_*.csv")):
            packed.write(each, each.name)
    sources = [source_of(part.path, lists=("Newsletter",)) for part in parts_of(archive, tmp_path)]
    return sorted(sources, key=lambda source: rank_of(source.export.standing))


def state_of(company, address):
    (row,) = company.rows(table.lead, table.lead.c.email == address)
    return company.state(row.id)


def events_of(company, address, kind):
    (row,) = company.rows(table.lead, table.lead.c.email == address)
    return [each for each in company.events(kind) if each.lead_id == row.id]


# ---------------------------------------------------------------- a whole audience


def test_only_who_agreed_is_mailed(here, audience):
    for source in audience:
        move(here, source)
    here.engine.tick()
    assert here.mailed() == ["ida.brandt", "jo", "m.okafor"]
    causes = {address: state_of(here, address).suppressed for address in (LENA, TOM, GONE, GUEST)}
    assert causes == {
        LENA: SuppressionCause.UNSUBSCRIBED,
        TOM: SuppressionCause.COMPLAINT,
        GONE: SuppressionCause.HARD_BOUNCE,
        GUEST: None,
    }
    assert state_of(here, GUEST).unconfirmed
    rows = {row.address: (row.scope, row.cause, row.at) for row in here.rows(table.suppression)}
    assert rows[LENA] == ("marketing", "unsubscribed", datetime(2025, 2, 3, 10, tzinfo=UTC))
    assert rows[GONE] == ("all", "hard bounce", datetime(2024, 3, 4, 10, tzinfo=UTC))


def test_suppressions_are_in_force_before_anything_is_absorbed(here, audience):
    for source in audience:
        move(here, source)
    assert {row.address for row in here.rows(table.suppression)} == {LENA, TOM, GONE}


def test_nothing_is_planned_for_who_never_agreed_however_little_is_absorbed(here, audience):
    """Each event by itself, as if a worker sent mail between any two."""
    for source in audience:
        move(here, source)
    waiting = here.rows(table.event, table.event.c.absorbed_at.is_(None))
    (guest,) = here.rows(table.lead, table.lead.c.email == GUEST)
    for _ in waiting:
        with here.database.writing() as connection:
            absorb(connection, here.engine.live, here.clock.now(), keyring=here.engine.keyring, most=1)
        assert here.touches(guest.id) == []
    assert state_of(here, GUEST).unconfirmed


def test_consent_keeps_its_proof_and_its_time(here, audience):
    for source in audience:
        move(here, source)
    here.engine.tick()
    (consent,) = events_of(here, IDA, EventKind.CONSENT_GIVEN)
    assert consent.occurred_at == datetime(2023, 3, 14, 8, 2, 11, tzinfo=UTC)
    assert consent.source == "mailchimp"
    assert (consent.properties["how"], consent.properties["ip"]) == ("double opt-in", "192.0.2.10")
    assert state_of(here, IDA).opted_in == ("news",)
    assert state_of(here, LENA).opted_in == ()


def test_who_was_not_asked_hears_from_us_once_it_agrees(here, audience):
    for source in audience:
        move(here, source)
    here.engine.tick()
    (guest,) = here.rows(table.lead, table.lead.c.email == GUEST)
    with here.database.writing() as connection:
        prefer(connection, guest.id, Choice(topics={"news": True}), now=here.clock.now())
    here.later(minutes=2)  # who is choosing is not mailed in the same minute
    assert "shop.guest" in here.mailed()


def test_tags_come_along(here, audience):
    move(here, audience[0])
    here.engine.tick()
    assert state_of(here, IDA).lead.tags == ("newsletter", "trade fair munich")


def test_a_topic_that_must_be_asked_for_is_open_to_the_list_that_asked(here):
    move(here, source_of(file("subscribed_"), lists=("Workshops and events",)))
    here.engine.tick()
    assert state_of(here, IDA).opted_in == ("events",)


# ---------------------------------------------------------------- told again


def test_the_same_audience_again_changes_nothing(here, audience):
    for source in audience:
        move(here, source)
    here.engine.tick()
    before = [here.rows(each) for each in (table.event, table.lead, table.suppression, table.touch)]
    for source in audience:
        move(here, source)
    here.engine.tick()
    assert [here.rows(each) for each in (table.event, table.lead, table.suppression, table.touch)] == before


def test_next_months_export_tells_only_what_is_new(here, tmp_path):
    path = file("hubspot-crm")
    move(here, source_of(path))
    here.engine.tick()
    first, opens = state_of(here, IDA), len(here.events(EventKind.MAIL_OPENED))
    newer = tmp_path / "hubspot-crm-exports-all-contacts-2026-12-20.csv"
    newer.write_text(path.read_text("utf-8").replace("2026-11-02 07:31", "2026-11-19 09:00"), "utf-8")
    done = move(here, source_of(newer))
    here.engine.tick()
    assert (done.created, done.merged, done.tally.history) == (0, 7, 1)
    assert len(here.events(EventKind.MAIL_OPENED)) == opens + 1
    assert len(events_of(here, IDA, EventKind.CONSENT_GIVEN)) == 1
    assert state_of(here, IDA).enrolled == first.enrolled


def test_an_import_that_was_stopped_goes_on_and_tells_each_fact_once(here, monkeypatch):
    monkeypatch.setattr(importing, "ROWS_A_BATCH", 2)
    move_in, calls = importing.move_in, []

    def fails_at_the_second(*arguments, **values):
        calls.append(1)
        if len(calls) == 2:
            raise OSError("the disk is full")
        return move_in(*arguments, **values)

    monkeypatch.setattr(importing, "move_in", fails_at_the_second)
    source = source_of(file("hubspot-crm"))
    with pytest.raises(OSError, match="disk is full"):
        move(here, source)
    assert len(here.rows(table.lead)) == 2
    done = move(here, source)
    assert (done.created, len(here.rows(table.lead))) == (7, 7)
    facts = [row.source_id for row in here.rows(table.event)]
    assert len(facts) == len(set(facts))
    assert {row.address for row in here.rows(table.suppression)} == {GONE, MARY, "ole@one.example"}


# ---------------------------------------------------------------- history


def test_history_is_scored_as_the_rules_say_with_its_own_time(here):
    move(here, source_of(file("hubspot-crm")))
    here.engine.tick()
    opened = [row.occurred_at for row in events_of(here, IDA, EventKind.MAIL_OPENED)]
    assert opened == [
        datetime(2023, 3, 15, 7, 10, tzinfo=UTC),
        datetime(2026, 11, 2, 7, 31, tzinfo=UTC),
    ]
    (last, clicked, visited) = (datetime(2026, 11, 2, 7, minute, tzinfo=UTC) for minute in (31, 33, 40))
    expected = (
        8 * 0.5 ** ((NOVEMBER - last) / timedelta(days=10))
        + 10 * 0.5 ** ((NOVEMBER - clicked) / timedelta(days=10))
        + 30 * 0.5 ** ((NOVEMBER - visited) / timedelta(days=5))
        + 8 * 0.5 ** ((NOVEMBER - opened[0]) / timedelta(days=10))
    )
    assert interest_score(state_of(here, IDA).accumulators, NOVEMBER) == pytest.approx(expected)


def test_a_count_is_no_event(here):
    move(here, source_of(file("hubspot-crm")))
    here.engine.tick()
    assert len(here.events(EventKind.MAIL_OPENED)) == 3
    (created,) = events_of(here, IDA, EventKind.LEAD_CREATED)
    assert created.properties["fields"]["marketing_emails_opened"] == "31"


# ---------------------------------------------------------------- stages


def test_a_stage_is_set_by_the_other_product_and_starts_nothing_at_inquiry(here):
    move(here, source_of(file("hubspot-crm")))
    here.engine.tick()
    assert state_of(here, JO).stage is Stage.CUSTOMER
    assert state_of(here, IDA).stage is Stage.INQUIRY
    (told,) = events_of(here, JO, EventKind.STAGE_SET)
    assert (told.properties["by"], told.properties["reason"]) == ("HubSpot", "Customer in HubSpot")


def test_a_stage_that_the_programme_lacks_changes_nothing(here):
    move(here, source_of(file("hubspot-crm")))
    here.engine.tick()
    assert state_of(here, LENA).stage is Stage.INQUIRY


def test_a_lead_that_has_moved_here_keeps_its_stage(here):
    lead_id = entered(here, JO)
    here.happens(lead_id, EventKind.STAGE_SET, stage="mql", role="admin", reason="called us")
    here.engine.tick()
    would = rehearse(here.database, source_of(file("hubspot-crm")), met=set())
    done = move(here, source_of(file("hubspot-crm")))
    here.engine.tick()
    assert here.state(lead_id).stage is Stage.MQL
    assert here.state(lead_id).lead.first_name == "Jörg"
    assert would.tally.stages == done.tally.stages == {"mql": 1, "advocate": 1}


def test_a_lead_that_came_with_an_earlier_file_gets_its_stage(here):
    """Who unsubscribed comes first, by another file, and is a customer all the same."""
    lead_id = entered(here, JO)
    move(here, source_of(file("hubspot-crm")))
    here.engine.tick()
    assert here.state(lead_id).stage is Stage.CUSTOMER


# ---------------------------------------------------------------- what was settled here


def entered(company, address):
    people = [NewLead(reference=address, fields={"email": address})]
    (lead_id,) = company.engine.enter_leads(people, source="form").lead_ids
    company.engine.tick()
    return lead_id


def test_an_export_lifts_no_suppression_of_ours(here):
    lead_id = entered(here, IDA)
    here.happens(lead_id, EventKind.UNSUBSCRIBED)
    here.engine.tick()
    done = move(here, source_of(file("subscribed_"), lists=("Newsletter",)))
    here.engine.tick()
    assert here.state(lead_id).suppressed is SuppressionCause.UNSUBSCRIBED
    assert here.state(lead_id).opted_in == ()
    assert (done.tally.consents, done.tally.held) == (3, 1)
    assert len(events_of(here, IDA, EventKind.CONSENT_GIVEN)) == 1


def test_an_export_opens_no_topic_that_was_refused_here(here):
    lead_id = entered(here, IDA)
    here.happens(lead_id, EventKind.PREFERENCES_CHANGED, topics={"news": False})
    here.engine.tick()
    move(here, source_of(file("subscribed_"), lists=("Newsletter",)))
    here.engine.tick()
    assert here.state(lead_id).opted_out == ("news",)


def test_who_was_not_asked_there_but_is_a_lead_here_goes_on(here):
    lead_id = entered(here, GUEST)
    done = move(here, source_of(file("nonsubscribed_")))
    here.engine.tick()
    assert (done.merged, done.tally.unasked) == (1, 0)
    assert not here.state(lead_id).unconfirmed


def test_an_unsubscription_there_ends_mail_here(here):
    lead_id = entered(here, LENA)
    move(here, source_of(file("unsubscribed_")))
    here.engine.tick()
    assert here.state(lead_id).suppressed is SuppressionCause.UNSUBSCRIBED


# ---------------------------------------------------------------- the other products


def test_mautics_people_come_with_what_may_not_be_done(here):
    done = move(here, source_of(file("contacts_")))
    here.engine.tick()
    assert (done.created, done.rejected) == (5, 0)
    assert here.mailed() == ["ida.brandt", "tom"]
    assert {row.address: row.cause for row in here.rows(table.suppression) if row.scope == "all"} == {
        GONE: "hard bounce",
        MARY: "imported",
    }


def test_listmonks_people_come_with_the_blocklist(here):
    done = move(here, source_of(file("subscribers-"), lists=("Newsletter",)))
    assert (done.tally.unasked, done.tally.consents) == (1, 1)
    done = move(here, source_of(file("subscribers.")))
    here.engine.tick()
    assert (done.created, done.merged) == (3, 1)
    assert here.mailed() == ["ida.brandt", "jo"]
    assert state_of(here, PIA).unconfirmed
    assert state_of(here, LENA).suppressed is SuppressionCause.UNSUBSCRIBED


def test_who_confirmed_one_list_hears_from_us_though_another_waits(here):
    """A link that was followed proves the address; being on a list proves nothing."""
    move(here, source_of(file("subscribers."), standing=Standing.NOT_ASKED))
    here.engine.tick()
    assert here.mailed() == []
    move(here, source_of(file("subscribers."), standing=Standing.SUBSCRIBED, lists=("Newsletter",)))
    here.engine.tick()
    assert here.mailed() == []
    move(here, source_of(file("subscribers-"), lists=("Newsletter", "Workshops and events")))
    here.engine.tick()
    assert here.mailed() == ["ida.brandt"]


def test_a_list_exported_for_one_status(here):
    move(here, source_of(file("subscribers."), standing=Standing.UNSUBSCRIBED))
    here.engine.tick()
    assert here.mailed() == []


# ---------------------------------------------------------------- rehearsed


def test_a_rehearsal_counts_what_the_import_then_does(here, audience):
    met: set[str] = set()
    would = [rehearse(here.database, source, met=met) for source in audience]
    assert here.rows(table.lead) == []
    done = [move(here, source) for source in audience]
    assert [each.tally for each in would] == [each.tally for each in done]
    assert [each.rows - each.merged for each in would] == [each.created for each in done]
    assert [each.rejected for each in would] == [each.rejected for each in done] == [1, 0, 0, 0]
    again = rehearse(here.database, audience[0], met=set())
    assert (again.rows, again.known) == (3, 3)
