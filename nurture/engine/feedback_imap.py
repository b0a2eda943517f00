"""A mailbox at a provider, by IMAP (RFC 3501): what is unseen waits, and is marked as seen when it has been taken in."""

import ssl
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from imaplib import IMAP4, IMAP4_SSL
from typing import Any, Literal

import msgspec

from nurture.engine.feedback import RAW_MAX
from nurture.engine.feedback_inbox import InboxError
from nurture.languages.told import told

SECONDS = 30.0
"""How long the server may take for each answer."""


class ImapAccount(msgspec.Struct, frozen=True):
    """Where the mailbox is, and who we are.

    tls      implicit (port 993), starttls (143), or none.
    ca_file  whose certificates are trusted; the system's if None.
    """

    host: str
    user: str
    password: str
    port: int = 993
    folder: str = "INBOX"
    tls: Literal["implicit", "starttls", "none"] = "implicit"
    ca_file: str | None = None


class ImapInbox:
    """One connection for each look: a minute apart, that is cheaper than keeping it alive."""

    name = "imap"

    def __init__(self, account: ImapAccount) -> None:
        self._account = account

    @contextmanager
    def open(self) -> Iterator["ImapSession"]:
        account = self._account
        try:
            context = ssl.create_default_context(cafile=account.ca_file)
            connection = _connected(account, context)
            try:
                if account.tls == "starttls":
                    _ok(connection.starttls(context), "STARTTLS")
                _ok(connection.login(account.user, account.password), "the login")
                folder = account.folder.replace("\\", "\\\\").replace('"', '\\"')
                _ok(connection.select(f'"{folder}"'), f"the folder {account.folder!r}")
                yield ImapSession(connection)
            finally:
                with suppress(IMAP4.error, OSError):
                    connection.logout()
                with suppress(OSError):
                    connection.shutdown()  # after a broken connection, logout leaves the socket open
        except (IMAP4.error, OSError, UnicodeError) as error:
            first = error.args[0] if error.args else ""
            said = first.decode("utf-8", "replace") if isinstance(first, bytes) else str(error)
            raise InboxError(
                told(
                    "the mailbox of {name} at {host} cannot be read: {quoted}",
                    name=account.user,
                    host=account.host,
                    quoted=said,
                )
            ) from error


class ImapSession:
    """One look; messages are named by their UID."""

    def __init__(self, connection: IMAP4) -> None:
        self._connection = connection

    def waiting(self) -> list[str]:
        found = _ok(self._connection.uid("SEARCH", "UNSEEN"), "the search")
        return sorted((uid.decode() for uid in (found[0] or b"").split()), key=int)

    def read(self, name: str) -> bytes | None:
        # PEEK leaves it unseen: only what has been committed is marked.
        answer = _ok(self._connection.uid("FETCH", name, f"(BODY.PEEK[]<0.{RAW_MAX}>)"), "the fetch")
        return next((part[1] for part in answer if isinstance(part, tuple)), None)

    def put_away(self, name: str) -> None:
        _ok(self._connection.uid("STORE", name, "+FLAGS.SILENT", r"(\Seen)"), "the mark")


def _connected(account: ImapAccount, context: ssl.SSLContext) -> IMAP4:
    if account.tls == "implicit":
        return IMAP4_SSL(account.host, account.port, ssl_context=context, timeout=SECONDS)
    return IMAP4(account.host, account.port, timeout=SECONDS)


def _ok(answer: tuple[str, Any], what: str) -> list[Any]:
    """The data of an answer. Raises IMAP4.error where the server says no."""
    status, data = answer
    if status != "OK":
        said = data[0] if data else ""
        raise IMAP4.error(
            f"{what} was refused: {said.decode(errors='replace') if isinstance(said, bytes) else said}"
        )
    return list(data)
