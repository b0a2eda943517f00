"""Sealing what must be kept and read back, so that whoever has the store without the installation's key learns nothing of it."""

from base64 import urlsafe_b64encode
from hashlib import blake2b

from cryptography.fernet import Fernet, InvalidToken


class UnsealedError(Exception):
    """What was given is no text that this key has sealed."""


class Seal:
    """Seals texts for one purpose under the installation's key.

    person  sets the purpose apart from every other one; 16 bytes at most (BLAKE2, RFC 7693 §2.1).
    """

    def __init__(self, secret: bytes, person: bytes) -> None:
        self._cipher = Fernet(urlsafe_b64encode(blake2b(secret, digest_size=32, person=person).digest()))

    def seal(self, text: str) -> str:
        return self._cipher.encrypt(text.encode()).decode()

    def unseal(self, sealed: str) -> str:
        """The text. Raises UnsealedError."""
        try:
            return self._cipher.decrypt(sealed.encode()).decode()
        except InvalidToken:
            raise UnsealedError from None
