"""Attributes that are offered values are attributes of MJML, and a mail may say each value."""

import pytest

from nurture.content.mjml.choices import CHOICES, WHICHEVER
from nurture.content.mjml.schema import ATTRIBUTES


@pytest.mark.parametrize("element", CHOICES)
def test_what_has_values_is_an_attribute_of_its_element(element):
    known = ATTRIBUTES[element] if element != WHICHEVER else frozenset().union(*ATTRIBUTES.values())
    assert CHOICES[element].keys() <= known


def test_each_value_is_said_once_and_without_a_space():
    for row in CHOICES.values():
        for values in row.values():
            assert len(set(values)) == len(values) > 0
            assert not any(" " in each for each in values)


def test_those_that_mean_another_thing_elsewhere_have_a_row_of_their_own():
    """`mode` is of a hero or of social icons, `position` of raw HTML: none holds for whichever element."""
    assert CHOICES[WHICHEVER].keys() & {"mode", "position", "role"} == set()
