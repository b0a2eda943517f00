"""A file says itself how it is to be read; what is no text with columns is refused with the remedy."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nurture.capture import FileShape, sniff
from nurture.errors import ImportFileError

GERMAN = "Vorname;Nachname;E-Mail\nJürgen;Müller;jm@acme.example\nÅsa;Björk;ab@acme.example\n"
RUSSIAN = "Имя;Фамилия;E-Mail\nИван;Петров;ip@acme.example\nАнна;Иванова;ai@acme.example\n"
POLISH = "Imię;Nazwisko\nŁukasz;Żółć\nMałgorzata;Wiśniewska\nGrażyna;Kowalska\n"
JAPANESE = "名前;会社\n田中;株式会社\n鈴木;東京\n"


@pytest.fixture
def shape_of(tmp_path: Path):
    def write(content: bytes | str) -> FileShape:
        path = tmp_path / "leads.csv"
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        return sniff(path)

    return write


@pytest.mark.parametrize(
    ("text", "encoding"),
    [
        *(
            (text, unicode)
            for text in (GERMAN, RUSSIAN, POLISH, JAPANESE)
            for unicode in ("utf-8", "utf-8-sig")
        ),
        *(
            (text, wide)
            for text in (GERMAN, RUSSIAN, JAPANESE)
            for wide in ("utf-16", "utf-16-le", "utf-16-be", "utf-32")
        ),
        (GERMAN, "cp1252"),
        (GERMAN, "mac_roman"),
        (POLISH, "cp1250"),
        (RUSSIAN, "cp1251"),
        (JAPANESE, "cp932"),
    ],
)
def test_the_encoding_gives_back_every_character(tmp_path: Path, text: str, encoding: str) -> None:
    path = tmp_path / "leads.csv"
    path.write_bytes(text.encode(encoding))
    shape = sniff(path)
    assert path.read_text(shape.encoding).removeprefix("\ufeff") == text
    assert shape.delimiter == ";"
    assert shape.rows_estimate == text.count("\n") - 1
    assert shape.bytes == path.stat().st_size


def test_a_foreign_letter_far_below_the_first_lines_is_seen(shape_of) -> None:
    body = b"".join(b"Jane;Doe;j%d@acme.example\n" % n for n in range(50_000))
    shape = shape_of(b"first;last;email\n" + body + "José;Núñez;jn@acme.example\n".encode("cp1252"))
    assert shape.encoding == "cp1252"
    assert shape.rows_estimate == 50_001


def test_a_person_may_know_the_encoding_better(tmp_path: Path) -> None:
    path = tmp_path / "leads.csv"
    path.write_bytes("Имя\nИван\n".encode("koi8_r"))
    assert sniff(path, encoding="koi8_r").columns == ("Имя",)
    with pytest.raises(ImportFileError, match="no encoding is called 'klingon'"):
        sniff(path, encoding="klingon")


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
@pytest.mark.parametrize("line_end", ["\n", "\r\n", "\r"])
def test_delimiters_and_line_ends(shape_of, delimiter: str, line_end: str) -> None:
    rows = [["Name", "Note"], ["Jane", '"a, b; c"'], ["Joe", '"d | e"'], ["Jim", "f"]]
    shape = shape_of(line_end.join(delimiter.join(row) for row in rows))
    assert shape.delimiter == delimiter
    assert shape.columns == ("Name", "Note")


def test_a_comma_inside_decimal_numbers_is_no_delimiter(shape_of) -> None:
    assert shape_of("name;revenue\nA;1,5\nB;2,5\nC;3,5\n").delimiter == ";"


def test_single_quotes(shape_of) -> None:
    shape = shape_of("name,city\n'Doe, Jane','New York'\n'Roe, Joe','Los Angeles'\n")
    assert (shape.quote, shape.columns) == ("'", ("name", "city"))


def test_an_apostrophe_is_no_quote(shape_of) -> None:
    assert shape_of("name,city\nO'Hara,L'Aquila\nD'Arcy,Cork\n").quote == '"'


def test_excel_names_the_delimiter_in_a_line_of_its_own(shape_of) -> None:
    shape = shape_of("sep=;\r\nname;city\r\nJane;York\r\n")
    assert (shape.delimiter, shape.columns, shape.header_line, shape.rows_estimate) == (
        ";",
        ("name", "city"),
        2,
        1,
    )


def test_blank_lines_before_the_header(shape_of) -> None:
    assert shape_of("\n\nname,city\nJane,York\n").header_line == 3


@pytest.mark.parametrize(
    "first", ["jane@acme.example,Jane", "Jane,2026-03-01", "Jane,42", "https://acme.example,Jane"]
)
def test_a_first_row_of_values_is_no_header(shape_of, first: str) -> None:
    shape = shape_of(f"{first}\n{first}\n")
    assert not shape.has_header
    assert shape.columns == ("Column 1", "Column 2")
    assert shape.rows_estimate == 2


def test_a_bare_list_of_addresses(shape_of) -> None:
    shape = shape_of("jane@acme.example\njoe@acme.example\n")
    assert (shape.has_header, shape.columns, shape.rows_estimate) == (False, ("Column 1",), 2)


def test_every_column_has_a_name_of_its_own(shape_of) -> None:
    assert shape_of("Email, Email ,,E\n\n").columns == ("Email", "Email (2)", "Column 3", "E")


@pytest.mark.parametrize(
    ("content", "remedy"),
    [
        (b"", "is empty; export the leads again"),
        (b"\n \r\n", "is empty; export the leads again"),
        (b"PK\x03\x04rest of an xlsx", "save the sheet as 'CSV UTF-8'"),
        (b"\xd0\xcf\x11\xe0rest of an xls", "save the sheet as 'CSV UTF-8'"),
        (b"\x1f\x8b\x08\x00", "compressed"),
        (b"%PDF-1.7", "PDF"),
        (b"\x7fELF\x02\x01\x00\x00\x00\x07\x00\x00\x01", "is no text"),
        (b"sep=;\n", "holds no rows"),
        (b"a," * 100_000, "does each lead have its own line?"),
        (b'"' + b"a" * 200_000, "its first row has no end"),
    ],
)
def test_what_cannot_be_read_is_refused_with_the_remedy(shape_of, content: bytes, remedy: str) -> None:
    with pytest.raises(ImportFileError, match=remedy):
        shape_of(content)


def test_a_file_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(ImportFileError, match="cannot be read"):
        sniff(tmp_path / "nowhere.csv")


@given(st.binary(max_size=300))
def test_any_bytes_have_a_shape_or_a_remedy(tmp_path_factory, content: bytes) -> None:
    path = tmp_path_factory.getbasetemp() / "any.csv"
    path.write_bytes(content)
    try:
        shape = sniff(path)
    except ImportFileError:
        return
    assert shape.columns
    assert len(set(shape.columns)) == len(shape.columns)
