"""What pages say in German when something is refused, wrong, empty or done: no English sentence is left there either."""

import csv
import io
from collections.abc import Callable

import pytest
from flask import Flask
from flask.testing import FlaskClient
from lxml import html
from werkzeug.exceptions import default_exceptions
from werkzeug.test import TestResponse

from nurture.languages.said import said_in
from tests.webapp.conftest import token_of
from tests.webapp.german import english, is_english, theirs
from tests.webapp.stand import Stand
from webapp.undo import UNDO

LEADS = (
    b"E-Mail;Vorname;Mitarbeiter;Land;Seit;Notiz;Status\r\n"
    b"kai@werft.example;Kai;120;DE;13.01.2026;ruft an;hot\r\n"
    b"ada@engine.example;Ada;400;DE;02.01.2026;;kalt\r\n"
    b"kein at;Jo;3;DE;14.01.2026;=HYPERLINK(1);hot\r\n"
    b"kai@werft.example;Kai;viele;Nirgendwo;32.01.2026;;\r\n"
    b"kurz@werft.example;Kurz\r\n"
    b"lang@werft.example;Lang;1;DE;15.01.2026;;hot;zu viel\r\n"
)


ARGUMENTS = {
    "lead_id": 1,
    "other": 2,
    "number": 1,
    "file": 0,
    "view": 1,
    "account_id": 2,
    "event_id": 1,
    "key": "trial-onboarding",
    "track": "hot",
    "path": "campaigns/trial-onboarding/mails/welcome.mjml",
    "token": "cut-short",
    "bank": "fit",
    "name": "crm",
    "language": "de",
    "provider": "postmark",
    "turn": "undo",
}
"""What stands in the address of a form."""
LEFT_OUT = {"account.logout", "sample.take_out", "scoring.back_test", "scoring.effect"}
"""What ends the session, or takes long and has tests of its own."""
ANSWERED_MIN = 80
SEE_OTHER = 303


@pytest.fixture
def client(stand: Stand, app: Flask) -> FlaskClient:
    """A browser where an admin is logged in who reads German."""
    client = stand.client(app)
    client.environ_base["HTTP_ACCEPT_LANGUAGE"] = "de"
    return client


def in_german(answer: TestResponse) -> str:
    """The page, which has no English left."""
    page = html.document_fromstring(answer.text)
    assert page.get("lang") == "de", answer.text[:200]
    left = english(page)
    assert not left, "\n".join(left)
    return " ".join(page.text_content().split())


@pytest.fixture
def give(client: FlaskClient) -> Callable[..., TestResponse]:
    def given(content: bytes, name: str = "leads.csv", **fields: str) -> TestResponse:
        data = {
            "csrf_token": token_of(client),
            "file": (io.BytesIO(content), name),
            **fields,
        }
        return client.post("/leads/import", data=data, follow_redirects=True)

    return given


def test_a_file_says_why_rows_are_rejected_and_columns_are_taken(client: FlaskClient, give):
    page = in_german(give(LEADS, duplicates="reject"))
    assert "Zeile 4: E-Mail: 'kein at' ist keine E-Mail-Adresse" in page
    assert "Zeile 5: Dublette von Zeile 2" in page
    assert "Zeile 6: hat 2 Zellen, die Kopfzeile 7" in page
    assert "diesen Lead gibt es schon" in page


def test_the_file_of_rejected_rows_says_why(stand: Stand, app: Flask, client: FlaskClient, give):
    give(LEADS)
    client.post("/leads/import/1/begin", data={"csrf_token": token_of(client)})
    text = client.get("/leads/import/1/rejects-0.csv").data.decode("utf-8-sig")
    rows = list(csv.reader(io.StringIO(text, newline=""), delimiter=";"))
    assert rows[0][-2:] == ["import_line", "import_reason"]
    assert rows[1][:2] == ["kein at", "Jo"]
    assert [row[-1] for row in rows[1:]] == [
        "E-Mail: 'kein at' ist keine E-Mail-Adresse",
        "hat 2 Zellen, die Kopfzeile 7",
        "hat 8 Zellen, die Kopfzeile 7 (hinter der letzten Spalte: zu viel)",
    ]
    with stand.client(app).get("/leads/import/1/rejects-0.csv") as told:
        assert "is not an e-mail address" in told.text


@pytest.mark.parametrize(
    ("content", "name", "said"),
    [
        (b"", "leads.csv", "leads.csv: ist leer"),
        (b"", "", "Datei"),
        (b"PK\x03\x04" + b"0" * 99, "leads.xlsx", "eine Tabelle oder ein Archiv"),
        (bytes(range(256)) * 9, "leads.csv", "ist kein Text"),
        (b"\n\n", "leads.csv", "leads.csv: ist leer"),
        (b"Email,Name\n", "leads.csv", "keine Werte"),
    ],
)
def test_a_file_that_is_none_says_why(give, content: bytes, name: str, said: str):
    assert said in in_german(give(content, name))


def test_a_launch_says_what_its_checks_found(stand: Stand, client: FlaskClient):
    stand.with_a_draft()
    page = in_german(client.get("/campaigns/hello/go-live"))
    assert "ist noch zu ersetzen; setzen Sie Ihre eigenen Worte ein" in page
    assert "von dieser Kampagne" in page


def test_a_refusal_of_any_kind_says_what_to_do(app: Flask):
    left = {}
    for code, refusal in default_exceptions.items():
        with app.test_request_context("/leads", headers={"Accept-Language": "de"}):
            shown, status = app.handle_user_exception(refusal())
        assert status == code
        left |= dict.fromkeys(english(html.document_fromstring(shown)), code)
    assert not left, left


def test_what_nobody_filled_in_is_answered_in_german(app: Flask, client: FlaskClient):
    """Every form, sent as nobody sends it: each refusal and each thing done says so in German."""
    token, left, answered = token_of(client), {}, 0
    for rule in app.url_map.iter_rules():
        if "POST" in (rule.methods or ()) and rule.endpoint not in LEFT_OUT:
            path = app.url_map.bind("localhost").build(
                rule.endpoint, {name: ARGUMENTS[name] for name in rule.arguments}, method="POST"
            )
            answer = client.post(path, data={"csrf_token": token})
            said = flashed(client)
            if answer.mimetype == "text/html" and answer.status_code != SEE_OTHER:
                page = html.document_fromstring(answer.text or "<p></p>")
                said += english(page) if page.get("lang", "de") == "de" else []
            answered += 1
            left |= {words: path for words in said if is_english(words, theirs())}
    assert answered >= ANSWERED_MIN
    assert not left, "\n".join(f"{where}: {words}" for words, where in left.items())


def flashed(client: FlaskClient) -> list[str]:
    """What the next page would say is done or not done."""
    with client.session_transaction() as session:
        told = [each["words"] if kind == UNDO else each for kind, each in session.pop("_flashes", [])]
        return [said_in("de", words) for words in told]


def test_the_completion_list_explains_itself_in_german(client: FlaskClient):
    told = client.get("/files/campaigns/trial-onboarding/mails/welcome.mjml/words").json
    words = [each["words"] for each in told["values"]]
    assert "von wem die E-Mail kommt" in words
    assert not [each for each in words if is_english(each, theirs())]
