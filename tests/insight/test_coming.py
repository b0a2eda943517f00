"""What comes next, and which gates would hold it, on the shipped programme."""

import pytest

from nurture.insight.coming import coming
from nurture.insight.mails import mails_of
from nurture.insight.timeline import SHOWN, timeline
from nurture.vocabulary.words import EventKind, Gate, Verdict
from tests.webapp.stand import Stand


def comes(company: Stand, name: str):
    lead_id = company.lead_id(name)
    with company.engine.database.reading() as connection:
        mails = mails_of(connection, lead_id)
        programme = company.engine.live.programme
        return coming(connection, programme, company.state(name), mails, company.clock.now())


def test_the_next_mail_stands_with_the_gate_that_would_hold_it(company: Stand):
    (first, *_) = comes(company, "ada")
    assert not first.held
    assert [(line.gate, line.verdict) for line in first.binding] == [(Gate.FREQUENCY_CAP, Verdict.DEFER)]
    assert first.next_at is not None
    assert first.next_at > company.clock.now()


def test_nothing_comes_to_whom_nothing_could_reach(company: Stand):
    assert comes(company, "nobody") == ()


@pytest.mark.parametrize("show", SHOWN)
def test_one_kind_of_events_is_shown_alone(company: Stand, show: str):
    with company.engine.database.reading() as connection:
        story = timeline(connection, company.lead_id("ada"), before=None, size=100, show=show)
    assert all(entry.event.kind.value.startswith(SHOWN[show]) for entry in story.entries)


def test_acts_are_those_of_people_and_machines(company: Stand):
    with company.engine.database.reading() as connection:
        story = timeline(connection, company.lead_id("ada"), before=None, size=100, show="acts")
    assert [entry.event.kind for entry in story.entries] == [
        EventKind.FORM_SUBMITTED,
        EventKind.PAGE_VISITED,
        EventKind.MAIL_CLICKED,
    ]
