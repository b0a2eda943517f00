"""The addresses at which a lead writes to us: signed, each for one purpose, whatever a server does to their case."""

import pytest

from nurture.errors import TokenError
from nurture.identity import Keyring
from nurture.identity.inbound import reply_address, unsubscribe_mailto

KEYRING = Keyring(b"a secret of thirty-two characters")
TOUCH = 42_000_007
READERS = {
    "return path": (KEYRING.return_path, KEYRING.read_return_path),
    "reply": (KEYRING.reply_address, KEYRING.read_reply_address),
    "unsubscribe": (KEYRING.unsubscribe_address, KEYRING.read_unsubscribe_address),
}


@pytest.mark.parametrize("purpose", READERS)
@pytest.mark.parametrize("folded", [str, str.upper, str.title])
def test_each_address_is_read_whatever_its_case(purpose, folded):
    write, read = READERS[purpose]
    assert read(folded(write(TOUCH, "in.example.com"))) == TOUCH


@pytest.mark.parametrize("purpose", READERS)
def test_the_local_part_fits_a_server(purpose):
    write, _ = READERS[purpose]
    assert len(write(2**64 - 1, "in.example.com").partition("@")[0]) <= 64  # RFC 5321 §4.5.3.1.1


@pytest.mark.parametrize("written", READERS)
@pytest.mark.parametrize("asked", READERS)
def test_what_was_signed_for_one_purpose_serves_no_other(written, asked):
    if written == asked:
        return
    address = READERS[written][0](TOUCH, "in.example.com")
    token = address.partition("+")[2]
    for prefix in ("b", "reply", "unsubscribe"):
        with pytest.raises(TokenError):
            READERS[asked][1](f"{prefix}+{token}")


@pytest.mark.parametrize(
    "address", ["", "@", "reply+@x", "jane@x", "reply+zz@x", "xreply+" + "0" * 40, "réply+1@x"]
)
def test_what_is_no_address_of_ours_is_refused(address):
    for _, read in READERS.values():
        with pytest.raises(TokenError):
            read(address)


def test_a_mail_program_can_use_the_mailto():
    address = KEYRING.unsubscribe_address(TOUCH, "in.example.com")
    assert unsubscribe_mailto(KEYRING, TOUCH, "in.example.com") == f"mailto:{address}?subject=unsubscribe"
    assert reply_address(KEYRING, TOUCH, "in.example.com") == KEYRING.reply_address(TOUCH, "in.example.com")
