"""The identity provider as it is set: whole, and asked in secret, or not at all."""

import pytest

from nurture.app import make_sign_on
from nurture.config import Settings
from nurture.errors import SetupError

WHOLE = {
    "oidc_issuer": "https://login.example.com",
    "oidc_client_id": "nurture",
    "oidc_client_secret": "secret",
}


def test_a_provider_that_is_set_is_named_on_the_button():
    made = make_sign_on(Settings(**WHOLE, oidc_name="Example Ltd"))
    assert made is not None
    assert made.name == "Example Ltd"
    assert make_sign_on(Settings()) is None


@pytest.mark.parametrize("missing", WHOLE)
def test_half_a_provider_is_refused(missing):
    half = {name: value for name, value in WHOLE.items() if name != missing}
    with pytest.raises(SetupError, match=f"set NURTURE_{missing.upper()} too"):
        Settings(**half)


def test_one_whose_word_could_be_changed_on_the_way_is_refused():
    with pytest.raises(SetupError, match="write its https address"):
        Settings(**{**WHOLE, "oidc_issuer": "http://login.example.com"})
    assert Settings(**{**WHOLE, "oidc_issuer": "http://127.0.0.1:9000"}).oidc_issuer
