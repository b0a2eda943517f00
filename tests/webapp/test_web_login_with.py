"""Logging in by the company's identity provider: whoever it stands for is let in, and nobody else."""

from base64 import b32decode
from datetime import timedelta

import pytest
from cryptography.hazmat.primitives.hashes import SHA1
from cryptography.hazmat.primitives.twofactor.totp import TOTP
from identity_provider import CLIENT, ISSUER, SECRET, IdentityProvider

from nurture.engine.accounts import Role, disable
from nurture.engine.second_step import new_key, seal_for, turn_on
from nurture.identity.sign_on import SignOn
from tests.webapp.conftest import SECRET as SESSIONS
from webapp import create_app

BACK = "/login/with/back?"


@pytest.fixture
def provider(stand):
    provider = IdentityProvider(stand.clock)
    provider.email = stand.account(Role.ADMIN).email
    return provider


@pytest.fixture
def browser(stand, provider):
    """A browser where nobody is logged in, of an installation that knows the provider."""
    known = SignOn(ISSUER, CLIENT, SECRET, name="Tarewell", network=provider.network())
    return create_app(stand.engine, secret=SESSIONS, mailbox=None, sign_on=known).test_client()


def sent_away(browser, following="/leads"):
    answer = browser.get(f"/login/with?next={following}")
    assert answer.status_code == 302
    return answer.headers["Location"]


def is_in(browser):
    return browser.get("/leads").status_code == 200


def test_the_provider_lets_in_whom_it_stands_for(browser, provider, stand):
    assert "Log in with Tarewell" in browser.get("/login").text
    provider.email = provider.email.upper()
    answer = browser.get(provider.agrees(sent_away(browser)))
    assert (answer.status_code, answer.headers["Location"]) == (303, "/leads")
    assert is_in(browser)
    assert "Tarewell" in browser.get("/settings/audit").text


def test_one_that_wants_our_secret_in_the_form_gets_it_there(browser, provider):
    provider.fault = "post"
    browser.get(provider.agrees(sent_away(browser)))
    assert is_in(browser)


def test_without_a_provider_there_is_neither_button_nor_way(stranger):
    assert "Log in with" not in stranger.get("/login").text
    assert stranger.get("/login/with").status_code == 404
    assert stranger.get(f"{BACK}code=1&state=2").status_code == 404


@pytest.mark.parametrize(
    "fault", ["unsigned", "shared secret", "public key as secret", "another key", "away", "broken", "another name", "in clear"]
)  # fmt: skip
def test_what_the_provider_did_not_sign_lets_nobody_in(browser, provider, fault):
    place = sent_away(browser)
    provider.fault = fault
    answer = browser.get(provider.agrees(place))
    assert answer.status_code == 401
    assert 'role="alert"' in answer.text
    assert not is_in(browser)


@pytest.mark.parametrize(
    "claims",
    [
        {"iss": "https://other.example"},
        {"aud": "another"},
        {"aud": [CLIENT, "another"]},
        {"nonce": "of another login"},
        {"nonce": None},
        {"exp": 0},
        {"email_verified": False},
        {"email_verified": "true"},
        {"email_verified": None},
        {"email": None},
        {"email": ["a@x.example"]},
        {"email": "nobody@tarewell.example"},
        {"at_hash": "of another token"},
    ],
    ids=str,
)
def test_a_word_that_is_not_for_us_not_of_now_or_not_verified_lets_nobody_in(browser, provider, claims):
    provider.claims = claims
    answer = browser.get(provider.agrees(sent_away(browser)))
    assert answer.status_code == 401
    assert not is_in(browser)


def test_an_answer_to_another_login_lets_nobody_in(browser, provider):
    mine = provider.agrees(sent_away(browser))
    assert browser.get(mine.replace("state=", "state=x")).status_code == 401
    again = browser.get(mine)  # what was kept for the return is gone
    assert again.headers["Location"] == "/login"
    assert not is_in(browser)


def test_an_answer_from_another_provider_lets_nobody_in(browser, provider):
    came = provider.agrees(sent_away(browser))
    assert browser.get(f"{came}&iss=https://other.example").status_code == 401
    assert not is_in(browser)


def test_who_was_refused_there_is_told(browser, provider):
    state = provider.agrees(sent_away(browser)).partition("state=")[2]
    answer = browser.get(f"{BACK}error=access_denied&state={state}")
    assert "Tarewell did not let you in: access_denied" in answer.text


def test_the_way_there_is_told_to_be_closed(browser, provider):
    provider.fault = "away"
    answer = browser.get("/login/with")
    assert answer.status_code == 401
    assert "cannot be asked now" in answer.text


def test_a_disabled_account_stays_out(browser, provider, stand):
    sales = stand.account(Role.SALES)
    provider.email = sales.email
    with stand.engine.deciding() as (connection, now):
        disable(connection, sales, by="a test", now=now)
    assert browser.get(provider.agrees(sent_away(browser))).status_code == 401
    assert not is_in(browser)


def test_a_login_leads_nowhere_else(browser, provider):
    answer = browser.get(provider.agrees(sent_away(browser, "https://elsewhere.example")))
    assert answer.headers["Location"] == "/"


def test_an_old_word_is_none(browser, provider, stand):
    came = provider.agrees(sent_away(browser))
    provider.claims = {"exp": int((stand.clock.now() - timedelta(minutes=3)).timestamp())}
    assert browser.get(came).status_code == 401


def test_whoever_has_a_second_step_here_is_asked_for_it(browser, provider, stand):
    with stand.engine.deciding() as (connection, now):
        admin = stand.account(Role.ADMIN)
        key = new_key()
        code = TOTP(b32decode(key), 6, SHA1(), 30).generate(int(now.timestamp())).decode()
        turn_on(connection, admin, key, code, seal=seal_for(SESSIONS), now=now)
    answer = browser.get(provider.agrees(sent_away(browser)))
    assert answer.headers["Location"] == "/login/code?next=/leads"
    assert not is_in(browser)
