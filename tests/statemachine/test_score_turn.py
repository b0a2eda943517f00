"""Awards, fit, completeness, grade and persona, as turns decide them."""

import pytest

from nurture.scoring.ledger import interest_score
from nurture.statemachine.effects import WriteEntry
from nurture.vocabulary.words import EventKind, Grade
from tests.statemachine.situation import DAY, HOUR, Life, programme


def test_an_award_is_in_the_ledger_with_what_was_offered_and_what_credited():
    life = Life()
    for _ in range(4):
        life.take(EventKind.MAIL_REPLIED)
    entry = life.effects_of(WriteEntry)[0].entry
    assert (entry.rule, entry.offered, entry.credited) == ("replied", 30, 0)  # the group is full at 40
    assert life.state.accumulators[0].value == 40


def test_a_rule_may_ask_about_the_event():
    life = Life().take(EventKind.MAIL_CLICKED, mail="long-cycle/checklist", link="docs")
    assert [effect.entry.rule for effect in life.effects_of(WriteEntry)] == ["clicked"]
    life.take(EventKind.MAIL_CLICKED, mail="long-cycle/checklist", link="pricing")
    assert [effect.entry.rule for effect in life.effects_of(WriteEntry)] == ["clicked", "pricing"]


def test_scores_use_the_time_of_the_event():
    life = Life().take(EventKind.PAGE_VISITED, path="/pricing", after=DAY, late=14 * HOUR)
    assert interest_score(life.state.accumulators, life.now) == pytest.approx(10 * 0.5 ** (14 / 24 / 14))


def test_fit_is_recomputed_when_a_field_changes():
    life = Life(company_size=20)
    assert life.state.fit_score == 40
    assert life.take(EventKind.LEAD_CHANGED, fields={"company_size": 300}).state.fit_score == 80


def test_a_form_that_tells_a_field_is_a_change_of_the_profile():
    life = Life(company_size="")
    assert life.state.completeness == 0.5
    life.take(EventKind.FORM_SUBMITTED, form="guide", fields={"company_size": 300})
    assert (life.state.completeness, life.state.fit_score) == (1.0, 80)


def test_a_comparison_with_an_unknown_value_does_not_hold():
    assert Life(company_size="", seniority="").state.fit_score == 0


def test_less_than_half_a_profile_is_grade_e_whatever_the_score():
    life = Life(company_size="", seniority="").hot()
    assert life.state.grade is Grade.E
    assert life.state.temperature == "hot"
    assert life.state.stage == "inquiry"


def test_a_new_grade_is_recorded_with_its_values():
    life = Life().hot()
    assert life.records(EventKind.GRADE_CHANGED) == [
        {"before": "B", "after": "A", "fit": 80, "interest": 60.0, "trigger": "page.visited"}
    ]


# ------------------------------------------------------------ persona


def unanswered(life, mails):
    """So many mails arrive, and five days go by without an act."""
    for _ in range(mails):
        touch = 1_000_000 + life.state.touches + 50
        life.take(EventKind.MAIL_SENT, touch=touch, mail=f"other/{life.serial}", after=HOUR)
    return life.take(EventKind.TIMER_DUE, after=6 * DAY)


def test_the_best_persona_above_min_fit_is_current():
    assert Life(seniority="manager").state.persona == "champion"
    assert Life(seniority="vp").state.persona == "decision-maker"
    assert Life(seniority="individual").state.persona is None


def test_after_4_unreceived_mails_the_next_best_persona_is_tried():
    life = unanswered(Life(), 4)
    assert life.state.persona == "decision-maker"
    assert life.records(EventKind.PERSONA_CHANGED)[0]["why"] == "unreceptive"
    assert life.state.unreceived == 0


@pytest.mark.parametrize("mails", [1, 3])
def test_fewer_change_nothing(mails):
    assert unanswered(Life(), mails).state.persona == "champion"


def test_the_lead_wakes_when_the_last_of_them_has_had_its_five_days():
    life = Life()
    for _ in range(4):
        life.sent(after=DAY) if life.planned and life.planned.touch else life.take(
            EventKind.MAIL_SENT, touch=1_000_090, mail="other/one", after=DAY
        )
    life.take(EventKind.TIMER_DUE, after=5 * DAY - HOUR)
    assert life.wake_at <= life.now + HOUR
    assert life.wake().state.persona == "decision-maker"


def test_where_opens_are_blind_the_limit_doubles():
    assert unanswered(Life().with_state(blind=True), 7).state.persona == "champion"
    assert unanswered(Life().with_state(blind=True), 8).state.persona == "decision-maker"


def test_a_lead_that_is_not_qualified_keeps_its_persona():
    life = Life(company_size=20, seniority="manager")  # fit 0: not worth another try
    assert life.state.fit_score == 0
    assert unanswered(life, 9).state.persona == "champion"


def test_each_persona_is_tried_once_per_retry_after():
    life = unanswered(unanswered(Life(), 4), 4)
    assert life.state.persona == "decision-maker"  # champion was given up ten days ago
    assert unanswered(life.take(EventKind.TIMER_DUE, after=180 * DAY), 4).state.persona == "champion"


def test_a_persona_that_was_given_up_does_not_come_back_with_the_next_changed_field():
    life = unanswered(Life(), 4)
    assert life.take(EventKind.LEAD_CHANGED, fields={"company_size": 400}).state.persona == "decision-maker"


@pytest.mark.parametrize(
    ("kind", "properties"),
    [
        (EventKind.MAIL_REPLIED, {"campaign": "long-cycle"}),
        (EventKind.MAIL_CLICKED, {"mail": "long-cycle/checklist", "link": "docs"}),
    ],
)
def test_never_right_after_a_reply_or_a_click(kind, properties):
    life = Life()
    for number in range(4):
        life.take(EventKind.MAIL_SENT, touch=1_000_050 + number, mail=f"other/{number}")
    life.take(kind, after=4 * DAY, **properties)
    assert life.take(EventKind.TIMER_DUE, after=2 * DAY).state.persona == "champion"


def test_never_right_after_a_hand_off():
    life = Life()
    for number in range(4):
        life.take(EventKind.MAIL_SENT, touch=1_000_050 + number, mail=f"other/{number}")
    life.take(EventKind.LEAD_CHANGED, after=4 * DAY)  # qualified by a rule on fields alone
    life.hot()
    assert life.state.stage == "mql"
    assert life.take(EventKind.TIMER_DUE, after=9 * DAY).state.persona == "champion"


def test_another_programme_measures_the_lead_anew():
    life = Life()
    life.programme = programme(
        ("seniority in ['vp', 'director', 'c-level']\", points: 40", "seniority == 'vp'\", points: 40")
    )
    assert life.take(EventKind.PROGRAMME_APPLIED).state.fit_score == 40
