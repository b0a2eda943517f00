"""Who enters, as a form ticks it: what was not changed stays as it is written."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nurture.content.audience_form import TICKED, Picked, expression_with, joined, picked_of
from nurture.content.conditions import compile_condition

LONG_CYCLE = "lead.stage in ['inquiry', 'recycled'] and lead.plan == 'none'"


@pytest.mark.parametrize(
    ("expression", "picked"),
    [
        (LONG_CYCLE, Picked({"stage": ("inquiry", "recycled")}, (), "lead.plan == 'none'")),
        ("lead.persona == 'buyer'", Picked({"persona": ("buyer",)})),
        ("'vip' in lead.tags and 'fair' in lead.tags", Picked({}, ("vip", "fair"))),
        ("true", Picked()),
        ("lead.stage == 'lost' or opened('a')", Picked({}, (), "lead.stage == 'lost' or opened('a')")),
        (
            "lead.stage == 'lost' and lead.stage != 'x' and (opened('a') or opened('b'))",
            Picked({"stage": ("lost",)}, (), "lead.stage != 'x' and (opened('a') or opened('b'))"),
        ),
        (
            "lead.stage == 'lost' and lead.stage == 'customer'",
            Picked({"stage": ("lost",)}, (), "lead.stage == 'customer'"),
        ),
    ],
)
def test_it_is_shown_and_written_back_as_it_was(expression, picked):
    assert picked_of(expression) == picked
    assert expression_with(expression, picked) == expression


@pytest.mark.parametrize(
    ("before", "picked", "after"),
    [
        (
            LONG_CYCLE,
            Picked({"stage": ("inquiry",), "persona": ("buyer", "user")}, ("vip",), "lead.plan == 'none'"),
            "lead.stage == 'inquiry' and lead.plan == 'none' and lead.persona in ['buyer', 'user'] and 'vip' in lead.tags",
        ),
        (LONG_CYCLE, Picked(), "true"),
        (LONG_CYCLE, Picked({"stage": ("recycled", "inquiry")}, (), "lead.plan == 'none'"), LONG_CYCLE),
        (
            "opened('a') or opened('b')",
            Picked({"persona": ("buyer",)}, (), "opened('a') or opened('b')"),
            "(opened('a') or opened('b')) and lead.persona == 'buyer'",
        ),
        ("true", Picked(rest="opened('a') or opened('b')"), "opened('a') or opened('b')"),
    ],
)
def test_what_is_changed_alone_changes(before, picked, after):
    assert expression_with(before, picked) == after


words = st.sampled_from(["buyer", "user", "hot", "lost", "long-cycle"])
some = st.lists(words, max_size=3, unique=True).map(tuple)
rests = st.sampled_from(
    [
        "",
        "opened('a')",
        "opened('a') or visited('/b')",
        "lead.plan == 'none' and submitted('c')",
        "1 if opened('a') else 0",
    ]
)
pickeds = st.builds(Picked, ticked=st.fixed_dictionaries(dict.fromkeys(TICKED, some)), tags=some, rest=rests)


@given(pickeds, pickeds)
def test_whatever_is_ticked_can_be_read_and_is_shown_again(one, other):
    expression = expression_with(expression_with("", one), other)
    compile_condition(expression)
    shown = picked_of(expression)
    assert {field: set(values) for field, values in shown.ticked.items()} == {
        field: set(values) for field, values in other.ticked.items() if values
    }
    assert set(shown.tags) == set(other.tags)
    assert shown.rest in (other.rest, f"({other.rest})")


def test_what_is_joined_is_bracketed_where_it_must_be():
    assert joined(["a or b", "", "c"]) == "(a or b) and c"
    assert joined(["", "a or b"]) == "a or b"
