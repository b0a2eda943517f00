"""The stable lot that falls on an id: who is held out, which variant, how far an overdue touch is spread."""

from hashlib import blake2b

import msgspec

FRACTION_BITS = 53  # as many as a float holds exactly


def share(salt: str, *ids: int | str) -> float:
    """A number in [0, 1) that *salt* and *ids* always give, uniform over ids and independent between salts.

    *salt* names the draw ("holdout", an experiment's key), so that being held out says nothing about variants.
    """
    # JSON keeps ("ab", "c") apart from ("a", "bc"), and 1 from "1".
    digest = blake2b(msgspec.json.encode((salt, *ids)), digest_size=8, person=b"nurture share").digest()
    return (int.from_bytes(digest) >> (64 - FRACTION_BITS)) / (1 << FRACTION_BITS)
