"""SEC8: what we signed comes back as it was; whatever was changed, cut, guessed or made for something else does not."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nurture.errors import TokenError
from nurture.identity import Keyring, TouchToken

SECRET = b"a secret of more than sixteen bytes"
KEYRING = Keyring(SECRET)
NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
TOMORROW = NOW + timedelta(days=1)

touch_ids = st.integers(min_value=0, max_value=2**64 - 1)
revisions = st.integers(min_value=0, max_value=2**32 - 1)


@given(touch_ids, revisions)
def test_a_touch_token_says_again_what_it_was_made_of(touch_id, revision):
    token = KEYRING.touch_token(touch_id, revision)
    assert len(token) == 30
    assert KEYRING.read_touch_token(token) == TouchToken(touch_id, revision)


@given(touch_ids)
def test_a_return_path_and_a_message_id_survive_servers_that_fold_case(touch_id):
    for fold in (str, str.upper, str.lower, str.title):
        assert KEYRING.read_return_path(fold(KEYRING.return_path(touch_id, "mail.example.com"))) == touch_id
        assert KEYRING.read_message_id(fold(KEYRING.message_id(touch_id, "mail.example.com"))) == touch_id


@given(st.text(st.characters(exclude_categories=["Cs"])))
def test_a_sealed_text_opens_for_its_purpose_until_it_expires(text):
    sealed = KEYRING.seal("preferences", text, TOMORROW)
    assert KEYRING.open("preferences", sealed, TOMORROW - timedelta(seconds=1)) == text


def test_a_sealed_text_that_expired_says_when():
    sealed = KEYRING.seal("login", "ada", TOMORROW)
    with pytest.raises(TokenError, match="good until 2026-03-03 09:00 UTC"):
        KEYRING.open("login", sealed, TOMORROW)


def test_local_part_of_a_return_path_fits_the_64_octets_of_rfc_5321():
    local, _, domain = KEYRING.return_path(2**64 - 1, "mail.example.com").partition("@")
    assert len(local) <= 64
    assert domain == "mail.example.com"


def test_the_same_touch_always_has_the_same_message_id():
    assert KEYRING.message_id(42_000_001, "example.com") == Keyring(SECRET).message_id(
        42_000_001, "example.com"
    )


# What an attacker, or a gateway that rewrites links, may hand us.

TOKENS = {
    "touch token": (KEYRING.touch_token(42_000_001, 7), KEYRING.read_touch_token),
    "return path": (KEYRING.return_path(42_000_001, "x.example"), KEYRING.read_return_path),
    "message id": (KEYRING.message_id(42_000_001, "x.example"), KEYRING.read_message_id),
    "sealed": (KEYRING.seal("login", "ada", TOMORROW), lambda text: KEYRING.open("login", text, NOW)),
}


def signed_part(token):
    return len(token.partition("@")[0].rstrip(">"))


@pytest.mark.parametrize("kind", TOKENS)
def test_no_flipped_bit_is_accepted(kind):
    token, read = TOKENS[kind]
    for place in range(signed_part(token)):
        for bit in range(7):
            flipped = token[:place] + chr(ord(token[place]) ^ 1 << bit) + token[place + 1 :]
            if flipped.lower() == token.lower() and kind in ("return path", "message id"):
                continue  # the other case of a letter: the same address (RFC 5321 §2.4 lets servers fold it)
            if flipped.strip("<> ").startswith(token.strip("<> ")):
                continue  # the bracket before a Message-ID is no part of it
            with pytest.raises(TokenError):
                read(flipped)


@pytest.mark.parametrize("kind", TOKENS)
def test_no_cut_or_lengthened_token_is_accepted(kind):
    token, read = TOKENS[kind]
    local = token[: signed_part(token)]
    for length in range(len(local)):
        with pytest.raises(TokenError):
            read(local[:length])
    for more in ("A", "=", "==", "%27", "\n", "\0", "é"):
        with pytest.raises(TokenError):
            read(local + more)


@pytest.mark.parametrize("kind", TOKENS)
@given(guess=st.text(max_size=80) | st.text("ABCDEFGHIJabcdefghij0123456789-_", min_size=30, max_size=46))
def test_no_guess_is_accepted_and_none_raises_anything_else(kind, guess):
    _token, read = TOKENS[kind]
    with pytest.raises(TokenError):
        read(guess)


@given(st.binary(min_size=22, max_size=22))
def test_no_random_bytes_in_the_shape_of_a_token_are_accepted(noise):
    from base64 import urlsafe_b64encode

    with pytest.raises(TokenError):
        KEYRING.read_touch_token(urlsafe_b64encode(noise).decode().rstrip("="))


def test_a_token_is_worthless_for_another_purpose():
    touch = KEYRING.touch_token(42_000_001, 7)
    bounce = KEYRING.return_path(42_000_001, "x.example")
    with pytest.raises(TokenError):
        KEYRING.read_message_id(f"<{bounce.removeprefix('b+')}>")
    with pytest.raises(TokenError):
        KEYRING.open("login", touch, NOW)
    with pytest.raises(TokenError):
        KEYRING.open("confirm", KEYRING.seal("login", "ada", TOMORROW), NOW)


def test_another_installation_signs_otherwise():
    with pytest.raises(TokenError):
        Keyring(b"another secret of enough bytes").read_touch_token(KEYRING.touch_token(42_000_001, 7))


def test_links_of_old_mails_still_work_after_the_secret_is_replaced():
    old = Keyring(b"the secret of last year ...")
    new = Keyring(SECRET, b"the secret of last year ...")
    assert new.read_touch_token(old.touch_token(42_000_001, 7)).touch_id == 42_000_001
    assert new.read_return_path(old.return_path(42_000_001, "x.example")) == 42_000_001
    assert new.open("login", old.seal("login", "ada", TOMORROW), NOW) == "ada"
    assert new.touch_token(1, 1) == KEYRING.touch_token(1, 1)


def test_a_short_secret_is_our_mistake():
    with pytest.raises(AssertionError, match="16 bytes"):
        Keyring(b"changeme")
