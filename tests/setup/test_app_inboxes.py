"""Which ways in for mail the settings open."""

import pytest

from nurture.app import make_inboxes
from nurture.config import Settings
from nurture.errors import SetupError

IMAP = {"imap_host": "imap.example.com", "imap_user": "acme", "imap_password": "secret"}


@pytest.mark.parametrize(
    ("given", "names"),
    [
        ({}, []),
        ({"inbox_maildir": "/var/mail/in"}, ["maildir"]),
        (IMAP, ["imap"]),
        ({"inbox_maildir": "/var/mail/in", **IMAP}, ["maildir", "imap"]),
    ],
)
def test_the_worker_looks_where_it_is_told(given, names):
    assert [inbox.name for inbox in make_inboxes(Settings(**given))] == names


@pytest.mark.parametrize("missing", IMAP)
def test_half_an_account_is_refused(missing):
    with pytest.raises(SetupError, match=f"set NURTURE_{missing.upper()} too"):
        Settings(**{name: value for name, value in IMAP.items() if name != missing})


def test_a_password_does_not_travel_in_clear():
    with pytest.raises(SetupError, match="in clear to imap"):
        Settings(**IMAP, imap_tls="none")
    assert Settings(**{**IMAP, "imap_host": "127.0.0.1"}, imap_tls="none").imap_port == 993
