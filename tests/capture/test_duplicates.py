"""Rows of one file about the same lead."""

from nurture.capture.duplicates import Conflict, Duplicates


def lines(*rows: tuple[str | None, str | None]) -> list[int | Conflict]:
    """For rows of (address, id) from line 1 on: the line on which each lead was first met."""
    duplicates = Duplicates()
    return [duplicates.first_line(line, address, own) for line, (address, own) in enumerate(rows, start=1)]


def test_leads_with_different_addresses_are_different() -> None:
    assert lines(("a@x", None), ("b@x", None)) == [1, 2]


def test_the_same_address_is_the_same_lead() -> None:
    assert lines(("a@x", None), ("b@x", None), ("a@x", None)) == [1, 2, 1]


def test_leads_without_address_and_id_are_never_the_same() -> None:
    assert lines((None, None), (None, None)) == [1, 2]


def test_the_same_id_is_the_same_lead() -> None:
    assert lines((None, "7"), (None, "8"), (None, "7")) == [1, 2, 1]


def test_one_address_under_two_ids_is_one_lead() -> None:
    assert lines(("a@x", "7"), ("a@x", "8"), (None, "8")) == [1, 1, 1]


def test_an_address_that_comes_later_belongs_to_the_lead() -> None:
    assert lines((None, "7"), ("a@x", "7"), ("a@x", "9")) == [1, 1, 1]


def test_one_id_with_two_addresses_is_two_people() -> None:
    assert lines(("a@x", "7"), ("b@x", "7"), ("b@x", "8")) == [1, Conflict(1), 3]


def test_two_leads_that_a_row_would_tie_together_stay_apart() -> None:
    assert lines(("a@x", "7"), ("b@x", "8"), ("b@x", "7")) == [1, 2, Conflict(1)]


def test_an_id_without_an_address_does_not_take_another_leads_address() -> None:
    assert lines((None, "7"), ("b@x", "8"), ("b@x", "7")) == [1, 2, Conflict(1)]
