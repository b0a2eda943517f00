"""Both sides have their turns in order, and a figure is a median of ratios."""

import pytest

from nurture.bench.figures import Figure, Wanted, interleaved, middle


def figure(ours: tuple[float, ...], yardstick: tuple[float, ...], **given: object) -> Figure:
    return Figure(row=1, what="w", unit="mails/s", ours=ours, against="y", yardstick=yardstick, **given)  # type: ignore[arg-type]


def test_each_side_has_its_turn_in_every_round():
    turns: list[str] = []

    def side(name: str):
        def measure() -> float:
            turns.append(name)
            return float(len(turns))

        return measure

    ours, yardstick = interleaved(3, side("A"), side("B"))
    assert turns == ["A", "B", "A", "B", "A", "B"]
    assert (ours, yardstick) == ((1.0, 3.0, 5.0), (2.0, 4.0, 6.0))


def test_ratio_is_the_median_of_the_rounds_and_not_of_the_sides():
    measured = figure(ours=(1.0, 10.0, 6.0), yardstick=(2.0, 10.0, 1.0))
    assert measured.ratios == (0.5, 1.0, 6.0)
    assert measured.ratio == 1.0


@pytest.mark.parametrize(
    ("wanted", "floor", "keeps"),
    [
        (Wanted.AT_LEAST, 2.0, True),
        (Wanted.AT_LEAST, 2.1, False),
        (Wanted.AT_MOST, 2.0, True),
        (Wanted.AT_MOST, 1.9, False),
        (Wanted.AT_LEAST, None, None),
    ],
)
def test_floor_lies_below_or_above(wanted: Wanted, floor: float | None, keeps: bool | None):
    assert figure((4.0,), (2.0,), wanted=wanted, floor=floor).keeps_floor is keeps


@pytest.mark.parametrize(
    ("numbers", "text"), [((1234.5,), "1,234"), ((1.0, 12.34, 50.0), "12.3"), ((0.01234,), "0.0123")]
)
def test_middle_has_about_three_digits(numbers: tuple[float, ...], text: str):
    assert middle(numbers) == text
