"""Hits as events: whose they are, what they carry, that a second reading of the spool brings the same ones."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nurture.tracking.hits import Hit, HitKind, from_record, to_record, without_query
from nurture.tracking.humanity import Humanity, judge_message
from nurture.tracking.ingest import SpooledHit, event_of, hit_of, spooled_hits
from nurture.tracking.replay import Record
from nurture.vocabulary.touch import HONEYPOT, touch_id
from nurture.vocabulary.words import EventKind

AT = datetime(2026, 3, 2, 10, 4, tzinfo=UTC)
LATER = AT + timedelta(seconds=20)
PERSON = Humanity(1.0)
TOUCH = touch_id(42, 3)


def event(hit, humanity=PERSON):
    return event_of(SpooledHit("tracking-0:1772442000:0", hit), humanity, LATER)


def test_a_click_becomes_an_event_of_its_lead():
    hit = Hit(
        kind=HitKind.CLICK, at=AT, touch_id=TOUCH, mail_revision=7, link=2, user_agent="Chrome", address="::1"
    )
    made = event(hit)
    assert (made.lead_id, made.kind, made.occurred_at, made.received_at) == (
        42,
        EventKind.MAIL_CLICKED,
        AT,
        LATER,
    )
    assert (made.source, made.source_id) == ("tracking", "tracking-0:1772442000:0")
    assert made.properties == {
        "touch": TOUCH,
        "mail_revision": 7,
        "link_index": 2,
        "humanity": 1.0,
        "method": "GET",
        "user_agent": "Chrome",
        "address": "::1",
    }


def test_a_machines_open_names_its_pattern():
    made = event(Hit(kind=HitKind.OPEN, at=AT, touch_id=TOUCH), Humanity(0.1, "privacy proxy", proxied=True))
    assert made.kind is EventKind.MAIL_OPENED
    assert made.properties["machine_pattern"] == "privacy proxy"
    assert made.properties["humanity"] == 0.1
    assert made.properties["proxied"] is True


def test_the_hidden_link_keeps_its_index():
    assert (
        event(Hit(kind=HitKind.CLICK, at=AT, touch_id=TOUCH, link=HONEYPOT)).properties["link_index"]
        == HONEYPOT
    )


def test_a_visit_belongs_to_its_visitor_until_a_lead_is_known():
    hit = Hit(kind=HitKind.PAGE, at=AT, visitor="AAECAwQFBgcICQoL", path="/pricing", utm={"source": "news"})
    made = event(hit)
    assert (made.lead_id, made.kind) == (0, EventKind.PAGE_VISITED)
    assert made.properties == {
        "visitor": "AAECAwQFBgcICQoL",
        "path": "/pricing",
        "method": "GET",
        "utm": {"source": "news"},
    }


def test_a_form_carries_its_fields():
    hit = Hit(kind=HitKind.FORM, at=AT, properties={"form": "demo", "fields": {"email": "ada@example.net"}})
    made = event(hit)
    assert made.kind is EventKind.FORM_SUBMITTED
    assert made.text("form") == "demo"
    assert made.table("fields") == {"email": "ada@example.net"}


def test_hits_of_several_processes_come_in_the_order_of_their_moments():
    early, late = Hit(kind=HitKind.OPEN, at=AT), Hit(kind=HitKind.OPEN, at=LATER)
    records = [Record("tracking-0:1:0", to_record(late)), Record("tracking-1:1:0", to_record(early))]
    hits, unreadable = spooled_hits(records)
    assert [each.source_id for each in hits] == ["tracking-1:1:0", "tracking-0:1:0"]
    assert unreadable == 0


@pytest.mark.parametrize(
    "content", [b"", b"{}", b"null", b'{"kind":"guess","at":"2026-03-02T10:04:00Z"}', b"\xff"]
)
def test_a_record_that_is_no_hit_is_counted_and_holds_nothing_up(content):
    good = Record("a:1:9", to_record(Hit(kind=HitKind.OPEN, at=AT)))
    hits, unreadable = spooled_hits([Record("a:1:0", content), good])
    assert [each.source_id for each in hits] == ["a:1:9"]
    assert unreadable == 1


hits = st.builds(
    Hit,
    kind=st.sampled_from([HitKind.OPEN, HitKind.CLICK]),
    at=st.datetimes(timezones=st.just(UTC)),
    touch_id=st.integers(1, 2**40).map(lambda lead: touch_id(lead, 1)),
    mail_revision=st.integers(0, 2**32 - 1),
    visitor=st.just("") | st.just("AAECAwQFBgcICQoL"),
    link=st.none() | st.integers(0, 9999),
    method=st.sampled_from(["GET", "HEAD"]),
    user_agent=st.text(st.characters(max_codepoint=255), max_size=60),
    address=st.text("0123456789.:abcdef", max_size=20),
    prefetch=st.sampled_from(["", "prefetch", "preview"]),
    referer=st.just("") | st.just("https://mail.example.net/inbox"),
)


@given(hits)
def test_a_hit_is_one_line_and_comes_back(hit):
    record = to_record(hit)
    assert b"\n" not in record
    assert from_record(record) == hit


@given(hits, st.sampled_from([PERSON, Humanity(0.1, "burst")]))
def test_an_event_gives_back_the_hit_that_it_was_judged_by(hit, humanity):
    again = hit_of(event(hit, humanity))
    assert again == hit
    assert judge_message([again], AT) == judge_message([hit], AT)


@pytest.mark.parametrize(
    ("url", "path", "with_origin"),
    [
        ("https://example.com/a/b?email=x#y", "/a/b", "https://example.com/a/b"),
        ("https://ada:secret@example.com:8443/", "/", "https://example.com:8443/"),
        ("/relative?x", "/relative", "/relative"),
        ("https://[broken", "", ""),
        ("https://example.com:99999/", "", ""),
        ("", "", ""),
    ],
)
def test_of_a_url_only_what_names_nobody_is_kept(url, path, with_origin):
    assert without_query(url, origin=False) == path
    assert without_query(url, origin=True) == with_origin


@given(st.text(max_size=60))
def test_no_query_ever_passes(url):
    assert "?" not in without_query(url, origin=True)
