"""SEC1: attack strings in every field that a lead, a form, a mail or a rep may fill, shown in every page, mail, CSV and log."""

import csv
import io
import logging
import os
from email import message_from_bytes
from email.policy import default
from urllib.parse import quote, urlsplit
from zipfile import ZipFile

import pytest
from flask.testing import FlaskClient
from selectolax.lexbor import LexborHTMLParser

from nurture.capture.rejects import RejectsFile
from nurture.capture.rows import Reject
from nurture.capture.sniff import sniff
from nurture.delivery.mailbox import Mailbox
from nurture.engine.feedback import receive
from nurture.engine.intake import NewLead
from nurture.engine.suppression_list import put_on
from nurture.engine.tags import tag
from nurture.store.records import lead
from nurture.vocabulary.words import EventKind, SuppressionCause
from tests.security.attacks import ATTACKS, FORMULA, MARK, injected
from tests.webapp.stand import Stand
from webapp import create_app

SECRET_OF_PAGES = b"s" * 32

STARTS = (
    "/", "/inbox", "/leads", "/companies", "/tasks", "/campaigns", "/broadcasts", "/segments", "/tags", "/forms",
    "/mails", "/mailbox", "/unknown", "/failed", "/deferred", "/replies", "/system-mail", "/suppressions",
    "/settings/audit", "/settings/users",
)  # fmt: skip
TEXTS = (
    "first_name",
    "last_name",
    "company",
    "job_title",
    "industry",
    "phone",
    "city",
    "occupation",
    "landing_page",
)
MANY = "SECURITY_EXAMPLES" in os.environ
A_PAGE_MAX = 60 if MANY else 3
"""Pages of one view that are walked to; more by `make security`."""
RECEIVED = {"received", "x-nurture-sample"}


@pytest.fixture(scope="module")
def attacked(tmp_path_factory):
    """A company all of whose leads are attacks: each has had a mail, has answered it, was tagged and suppressed with one."""
    home = tmp_path_factory.mktemp("attacked")
    told = io.StringIO()
    handler, logs = logging.StreamHandler(told), logging.getLogger("nurture")
    logs.addHandler(handler)
    logs.setLevel(logging.DEBUG)
    stand = Stand(f"sqlite:///{home / 'nurture.sqlite'}", home / "mailbox").publish().with_staff()
    people = [
        NewLead(
            reference=f"a{number}",
            fields={
                "email": f"a{number}@attack.example",
                "country": "DE",
                "company_size": 400,
                **dict.fromkeys(TEXTS, attack),
            },
            tags=(f"{attack[:40]}{number}",),
        )
        for number, attack in enumerate(ATTACKS)
    ]
    ids = stand.engine.enter_leads(people, source="import").lead_ids
    stand.later(minutes=5)
    for number, (lead_id, attack) in enumerate(zip(ids, ATTACKS, strict=True)):
        meets(stand, number, lead_id, attack)
    stand.later(minutes=5)
    stand.later(days=1)
    logs.removeHandler(handler)
    logs.setLevel(logging.NOTSET)
    yield stand, told
    stand.engine.close()


def meets(stand: Stand, number: int, lead_id: int, attack: str) -> None:
    """Whatever the world may tell of a lead says the attack."""
    with stand.engine.deciding() as (connection, now):
        tag(connection, lead_id, [f"t {attack[:30]}"], on=True, by=attack[:60], now=now)
    for kind, words in (
        (EventKind.PAGE_VISITED, {"path": attack, "referrer": attack, "title": attack}),
        (EventKind.FORM_SUBMITTED, {"form": attack}),
        (EventKind.FORM_SUBMITTED, {"form": "demo"}),
        (EventKind.MAIL_CLICKED, {"mail": attack, "link": attack, "url": attack, "humanity": 0.9}),
        (EventKind.FILE_DOWNLOADED, {"path": attack}),
    ):
        told = {"source_id": f"{kind}:{number}:{words!r:.40}"}
        stand.records(lead_id, kind, told["source_id"], **words)
    touch = stand.touch_of(lead_id)
    if touch is not None:
        to = stand.engine.keyring.reply_address(touch, "in.tarewell.example")
        safe = attack.replace("\r", " ").replace("\n", " ").replace("\x00", "")
        answer = f'From: "{safe}" <a{number}@attack.example>\nTo: {to}\nSubject: {safe}\n\n{attack}\n'
        receive(stand.engine, answer.encode(), source="test")
    with stand.engine.deciding() as (connection, now):
        put_on(
            connection,
            f"b{number}@attack.example",
            SuppressionCause.MANUAL,
            by=attack[:60],
            why=attack,
            now=now,
        )


@pytest.fixture(scope="module")
def client(attacked) -> FlaskClient:
    stand, _ = attacked
    return stand.client(create_app(stand.engine, secret=SECRET_OF_PAGES, mailbox=stand.mailbox))


def walked(client: FlaskClient, starts, *, follow: bool = True) -> dict[str, str]:
    """Every page that links lead to, with its HTML; of each view no more than A_PAGE_MAX."""
    pages: dict[str, str] = {}
    counts: dict[str, int] = {}
    waiting = list(starts)
    adapter = client.application.url_map.bind("localhost")
    while waiting:
        path = waiting.pop(0)
        if path in pages:
            continue
        try:
            view, _ = adapter.match(urlsplit(path).path, "GET")
        except Exception:  # noqa: BLE001 a link to nothing: it is looked at, and shows that there is nothing
            view = "nothing"
        counts[view] = counts.get(view, 0) + 1
        if counts[view] > A_PAGE_MAX:
            continue
        answer = client.get(path)
        assert answer.status_code < 500, path
        if answer.mimetype != "text/html":
            continue
        pages[path] = answer.text
        if not follow:
            continue
        links = LexborHTMLParser(answer.text).css("a[href], iframe[src]")
        for link in links:
            href = link.attributes.get("href") or link.attributes.get("src") or ""
            if href.startswith("/") and not href.startswith("//"):
                waiting.append(href.partition("#")[0])
    return pages


# ---------------------------------------------------------------- the check itself


@pytest.mark.parametrize("attack", ATTACKS)
def test_an_attack_that_is_shown_as_it_is_would_be_found_where_it_is_one(attack: str):
    raw = f'<title>{attack}</title><p title="{attack}">{attack}</p><a href="{attack}">x</a><textarea>{attack}</textarea>'
    raw += f"<p title='{attack}'><i {attack}></i></p><script>let a = '{attack}'</script><style>{attack}</style><!--{attack}-->"
    assert list(injected(raw))


def test_what_is_escaped_is_not():
    assert list(injected(f"<p title='&lt;{MARK} on{MARK}=1&gt;'>&lt;{MARK}&gt; 1338</p>")) == []


# ---------------------------------------------------------------- pages


def test_no_page_makes_anything_of_an_attack(attacked, client):
    stand, _ = attacked
    pages = walked(client, STARTS)
    with stand.engine.database.reading() as connection:
        ids = [row.id for row in connection.execute(lead.select())]
    for each in ids:
        pages |= walked(client, [f"/leads/{each}"], follow=False)
    assert sum(MARK in html for html in pages.values()) > len(ids), "the attacks are shown"
    found = {path: list(injected(html)) for path, html in pages.items()}
    assert {path: what for path, what in found.items() if what} == {}


@pytest.mark.parametrize("attack", ATTACKS if MANY else ATTACKS[::3])
def test_no_page_makes_anything_of_an_attack_in_its_address(client, attack: str):
    told = quote(attack, safe="")
    for path in (
        f"/leads?q={told}", f"/leads?tag={told}", f"/leads?segment={told}&sort={told}", f"/leads?stage={told}&after={told}",
        f"/leads/{told}", f"/companies/{told}", f"/segments/{told}", f"/campaigns/{told}", f"/files/{told}", f"/f/{told}",
        f"/mailbox/{told}", f"/u/{told}", f"/p/{told}", f"/v/{told}", f"/f/confirm/{told}", f"/inbox?show={told}&lead={told}",
        f"/broadcasts/new?name={told}&audience={told}&mail={told}&at={told}", f"/settings/audit?who={told}&what={told}",
        f"/{told}", f"/suppressions?cause={told}&page={told}", f"/login?next={told}",
    ):  # fmt: skip
        answer = client.get(path)
        assert answer.status_code < 500, path
        assert f"X-{MARK}".lower() not in {name.lower() for name, _ in answer.headers}
        assert list(injected(answer.text)) == [], path
        if "Location" in answer.headers:
            assert answer.headers["Location"].startswith(("/", "http://localhost/")), path


# ---------------------------------------------------------------- mail


def test_no_mail_makes_anything_of_an_attack(attacked):
    stand, _ = attacked
    mailbox = Mailbox(stand.mailbox)
    stored = mailbox.newest_first()
    assert len(stored) >= len(ATTACKS)
    shown = 0
    for each in stored:
        raw = next(stand.mailbox.rglob(each.name)).read_bytes()
        message = message_from_bytes(raw, policy=default)
        names = [name.lower() for name in message]
        assert not [name for name in names if MARK in name]
        assert not {"bcc", "cc"} & set(names)
        assert [name for name in set(names) - RECEIVED if names.count(name) > 1] == []
        assert b"\x00" not in raw
        for part in message.walk():
            if part.get_content_type() == "text/html":
                text = part.get_content()
                shown += MARK in text
                assert list(injected(text)) == [], each.name
            elif part.get_content_type() == "text/plain":
                assert "1337" not in part.get_content()
    assert shown > len(ATTACKS) / 2


# ---------------------------------------------------------------- CSV, JSON, logs


def cells(text: str) -> list[str]:
    return [cell for row in csv.reader(io.StringIO(text)) for cell in row]


def test_no_cell_of_a_csv_is_a_formula(client, tmp_path):
    listed = client.get("/suppressions.csv").text
    assert "attack.example" in listed
    assert not [cell for cell in cells(listed) if cell.startswith(FORMULA)]
    file = tmp_path / "list.csv"
    file.write_text("email,first_name\nx@x.example,X\n")
    with RejectsFile(tmp_path / "rejects.csv", sniff(file)) as rejects:
        rejects.write(Reject(2 + number, "no address", (each, each)) for number, each in enumerate(ATTACKS))
    assert not [
        cell for cell in cells((tmp_path / "rejects.csv").read_text("utf-8-sig")) if cell.startswith(FORMULA)
    ]


def test_no_cell_of_a_persons_history_is_a_formula(client):
    page = client.get("/leads/1/privacy").text
    token = LexborHTMLParser(page).css_first("input[name=csrf_token]").attributes["value"]
    for lead_id in range(1, len(ATTACKS) + 1):
        answer = client.post(f"/leads/{lead_id}/privacy/export", data={"csrf_token": token})
        file = ZipFile(io.BytesIO(answer.data))
        assert not [cell for cell in cells(file.read("history.csv").decode()) if cell.startswith(FORMULA)]
        assert all(
            ".." not in name and MARK not in name and not name.startswith("/") for name in file.namelist()
        )


def test_no_log_tells_what_anybody_said(attacked):
    _, told = attacked
    assert "tick" in told.getvalue()
    assert MARK not in told.getvalue()
