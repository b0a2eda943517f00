"""One person has one address, however it was typed."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nurture.capture import addresses
from nurture.capture.addresses import normalise


@pytest.mark.parametrize(
    ("typed", "address"),
    [
        ("jane@acme.example", "jane@acme.example"),
        ("  Jane.Doe+News@ACME.Example ", "jane.doe+news@acme.example"),
        ("Jane Doe <jane@acme.example>", "jane@acme.example"),
        ("mailto:jane@acme.example", "jane@acme.example"),
        ("o'hara@acme.example", "o'hara@acme.example"),
        ("jane@MÜLLER.example", "jane@xn--mller-kva.example"),
        ("jane@xn--mller-kva.example", "jane@xn--mller-kva.example"),
        ("Jürgen@acme.example", "jürgen@acme.example"),
        ("jane@test.test", "jane@test.test"),
    ],
)
def test_typed_in_many_ways(typed: str, address: str) -> None:
    assert normalise(typed) == address


@pytest.mark.parametrize(
    "typed",
    [
        "",
        "@",
        "jane",
        "jane@",
        "@acme.example",
        "jane@localhost",
        "jane..doe@acme.example",
        "jane doe@acme.example",
        "jane@acme.example, joe@acme.example",
        "jane@acme.example\nBcc: all@acme.example",
        "jane@10.0.0.1",
        "jane@-acme.example",
        "jane@printer.local",
        "j" * 65 + "@acme.example",
        "jane@" + "a" * 250 + ".example",
    ],
)
def test_what_cannot_be_mailed(typed: str) -> None:
    assert normalise(typed) is None


@given(
    st.text(max_size=40)
    | st.emails()
    | st.from_regex(r"[A-Za-z.+_'-]{1,9}@[a-zA-Z.-]{1,12}\.(de|example)", fullmatch=True)
)
def test_normalising_twice_changes_nothing(typed: str) -> None:
    once = normalise(typed)
    assert once is None or normalise(once) == once


@given(st.from_regex(r"[a-zA-Z0-9._+-]{1,70}@[a-zA-Z0-9.-]{1,12}\.(com|example|test|local)", fullmatch=True))
def test_the_short_way_agrees_with_the_library(typed: str) -> None:
    assert normalise(typed) == addresses._normalise_rare(typed)
