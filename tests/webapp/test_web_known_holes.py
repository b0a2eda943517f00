"""SEC5: holes that products like ours have had, each as one named test. The attack is the peer's; that it fails is ours.

Where a test of another folder holds the same promise already, the table of `make security` names that one.
"""

import sqlite3
from contextlib import contextmanager
from urllib.parse import quote

import pytest
from sqlalchemy import event, func, select

from nurture.engine.accounts import Role
from nurture.engine.accounts_passwords import hashed, matches
from nurture.engine.feedback import receive
from nurture.store import records as table
from nurture.vocabulary.words import EventKind
from tests.security.attacks import MARK, injected
from tests.webapp.conftest import token_of
from tests.webapp.stand import STAFF, Stand

SQL = (
    f"id; DROP TABLE lead; -- {MARK}",
    f"(CASE WHEN (SELECT 1)=1 THEN name ELSE email END) {MARK}",
    f"1 UNION SELECT password FROM account -- {MARK}",
    f"name, (SELECT pg_sleep(9)) {MARK}",
    f"' OR 1=1 -- {MARK}",
    f"hot:1) OR (1=1 {MARK}",
)
ASKING = (
    "/leads?sort={}", "/leads?q={}", "/leads?tag={}", "/leads?segment={}", "/leads?stage={}", "/leads?owner={}",
    "/leads?after={}", "/leads?persona={}&grade={}", "/companies?after={}", "/companies?q={}", "/inbox?team={}",
    "/verdicts?pattern={}&before={}", "/suppressions?cause={}", "/settings/audit?who={}", "/failed?before={}",
)  # fmt: skip
SECRET = "hush-9f27c1e4"


@contextmanager
def statements(stand: Stand):
    """Every statement that is sent to the store meanwhile, without what is bound to it."""
    sent: list[str] = []

    def keep(_connection, _cursor, statement, *_rest):
        sent.append(statement)

    event.listen(stand.engine.database.engine, "before_cursor_execute", keep)
    try:
        yield sent
    finally:
        event.remove(stand.engine.database.engine, "before_cursor_execute", keep)


# ---------------------------------------------------------------- SQL (listmonk: order_by and query of subscribers; Mautic: filters)


@pytest.mark.parametrize("path", ASKING)
def test_what_a_page_is_asked_never_becomes_sql(stand: Stand, client, path: str):
    with statements(stand) as sent:
        for attack in SQL:
            assert client.get(path.format(*[quote(attack)] * 2)).status_code in (200, 400, 404)
    assert sent
    assert not [each for each in sent if MARK in each]


def test_a_condition_of_a_segment_is_ours_and_no_sql(stand: Stand, client, form_token):
    with statements(stand) as sent:
        for attack in SQL:
            data = {"csrf_token": form_token, "text": f'{{when: "{attack}"}}'}
            client.post("/files/campaigns/programme.yaml/judge", data=data)
    assert not [each for each in sent if MARK in each]
    with stand.engine.database.reading() as connection:
        assert connection.execute(select(func.count()).select_from(table.lead)).scalar_one() == 4


# ---------------------------------------------------------------- exports (listmonk: a list exported by who may not see it)


@pytest.mark.parametrize("role", [Role.SALES, Role.AUTHOR, Role.APPROVER, Role.VIEWER])
def test_nobody_exports_what_he_may_not_see(stand: Stand, client_as, role: Role):
    client = client_as(role)
    assert client.get("/suppressions.csv").status_code == 403
    data = {"csrf_token": token_of(client)}
    for name in ("ada", "bob"):
        answer = client.post(f"/leads/{stand.lead_id(name)}/privacy/export", data=data)
        assert (answer.status_code, answer.mimetype) == (403, "text/html")


# ---------------------------------------------------------------- XSS that is kept (Mautic: referrer; Postal and phpList: bounces)


def test_the_words_of_a_bounce_and_of_a_referrer_are_shown_and_never_run(stand: Stand, client):
    attack = f'"><{MARK} a="'
    touch = stand.first_touch("ada")
    path = stand.engine.keyring.return_path(touch, "bounces.tarewell.example")
    report = (
        f"From: MAILER-DAEMON@mx.example\nTo: {path}\nSubject: failure notice {attack}\nMIME-Version: 1.0\n"
        'Content-Type: multipart/report; report-type=delivery-status; boundary="b"\n\n'
        f"--b\nContent-Type: text/plain\n\n{attack}\n"
        "--b\nContent-Type: message/delivery-status\n\nReporting-MTA: dns; mx.example\n\n"
        "Final-Recipient: rfc822; ada@engine.example\nAction: failed\nStatus: 5.1.1\n"
        f"Diagnostic-Code: smtp; 550 5.1.1 {attack}\n\n--b--\n"
    )
    receive(stand.engine, report.encode(), source="test")
    ada = stand.lead_id("ada")
    stand.records(ada, EventKind.PAGE_VISITED, "referrer", path="/", referrer=attack)
    stand.later(minutes=1)
    shown = 0
    for page in (f"/leads/{ada}", "/replies", "/failed", f"/leads/{ada}/privacy", "/suppressions", "/pace"):
        html = client.get(page).text
        shown += MARK in html
        assert list(injected(html)) == [], page
    assert shown


# ---------------------------------------------------------------- secrets (Mautic: API passwords in pages and exports)


def test_a_secret_that_was_typed_is_never_shown_nor_kept_readable(stand: Stand, client, form_token, tmp_path):
    data = {
        "public_url": "http://127.0.0.1:8025",
        "tracking_url": "https://links.tarewell.example",
        "transport": "smtp",
        "smtp_host": "relay.example",
        "smtp_user": "us",
        "smtp_password": SECRET,
    }
    answer = client.post("/settings/sending", data={"csrf_token": form_token, **data})
    assert answer.status_code == 303, answer.text
    for page in ("/settings/sending", "/settings/audit", "/settings/health", "/"):
        assert SECRET not in client.get(page).text
    with sqlite3.connect(tmp_path / "nurture.sqlite") as store:
        store.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        kept = store.execute("SELECT count(*) FROM setting WHERE name = 'smtp_password'").fetchone()
    assert kept == (1,)
    assert not [
        path for path in tmp_path.rglob("*") if path.is_file() and SECRET.encode() in path.read_bytes()
    ]


# ---------------------------------------------------------------- logins (phpList, Mailpit: who has an account, by the time it takes)


def test_a_login_does_the_same_work_whether_the_address_is_known_or_not(stand: Stand, stranger, monkeypatch):
    with stand.engine.deciding() as (connection, _):
        mail = STAFF[Role.MARKETER]
        account = table.account
        password = hashed("a long enough password 1", email=mail)
        connection.execute(account.update().where(account.c.email == mail).values(password=password))
    token = token_of(stranger, "/login")
    compared: list[str] = []

    def counted(stored, given):
        compared.append(given)
        return matches(stored, given)

    monkeypatch.setattr("nurture.engine.accounts_login.matches", counted)
    work = []
    for address in (STAFF[Role.MARKETER], "nobody@tarewell.example"):
        compared.clear()
        with statements(stand) as sent:
            data = {"csrf_token": token, "email": address, "password": "a wrong password 1"}
            answer = stranger.post("/login", data=data)
        work.append((answer.status_code, len(compared), [each.partition(" ")[0] for each in sent]))
    assert work[0][1] == 1
    assert work[0] == work[1]
