"""The names of visitors; touches are numbered in ``vocabulary.touch``."""

from base64 import urlsafe_b64encode
from collections.abc import Callable

VISITOR_BYTES = 12


def new_visitor_id(random_bytes: Callable[[int], bytes]) -> str:
    """A fresh name of 16 characters for a browser that nobody knows; *random_bytes* is ``secrets.token_bytes``."""
    return urlsafe_b64encode(random_bytes(VISITOR_BYTES)).decode()
