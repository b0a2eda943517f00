"""Every row of a file is a lead or a reject, and none stops the import."""

from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nurture.capture import (
    BadValue,
    DuplicatePolicy,
    Duplicates,
    FieldSpec,
    LeadRow,
    Reject,
    guess_mapping,
    read_mapping,
    read_rows,
    sample_rows,
    sniff,
)
from nurture.errors import ImportFileError

FIELDS = (FieldSpec("employees", "integer"), FieldSpec("industry", "choice", ("Software", "Retail")))


def read(path: Path, content: str | bytes, *, policy: DuplicatePolicy | None = None, after_line: int = 0):
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    shape = sniff(path)
    mapping = guess_mapping(shape, sample_rows(path, shape), FIELDS)
    duplicates = None if policy is None else Duplicates(policy)
    return list(read_rows(path, shape, mapping, after_line=after_line, duplicates=duplicates))


@pytest.fixture
def rows(tmp_path: Path):
    return lambda content, **options: read(tmp_path / "leads.csv", content, **options)


def test_a_row_with_everything(rows) -> None:
    [row] = rows(
        "Id,E-Mail,Name,Country,Employees,Industry,Created at,Unsubscribed,Shoe Size\n"
        '7,Jane@ACME.example,Jane van Dyke,Germany,"1,200",software,2026-03-01 10:00,no,38\n'
    )
    assert row == LeadRow(
        line=2,
        source_id="7",
        identity={
            "email": "jane@acme.example",
            "country": "DE",
            "first_name": "Jane",
            "last_name": "van Dyke",
        },
        fields={"employees": 1200, "industry": "Software", "shoe_size": "38"},
        created_at=datetime(2026, 3, 1, 10, tzinfo=UTC),
    )


def test_a_lead_without_an_address_cannot_be_mailed_but_is_a_lead(rows) -> None:
    [row, _] = rows("Email,City\n,York\na@x.example,Leeds\n")
    assert row.identity == {}
    assert row.fields == {"city": "York"}


def test_a_broken_address_is_a_reject_that_names_it(rows) -> None:
    good = "".join(f"j{n}@x.example,York\n" for n in range(9))
    row = rows(f"Email,City\n{good}jane at acme,York\n")[-1]
    assert row == Reject(11, "Email: 'jane at acme' is not an e-mail address", ("jane at acme", "York"))


def test_another_value_that_cannot_be_read_is_left_out_with_a_warning(rows) -> None:
    good = "".join(f"j{n}@x.example,5\n" for n in range(9))
    row = rows(f"Email,Employees\n{good}jane@x.example,many\n")[-1]
    assert row.fields == {}
    assert row.warnings == (BadValue("Employees", "'many' is not a number"),)


def test_who_opted_out_is_marked_and_in_doubt_too(rows) -> None:
    found = rows("Email,Opted out\na@x.example,yes\nb@x.example,no\nc@x.example,\nd@x.example,rather not\n")
    assert [row.opted_out for row in found] == [True, False, False, True]
    assert found[3].warnings == (BadValue("Opted out", "'rather not' is neither yes nor no"),)


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ("a@x.example", "has 1 cells, the header has 3"),
        ("a@x.example,York,5,surplus", "has 4 cells, the header has 3"),
    ],
)
def test_ragged_rows_are_rejects(rows, line: str, reason: str) -> None:
    [row, reject] = rows(f"Email,City,Shoe\nb@x.example,York,5\n{line}\n")
    assert isinstance(row, LeadRow)
    assert (reject.line, reject.reason, ",".join(reject.row)) == (3, reason, line)


def test_cells_that_hold_nothing_do_not_matter(rows) -> None:
    assert (
        len(rows("Email,City,\nb@x.example,York,\nc@x.example,York\nd@x.example,York,,,\n,,\n , ,\n\n")) == 3
    )


def test_lines_are_physical_lines(rows) -> None:
    content = 'Email,City\n\n"a@x.example","York,\nup\nnorth"\n\nb@x.example,Leeds\n'
    assert [(row.line, row.fields["city"]) for row in rows(content)] == [(3, "York, up north"), (7, "Leeds")]


def test_a_quote_that_is_never_closed_loses_one_row_not_the_file(rows) -> None:
    content = 'Email,City\na@x.example,"York\n' + "b@x.example,Leeds\n" * 10_000
    first, *rest = rows(content)
    assert first.line == 2
    assert "is a quote opened and never closed?" in first.reason
    assert rest
    assert all(isinstance(row, LeadRow) for row in rest)


def test_a_stray_nul_is_left_out(rows) -> None:
    assert rows("Email,City\na@x.example,Yo\x00rk\n")[0].fields == {"city": "York"}


def test_a_cell_in_another_encoding_spoils_only_itself(rows) -> None:
    content = "email,city\n" + "ä@x.example,München\n" * 200
    path_bytes = content.encode() + b"b@x.example,K\xf6ln\n"
    assert isinstance(rows(path_bytes)[-1], LeadRow)


# ---------------------------------------------------------------- the same lead twice

TWICE = "Email,City\njane@x.example,York\nJANE@x.example,Leeds\njoe@x.example,York\n"


def test_duplicates_merge(rows) -> None:
    assert [row.merges_into for row in rows(TWICE, policy=DuplicatePolicy.MERGE)] == [0, 2, 0]


def test_duplicates_are_rejected(rows) -> None:
    assert rows(TWICE, policy=DuplicatePolicy.REJECT)[1].reason == "duplicate of line 2"


def test_the_id_column_is_the_source_id(rows) -> None:
    assert [row.source_id for row in rows("Lead Id,Email\n7,a@x.example\n8,b@x.example\n")] == ["7", "8"]


def test_an_id_that_comes_again_with_another_address(tmp_path: Path) -> None:
    path = tmp_path / "leads.csv"
    path.write_text("Key,Email\n7,jane@x.example\n7,joe@x.example\n")
    mapping = read_mapping("columns: [{column: Key, to: id}, {column: Email, to: email}]")
    [_, reject] = read_rows(path, sniff(path), mapping, duplicates=Duplicates())
    assert reject.reason == "line 2 has the same id with another address"


def test_without_an_id_the_row_itself_is_its_id(rows) -> None:
    first = [row.source_id for row in rows("Email,City\na@x.example,York\nb@x.example,York\n,York\n,York\n")]
    again = [row.source_id for row in rows("Email,City\n,York\nb@x.example,York\na@x.example,York\n,York\n")]
    assert len(set(first)) == 4
    assert set(first) == set(again)


# ---------------------------------------------------------------- going on

cells = st.text(st.sampled_from('ab@.1 ,;"\n\ré'), max_size=8) | st.sampled_from(
    ["a@x.example", "b@x.example", ""]
)
tables = st.lists(st.lists(cells, min_size=1, max_size=4), max_size=8)


@settings(max_examples=200)
@given(tables, st.integers(0, 12), st.sampled_from(DuplicatePolicy))
def test_going_on_gives_what_one_go_would_have_given(tmp_path_factory, table, after_line, policy) -> None:
    path = tmp_path_factory.getbasetemp() / "table.csv"
    content = "Email,City,Shoe\n" + "\n".join(",".join(row) for row in table)
    whole = read(path, content, policy=policy)
    assert read(path, content, policy=policy, after_line=after_line) == [
        row for row in whole if row.line > after_line
    ]
    assert [row.line for row in whole] == sorted({row.line for row in whole})


@given(st.binary(max_size=400))
def test_no_bytes_raise_anything_but_the_file_error(tmp_path_factory, content: bytes) -> None:
    path = tmp_path_factory.getbasetemp() / "bytes.csv"
    try:
        found = read(path, b"Email;City\n" + content, policy=DuplicatePolicy.MERGE)
    except ImportFileError:
        return
    assert all(isinstance(row, (LeadRow, Reject)) for row in found)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("columns: [{column: Mail, to: email}]", "the file has no column 'Mail'; it has 'Email', 'City'"),
        ("columns: [{column: Email, to: ignore}]", "no column is read"),
    ],
)
def test_a_mapping_that_does_not_fit_the_file(tmp_path: Path, text: str, message: str) -> None:
    path = tmp_path / "leads.csv"
    path.write_text("Email,City\na@x.example,York\n")
    with pytest.raises(ImportFileError, match=message):
        list(read_rows(path, sniff(path), read_mapping(text)))
