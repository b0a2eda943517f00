"""What each column becomes: guessed with a reason, shown and edited as YAML."""

from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nurture.capture import (
    Column,
    DateOrder,
    FieldSpec,
    LeadMapping,
    Target,
    guess_mapping,
    read_mapping,
    sample_rows,
    sniff,
    write_mapping,
)
from nurture.errors import ImportFileError

FIELDS = (
    FieldSpec("job_title"),
    FieldSpec("employees", "integer"),
    FieldSpec("revenue", "number"),
    FieldSpec("industry", "choice", ("Software", "Retail", "None")),
    FieldSpec("renewal_on", "date"),
)


@pytest.fixture
def guess(tmp_path: Path):
    """The guessed columns by name, for the lines of a file."""

    def guess(*lines: str) -> dict[str, Column]:
        path = tmp_path / "leads.csv"
        path.write_text("\n".join(lines), "utf-8")
        shape = sniff(path)
        mapping = guess_mapping(shape, sample_rows(path, shape), FIELDS)
        assert tuple(column.column for column in mapping.columns) == shape.columns
        assert all(0 < column.confidence <= 1 and column.reason for column in mapping.columns)
        return {column.column: column for column in mapping.columns}

    return guess


@pytest.mark.parametrize(
    ("header", "row", "keys"),
    [
        ("Email Address,First Name,Last Name", "a@x.example,Jane,Doe", "email first_name last_name"),
        (
            "E-Mail;Vorname;Nachname;Firma;Land",
            "a@x.example;Jane;Doe;X;DE",
            "email first_name last_name company country",
        ),
        (
            "Courriel;Prénom;Nom;Société;Pays",
            "a@x.example;Jane;Doe;X;FR",
            "email first_name last_name company country",
        ),
        (
            "Correo electrónico;Nombre;Apellidos;País",
            "a@x.example;Jane;Doe;ES",
            "email first_name last_name country",
        ),
        ("EMAIL,FNAME,LNAME,LANGUAGE", "a@x.example,Jane,Doe,en", "email first_name last_name language"),
        (
            "Email,Company Name,Time Zone,Original Source",
            "a@x.example,X,Europe/Paris,Ads",
            "email company time_zone source",
        ),
        ("Email,Contact owner", "a@x.example,rep@us.example", "email owner"),
    ],
)
def test_names_of_many_systems_and_languages(guess, header: str, row: str, keys: str) -> None:
    columns = guess(header, row)
    assert [column.key for column in columns.values()] == keys.split()
    assert {column.target for column in columns.values()} == {Target.IDENTITY}


def test_a_name_is_not_believed_against_its_values(guess) -> None:
    columns = guess("Email,Contact", "yes,a@x.example", "no,b@x.example")
    assert columns["Contact"].key == "email"
    assert columns["Contact"].reason == "its values are addresses"
    assert (columns["Email"].target, columns["Email"].key) == (Target.NEW, "imported_email")


def test_addresses_that_repeat_are_not_the_leads_own(guess) -> None:
    columns = guess("Partner,Note", *["p@x.example,hello"] * 5)
    assert columns["Partner"].target is Target.NEW


def test_countries_are_known_by_their_values(guess) -> None:
    assert guess("Where,Name X", "Germany,Jane", "France,Joe", "Brazil,Jim")["Where"].key == "country"


@pytest.mark.parametrize(
    ("header", "keys"),
    [
        ("Vorname;Name", ["first_name", "last_name"]),
        ("Full Name;Company", ["full_name", "company"]),
        ("First Name;Last Name;Name", ["first_name", "last_name", ""]),
    ],
)
def test_a_column_called_name(guess, header: str, keys: list[str]) -> None:
    assert [column.key for column in guess(header, "Jane;Doe;Jane Doe").values()][: len(keys)] == keys


def test_declared_fields_by_key_by_other_names_and_in_part(guess) -> None:
    columns = guess("Job Title,Number of Employees,Revenue (EUR)", "CTO,50,1000")
    assert [(c.target, c.key, c.type) for c in columns.values()] == [
        (Target.FIELD, "job_title", "text"),
        (Target.FIELD, "employees", "integer"),
        (Target.FIELD, "revenue", "number"),
    ]
    confidence = [column.confidence for column in columns.values()]
    assert confidence == sorted(confidence, reverse=True)


def test_an_id_has_a_value_of_its_own_in_every_row(guess) -> None:
    assert guess("mql_id,landing_page_id", "a1,p", "a2,p")["mql_id"].target is Target.ID
    assert guess("mql_id,landing_page_id", "a1,p", "a2,p")["landing_page_id"].key == "landing_page_id"
    assert guess("id,name", "7,Jane", "7,Joe")["id"].target is Target.NEW


def test_opting_out_is_not_lost(guess) -> None:
    assert (
        guess("Email,Do Not Email", "a@x.example,Yes", "b@x.example,No")["Do Not Email"].target
        is Target.OPTED_OUT
    )


def test_what_nobody_declared_is_a_new_field_under_its_own_name(guess) -> None:
    columns = guess("Lead Quality,Stage,Größe,1st Touch,Lead-Quality", "high,MQL,5,Ad,low")
    assert [column.key for column in columns.values()] == [
        *("lead_quality", "imported_stage", "grosse", "imported_1st_touch", "lead_quality_2")
    ]
    assert {column.target for column in columns.values()} == {Target.NEW}


def test_a_column_without_name_and_values_is_ignored(guess) -> None:
    assert guess("City,", "York,", "Leeds,")["Column 2"].target is Target.IGNORE


def test_placeholders_come_with_their_evidence(guess) -> None:
    column = guess("City", *["Select"] * 3, "York", "n/a", "unknown", "Other")["City"]
    assert column.missing == ("Select", "n/a")
    assert "'Select' taken for missing in 3 of 7 rows" in column.reason


def test_what_looks_like_a_placeholder_may_be_a_value(guess) -> None:
    assert guess("Industry", "None", "None", "Retail")["Industry"].missing == ()  # declared
    assert guess("Country", "DE", "NA", "NA", "FR")["Country"].missing == ()  # Namibia
    assert guess("Country", "Germany", "NA", "NA", "France")["Country"].missing == ("NA",)
    assert guess("Last Name", "Null", *["Doe"] * 200)["Last Name"].missing == ()
    assert guess("Company X", "Select Foods", "Select Foods Ltd", "-")["Company X"].missing == ("-",)


def test_dates_and_numbers_are_judged_from_the_column(guess) -> None:
    columns = guess(
        "Renewal on;Revenue;Created at", "31/03/2026;1.234,5;03/31/2026", "01/04/2026;12;01/02/2026"
    )
    assert columns["Renewal on"].dates is DateOrder.DAY_FIRST
    assert columns["Revenue"].comma
    assert columns["Created at"].dates is DateOrder.MONTH_FIRST


def test_dates_that_prove_nothing_ask_the_person(guess) -> None:
    column = guess("Renewal on", "01/02/2026", "03/04/2026")["Renewal on"]
    assert (column.key, column.dates) == ("renewal_on", DateOrder.ISO)
    assert "set dates to 'day first' or 'month first'" in column.reason


# ---------------------------------------------------------------- as text


def decided(mapping: LeadMapping) -> list[tuple[object, ...]]:
    """What a mapping does, without how sure it was and why."""
    return [
        (c.column, c.target, c.key, c.type, c.choices, c.missing, c.dates, c.comma) for c in mapping.columns
    ]


def test_a_guess_survives_its_text(tmp_path: Path) -> None:
    path = tmp_path / "leads.csv"
    path.write_text(
        "Id;E-Mail;Industry;Revenue;Renewal on;No;~;a: b\n"
        "1;a@x.example;Select;1,5;31/03/2026;~;0;#\n2;b@x.example;Select;2;01/04/2026;~;0;#\n"
    )
    shape = sniff(path)
    mapping = guess_mapping(shape, sample_rows(path, shape), FIELDS)
    text = write_mapping(mapping)
    assert "# 95%: by its name" in text
    assert decided(read_mapping(text, FIELDS)) == decided(mapping)


names = st.text(st.characters(exclude_categories=["Cs", "Cc"]), min_size=1, max_size=20)
columns = st.one_of(
    st.builds(Column, column=names, target=st.just(Target.IGNORE), reason=st.text()),
    st.builds(
        Column,
        column=names,
        target=st.just(Target.NEW),
        key=st.from_regex(r"x_[a-z0-9_]{1,8}", fullmatch=True),
        type=st.sampled_from(["text", "integer", "date"]),
        missing=st.lists(names, max_size=3).map(tuple),
        dates=st.sampled_from(DateOrder),
        comma=st.booleans(),
        reason=st.text(),
    ),
)


@given(st.lists(columns, unique_by=(lambda c: c.column, lambda c: c.key or c.column), max_size=4))
def test_any_mapping_survives_its_text(some: list[Column]) -> None:
    mapping = LeadMapping(tuple(some))
    assert decided(read_mapping(write_mapping(mapping), FIELDS)) == decided(mapping)


@given(st.text(max_size=60) | st.text("columns: -[]{}to\n&*!|>'\"%@`#,", max_size=60))
def test_any_text_is_a_mapping_or_an_error_with_the_remedy(text: str) -> None:
    with suppress(ImportFileError):
        read_mapping(text, FIELDS)


@pytest.mark.parametrize(
    ("entries", "message"),
    [
        ("{column: A, to: job}", "column 'A': to: 'job' is not known; write one of email"),
        ("{column: A}", "needs either 'to' or 'new'"),
        ("{column: A, to: email, new: b}", "needs either 'to' or 'new'"),
        ("{column: A, new: Job Title}", "cannot be the key of a new field"),
        ("{column: A, new: job_title}", "'to' for a field that exists"),
        ("{column: A, new: stage}", "cannot be the key of a new field"),
        ("{column: A, new: size, type: choice}", "declare a choice in the programme"),
        ("{column: A, to: email}, {column: B, to: email}", "'A' and 'B' both become 'email'"),
        ("{column: A, to: ignore}, {column: A, to: email}", "column 'A' is named twice"),
        ("{column: A, to: email, dates: us}", "dates"),
        ("{column: A, to: email, format: x}", "unknown field `format`"),
    ],
)
def test_mistakes_in_the_text_are_named(entries: str, message: str) -> None:
    with pytest.raises(ImportFileError) as error:
        read_mapping(f"columns: [{entries}]", FIELDS)
    assert message in str(error.value)


def test_every_scalar_is_the_text_it_is() -> None:
    mapping = read_mapping("columns:\n- {column: 2019, to: source, missing: [null, 0, No, ~]}\n")
    assert mapping.columns[0].column == "2019"
    assert mapping.columns[0].missing == ("null", "0", "No", "~")
