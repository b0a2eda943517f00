"""What conditions mean: comparisons, acts, and what is unknown."""

from typing import ClassVar

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nurture.content.conditions import (
    ConditionError,
    compile_condition,
    holds,
    interest_bounds,
    lead_fields_used,
    names_used,
)
from nurture.content.model import Expression, Field, FieldType
from nurture.content.scope import LeadView

LEAD = {
    "email": "ada@gmail.com",
    "company_size": 300,
    "seniority": "vp",
    "job_title": "Lead Developer",
    "country": "DE",
    "interest_score": 42.5,
}
SCOPE = {
    "lead": LEAD,
    "event": {"kind": "mail.clicked", "link": "pricing"},
    "hand_off": {"accepted": False},
    "clicked": lambda mail, link=None: (mail, link) in {("welcome", None), ("welcome", "docs")},
    "opened": lambda mail: mail == "welcome",
    "visited": lambda path: path == "/pricing",
    "submitted": lambda form: False,
    "days_since": lambda event: 12.5 if event == "mail.clicked" else None,
}


def outcome(source: str):
    return holds(Expression(source), SCOPE)


@pytest.mark.parametrize(
    "source",
    [
        "lead.company_size >= 200",
        "50 <= lead.company_size <= 5000",
        "lead.seniority in ['vp', 'c-level']",
        "lead.seniority not in ['manager']",
        "'dev' in lead.job_title|lower",
        "lead['country'] == 'DE'",
        "lead.email is free_mail",
        "lead.email is not disposable",
        "lead.email.endswith('.com')",
        "clicked('welcome')",
        "clicked('welcome', link='docs')",
        "clicked(mail='welcome', link='docs')",
        "not clicked('welcome', 'pricing')",
        "opened('welcome') and visited('/pricing') and not submitted('demo')",
        "days_since('mail.clicked') > 10",
        "event.link == 'pricing'",
        "not hand_off.accepted",
        "lead.company_size * 2 - 100 == 500",
        "-lead.company_size < -1",
        "lead.plan is undefined",
        "lead.plan is none",
        "lead.plan|default('none') == 'none'",
        "(lead.plan if lead.plan is defined else 'none') == 'none'",
        "lead.company_size > 1000 or lead.seniority == 'vp'",
        "lead.job_title|length > 3",
        "lead.first_name|default('Ada') ~ '!' == 'Ada!'",
        "true",
    ],
)
def test_it_holds(source):
    assert outcome(source).value is True
    assert outcome(source).unknown == ()


@pytest.mark.parametrize(
    ("source", "unknown"),
    [
        ("lead.industry == 'software'", ("industry",)),
        ("lead.industry != 'software'", ("industry",)),
        ("not (lead.industry == 'software')", ("industry",)),
        ("lead.industry in ['software']", ("industry",)),
        ("lead.industry not in ['software']", ("industry",)),
        ("50 <= lead.revenue <= 100", ("revenue",)),
        ("lead.industry == lead.branch", ("industry", "branch")),
        ("lead.industry|lower == 'software'", ("industry",)),
        ("lead.plan is free_mail", ("plan",)),
        ("lead.revenue + 1 > 0", ("revenue",)),
        ("lead.vip", ("vip",)),
        ("event.path == '/'", ("event.path",)),
        ("enrolment.track == 'cold'", ("enrolment.track",)),
        ("days_since('mail.opened') > 30", ("days_since('mail.opened')",)),
        ("lead.seniority > 3", ("whether 'vp' and 3 compare",)),
        ("lead.seniority|int > 3", ("what 'vp' gives here",)),
        ("lead.company_size / 0 > 1", ("what 300 gives here",)),
    ],
)
def test_what_is_unknown_does_not_hold_and_is_named(source, unknown):
    assert outcome(source).value is False
    assert outcome(source).unknown == unknown


def test_an_outcome_says_why():
    assert str(outcome("lead.industry == 'x'")) == "does not hold: industry is unknown"
    assert str(outcome("lead.country == 'DE'")) == "holds"
    assert str(outcome("lead.country == 'FR'")) == "does not hold"


@pytest.mark.parametrize(
    ("source", "value", "unknown"),
    [
        ("lead.x > 1 and lead.country == 'FR'", False, ()),
        ("lead.country == 'FR' and lead.x > 1", False, ()),
        ("lead.x > 1 and lead.country == 'DE'", False, ("x",)),
        ("lead.x > 1 or lead.country == 'DE'", True, ()),
        ("lead.country == 'DE' or lead.x > 1", True, ()),
        ("lead.x > 1 or lead.country == 'FR'", False, ("x",)),
        ("lead.x > 1 or lead.y > 1", False, ("x", "y")),
        ("not (lead.x > 1 and lead.country == 'FR')", True, ()),
        ("not (lead.x > 1 or lead.country == 'FR')", False, ("x",)),
        ("'DE' in [lead.x, lead.country]", True, ()),
        ("'FR' in [lead.x, lead.country]", False, ("x",)),
    ],
)
def test_unknown_shows_only_where_it_decides(source, value, unknown):
    assert (outcome(source).value, outcome(source).unknown) == (value, unknown)


KLEENE = {"t": "1 == 1", "f": "1 == 2", "u": "lead.nobody_said == 1"}


def formulas():
    return st.recursive(
        st.sampled_from(sorted(KLEENE)),
        lambda inner: st.one_of(
            st.tuples(st.just("not"), inner),
            st.tuples(st.sampled_from(["and", "or"]), inner, inner),
        ),
        max_leaves=12,
    )


def written(formula) -> str:
    match formula:
        case str():
            return f"({KLEENE[formula]})"
        case ("not", inner):
            return f"(not {written(inner)})"
        case (word, left, right):
            return f"({written(left)} {word} {written(right)})"


def meant(formula) -> float:
    """Kleene's logic by numbers: false 0, unknown a half, true 1; and is the least, or the greatest."""
    match formula:
        case str():
            return {"t": 1, "f": 0, "u": 0.5}[formula]
        case ("not", inner):
            return 1 - meant(inner)
        case ("and", left, right):
            return min(meant(left), meant(right))
        case ("or", left, right):
            return max(meant(left), meant(right))


@given(formulas())
def test_every_formula_is_kleenes(formula):
    found = outcome(written(formula))
    assert found.value is (meant(formula) == 1)
    assert bool(found.unknown) is (meant(formula) == 0.5)


# ---------------------------------------------------------------- what the language does not have (SEC2)


@pytest.mark.parametrize(
    "source",
    [
        "lead.__class__",
        "lead['__class__']",
        "lead.email.upper()",
        "''.__class__.__mro__",
        "event.link.x",
        "cycler()",
        "clicked.__globals__",
        "(1).real",
        "lead|attr('x')",
        "[1][0]",
        "{'a': 1}",
        "9**9**9",
        "'%s' % lead",
        "lead.email|center(9999999)",
        "clicked()",
        "clicked('a', 'b', 'c')",
        "clicked(*lead)",
        "x for y in z",
        "lead.a if lead.b",
        "",
        "(((",
        "lead.a = 1",
        "a; b",
        "{{ lead.a }}",
        "not " * 400 + "x",
        "(" * 900 + "1" + ")" * 900,
        "x" * 3000,
    ],
)
def test_it_is_refused_or_nothing_comes_of_it(source):
    try:
        compile_condition(source)
    except ConditionError:
        return
    assert outcome(source).value is False


@given(st.text(alphabet="leadtmx.()[]'\"0179 |~+*-/%<>=!,notridf_{}\\", max_size=60))
def test_no_text_makes_the_compiler_or_the_answer_fall(source):
    try:
        condition = compile_condition(source)
    except ConditionError:
        return
    assert condition.holds(SCOPE).value in (True, False)


# ---------------------------------------------------------------- what it asks about


def test_names_and_fields():
    expression = Expression("lead.country == 'DE' and clicked('welcome') or event.link == lead.plan")
    assert names_used(expression) == {"lead", "clicked", "event"}
    assert lead_fields_used(expression) == {"country", "plan"}


@pytest.mark.parametrize(
    ("source", "bounds", "inexact"),
    [
        ("lead.interest_score >= 60", {60}, False),
        ("60 > lead.interest_score", {60}, False),
        ("25 <= lead.interest_score <= 60.5", {25, 60.5}, False),
        ("lead.interest_score > -3 and not lead.interest_score > 7", {-3, 7}, False),
        ("lead.fit_score > 20", set(), False),
        ("lead.interest_score + lead.fit_score > 80", set(), True),
        ("lead.interest_score|round > 80", set(), True),
        ("lead.interest_score > lead.fit_score", set(), True),
        ("lead.interest_score", set(), True),
    ],
)
def test_the_numbers_that_decay_may_cross(source, bounds, inexact):
    assert interest_bounds(Expression(source)) == bounds
    assert compile_condition(source).asked.interest_inexact is inexact


def test_the_days_that_time_may_cross():
    asked = compile_condition("days_since('mail.opened') > 30 or 7 >= days_since(event='page.visited')").asked
    assert asked.day_bounds == {("mail.opened", 30.0), ("page.visited", 7.0)}


# ---------------------------------------------------------------- lead


class Programme:
    fields: ClassVar = {
        "plan": Field(type=FieldType.CHOICE, of=("none", "trial"), default="none"),
        "vip": Field(type=FieldType.BOOLEAN, default=False),
        "industry": Field(type=FieldType.TEXT),
    }


def test_a_lead_shows_what_is_known_and_the_declared_defaults():
    lead = LeadView(Programme, {"country": "DE", "plan": "trial"})
    assert dict(lead) == {"country": "DE", "plan": "trial", "vip": False}
    assert len(lead) == 3
    with pytest.raises(KeyError):
        lead["industry"]


def test_a_default_counts_as_known():
    scope = {"lead": LeadView(Programme, {})}
    assert holds(Expression("lead.plan == 'none' and not lead.vip"), scope).value is True
    assert holds(Expression("lead.industry == 'x'"), scope).unknown == ("industry",)
