"""The door: what lets in, what does not, and what a session is worth afterwards."""

import re
from urllib.parse import quote

import pytest
from flask.testing import FlaskClient

from nurture.engine.accounts import Role, account_of, disable, first_admin, set_role
from nurture.engine.accounts_links import Purpose, new_link
from nurture.engine.accounts_login import set_password
from nurture.engine.accounts_tries import PER_ADDRESS
from tests.webapp.conftest import token_of
from tests.webapp.stand import STAFF, Stand

ADMIN = STAFF[Role.ADMIN]
PASSWORD = "a sentence is fine"


@pytest.fixture
def with_password(stand: Stand) -> str:
    """The admin's password."""
    with stand.engine.deciding() as (connection, now):
        set_password(connection, stand.account(Role.ADMIN), PASSWORD, now=now)
    return PASSWORD


@pytest.fixture
def link(stand: Stand):
    """A path that lets the account of a role in."""

    def link(role: Role = Role.SALES, purpose: Purpose = Purpose.LOGIN) -> str:
        with stand.engine.deciding() as (connection, now):
            token = new_link(connection, stand.account(role), purpose, now=now)
        return f"/{'reset' if purpose is Purpose.RESET else 'login'}/{token}"

    return link


def send(client: FlaskClient, path: str, page: str | None = None, **fields: str):
    """Send the form of *page*, or of *path* itself."""
    return client.post(path, data={"csrf_token": token_of(client, page or path), **fields})


def log_in(client: FlaskClient, password: str = PASSWORD, **fields: str):
    return send(client, "/login", email=ADMIN, password=password, **fields)


def is_in(client: FlaskClient) -> bool:
    return client.get("/leads").status_code == 200


# ---------------------------------------------------------------- in


def test_nobody_sees_anything_before_the_login(stranger: FlaskClient):
    answer = stranger.get("/leads?q=ada&sort=fit")
    assert answer.headers["Location"] == "/login?next=/leads?q%3Dada%26sort%3Dfit"
    assert "Nowak" not in answer.text


@pytest.mark.usefixtures("with_password")
def test_the_right_password_leads_to_where_one_wanted_to_go(stranger: FlaskClient):
    assert log_in(stranger, next="/leads?q=ada").headers["Location"] == "/leads?q=ada"
    assert "Nowak" in stranger.get("/leads?q=ada").text


@pytest.mark.usefixtures("with_password")
def test_the_wrong_one_does_not_and_keeps_the_address(stranger: FlaskClient):
    answer = log_in(stranger, "another sentence")
    assert answer.status_code == 401
    assert f'value="{ADMIN}"' in answer.text
    assert "do not belong together" in answer.text
    assert not is_in(stranger)


@pytest.mark.usefixtures("with_password")
def test_too_many_tries_have_to_wait(stand: Stand, stranger: FlaskClient):
    for _ in range(PER_ADDRESS):
        assert log_in(stranger, "wrong").status_code == 401
    assert log_in(stranger).status_code == 429
    stand.later(minutes=15)
    assert log_in(stranger).status_code == 303


ELSEWHERE = [
    "http://evil.example/", "https://evil.example", "//evil.example", "///evil.example", "/\\evil.example",
    "\\\\evil.example", "http:evil.example", "javascript:alert(1)", "/\t/evil.example", "http://[", "leads",
]  # fmt: skip


@pytest.mark.usefixtures("with_password")
@pytest.mark.parametrize("wanted", ELSEWHERE)
def test_a_login_leads_nowhere_else(stranger: FlaskClient, wanted: str):
    assert stranger.get("/login?next=" + quote(wanted)).status_code == 200
    target = log_in(stranger, next=wanted).headers["Location"]
    assert re.fullmatch(r"/[\w.]*", target)


@pytest.mark.usefixtures("with_password")
def test_the_session_is_a_new_one_and_its_cookie_is_kept_from_scripts(stranger: FlaskClient):
    before = token_of(stranger, "/login")
    cookie = log_in(stranger).headers["Set-Cookie"]
    assert token_of(stranger) != before
    assert "HttpOnly" in cookie
    assert "SameSite=Lax" in cookie
    assert "Secure" not in cookie


def test_under_https_the_cookie_stays_there(stand: Stand, with_password: str):
    from webapp import create_app

    app = create_app(
        stand.engine, secret=b"s" * 32, mailbox=None, public_url="https://nurture.tarewell.example"
    )
    assert app.config["SESSION_COOKIE_SECURE"] is True


def test_a_login_of_another_site_is_refused(stranger: FlaskClient, with_password: str):
    answer = stranger.post("/login", data={"email": ADMIN, "password": with_password})
    assert answer.status_code == 400
    assert not is_in(stranger)


# ---------------------------------------------------------------- by a link


@pytest.mark.parametrize("purpose", [Purpose.LOGIN, Purpose.INVITATION])
def test_a_link_is_opened_by_a_button_and_works_once(stranger: FlaskClient, link, purpose: Purpose):
    path = link(purpose=purpose)
    for _ in range(3):  # scanners and mail programs open it first
        assert stranger.get(path).status_code == 200
        assert stranger.head(path).status_code == 200
    assert send(stranger, path).headers["Location"] == "/welcome"
    assert is_in(stranger)
    again = stranger.get(path)
    assert again.status_code == 404
    assert "does not work any more" in again.text


@pytest.mark.parametrize("path", ["/login/nonsense", "/reset/nonsense"])
def test_a_link_of_nobody_lets_nobody_in(stranger: FlaskClient, path: str):
    assert stranger.get(path).status_code == 404
    assert send(stranger, path, page="/login", password=PASSWORD).status_code == 404
    assert not is_in(stranger)


def test_a_link_of_a_disabled_account_is_void(stand: Stand, stranger: FlaskClient, link):
    path = link()
    with stand.engine.deciding() as (connection, now):
        disable(connection, stand.account(Role.SALES), by=ADMIN, now=now)
    assert stranger.get(path).status_code == 404


def test_the_first_admin_says_who_it_is_and_can_come_back(stand: Stand, app, stranger: FlaskClient):
    with stand.engine.deciding() as (connection, now):
        token = new_link(connection, first_admin(connection, now=now), Purpose.LOGIN, now=now)
    assert send(stranger, f"/login/{token}").headers["Location"] == "/welcome"
    fields = {"name": "Ines Weber", "email": "boss@tarewell.example", "password": PASSWORD}
    assert send(stranger, "/welcome", **fields).headers["Location"] == "/"
    assert "Ines Weber" in stranger.get("/").text
    another = app.test_client()
    assert send(another, "/login", email="boss@tarewell.example", password=PASSWORD).status_code == 303
    assert is_in(stranger)
    assert is_in(another)


@pytest.mark.parametrize("fields", [{"password": "short"}, {"password": ""}])
def test_a_first_visit_with_a_weak_password_is_asked_again(stranger: FlaskClient, link, fields):
    send(stranger, link())
    answer = send(stranger, "/welcome", name="Freya Falk", **fields)
    assert answer.status_code == 400
    assert "12 to 256 characters" in answer.text
    assert 'value="Freya Falk"' in answer.text


# ---------------------------------------------------------------- a forgotten password


def test_a_reset_is_mailed_and_ends_what_was_open(
    stand: Stand, stranger: FlaskClient, client: FlaskClient, with_password: str
):
    before = stand.client(stranger.application)
    asked = send(stranger, "/forgot", email=ADMIN)
    stand.engine.tick()
    sent = max((stand.mailbox / "new").iterdir(), key=lambda path: path.stat().st_mtime_ns).read_text()
    path = re.search(r"http://127\.0\.0\.1:8025(/reset/[\w-]+)", sent.replace("=\n", ""))[1]
    assert "If that address has an account" in asked.text
    assert send(stranger, path, password="quite another one").headers["Location"] == "/"
    assert is_in(stranger)
    assert not is_in(before)
    assert log_in(stranger.application.test_client()).status_code == 401


def test_who_has_no_account_is_not_told_so(stranger: FlaskClient):
    token = token_of(stranger, "/forgot")
    known, unknown = (
        stranger.post("/forgot", data={"csrf_token": token, "email": email})
        for email in (ADMIN, "nobody@tarewell.example")
    )
    assert (known.status_code, known.text) == (unknown.status_code, unknown.text)


def test_a_reset_with_a_weak_password_is_asked_again(stranger: FlaskClient, link):
    path = link(purpose=Purpose.RESET)
    answer = send(stranger, path, password="short")
    assert answer.status_code == 400
    assert "12 to 256 characters" in answer.text
    assert send(stranger, path, password=PASSWORD).status_code == 303


def test_the_link_of_another_is_not_read_in_the_mailbox(stand: Stand, stranger: FlaskClient, client_as):
    send(stranger, "/forgot", email=ADMIN)
    stand.engine.tick()
    name = max((stand.mailbox / "new").iterdir(), key=lambda path: path.stat().st_mtime_ns).name
    admin, marketer = client_as(Role.ADMIN), client_as(Role.MARKETER)
    for path in (f"/mailbox/{name}", f"/mailbox/{name}/html", f"/mailbox/{name}/source"):
        assert "/reset/" in admin.get(path).text.replace("=\n", "")
        assert marketer.get(path).status_code == 404
    assert name in admin.get("/mailbox").text
    assert name not in marketer.get("/mailbox").text
    assert "/mailbox/" in marketer.get("/mailbox").text


# ---------------------------------------------------------------- what a session is worth


def test_a_session_ends_with_the_role_it_was_begun_in(stand: Stand, client_as):
    sales = client_as(Role.SALES)
    assert is_in(sales)
    with stand.engine.deciding() as (connection, now):
        set_role(connection, stand.account(Role.SALES), Role.VIEWER, by=ADMIN, now=now)
    assert not is_in(sales)


def test_a_session_ends_with_its_account(stand: Stand, client_as):
    sales = client_as(Role.SALES)
    with stand.engine.deciding() as (connection, now):
        disable(connection, stand.account(Role.SALES), by=ADMIN, now=now)
    assert not is_in(sales)


def test_a_session_that_is_used_goes_on_and_an_idle_one_ends(stand: Stand, client: FlaskClient):
    for _ in range(3):
        stand.clock.turn_to(stand.clock.now().replace(day=stand.clock.now().day + 9))
        assert is_in(client)
    stand.later(days=14, minutes=1)
    assert not is_in(client)


def test_logging_out_ends_this_session(client: FlaskClient):
    assert send(client, "/logout", page="/").headers["Location"] == "/login"
    assert not is_in(client)


def test_a_new_password_ends_every_session_but_this_one(
    stand: Stand, stranger: FlaskClient, client: FlaskClient, with_password: str
):
    log_in(stranger)
    other = stand.client(stranger.application)
    fields = {"name": "Ines", "email": ADMIN, "current": with_password, "password": "quite another one"}
    assert send(stranger, "/settings/account", **fields).status_code == 303
    assert is_in(stranger)
    assert not is_in(other)


def test_every_other_session_is_ended_on_demand(stand: Stand, client: FlaskClient):
    other = stand.client(client.application)
    send(client, "/settings/account/sessions", page="/settings/account")
    assert is_in(client)
    assert not is_in(other)


# ---------------------------------------------------------------- one's own account


def test_nothing_is_changed_without_the_current_password(
    stand: Stand, stranger: FlaskClient, with_password: str
):
    log_in(stranger)
    fields = {"name": "Mallory", "email": "mallory@evil.example", "password": "quite another one"}
    for current in ("", "wrong"):
        answer = send(stranger, "/settings/account", current=current, **fields)
        assert answer.status_code == 400
    assert stand.account(Role.ADMIN).name is None
    assert log_in(stranger.application.test_client()).status_code == 303


def test_a_link_takes_the_place_of_a_forgotten_password_for_a_while(
    stand: Stand, stranger: FlaskClient, link, with_password: str
):
    send(stranger, link(Role.ADMIN))
    assert "Current password" not in stranger.get("/settings/account").text
    stand.later(minutes=61)
    assert "Current password" in stranger.get("/settings/account").text


def test_only_an_admin_takes_another_address(stand: Stand, client_as):
    send(client_as(Role.SALES), "/settings/account", name="Karla", email="karla@tarewell.example")
    who = stand.account(Role.SALES)
    assert (who.name, who.email) == ("Karla", STAFF[Role.SALES])
    send(client_as(Role.ADMIN), "/settings/account", name="", email="boss@tarewell.example")
    with stand.engine.database.reading() as connection:
        assert account_of(connection, "boss@tarewell.example")


@pytest.mark.parametrize(
    "cookie", ["", "nonsense", "eyJhY2NvdW50IjoxLCJlcG9jaCI6MX0.aaaaaa.bbbbbbbbbbbbbbbbbbbbbbbbbbb"]
)
def test_a_cookie_that_we_did_not_sign_is_nobodys(stranger: FlaskClient, cookie: str):
    stranger.set_cookie("nurture", cookie)
    assert not is_in(stranger)
