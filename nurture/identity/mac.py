"""Keyed BLAKE2b (RFC 7693 §2.9), one key for each purpose, from one secret."""

from hashlib import blake2b

SECRET_BYTES_MIN = 16


class Mac:
    """Signs bytes for one purpose; what another purpose or another secret signed does not fit.

    size  bytes of a signature.
    Raises AssertionError for a secret shorter than 16 bytes: the settings refuse such a one first.
    """

    def __init__(self, secret: bytes, purpose: str, size: int) -> None:
        self.size = size
        self._keyed = blake2b(key=derive(secret, purpose), digest_size=size)

    def sign(self, message: bytes) -> bytes:
        # Copying the keyed state costs a third of keying anew.
        state = self._keyed.copy()
        state.update(message)
        return state.digest()


def derive(secret: bytes, purpose: str) -> bytes:
    """The 32 bytes that are the key of *purpose*; they tell nothing of the secret, or of another purpose's key."""
    assert len(secret) >= SECRET_BYTES_MIN, "a secret key has at least 16 bytes"
    # A secret may be longer than the 64 bytes that BLAKE2b takes as its key, a purpose than its 16 of `person`.
    master = blake2b(secret, digest_size=32, person=b"nurture keyring").digest()
    return blake2b(purpose.encode(), key=master, digest_size=32).digest()
