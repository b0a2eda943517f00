"""Whatever happens to a lead can be said in plain words."""

from datetime import UTC, datetime, tzinfo
from zoneinfo import ZoneInfo

import pytest

from nurture.insight.sentences import is_machine, sentence
from nurture.vocabulary.event import Event
from nurture.vocabulary.words import EventKind

AT = datetime(2026, 3, 2, 9, tzinfo=UTC)


def happened(kind: EventKind, **properties: object) -> Event:
    return Event(
        lead_id=1,
        kind=kind,
        occurred_at=AT,
        received_at=AT,
        source="test",
        source_id="1",
        properties=properties,
    )


@pytest.mark.parametrize("kind", EventKind)
def test_every_kind_has_its_words_even_without_properties(kind: EventKind):
    said = sentence(happened(kind))
    assert said
    assert "None" not in said
    assert not said.endswith((".", ": "))


@pytest.mark.parametrize(
    ("event", "said"),
    [
        (happened(EventKind.MAIL_SENT, mail="long-cycle/six-lines"), "Was sent “six lines”"),
        (
            happened(EventKind.MAIL_CLICKED, mail="long-cycle/six-lines", link="pricing", humanity=1.0),
            "Clicked “pricing” in “six lines”",
        ),
        (
            happened(
                EventKind.MAIL_CLICKED, mail="a/b", link="x", humanity=0.1, machine_pattern="several-links"
            ),
            "A machine clicked “x” in “b” (several links)",
        ),
        (happened(EventKind.MAIL_CLICKED, mail="a/b", link_index=0), "Clicked a hidden link in “b”"),
        (
            happened(
                EventKind.VERDICT_OVERTURNED,
                act="mail.clicked",
                mail="a/b",
                link="x",
                humanity=0.1,
                machine_pattern="burst",
            ),
            "A machine clicked “x” in “b” after all (burst)",
        ),
        (
            happened(EventKind.VERDICT_OVERTURNED, act="mail.opened", mail="a/b", humanity=1.0, by="Kim"),
            "A person opened “b”, says Kim",
        ),
        (
            happened(
                EventKind.STAGE_CHANGED, before="mql", after="sal", by="accept", actor="karla@x.example"
            ),
            "Stage: MQL → SAL by karla@x.example",
        ),
        (happened(EventKind.LEAD_CHANGED, fields={"owner": "karla@x.example"}), "Belongs to karla@x.example"),
        (happened(EventKind.PAGE_VISITED, path="/pricing"), "Visited /pricing"),
        (
            happened(EventKind.HAND_OFF_REJECTED, by="karla@x.example", reason="not-now", note="Call in May"),
            "Given back by karla@x.example: not now — Call in May",
        ),
        (
            happened(EventKind.SNOOZED, until="2026-04-01T09:00:00+00:00"),
            "Asked for a pause until 01 April 2026",
        ),
    ],
)
def test_it_is_said_like_this(event: Event, said: str):
    assert sentence(event) == said


def test_an_open_without_a_verdict_is_a_persons():
    assert not is_machine(happened(EventKind.MAIL_OPENED))
    assert is_machine(happened(EventKind.MAIL_OPENED, humanity=0.49))


@pytest.mark.parametrize(
    ("event", "said"),
    [
        (
            happened(
                EventKind.CONSENT_GIVEN, topics={"news": "the list"}, how="double opt-in", told_by="Mailchimp"
            ),
            "Agreed to hear about news, as Mailchimp says: double opt-in",
        ),
        (
            happened(EventKind.CONSENT_GIVEN, topics={}, how="opt-in", told_by="Mailchimp"),
            "Agreed to hear from us, as Mailchimp says: opt-in",
        ),
        (
            happened(EventKind.PREFERENCES_CHANGED, topics={"events": False}, told_by="HubSpot"),
            "Refused to hear about events, as HubSpot says",
        ),
        (
            happened(EventKind.UNSUBSCRIBED, told_by="Mailchimp", why="NORMAL"),
            "Unsubscribed from marketing mail, as Mailchimp says: NORMAL",
        ),
        (
            happened(EventKind.UNSUBSCRIBED, told_by="listmonk", cause="imported", why="blocked in listmonk"),
            "Is mailed no more, as listmonk says: blocked in listmonk",
        ),
        (happened(EventKind.UNSUBSCRIBED, how="one click"), "Unsubscribed from marketing mail"),
    ],
)
def test_what_another_product_told_names_it(event: Event, said: str):
    assert sentence(event) == said


@pytest.mark.parametrize(
    ("zone", "said"),
    [
        (UTC, "Put off in the inbox by freya until 2026-03-03 20:00 UTC"),
        (ZoneInfo("America/New_York"), "Put off in the inbox by freya until 2026-03-03 15:00"),
        (ZoneInfo("Asia/Kolkata"), "Put off in the inbox by freya until 2026-03-04 01:30"),
    ],
)
def test_a_moment_in_a_sentence_is_told_on_the_reader_s_clock(zone: tzinfo, said: str):
    event = happened(EventKind.HAND_OFF_SNOOZED, until="2026-03-03T20:00:00+00:00", by="freya")
    assert sentence(event, zone) == said


def test_a_pause_names_the_day_of_the_reader_s_clock():
    event = happened(EventKind.SNOOZED, until="2026-03-03T23:00:00+00:00")  # midnight in Berlin
    assert sentence(event, ZoneInfo("Europe/Berlin")) == "Asked for a pause until 04 March 2026"


def test_a_persona_is_told_by_its_name_and_an_agreed_time_by_what_it_is_for():
    changed = happened(EventKind.PERSONA_CHANGED, before="buyer", after="decision-maker")
    assert sentence(changed) == "Persona: buyer → decision-maker"
    assert (
        sentence(changed, personas={"buyer": "Procurement lead"})
        == "Persona: Procurement lead → decision-maker"
    )
    late = happened(EventKind.SLA_BREACHED, sla="accept", stage="mql")
    assert sentence(late) == "The agreed time to accept the lead has passed"
    assert sentence(happened(EventKind.SLA_WARNED, sla="look-again", stage="sql")).endswith(
        "“look again” is running out"
    )
