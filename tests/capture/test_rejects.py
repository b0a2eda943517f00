"""The rejects file: put right in a spreadsheet, then imported again."""

from pathlib import Path

from nurture.capture import Reject, RejectsFile, Target, guess_mapping, read_rows, sample_rows, sniff

LEADS = "Email;Phone\nj1@x.example;+49 30 1\nj2@x.example;+49 30 2\njane at x;+49 30 3\nj4@x.example;=2+5;surplus\n"


def rejected(tmp_path: Path):
    leads = tmp_path / "leads.csv"
    leads.write_text(LEADS)
    shape = sniff(leads)
    mapping = guess_mapping(shape, sample_rows(leads, shape), ())
    return shape, [row for row in read_rows(leads, shape, mapping) if isinstance(row, Reject)]


def test_each_row_as_it_stood_with_its_line_and_reason(tmp_path: Path) -> None:
    shape, rejects = rejected(tmp_path)
    with RejectsFile(tmp_path / "rejects.csv", shape) as file:
        file.write(rejects)
        assert file.count == 2
    assert (tmp_path / "rejects.csv").read_text("utf-8-sig").splitlines() == [
        "Email;Phone;import_line;import_reason",
        "jane at x;'+49 30 3;4;Email: 'jane at x' is not an e-mail address",
        "j4@x.example;'=2+5;5;has 3 cells, the header has 2 (behind the last column: surplus)",
    ]


def test_put_right_it_imports(tmp_path: Path) -> None:
    shape, rejects = rejected(tmp_path)
    path = tmp_path / "rejects.csv"
    with RejectsFile(path, shape) as file:
        file.write(rejects)
    path.write_text(path.read_text("utf-8-sig").replace("jane at x;", "jane@x.example;"), "utf-8")
    again = sniff(path)
    mapping = guess_mapping(again, sample_rows(path, again), ())
    assert [c.column for c in mapping.of(Target.IGNORE)] == ["import_line", "import_reason"]
    assert [row.fields["phone"] for row in read_rows(path, again, mapping)] == ["+49 30 3", "=2+5"]


def test_an_interrupted_import_goes_on_with_its_file(tmp_path: Path) -> None:
    shape, rejects = rejected(tmp_path)
    path = tmp_path / "rejects.csv"
    with RejectsFile(path, shape) as file:
        file.write(rejects)
    whole = path.read_bytes()
    with RejectsFile(path, shape, after_line=4) as file:
        assert file.count == 1
        file.write(rejects[1:])
    assert path.read_bytes() == whole
