"""Where an overdue touch lands in its next window: spread evenly, never a burst, and always the same place."""

from datetime import datetime, timedelta
from hashlib import blake2b


def spread(key: int, opens: datetime, closes: datetime) -> datetime:
    """A moment in [*opens*, *closes*) that depends on *key* alone, in whole microseconds.

    key  what is spread: a touch's or a lead's id. A hash rather than chance, so that asking again changes nothing,
         and neighbouring ids (one import, one company's server) land apart.
    """
    assert opens < closes, "a window opens before it closes"
    place = int.from_bytes(blake2b(b"%d" % key, digest_size=8, person=b"nurture-spread").digest(), "big")
    microseconds = (closes - opens) // timedelta(microseconds=1)
    return opens + timedelta(microseconds=microseconds * place >> 64)
