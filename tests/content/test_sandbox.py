"""What the template language lets an author say, and what it refuses (SEC2)."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from jinja2.exceptions import SecurityError, TemplateError, UndefinedError

from nurture.content.sandbox import Sandbox

SANDBOX = Sandbox(autoescape=True)
LEAD = {"first_name": "Ada", "size": 5, "tags": ["a", "b"], "items": "an odd field name", "score": None}


def shown(source):
    return SANDBOX.from_string(source).render(lead=LEAD)


@pytest.mark.parametrize(
    ("source", "text"),
    [
        ("{{ lead.first_name }}", "Ada"),
        ("{{ lead.items }}", "an odd field name"),
        ("{{ lead.company|default('there') }}", "there"),
        ("{{ lead.score|default('unknown', true) }}", "unknown"),
        ("{{ lead.company|upper|default('there') }}", "there"),
        ("{{ lead.size * 2 + 1 }}", "11"),
        ("{% for tag in lead.tags %}{{ tag }}{% endfor %}", "ab"),
        ("{% if lead.first_name.startswith('A') %}yes{% endif %}", "yes"),
        ("{% if lead.company is defined %}yes{% else %}no{% endif %}", "no"),
        ("{{ 12500|number }}", "12,500"),
        ("{{ '2026-03-02'|date }}", "2 March 2026"),
        ("{{ 'a text of several words'|truncate(12) }}", "a text of…"),
    ],
)
def test_what_an_author_may_write(source, text):
    assert shown(source) == text


@pytest.mark.parametrize(
    "condition",
    [
        "lead.company == 'Acme'",
        "lead.company != 'Acme'",
        "lead.company > 3",
        "lead.company + 1 > 0",
        "'dev' in lead.job_title|lower",
        "lead.company in ['Acme']",
        "lead.company == lead.company",
    ],
)
def test_a_comparison_with_an_unknown_field_does_not_hold(condition):
    assert shown("{% if " + condition + " %}holds{% endif %}") == ""


@pytest.mark.parametrize(
    "source", ["{{ lead.company }}", "{{ led.company }}", "{{ range(3) }}", "{{ dict() }}"]
)
def test_what_is_not_known_is_never_written(source):
    with pytest.raises(UndefinedError):
        shown(source)


@pytest.mark.parametrize(
    "source",
    [
        "{{ 10**9 }}",
        "{{ 'a' * 1000000000 }}",
        "{{ '%999999999d' % 1 }}",
        "{{ [1] + [2] }}",
        "{{ 'x'.rjust(1000000000) }}",
        "{{ '{:999999999}'.format(1) }}",
        "{{ lead.first_name|center(999999999) }}",
        "{{ lead.first_name|indent(999999999) }}",
        "{{ '2026-03-02'|date('%999999999d') }}",
        "{% for a in lead.first_name %}{% endfor %}",
        "{% for a in lead.tags %}{% for b in lead.tags %}{% for c in lead.tags %}{% endfor %}{% endfor %}{% endfor %}",
        "{% macro bomb() %}{% endmacro %}",
        "{% set text %}a{% endset %}",
        "{% import 'x' as x %}",
        "{{ self }}",
        "{{ ''.__class__ }}",
        "{{ lead.first_name.__class__.__mro__ }}",
        "{{ lead.tags.append(1) }}",
        "{{ (lead.first_name|upper).__init__.__globals__ }}",
    ],
)
def test_what_is_refused(source):
    with pytest.raises((TemplateError, SecurityError)):
        shown(source)


@given(st.integers(min_value=1001, max_value=5000))
def test_a_loop_has_an_end(turns):
    with pytest.raises(SecurityError):
        SANDBOX.from_string("{% for a in many %}{% endfor %}").render(many=[0] * turns)
