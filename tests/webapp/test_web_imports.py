"""A file of leads given to a page: read, tried, changed, imported in four clicks; and what is wrong with files."""

import io
import re
import zipfile
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient

from nurture.engine.accounts import Role
from nurture.engine.upload_work import work_on
from nurture.store.records import audit_entry, lead, upload
from tests.webapp.conftest import token_of
from tests.webapp.stand import Stand
from webapp import import_shown, imports

EXPORTS = Path(__file__).parents[1] / "capture" / "exports"
LEADS = (
    b"E-Mail;Vorname;Mitarbeiter;Notiz\r\n"
    b"kai@werft.example;Kai;120;ruft an\r\n"
    b"ada@engine.example;Ada;400;\r\n"
    b"kein at;Jo;3;=HYPERLINK(1)\r\n"
)


class Form:
    """The forms of the pages, as a browser sends them."""

    def __init__(self, client: FlaskClient) -> None:
        self.client = client
        self.token = token_of(client, "/leads/import")

    def give(self, content: bytes, name: str = "leads.csv", **fields: str):
        file = (io.BytesIO(content), name)
        data = {"csrf_token": self.token, "file": file, **fields}
        return self.client.post("/leads/import", data=data, follow_redirects=True)

    def press(self, number: int, what: str, **fields: str):
        data = {"csrf_token": self.token, **fields}
        return self.client.post(f"/leads/import/{number}/{what}", data=data, follow_redirects=True)


@pytest.fixture
def form(client: FlaskClient) -> Form:
    return Form(client)


def chosen(page: str) -> dict[str, str]:
    """What each column becomes, as its select says."""
    found = {}
    for name, options in re.findall(r'<select name="(\d+\.\d+\.to)".*?>(.*?)</select>', page, re.DOTALL):
        found[name] = re.findall(r'<option value="([^"]+)" selected>', options)[0]
    return found


def figures(page: str) -> list[int]:
    """New, known, unmailable, left out, rejected."""
    tiles = re.search(r'<dl class="tiles">(.*?)</dl>', page, re.DOTALL)
    assert tiles
    return [int(each.replace(",", "")) for each in re.findall(r"<dd>([\d,]+)</dd>", tiles[1])]


def rows(stand: Stand, what):
    with stand.engine.database.reading() as connection:
        return connection.execute(what.select()).all()


def test_a_file_is_imported_in_four_clicks(stand: Stand, client: FlaskClient, form: Form):
    assert '/leads/import"' in client.get("/leads").text
    tried = form.give(LEADS).text
    assert figures(tried) == [1, 1, 0, 0, 1]
    assert "line 4: E-Mail: &#39;kein at&#39; is not an e-mail address" in tried
    assert chosen(tried)["0.0.to"] == "to email"
    assert "kai@werft.example" in tried
    done = form.press(1, "begin", **chosen(tried)).text
    assert figures(done) == [1, 1, 0, 0, 1]
    link = re.search(r'href="(/leads\?imported=[^"]+)"', done)
    assert link
    stand.later(minutes=1)
    listed = client.get(link[1]).text
    assert "kai@werft.example" in listed
    assert "ada@engine.example" in listed
    assert "bob@norr.example" not in listed
    with client.get("/leads/import/1/rejects-0.csv") as rejected:
        assert rejected.headers["Content-Disposition"] == "attachment; filename=leads.rejects.csv"
        assert "'=HYPERLINK(1)" in rejected.text
    assert [each.what for each in rows(stand, audit_entry)][-1] == "imported leads"


def test_a_column_that_somebody_changes_is_tried_before_it_is_imported(stand: Stand, form: Form):
    wanted = {**chosen(form.give(LEADS).text), "0.3.to": "new", "0.3.new": "remark"}
    again = form.press(1, "begin", **wanted).text
    assert "You changed how the file is read" in again
    assert chosen(again)["0.3.to"] == "new"
    assert 'value="remark"' in again
    assert len(rows(stand, lead)) == 4
    assert figures(form.press(1, "begin", **chosen(again), **{"0.3.new": "remark"}).text) == [1, 1, 0, 0, 1]


def test_two_columns_for_one_thing_are_refused_and_nothing_is_retyped(form: Form):
    wanted = {**chosen(form.give(LEADS).text), "0.1.to": "to email"}
    refused = form.press(1, "columns", **wanted)
    assert refused.status_code == 422
    assert "both become &#39;email&#39;" in refused.text
    assert chosen(refused.text)["0.1.to"] == "to email"


def test_an_export_is_known_and_its_zip_read_whole(form: Form):
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        for file in sorted(EXPORTS.glob("*_email_audience_*.csv")):
            archive.write(file, file.name)
    tried = form.give(packed.getvalue(), "audience.zip", lists="events").text
    assert tried.count("An export of Mailchimp") == 4
    assert "Everybody in it: unsubscribed" in tried
    assert "1 complaint, 1 unsubscribed" in tried
    done = form.press(1, "begin", **chosen(tried), lists="events").text
    assert "1 complaint, 1 unsubscribed" in done


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ((b"", "leads.csv"), "leads.csv: is empty"),
        ((b"", ""), "choose a file of leads first"),
        ((b"PK\x03\x04" + b"0" * 99, "leads.xlsx"), "leads.xlsx: is a spreadsheet or archive"),
        ((b"%PDF-1.7 leads", "leads.csv"), "is a PDF document"),
        ((bytes(range(256)) * 9, "leads.csv"), "is no text"),
        ((b",".join(b"c%d" % n for n in range(1_200)) + b"\n" + b"1," * 1_199 + b"1\n", "wide.csv"), "has rows of more than 1,000 cells"),
    ],
)  # fmt: skip
def test_a_file_that_is_none_says_why(stand: Stand, form: Form, tmp_path: Path, given, said: str):
    answer = form.give(*given)
    assert answer.status_code == 422
    assert said in answer.text
    assert str(tmp_path) not in answer.text
    assert rows(stand, upload) == []
    assert list((tmp_path / "imports").iterdir()) == []


def test_an_archive_that_grows_beyond_all_bounds_is_not_unpacked(form: Form, tmp_path: Path):
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("leads.csv", "email\n")
    bomb = packed.getvalue()
    entry = bomb.rindex(b"PK\x01\x02")
    # The directory at the end says how large it will be: two gigabytes.
    bomb = bomb[: entry + 24] + (2 << 30).to_bytes(4, "little") + bomb[entry + 28 :]
    answer = form.give(bomb, "leads.zip")
    assert answer.status_code == 422
    assert "more than 50 lists or 1 GB" in answer.text
    assert list((tmp_path / "imports").iterdir()) == []


def test_names_that_come_twice_are_told_apart(form: Form):
    tried = form.give(b"email,Phone,Phone\nkai@werft.example,1,2\n").text
    assert "Phone (2)" in tried


def test_another_encoding_is_read_as_somebody_says(form: Form):
    content = "email;name\nkai@werft.example;Łukasz Żak\n".encode("cp1250")
    assert "Łukasz" in form.give(content, encoding="cp1250").text
    wrong = form.give(content, encoding="klingon")
    assert "no encoding is called &#39;klingon&#39;" in wrong.text


def test_a_large_file_waits_for_the_worker_and_is_stopped_and_resumed(
    stand: Stand, client: FlaskClient, form: Form, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(imports, "AT_ONCE_BYTES", 10)
    waiting = form.give(LEADS).text
    assert "Trying it, nothing is changed: 0 of about 3 rows" in waiting
    assert "No worker is at work" in waiting
    work_on(stand.engine, tmp_path / "imports", by="worker")
    tried = client.get("/leads/import/1").text
    assert "Importing: 0 of about 3 rows" in form.press(1, "begin", **chosen(tried)).text
    assert "Stopped after 0 rows" in form.press(1, "stop").text
    assert not work_on(stand.engine, tmp_path / "imports", by="worker")
    form.press(1, "resume")
    assert client.get("/leads/import/1/progress.json").json["over"] is False
    work_on(stand.engine, tmp_path / "imports", by="worker")
    assert client.get("/leads/import/1/progress.json").json["over"] is True
    assert figures(client.get("/leads/import/1").text) == [1, 1, 0, 0, 1]


def test_what_is_imported_is_not_begun_or_changed_again(form: Form):
    tried = form.give(LEADS).text
    form.press(1, "begin", **chosen(tried))
    assert form.press(1, "begin", **chosen(tried)).status_code == 409
    assert form.press(1, "columns", **chosen(tried), source="other").status_code == 409


def test_a_file_is_thrown_away(form: Form, client: FlaskClient, tmp_path: Path):
    tried = form.give(LEADS).text
    form.press(1, "forget")
    assert list((tmp_path / "imports").iterdir()) == []
    assert "was thrown away" in client.get("/leads/import/1").text
    assert form.press(1, "begin", **chosen(tried)).status_code == 409


# ---------------------------------------------------------------- what may come in


def test_a_file_may_be_larger_than_a_form(form: Form, app: Flask):
    app.config["MAX_CONTENT_LENGTH"] = 1_000
    content = LEADS + b"".join(b"p%03d@x.example;P;1;%s\r\n" % (n, b"x" * 100) for n in range(50))
    assert figures(form.give(content).text)[0] == 51


def test_a_file_beyond_all_bounds_is_refused(form: Form):
    too_much = {"CONTENT_LENGTH": str(import_shown.FILE_BYTES_MAX + 1)}
    answer = form.client.post("/leads/import", environ_overrides=too_much)
    assert answer.status_code == 413
    assert "at most 100 MB" in answer.text


def test_a_form_without_its_token_is_refused(client: FlaskClient, stand: Stand, tmp_path: Path):
    answer = client.post("/leads/import", data={"file": (io.BytesIO(LEADS), "leads.csv")})
    assert answer.status_code == 400
    assert "too old" in answer.text
    assert rows(stand, upload) == []


def test_who_may_not_import_sends_nothing(client_as, stranger: FlaskClient):
    assert client_as(Role.SALES).post("/leads/import", data=b"x").status_code == 403
    assert "/login" in stranger.post("/leads/import", data=b"x").headers["Location"]
    assert client_as(Role.VIEWER).get("/leads/import").status_code == 403
    assert "/leads/import" not in client_as(Role.VIEWER).get("/leads").text


def test_other_forms_stay_small(client: FlaskClient):
    assert client.post("/go", data={"q": "x" * 1_100_000}).status_code == 413


def test_rejects_are_no_way_to_other_files(client: FlaskClient, form: Form):
    form.give(LEADS)
    for path in ("rejects-1.csv", "rejects-0.csv", "..%2fread.json", "rejects-..%2f..%2fnurture.sqlite.csv"):
        assert client.get(f"/leads/import/1/{path}").status_code == 404
