"""What the doctor says of a provider by whose API mail leaves; nothing is sent to find out."""

import ssl
from datetime import UTC, datetime

import pytest
from msgspec.structs import replace

from nurture.delivery.http import KNOWN
from nurture.doctor import Level
from nurture.doctor.ask.api import api_of
from nurture.doctor.examine import examine
from nurture.doctor.facts import Api
from tests.delivery.fake_provider import Answer, FakeProvider
from tests.delivery.provider_apis import APIS
from tests.doctor.conftest import settings
from tests.doctor.network import free_port

NOW = datetime(2026, 11, 2, 10, tzinfo=UTC)
UNUSED = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)


def asked(name, url, **changed):
    account = APIS[name].account(url)
    fields = {
        "transport": name,
        "provider_key": account.key,
        "provider_url": url,
        "ses_region": account.region,
        "ses_access_key": account.access_key,
        "mailgun_domain": account.domain,
        **changed,
    }
    return api_of(settings(**fields), NOW, seconds=5, trusted=UNUSED)


@pytest.mark.parametrize("name", KNOWN)
def test_a_good_key_is_taken_and_nothing_is_sent(name):
    with FakeProvider(APIS[name]) as fake:
        assert asked(name, fake.url) == Api(limited=name == "resend")
    assert fake.taken == []
    assert fake.asked == 0


@pytest.mark.parametrize("name", KNOWN)
def test_a_bad_key_is_refused(name):
    with FakeProvider(APIS[name]) as fake:
        api = asked(name, fake.url, provider_key="another")
    assert api.refused
    assert "another" not in api.problem


@pytest.mark.parametrize("name", KNOWN)
def test_a_provider_that_is_not_there(name):
    api = asked(name, f"http://127.0.0.1:{free_port()}")
    assert not api.refused
    assert "refused" in api.problem


@pytest.mark.parametrize(
    ("name", "answer", "told"),
    [
        ("ses", {"SendingEnabled": True, "ProductionAccessEnabled": False}, "sandbox"),
        ("ses", {"SendingEnabled": False, "ProductionAccessEnabled": True}, "paused"),
        ("sendgrid", {"scopes": ["user.profile.read"]}, "may not send"),
        ("mailgun", {"domain": {"name": "mg.acme.example", "state": "unverified"}}, "unverified"),
    ],
)
def test_an_account_that_cannot_send_yet_is_told(name, answer, told):
    api = replace(APIS[name], probed=lambda heard: Answer(200, answer))
    with FakeProvider(api) as fake:
        assert told in asked(name, fake.url).note


@pytest.mark.parametrize(
    ("fact", "level", "told"),
    [
        (Api(), Level.OK, "takes the key"),
        (Api(limited=True), Level.OK, "nothing else"),
        (Api(note="it is paused"), Level.WARN, "it is paused"),
        (Api(problem="it answered 401", refused=True), Level.FAIL, "does not take the key"),
        (Api(problem="it did not answer in time"), Level.FAIL, "in time"),
    ],
)
def test_what_is_found_is_told_with_its_remedy(well, fact, level, told):
    by_provider = settings(transport="postmark", provider_key="k")
    found = examine(replace(well, settings=by_provider, found=(fact,)))
    by_name = {each.what: each for each in found}
    said = by_name["Provider"]
    assert said.level is level
    assert told in said.found
    assert (said.remedy == "") is (level is Level.OK)
    assert by_name["SPF"].level is by_name["DKIM"].level is Level.SKIPPED
    assert "Relay" not in by_name
