"""The shipped definitions: nobody is left without content, and the scores tell the story that they are meant to tell."""

import pytest
from story import Story

from nurture.vocabulary.words import EventKind, Grade, Stage, Temperature

COLD, WARM, HOT = Temperature

FINANCE_DIRECTOR = {
    "email": "nora@halvorsen.example",
    "country": "DE",
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
def test_people_meet_their_persona_and_sales_meets_the_right_people(programme, fields, persona, qualified):
    story = Story(programme, fields)
    assert story.state.persona == persona
    story.on(1, EventKind.MAIL_CLICKED, mail="long-cycle/estimate", link="pricing")
    story.on(1, EventKind.FORM_SUBMITTED, form="demo")
    assert story.state.temperature is HOT
    assert (story.state.stage is Stage.MQL) is qualified


def test_a_lead_warms_is_handed_back_cools_returns_and_buys(programme):
    story = Story(programme, FINANCE_DIRECTOR)
    assert story.state.stage is Stage.INQUIRY
    assert story.track("long-cycle") == "cold-decision-maker"

    story.until(35)
    assert story.mails == [
        f"long-cycle/{mail}" for mail in ("margin-page", "board-question", "ninety-invoices", "estimate")
    ]
    story.on(36, EventKind.MAIL_CLICKED, mail="long-cycle/estimate", link="pricing")
    assert (story.state.temperature, story.track("long-cycle")) == (WARM, "warm-decision-maker")

    story.on(45, EventKind.FORM_SUBMITTED, form="demo")
    assert (story.state.temperature, story.state.grade, story.state.stage) == (HOT, Grade.A, Stage.MQL)
    assert story.handed_to == ["team-dach"]
    story.until(46)
    assert (story.tasks, story.mails[-1], story.webhooks) == (
        ["call"],
        "long-cycle/book-a-call",
        ["chat-alert"],
    )

    story.on(46, EventKind.HAND_OFF_REJECTED, reason="not-now")
    assert (story.state.temperature, story.state.stage) == (WARM, Stage.RECYCLED)
    assert story.track("long-cycle") == "recycled-warm"
    story.until(110)
    assert story.state.temperature is COLD
    assert story.track("long-cycle") == "recycled-cold"

    story.on(111, EventKind.MAIL_CLICKED, mail="long-cycle/new-since", link="pricing")
    assert story.state.temperature is WARM
    story.on(112, EventKind.FORM_SUBMITTED, form="demo")
    assert (story.state.temperature, story.state.stage) == (HOT, Stage.MQL)
    story.on(112.1, EventKind.HAND_OFF_ACCEPTED)
    assert (story.state.stage, story.track("long-cycle")) == (Stage.SAL, None)

    before = len(story.mails)
    for day, stage in ((115, "sql"), (120, "opportunity"), (150, "customer")):
        story.on(day, EventKind.STAGE_SET, stage=stage, by="karla@tarewell.example")
    assert len(story.mails) == before  # sales owns the lead: marketing is silent
    assert story.track("customer-onboarding") == "start"
    story.until(260)
    assert story.mails[before:] == [
        f"customer-onboarding/{mail}" for mail in ("kick-off", "roles", "first-month", "quarter-review")
    ]
    assert story.tasks[-1] == "hand-over-call"


@pytest.mark.parametrize(
    ("clicks", "expected"),
    [(("docs",), ["sandbox", "sandbox-nudge"]), (("pricing",), ["five-minute-tour"])],
    ids=["read the documentation", "did not"],
)
def test_a_champion_is_shown_what_it_asked_for(programme, clicks, expected):
    story = Story(programme, TRANSPORT_MANAGER)
    story.on(1, EventKind.MAIL_CLICKED, mail="long-cycle/six-lines", link="pricing")
    story.until(6)
    assert story.mails[-1] == "long-cycle/how-matching-works"
    for link in clicks:
        story.on(6, EventKind.MAIL_CLICKED, mail="long-cycle/how-matching-works", link=link)
    story.until(20)
    after = [mail.removeprefix("long-cycle/") for mail in story.mails]
    after = after[after.index("how-matching-works") + 1 :]
    assert after[: len(expected) + 1] == [*expected, "ask-a-question"]


def test_a_trial_is_helped_while_sales_talks(programme):
    story = Story(programme, {**TRANSPORT_MANAGER, "plan": "trial"})
    story.on(0.5, EventKind.MAIL_CLICKED, mail="trial-onboarding/welcome", link="pricing")
    story.on(1, EventKind.FORM_SUBMITTED, form="demo")
    story.on(1.1, EventKind.HAND_OFF_ACCEPTED)
    story.until(14)
    assert story.state.stage is Stage.SAL
    assert "offer-help" in story.tasks
    assert story.mails[-1] == "trial-onboarding/trial-ends"


def test_one_click_on_pricing_warms_a_stranger(programme):
    story = Story(programme, {"email": "somebody@varnholt.example"})
    assert story.on(1, EventKind.MAIL_CLICKED, link="pricing").temperature is WARM
    assert story.track("long-cycle") == "warm"


def test_a_demo_asked_for_a_month_after_a_click_makes_hot(programme):
    story = Story(programme, FINANCE_DIRECTOR)
    story.on(0, EventKind.MAIL_CLICKED, link="pricing")
    assert story.on(29, EventKind.FORM_SUBMITTED, form="demo").temperature is HOT


def test_opens_alone_never_warm(programme):
    story = Story(programme, FINANCE_DIRECTOR)
    for day in range(365):
        assert story.on(day, EventKind.MAIL_OPENED).temperature is COLD


def test_someone_who_looks_for_a_job_is_not_a_buyer(programme):
    story = Story(programme, {"email": "somebody@varnholt.example"})
    for path in ("/pricing", "/pricing", "/docs", "/jobs", "/pricing"):
        story.on(1, EventKind.PAGE_VISITED, path=path)
    assert story.on(1, EventKind.FORM_SUBMITTED, form="workshop").temperature is COLD
