"""The second step on pages: turned on with the picture, asked for at the next login, and no way around it."""

import re
from base64 import b32decode

import pytest
from cryptography.hazmat.primitives.hashes import SHA1
from cryptography.hazmat.primitives.twofactor.totp import TOTP
from flask.testing import FlaskClient

from nurture.engine.accounts import Role
from nurture.engine.accounts_links import Purpose, new_link
from nurture.engine.accounts_login import set_password
from tests.webapp.conftest import token_of
from tests.webapp.stand import STAFF, Stand

ADMIN = STAFF[Role.ADMIN]
PASSWORD = "a sentence is fine"
PAGE = "/settings/account/second-step"


@pytest.fixture(autouse=True)
def with_password(stand: Stand) -> None:
    with stand.engine.deciding() as (connection, now):
        set_password(connection, stand.account(Role.ADMIN), PASSWORD, now=now)


def send(client: FlaskClient, path: str, page: str, **fields: str):
    return client.post(path, data={"csrf_token": token_of(client, page), **fields})


def log_in(client: FlaskClient, following: str = "/"):
    return send(client, "/login", "/login", email=ADMIN, password=PASSWORD, next=following)


def is_in(client: FlaskClient) -> bool:
    return client.get("/leads").status_code == 200


def code(stand: Stand, key: str) -> str:
    return TOTP(b32decode(key), 6, SHA1(), 30).generate(int(stand.clock.now().timestamp())).decode()


def turned_on(stand: Stand, client: FlaskClient) -> tuple[str, list[str]]:
    """The key and the spare codes of the admin, who has just turned it on."""
    page = client.get(PAGE).text
    key = re.search(r'class="letters">([A-Z2-7 ]+)<', page)[1].replace(" ", "")
    fields = {name: re.search(rf'name="{name}" value="([^"]+)"', page)[1] for name in ("csrf_token", "key")}
    answer = client.post(PAGE, data={**fields, "code": code(stand, key), "current": PASSWORD})
    assert answer.status_code == 200, answer.text
    return key, re.findall(r"<li><code>([0-9a-f]{6}-[0-9a-f]{6})</code>", answer.text)


def test_from_then_on_the_password_leads_to_the_code_and_the_code_to_where_one_wanted_to_go(
    stand: Stand, stranger: FlaskClient
):
    log_in(stranger)
    key, spare = turned_on(stand, stranger)
    assert len(spare) == 10
    assert is_in(stranger)  # this session goes on
    send(stranger, "/logout", "/settings/account")
    stand.later(minutes=1)
    assert log_in(stranger, "/leads?q=ada").headers["Location"] == "/login/code?next=/leads?q%3Dada"
    assert not is_in(stranger)
    wrong = send(stranger, "/login/code", "/login/code", code="123")
    assert wrong.status_code == 401
    assert "used already" in wrong.text
    assert not is_in(stranger)
    right = send(stranger, "/login/code", "/login/code", code=code(stand, key), next="/leads?q=ada")
    assert right.headers["Location"] == "/leads?q=ada"
    assert is_in(stranger)


@pytest.mark.parametrize("purpose", [Purpose.LOGIN, Purpose.RESET])
def test_a_link_is_no_way_around_it(
    stand: Stand, client: FlaskClient, stranger: FlaskClient, purpose: Purpose
):
    key, _ = turned_on(stand, client)
    stand.later(minutes=1)
    with stand.engine.deciding() as (connection, now):
        token = new_link(connection, stand.account(Role.ADMIN), purpose, now=now)
    path = f"/{'reset' if purpose is Purpose.RESET else 'login'}/{token}"
    answer = send(stranger, path, path, password="another fine sentence")
    assert answer.headers["Location"].startswith("/login/code")
    assert not is_in(stranger)
    send(stranger, "/login/code", "/login/code", code=code(stand, key))
    assert is_in(stranger)


def test_halfway_in_lasts_ten_minutes(stand: Stand, client: FlaskClient, stranger: FlaskClient):
    key, _ = turned_on(stand, client)
    log_in(stranger)
    token = token_of(stranger, "/login/code")
    stand.later(minutes=11)
    answer = stranger.post("/login/code", data={"csrf_token": token, "code": code(stand, key)})
    assert answer.headers["Location"].startswith("/login")
    assert not is_in(stranger)
    assert stranger.get("/login/code").headers["Location"].startswith("/login?")


def test_without_the_telephone_a_spare_code_lets_in_or_an_admin_turns_it_off(
    stand: Stand, client: FlaskClient, stranger: FlaskClient
):
    _, spare = turned_on(stand, client)
    log_in(stranger)
    send(stranger, "/login/code", "/login/code", code=spare[0])
    assert is_in(stranger)
    assert "9 spare codes left" in client.get(PAGE).text
    assert "two steps" in client.get("/settings/users").text
    number = stand.account(Role.ADMIN).id
    send(client, f"/settings/users/{number}/one-step", "/settings/users")
    send(stranger, "/logout", "/settings/account")
    assert log_in(stranger).headers["Location"] == "/"
    assert is_in(stranger)


def test_turning_it_on_or_off_takes_the_password(stand: Stand, client: FlaskClient):
    page = client.get(PAGE).text
    key = re.search(r'class="letters">([A-Z2-7 ]+)<', page)[1].replace(" ", "")
    sealed = re.search(r'name="key" value="([^"]+)"', page)[1]
    refused = send(client, PAGE, "/settings/account", key=sealed, code=code(stand, key), current="wrong")
    assert refused.status_code == 400
    assert "current password is not right" in refused.text
    turned_on(stand, client)
    refused = send(client, PAGE + "/off", "/settings/account", current="wrong")
    assert refused.status_code == 400
    assert stand.account(Role.ADMIN).second_step is not None
    send(client, PAGE + "/off", "/settings/account", current=PASSWORD)
    assert stand.account(Role.ADMIN).second_step is None


def test_a_key_of_ones_own_making_is_not_taken(client: FlaskClient, stand: Stand):
    answer = send(client, PAGE, "/settings/account", key="AAAA", code="123456", current=PASSWORD)
    assert answer.headers["Location"] == PAGE
    assert stand.account(Role.ADMIN).second_step is None


def test_what_was_sent_before_the_login_passes_both_steps(stand: Stand, stranger: FlaskClient):
    log_in(stranger)
    key, _ = turned_on(stand, stranger)
    lead = f"/leads/{stand.lead_id('ada')}"
    typed = {"csrf_token": token_of(stranger, lead), "note": "Calls back on Friday"}
    send(stranger, "/logout", "/settings/account")
    stand.later(minutes=1)

    def carried(page: str) -> dict[str, str]:
        return dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)">', page))

    asked = stranger.post(f"{lead}/notes", data=typed)
    halfway = stranger.post("/login", data={**carried(asked.text), "email": ADMIN, "password": PASSWORD})
    assert "Friday" not in halfway.text
    wrong = stranger.post("/login/code", data={**carried(halfway.text), "code": "123"})
    assert wrong.status_code == 401
    back = stranger.post("/login/code", data={**carried(wrong.text), "code": code(stand, key)})
    assert back.status_code == 200
    assert "Calls back on Friday" in back.text
