"""Who may log in, as an admin sees and changes it; and the log of who did what."""

import re

import pytest
from flask.testing import FlaskClient

from nurture.engine.accounts import Role, account_of
from nurture.engine.audit import audit
from tests.webapp.conftest import token_of
from tests.webapp.stand import STAFF, Stand


@pytest.fixture
def send(client: FlaskClient, form_token: str):
    def send(path: str, **fields: str):
        data = {"csrf_token": form_token, **fields}
        return client.post(path, data=data, follow_redirects=True)

    return send


def of(stand: Stand, role: Role) -> str:
    return f"/settings/users/{stand.account(role).id}"


def test_the_list_says_who_may_log_in_as_what(client: FlaskClient):
    page = client.get("/settings/users").text
    for email in STAFF.values():
        assert email in page
    assert "not yet" in page


def test_an_invitation_is_shown_and_mailed_and_lets_in(stand: Stand, client: FlaskClient, send):
    page = send("/settings/users", email="Nora@tarewell.example", role="author")
    link = re.search(r'value="http://127\.0\.0\.1:8025(/login/[\w-]+)"', page.text)[1]
    stand.engine.tick()
    mails = [path.read_text().replace("=\n", "") for path in (stand.mailbox / "new").iterdir()]
    assert [link in mail for mail in mails if "nora@tarewell.example" in mail] == [True]
    assert link not in client.get("/settings/users").text  # it is shown once
    nora = client.application.test_client()
    assert "nora@tarewell.example" in nora.get(link).text
    nora.post(link, data={"csrf_token": token_of(nora, link)})
    assert "nora@tarewell.example · author" in nora.get("/campaigns").text
    assert nora.get("/settings/users").status_code == 403


@pytest.mark.parametrize(
    ("email", "role", "said"),
    [
        ("freya@tarewell.example", "sales", "has an account already"),
        ("freya", "sales", "is not an e-mail address"),
        ("nora@tarewell.example", "king", "Choose one of the roles"),
        ("nora@tarewell.example", "", "Choose one of the roles"),
    ],
)
def test_an_invitation_that_cannot_be_says_why(send, email: str, role: str, said: str):
    answer = send("/settings/users", email=email, role=role)
    assert answer.status_code == 400
    assert said in answer.text


def test_what_an_address_holds_is_shown_as_text(send):
    answer = send("/settings/users", email='"><script>alert(1)</script>', role="sales")
    assert "<script>alert" not in answer.text


def test_a_role_is_changed(stand: Stand, send):
    assert "is now approver" in send(f"{of(stand, Role.SALES)}/role", role="approver").text
    assert stand.account(Role.SALES).role is Role.APPROVER


def test_an_account_is_disabled_and_enabled(stand: Stand, send):
    assert "can no longer log in" in send(f"{of(stand, Role.SALES)}/disable").text
    assert not stand.account(Role.SALES).is_active
    assert send(f"{of(stand, Role.SALES)}/link").status_code == 400
    assert "may log in again" in send(f"{of(stand, Role.SALES)}/enable").text
    assert stand.account(Role.SALES).is_active


@pytest.mark.parametrize(("act", "fields"), [("disable", {}), ("role", {"role": "viewer"})])
def test_the_last_admin_stays_one(stand: Stand, send, act: str, fields: dict[str, str]):
    answer = send(f"{of(stand, Role.ADMIN)}/{act}", **fields)
    assert answer.status_code == 400
    assert "is the last admin" in answer.text
    assert stand.account(Role.ADMIN).role is Role.ADMIN


def test_a_new_link_is_made_for_whoever_lost_the_way(stand: Stand, client: FlaskClient, send):
    page = send(f"{of(stand, Role.VIEWER)}/link").text
    link = re.search(r'value="http://127\.0\.0\.1:8025(/login/[\w-]+)"', page)[1]
    assert client.application.test_client().get(link).status_code == 200


@pytest.mark.parametrize("act", ["role", "disable", "enable", "link"])
def test_nothing_happens_to_an_account_that_is_not_there(send, act: str):
    assert send(f"/settings/users/999/{act}", role="viewer").status_code == 404


# ---------------------------------------------------------------- the log


def test_the_log_tells_who_did_what(stand: Stand, client: FlaskClient, send):
    send(f"{of(stand, Role.SALES)}/role", role="approver")
    page = client.get("/settings/audit").text
    assert "changed the role" in page
    assert page.index("changed the role") < page.index("invited")
    assert "published" in page


def test_the_log_of_one_person(client: FlaskClient):
    assert "invited" in client.get("/settings/audit?who=test").text
    nobodys = client.get("/settings/audit?who=mallory@evil.example").text
    assert "Nothing yet" in nobodys


def test_the_log_goes_on_page_by_page(stand: Stand, client: FlaskClient):
    with stand.engine.deciding() as (connection, now):
        for n in range(120):
            audit(
                connection, actor="pia@tarewell.example", what=f"counted to {n} <b>", now=now, detail={"n": n}
            )
    path, seen = "/settings/audit?who=pia@tarewell.example", []
    while path:
        page = client.get(path).text
        seen += re.findall(r"counted to (\d+) &lt;b&gt;", page)
        older = re.search(r'rel="next" href="([^"]+)"', page)
        path = older[1].replace("&amp;", "&") if older else None
    assert seen == [str(n) for n in reversed(range(120))]


def test_what_anybody_may_type_at_the_door_does_not_enter_the_log(stand: Stand, client: FlaskClient):
    stranger = client.application.test_client()
    fields = {"email": "a password typed too early", "password": "x"}
    stranger.post("/login", data={"csrf_token": token_of(stranger, "/login"), **fields})
    with stand.engine.database.reading() as connection:
        assert account_of(connection, fields["email"]) is None
    assert fields["email"] not in client.get("/settings/audit").text
