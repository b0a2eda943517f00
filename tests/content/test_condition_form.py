"""Conditions as a form asks for them are the expressions that are written, and no other."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nurture.content.condition_form import (
    COMPARED,
    Asked,
    Asking,
    Question,
    asked_in,
    asking_of,
    expression_of,
)
from nurture.content.conditions import compile_condition

SAID = [
    ("clicked('deep-dive', link='docs')", Asking((Asked(Question.CLICKED, "deep-dive", "docs"),))),
    ("not opened('deep-dive')", Asking((Asked(Question.NOT_OPENED, "deep-dive"),))),
    (
        "visited('/pricing') or submitted('demo')",
        Asking((Asked(Question.VISITED, "/pricing"), Asked(Question.SUBMITTED, "demo")), "any"),
    ),
    (
        "lead.company_size >= 200 and lead.plan == 'none'",
        Asking((Asked(Question.AT_LEAST, "company_size", "200"), Asked(Question.IS, "plan", "none"))),
    ),
    ("lead.city == 'Hook and Eye'", Asking((Asked(Question.IS, "city", "Hook and Eye"),))),
    ("", Asking(())),
]


@pytest.mark.parametrize(("expression", "asking"), SAID)
def test_both_ways(expression, asking):
    assert asking_of(expression) == asking
    assert expression_of(asking) == expression


@pytest.mark.parametrize(
    "expression",
    [
        "lead.seniority in ['vp', 'c-level']",
        "50 <= lead.company_size <= 5000",
        "opened('a') and clicked('b') or visited('/c')",
        "lead.plan == '200'",
        "clicked( 'a' )",
        "not visited('/c')",
    ],
)
def test_what_a_form_cannot_say_stays_an_expression(expression):
    assert asking_of(expression) is None


texts = st.text(min_size=1, max_size=12)
asked = st.one_of(
    st.builds(
        Asked, st.sampled_from([each for each in Question if each not in COMPARED]), texts, st.just("")
    ),
    st.builds(
        Asked,
        st.sampled_from(list(COMPARED)),
        st.sampled_from(["plan", "company_size"]),
        st.text(max_size=12),
    ),
)


@given(st.lists(asked, min_size=1, max_size=3), st.sampled_from(["all", "any"]))
def test_what_is_filled_in_compiles_and_is_shown_again_or_left_as_an_expression(lines, of):
    expression = expression_of(Asking(tuple(lines), of))
    compile_condition(expression)
    shown = asking_of(expression)
    assert shown is None or expression_of(shown) == expression


def test_lines_without_a_question_are_left_out():
    assert asked_in([("", "", ""), ("opened the mail", "intro", "")], "all") == Asking(
        (Asked(Question.OPENED, "intro"),)
    )


@pytest.mark.parametrize(
    ("line", "said"),
    [
        (("opened the mail", "", ""), "which mail"),
        (("has the field equal to", "no field!", "1"), "is no field"),
    ],
)
def test_a_line_that_lacks_something_says_what(line, said):
    with pytest.raises(ValueError, match=said):
        asked_in([line], "all")
