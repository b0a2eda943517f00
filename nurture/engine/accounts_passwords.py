"""Passwords: argon2id with the low-memory parameters of RFC 9106 §4, which are the library's defaults."""

import unicodedata

from argon2 import PasswordHasher
from argon2.exceptions import VerifyMismatchError

from nurture.engine.accounts import AccountError

LENGTH_MIN = 12
LENGTH_MAX = 256
DIFFERENT_MIN = 5
"""Characters that differ; it refuses "aaaaaaaaaaaa" and little else."""

NOBODYS = "$argon2id$v=19$m=65536,t=3,p=4$DQTHRnpCBOkjlTt0VKQYsA$RdP35op9LJREUiqzFlvXVFwUi38YJLwFL50X4W/ZYNo"
"""Compared where there is no hash, so that an unknown address takes as long as a wrong password."""

_hasher = PasswordHasher()


def hashed(password: str, *, email: str) -> str:
    """What is stored of a new password. Raises AccountError for one that is too easy to guess."""
    if not LENGTH_MIN <= len(password) <= LENGTH_MAX:
        raise AccountError(
            f"Choose a password of {LENGTH_MIN} to {LENGTH_MAX} characters: a sentence is fine."
        )
    if len(set(password)) < DIFFERENT_MIN or password.lower() == email:
        raise AccountError("That password is too easy to guess; choose another, such as a sentence.")
    return _hasher.hash(_normal(password))


def matches(stored: str | None, password: str) -> bool:
    """Whether *password* is the one behind *stored*; the time it takes does not tell whether there is one."""
    try:
        _hasher.verify(stored or NOBODYS, _normal(password[:LENGTH_MAX]))
    except VerifyMismatchError:
        return False
    return stored is not None


def is_outdated(stored: str) -> bool:
    """Whether *stored* was made with weaker parameters than today's."""
    return _hasher.check_needs_rehash(stored)


def _normal(password: str) -> str:
    """The same letters typed on another machine give the same bytes (NFKC, NIST SP 800-63B §3.1.1.2)."""
    return unicodedata.normalize("NFKC", password)
