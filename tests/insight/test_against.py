"""No winner by chance: who stands out against all others, who does not, and who has been seen too little."""

import pytest

from nurture.insight.against import Verdict, compared
from nurture.statistics.rates import Rate


@pytest.mark.parametrize(
    ("rates", "verdicts"),
    [
        ({"a": Rate(300, 1_000), "b": Rate(200, 1_000)}, {"a": Verdict.ABOVE, "b": Verdict.BELOW}),
        ({"a": Rate(3, 10), "b": Rate(2, 10)}, {"a": Verdict.TOO_FEW, "b": Verdict.TOO_FEW}),
        (
            {"a": Rate(20_000, 100_000), "b": Rate(20_010, 100_000)},
            {"a": Verdict.ALIKE, "b": Verdict.ALIKE},
        ),
        ({"a": Rate(3, 10)}, {"a": Verdict.ALONE}),
        ({"a": Rate(3, 10), "b": Rate(0, 0)}, {"a": Verdict.ALONE, "b": Verdict.TOO_FEW}),
        ({"a": Rate(0, 0)}, {"a": Verdict.TOO_FEW}),
    ],
    ids=["a clear winner", "too few", "alike", "alone", "an empty one", "nobody"],
)
def test_what_can_be_said(rates, verdicts):
    assert {name: each.verdict for name, each in compared(rates).items()} == verdicts


def test_among_many_more_is_asked_of_each():
    two = {"a": Rate(66, 500), "b": Rate(45, 500)}
    assert compared(two)["a"].verdict is Verdict.TOO_FEW
    sure = {"a": Rate(72, 500), "b": Rate(45, 500)}
    assert compared(sure)["a"].verdict is Verdict.ABOVE
    crowd = {"a": Rate(72, 500), "b": Rate(45, 500), **{f"c{n}": Rate(0, 0) for n in range(30)}}
    assert compared(crowd)["a"].verdict is Verdict.TOO_FEW
    assert (compared(crowd)["a"].more or 0) > 0
