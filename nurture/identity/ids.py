"""How things are numbered. A touch's number holds its lead's, so that a token leads to a lead without a lookup."""

from base64 import urlsafe_b64encode
from collections.abc import Callable

TOUCHES_PER_LEAD = 1_000_000

VISITOR_BYTES = 12


def touch_id(lead_id: int, serial: int) -> int:
    """The number of a lead's touch; *serial* counts the lead's touches and stays below a million."""
    assert lead_id > 0, f"a touch needs a stored lead, not {lead_id}"
    assert 0 <= serial < TOUCHES_PER_LEAD, f"lead {lead_id} cannot have touch number {serial}"
    return lead_id * TOUCHES_PER_LEAD + serial


def lead_of(touch_id: int) -> int:
    """The lead for whom the touch was planned (its survivor, after a merge, is the store's to know)."""
    return touch_id // TOUCHES_PER_LEAD


def new_visitor_id(random_bytes: Callable[[int], bytes]) -> str:
    """A fresh name of 16 characters for a browser that nobody knows; *random_bytes* is ``secrets.token_bytes``."""
    return urlsafe_b64encode(random_bytes(VISITOR_BYTES)).decode()
