"""The key that signs links and sessions: the one that is set, else one of this installation's own, in a file."""

import os
import secrets
import tempfile
from pathlib import Path

from nurture.config import SECRET_BYTES, Place
from nurture.errors import SetupError


def secret(settings: Place) -> bytes:
    """The key, made and kept in ``home/secret.key`` at the first call unless NURTURE_SECRET_KEY is set.

    Two processes that start together get the same key. Raises SetupError if the file is not a key that we wrote.
    """
    if settings.secret_key is not None:
        return settings.secret_key.get_secret_value().encode()
    path = settings.home / "secret.key"
    if not path.exists():
        make(path)
    return read(path)


def read(path: Path) -> bytes:
    try:
        key = bytes.fromhex(path.read_text("ascii"))
    except ValueError:
        key = b""
    if len(key) != SECRET_BYTES:
        raise SetupError(
            f"{path}: expected {2 * SECRET_BYTES} hexadecimal digits; restore it from a backup, or delete it to have "
            "a new one made (links in mail already sent will then stop working)"
        )
    return key


def make(path: Path) -> None:
    """Write a new key to *path*, whole or not at all, readable by its owner only; a key already there stays."""
    path.parent.mkdir(parents=True, exist_ok=True)
    descriptor, draft = tempfile.mkstemp(dir=path.parent, prefix="secret.")  # mode 0600
    with os.fdopen(descriptor, "w") as file:
        file.write(secrets.token_hex(SECRET_BYTES))
        file.flush()
        os.fsync(file.fileno())
    # A link, not a rename: it fails where a key is, so the first of two processes wins and both read its key.
    try:
        path.hardlink_to(draft)
    except FileExistsError:
        pass
    finally:
        Path(draft).unlink()
