"""Chance that can be repeated: shares come out as written, and the same lead always gets the same answer."""

import pytest

from nurture.content.model import Experiment
from nurture.statemachine.allocation import is_held_out, variant_of
from tests.statemachine.situation import programme

HOLDOUT = programme(("misfire: next-window", "misfire: next-window\n  holdout: 5 percent"))


def test_a_holdout_of_5_percent_is_about_that_of_20_000_leads():
    held_out = sum(is_held_out(HOLDOUT, lead) for lead in range(1, 20_001))
    assert abs(held_out - 1_000) < 4 * (20_000 * 0.05 * 0.95) ** 0.5  # four standard deviations


def test_without_a_holdout_nobody_is_held_out():
    assert not any(is_held_out(programme(), lead) for lead in range(1, 2_001))


def test_leads_are_held_out_programme_wide_and_for_good():
    assert [is_held_out(HOLDOUT, lead) for lead in range(500)] == [
        is_held_out(HOLDOUT, lead) for lead in range(500)
    ]


def variants(experiment, step="subject-test", leads=9_000):
    given = [variant_of(experiment, campaign="c", step=step, lead_id=lead) for lead in range(1, leads + 1)]
    return [given.count(variant) for variant in experiment.variants], given


@pytest.mark.parametrize("weights", [(50, 50), (1, 2), (0, 5), (10, 30, 60)])
def test_variants_come_by_weight(weights):
    counts, _ = variants(Experiment(variants={f"v{n}": weight for n, weight in enumerate(weights)}))
    for count, weight in zip(counts, weights, strict=True):
        share = weight / sum(weights)
        assert abs(count - 9_000 * share) <= 4 * (9_000 * share * (1 - share)) ** 0.5


def test_two_experiments_are_independent():
    experiment = Experiment(variants={"a": 50, "b": 50})
    _, one = variants(experiment, "one")
    _, other = variants(experiment, "other")
    same = sum(a == b for a, b in zip(one, other, strict=True))
    assert abs(same - 4_500) < 4 * (9_000 * 0.25) ** 0.5
