"""The shipped definitions: nobody is left without content, and the scores tell the story that they are meant to tell."""

from datetime import UTC, datetime, timedelta

import pytest

from nurture.check.promises import check
from nurture.content.conditions import holds
from nurture.scoring.bands import grade_of, temperature_of
from nurture.scoring.fit import completeness, fit_score, persona_of, rank
from nurture.scoring.ledger import credit, interest_score, scale
from nurture.scoring.rules import awards
from nurture.vocabulary.words import EventKind, Grade, Stage, Temperature

COLD, WARM, HOT = Temperature
MONDAY = datetime(2026, 11, 23, 9, tzinfo=UTC)

FINANCE_DIRECTOR = {
    "email": "nora@halvorsen.example",
    "job_title": "Finance director",
    "seniority": "vp",
    "company_size": 420,
    "industry": "Food",
}
TRANSPORT_MANAGER = {
    "email": "tomasz@osmolka.example",
    "job_title": "Transport manager",
    "seniority": "manager",
    "company_size": 900,
    "industry": "Wholesale",
}
HEAD_OF_PROCUREMENT = {
    "email": "ilse@varnholt.example",
    "job_title": "Head of procurement",
    "seniority": "director",
    "company_size": 2_500,
    "industry": "Manufacturing",
}
FREIGHT_CLERK = {
    "email": "pelle@nordsund.example",
    "job_title": "Freight invoice clerk",
    "seniority": "individual",
    "company_size": 150,
    "industry": "Retail",
}
STUDENT = {
    "email": "kim@gmail.com",
    "job_title": "Student of logistics",
    "seniority": "individual",
    "company_size": 1,
    "industry": "Education",
}


@pytest.fixture(scope="session")
def programme(catalog):
    return catalog.sound_programme()


def test_no_promise_is_broken(catalog):
    assert [str(problem) for problem in check(catalog)] == []


@pytest.mark.parametrize("stage", [Stage.INQUIRY, Stage.MQL, Stage.RECYCLED])
@pytest.mark.parametrize("temperature", Temperature)
def test_every_persona_has_one_best_track(programme, stage, temperature):
    campaign = programme.campaigns["long-cycle"]
    for persona in (None, *(each.key for each in programme.personas)):
        fitting = [track for track in campaign.tracks if track.fits(persona, temperature, stage)]
        best = max(track.specificity for track in fitting)
        assert sum(track.specificity == best for track in fitting) == 1


@pytest.mark.parametrize(
    ("fields", "persona", "qualified"),
    [
        (FINANCE_DIRECTOR, "decision-maker", True),
        (TRANSPORT_MANAGER, "champion", True),
        (HEAD_OF_PROCUREMENT, "buyer", True),
        (FREIGHT_CLERK, "user", False),
        (STUDENT, "user", False),
    ],
    ids=["finance director", "transport manager", "head of procurement", "freight clerk", "student"],
)
def test_people_meet_their_persona(programme, fields, persona, qualified):
    def known(rule):
        return holds(rule.when, {"lead": fields}).value

    fit = fit_score(programme.scoring.fit, known)
    grade = grade_of(
        programme.scoring.grades, fit=fit, interest=60, completeness=completeness(programme, fields)
    )
    assert persona_of(rank(programme.personas, known), None, programme.persona_policy) == persona
    assert (grade in (Grade.A, Grade.B)) is qualified


class Diary:
    """One lead's interest under the shipped rules, day by day from Monday."""

    def __init__(self, programme):
        self.programme = programme
        self.accumulators, self.allowances = (), {}
        self.temperature = COLD

    def on(self, day, kind, **properties):
        """The temperature after an event of *kind*, *day* days after Monday."""
        at = MONDAY + timedelta(days=day)
        interest = self.programme.scoring.interest
        earned, self.allowances = awards(
            interest, kind, at, self.allowances, lambda rule: holds(rule.when, {"event": properties}).value
        )
        for award in earned:
            self.accumulators, _ = credit(self.accumulators, award, lead_id=1, event_id=1)
        return self.read(day)

    def read(self, day):
        """The temperature on *day* if nothing happens until then."""
        interest = interest_score(self.accumulators, MONDAY + timedelta(days=day))
        self.temperature = temperature_of(self.programme.temperature, self.temperature, interest)
        return self.temperature

    def handed_back(self, day):
        """Sales says not now: the score is halved."""
        assert self.programme.recycle_reasons["not-now"].score == "halve"
        self.accumulators = scale(self.accumulators, 0.5, MONDAY + timedelta(days=day))
        return self.read(day)


def test_a_lead_warms_turns_hot_cools_and_returns(programme):
    diary = Diary(programme)
    assert diary.on(0, EventKind.MAIL_OPENED) is COLD
    assert diary.on(14, EventKind.MAIL_CLICKED, link="worksheet") is COLD
    assert diary.on(24, EventKind.MAIL_CLICKED, link="pricing") is WARM
    assert diary.on(26, EventKind.FORM_SUBMITTED, form="demo") is HOT
    assert diary.handed_back(28) is WARM
    assert diary.read(60) is WARM
    assert diary.read(90) is COLD
    assert diary.on(91, EventKind.MAIL_CLICKED, link="pricing") is WARM
    assert diary.on(92, EventKind.FORM_SUBMITTED, form="demo") is HOT


def test_one_click_on_pricing_warms_a_stranger(programme):
    assert Diary(programme).on(0, EventKind.MAIL_CLICKED, link="pricing") is WARM


def test_a_demo_asked_for_a_month_later_still_makes_hot(programme):
    diary = Diary(programme)
    diary.on(0, EventKind.MAIL_CLICKED, link="pricing")
    assert diary.on(29, EventKind.FORM_SUBMITTED, form="demo") is HOT


@pytest.mark.parametrize("days", [30, 365])
def test_opens_alone_never_warm(programme, days):
    diary = Diary(programme)
    for day in range(days):
        assert diary.on(day, EventKind.MAIL_OPENED) is COLD


def test_someone_who_looks_for_a_job_is_not_a_buyer(programme):
    diary = Diary(programme)
    diary.on(0, EventKind.PAGE_VISITED, path="/pricing")
    diary.on(0, EventKind.PAGE_VISITED, path="/docs")
    diary.on(0, EventKind.PAGE_VISITED, path="/jobs")
    assert interest_score(diary.accumulators, MONDAY) == 0
