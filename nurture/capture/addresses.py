"""The one form in which an address is compared, stored and mailed."""

import re
import unicodedata
from functools import lru_cache

from email_validator import SPECIAL_USE_DOMAIN_NAMES, EmailNotValidError, validate_email

COMMON = re.compile(r"[a-z0-9_+-]++(?:\.[a-z0-9_+-]++)*+@(?:[a-z0-9]++(?:-[a-z0-9]++)*+\.)++([a-z]{2,24})")
"""What nearly every address looks like, in lower case: no quotes, no other script, no label such as xn--."""

RESERVED = frozenset(name.rpartition(".")[2] for name in SPECIAL_USE_DOMAIN_NAMES)
"""Last labels under which some domains take no mail (RFC 6761): the library knows which."""

COMMON_LENGTH_MAX = 64
"""Short enough for each part to keep its own limit (RFC 5321 §4.5.3.1: 64 octets; RFC 1035 §2.3.4: 63 a label)."""

LENGTH_MAX = 1_000
"""An address has at most 254 characters; more are let through for the name around it."""

WRAPPED = re.compile(r"(?:mailto:\s*)?(?:[^<>@]*<([^<>]*)>|(.*))", re.IGNORECASE | re.DOTALL)


def normalise(address: str) -> str | None:
    """The address trimmed and in lower case, its domain in ASCII (IDNA); None if no mail can be sent to it.

    Syntax only, nothing is asked of the network. The local part is put in lower case although RFC 5321 §2.4 lets
    a server tell Jane from jane: none that matters does, and two leads for one person would be mailed twice.
    ``Jane <jane@acme.example>`` and ``mailto:`` are unwrapped, as spreadsheets hold both.
    """
    # The library takes 40 microseconds an address; a million rows need a pattern for the common ones.
    common = address.lower()
    if len(common) <= COMMON_LENGTH_MAX:
        found = COMMON.fullmatch(common)
        if found is not None and found[1] not in RESERVED:
            return common
    return _normalise_rare(address) if len(address) <= LENGTH_MAX else None


@lru_cache(maxsize=16_384)
def _normalise_rare(address: str) -> str | None:
    wrapped = WRAPPED.fullmatch(address.strip())
    bare = address if wrapped is None else (wrapped[1] or wrapped[2] or "")
    try:
        valid = validate_email(bare.strip(), check_deliverability=False, test_environment=True, strict=True)
    except EmailNotValidError:
        return None
    return f"{unicodedata.normalize('NFC', valid.local_part.lower())}@{valid.ascii_domain}"
