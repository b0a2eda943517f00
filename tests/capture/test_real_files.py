"""Real exports: the leads of an online-course seller and of a marketplace.

Their licences forbid copying them into this repository, so they stand beside it or the test is skipped.
"""

import csv
from collections import Counter
from pathlib import Path

import pytest

from nurture.capture import (
    Duplicates,
    FieldSpec,
    LeadRow,
    Target,
    guess_mapping,
    read_mapping,
    read_rows,
    sample_rows,
    sniff,
    write_mapping,
)

DATA = Path(__file__).parents[3] / "shared" / "data"
needs_data = pytest.mark.skipif(not DATA.is_dir(), reason="the real files may not be copied")


def imported(path: Path, *fields: FieldSpec):
    shape = sniff(path)
    guessed = guess_mapping(shape, sample_rows(path, shape), fields)
    mapping = read_mapping(write_mapping(guessed), fields)
    return shape, guessed, list(read_rows(path, shape, mapping, duplicates=Duplicates()))


@needs_data
def test_the_leads_of_a_course_seller() -> None:
    path = DATA / "xeducation" / "leads.csv"
    shape, mapping, rows = imported(path, FieldSpec("total_visits", "integer"))
    by_name = {column.column: column for column in mapping.columns}
    assert (shape.encoding, shape.delimiter, len(shape.columns), shape.rows_estimate) == (
        "utf-8",
        ",",
        38,
        3_686,
    )
    assert by_name["Prospect ID"].target is Target.ID
    assert by_name["Do Not Email"].target is Target.OPTED_OUT
    assert by_name["Lead Source"].key == "source"
    assert by_name["Country"].key == "country"
    assert by_name["TotalVisits"].key == "total_visits"
    assert by_name["Column 38"].target is Target.IGNORE
    selects = {name for name, column in by_name.items() if column.missing == ("Select",)}
    assert selects == {"Specialization", "How did you hear about X Education", "Lead Profile", "City"}

    assert len(rows) == 3_686
    assert all(isinstance(row, LeadRow) and "email" not in row.identity for row in rows)
    assert len({row.source_id for row in rows}) == 3_686
    assert sum(row.opted_out for row in rows) == 293
    assert sum("city" in row.fields for row in rows) == 3_686 - 884 - 597  # Select, empty
    assert Counter(row.fields["total_visits"] for row in rows if "total_visits" in row.fields)[2] == 646
    assert Counter(row.identity.get("country") for row in rows).most_common(2) == [
        ("IN", 2_581),
        (None, 1_004),
    ]
    assert Counter(warning.reason.split("'")[1] for row in rows for warning in row.warnings) == {
        "unknown": 3,
        "Asia/Pacific Region": 1,
    }


@needs_data
def test_the_leads_of_a_marketplace() -> None:
    path = DATA / "olist" / "marketing_qualified_leads.csv"
    _, mapping, rows = imported(path)
    assert [(column.target, column.key) for column in mapping.columns] == [
        (Target.ID, ""),
        (Target.CREATED_AT, ""),
        (Target.NEW, "landing_page_id"),
        (Target.IDENTITY, "source"),
    ]
    sources = Counter(row.identity.get("source") for row in rows)
    assert (len(rows), sources["unknown"], sources[None]) == (3_160, 424, 18)
    assert {row.created_at.year for row in rows} == {2017, 2018}


@needs_data
def test_deals_of_a_marketplace_with_numbers_and_truth_values() -> None:
    path = DATA / "olist" / "closed_deals.csv"
    fields = (
        FieldSpec("declared_product_catalog_size", "integer"),
        FieldSpec("declared_monthly_revenue", "number"),
        FieldSpec("has_company", "boolean"),
        FieldSpec("won_date", "date"),
    )
    _, _, rows = imported(path, *fields)
    assert len(rows) == 321
    assert sum(row.fields["declared_monthly_revenue"] == 0 for row in rows) == 305
    assert Counter(row.fields.get("has_company") for row in rows) == {None: 291, True: 29, False: 1}
    assert sum("declared_product_catalog_size" in row.fields for row in rows) == 24
    with path.open(newline="") as text:
        won = [row["won_date"][:10] for row in csv.DictReader(text)]
    assert [row.fields["won_date"] for row in rows] == won
    assert not any(row.warnings for row in rows)


@needs_data
@pytest.mark.parametrize("path", sorted(DATA.glob("*/*.csv")), ids=lambda path: path.stem)
def test_no_row_of_any_real_file_is_lost(path: Path) -> None:
    with path.open(encoding="utf-8-sig", newline="") as text:
        expected = sum(1 for row in csv.reader(text) if row) - 1
    _, _, rows = imported(path)
    assert len(rows) == expected
    assert all(isinstance(row, LeadRow) for row in rows)
