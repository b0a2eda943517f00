"""Settings: safe as they come, refused with a remedy where they would harm."""

from pathlib import Path

import pytest

from nurture.config import Settings, is_local_host, read_settings
from nurture.errors import SetupError
from nurture.languages.catalogues import LANGUAGES, WRITTEN_IN


def test_out_of_the_box_no_mail_leaves():
    settings = read_settings()
    assert settings.transport == "maildir"
    assert settings.host == "127.0.0.1"
    assert settings.database_url == "sqlite:///var/nurture.sqlite"


def test_the_embedded_database_lives_at_home(tmp_path):
    assert Settings(home=tmp_path).database_url == f"sqlite:///{tmp_path}/nurture.sqlite"


def test_the_environment_is_read(monkeypatch):
    monkeypatch.setenv("NURTURE_PORT", "9000")
    monkeypatch.setenv("NURTURE_HOME", "/srv/nurture")
    assert read_settings().port == 9000
    assert read_settings().home == Path("/srv/nurture")


@pytest.mark.parametrize("scheme", ["postgres", "postgresql", "postgresql+psycopg"])
def test_postgresql_is_driven_by_psycopg_however_it_is_spelt(scheme):
    assert Settings(database_url=f"{scheme}://u@h/d").database_url == "postgresql+psycopg://u@h/d"


@pytest.mark.parametrize(
    ("name", "value", "remedy"),
    [
        ("NURTURE_PORT", "0", "greater than or equal to 1"),
        ("NURTURE_TICK_SECONDS", "soon", "valid integer"),
        ("NURTURE_TRANSPORT", "pigeon", "'resend' or 'memory'"),
        ("NURTURE_DATABASE_URL", "mysql://h/d", "write sqlite:///"),
        ("NURTURE_DATABASE_URL", "nurture.sqlite", "write sqlite:///"),
        ("NURTURE_TRACKING_URL", "links.example.com", "https://links.example.com"),
        ("NURTURE_SECRET_KEY", "hunter2", "at least 32"),
        ("NURTURE_SMPT_HOST", "relay.example.com", "no such setting"),
    ],
)
def test_a_setting_that_does_not_fit_is_named_with_its_remedy(monkeypatch, name, value, remedy):
    monkeypatch.setenv(name, value)
    with pytest.raises(SetupError) as refused:
        read_settings()
    assert name in str(refused.value)
    assert remedy in str(refused.value)


def test_every_setting_that_does_not_fit_is_named_at_once(monkeypatch):
    monkeypatch.setenv("NURTURE_PORT", "x")
    monkeypatch.setenv("NURTURE_BATCH_TOUCHES", "0")
    with pytest.raises(SetupError, match=r"NURTURE_PORT.*NURTURE_BATCH_TOUCHES"):
        read_settings()


def test_a_refused_secret_is_not_repeated(monkeypatch):
    monkeypatch.setenv("NURTURE_SECRET_KEY", "hunter2")
    with pytest.raises(SetupError) as refused:
        read_settings()
    assert "hunter2" not in str(refused.value)


def test_no_secret_is_shown():
    settings = Settings(
        database_url="postgresql://u:hunter2@h/d", smtp_password="hunter2", secret_key="hunter2" * 5
    )
    assert "hunter2" not in repr(settings)


@pytest.mark.parametrize(
    "url", ["http://127.0.0.1:8025", "https://localhost", "http://[::1]:80", "http://0.0.0.0"]
)
def test_smtp_does_not_start_while_links_lead_to_this_machine(url):
    with pytest.raises(SetupError, match="NURTURE_TRACKING_URL"):
        Settings(transport="smtp", tracking_url=url)
    assert Settings(transport="smtp", tracking_url=url, allow_local_links=True).transport == "smtp"


def test_smtp_starts_with_public_links():
    settings = Settings(transport="smtp", tracking_url="https://links.example.com/")
    assert settings.tracking_url == "https://links.example.com"


def test_a_password_never_travels_in_clear():
    with pytest.raises(SetupError, match="NURTURE_SMTP_TLS"):
        Settings(smtp_host="relay.example.com", smtp_user="acme", smtp_tls="none")
    assert Settings(smtp_host="127.0.0.1", smtp_user="acme", smtp_tls="none").smtp_user == "acme"


def test_half_a_signature_is_refused():
    with pytest.raises(SetupError, match="set NURTURE_DKIM_SELECTOR, NURTURE_DKIM_KEY_FILE too"):
        Settings(dkim_domain="example.com")


@pytest.mark.parametrize("name", Settings.model_fields)
def test_every_setting_says_what_it_is_for(name):
    assert Settings.model_fields[name].description


@pytest.mark.parametrize(
    "host", ["localhost", "LOCALHOST.", "mail.localhost", "127.9.9.9", "::1", "[::1]", "0.0.0.0"]
)
def test_names_of_this_machine(host):
    assert is_local_host(host)


@pytest.mark.parametrize("host", ["example.com", "localhost.example.com", "192.0.2.1", "10.0.0.1", ""])
def test_names_of_other_machines(host):
    assert not is_local_host(host)


@pytest.mark.parametrize(
    ("host", "address"),
    [
        ("127.0.0.1", "http://127.0.0.1:9000"),
        ("0.0.0.0", "http://127.0.0.1:9000"),
        ("10.0.0.7", "http://10.0.0.7:9000"),
        ("::1", "http://[::1]:9000"),
    ],
)
def test_the_pages_are_at_their_own_address_unless_another_is_set(host, address):
    assert Settings(host=host, port=9000).public_url == address
    assert (
        Settings(host=host, public_url="https://nurture.example.com/").public_url
        == "https://nurture.example.com"
    )


PROVIDER = {"tracking_url": "https://links.example.com", "provider_key": "k"}


@pytest.mark.parametrize("transport", ["sendgrid", "postmark", "mailgun", "brevo", "resend"])
def test_a_provider_needs_what_it_knows_us_by(transport):
    assert Settings(transport=transport, **PROVIDER).by_provider
    with pytest.raises(SetupError, match=f"{transport}, which needs NURTURE_PROVIDER_KEY too"):
        Settings(transport=transport, tracking_url="https://links.example.com")


def test_amazon_needs_a_region_and_whose_secret_it_is():
    with pytest.raises(SetupError, match="NURTURE_SES_REGION, NURTURE_SES_ACCESS_KEY"):
        Settings(transport="ses", **PROVIDER)
    assert Settings(transport="ses", ses_region="eu-west-1", ses_access_key="AKID", **PROVIDER).mail_leaves


def test_a_provider_is_not_started_while_links_lead_to_this_machine():
    with pytest.raises(SetupError, match="TRANSPORT is postmark"):
        Settings(transport="postmark", provider_key="k")


def test_a_providers_key_never_travels_in_clear(monkeypatch):
    monkeypatch.setenv("NURTURE_PROVIDER_URL", "http://api.example.com")
    with pytest.raises(SetupError, match="https address"):
        read_settings()
    monkeypatch.setenv("NURTURE_PROVIDER_URL", "https://api.eu.mailgun.net/")
    assert read_settings().provider_url == "https://api.eu.mailgun.net"
    monkeypatch.setenv("NURTURE_PROVIDER_URL", "http://127.0.0.1:9000")
    assert read_settings().provider_url == "http://127.0.0.1:9000"


def test_a_second_signature_is_whole_and_stands_beside_a_first():
    first = {"dkim_domain": "acme.example", "dkim_selector": "n1", "dkim_key_file": "n1.pem"}
    second = {"dkim_second_selector": "n2", "dkim_second_key_file": "n2.pem"}
    assert Settings(**first, **second).dkim_second_selector == "n2"
    for half in ({**first, "dkim_second_selector": "n2"}, second):
        with pytest.raises(SetupError, match="a second DKIM signature"):
            Settings(**half)


def test_the_language_may_be_each_of_those_that_we_speak():
    assert [Settings(language=each).language for each in LANGUAGES] == list(LANGUAGES)
    assert read_settings().language == WRITTEN_IN
    with pytest.raises(ValueError, match="language"):
        Settings(language="xx")
