"""The one form in which an address is compared, stored and mailed."""

import re
import unicodedata
from functools import lru_cache

from email_validator import EmailNotValidError, validate_email

COMMON_LOCAL_PART = re.compile(r"[a-z0-9_+\-]+(?:\.[a-z0-9_+\-]+)*")
WRAPPED = re.compile(r"(?:mailto:\s*)?(?:[^<>@]*<([^<>]*)>|(.*))", re.IGNORECASE | re.DOTALL)


def normalise(address: str) -> str | None:
    """The address trimmed and in lower case, its domain in ASCII (IDNA); None if no mail can be sent to it.

    Syntax only, nothing is asked of the network. The local part is put in lower case although RFC 5321 §2.4 lets
    a server tell Jane from jane: none that matters does, and two leads for one person would be mailed twice.
    ``Jane <jane@acme.example>`` and ``mailto:`` are unwrapped, as spreadsheets hold both.
    """
    local, _, domain = address.strip().lower().rpartition("@")
    # email-validator takes 30 microseconds, so what nearly every address looks like is told by a pattern, and each
    # domain is asked once.
    if (
        len(local) <= 64
        and COMMON_LOCAL_PART.fullmatch(local)
        and (known := _ascii_domain(domain)) is not None
    ):
        common = f"{local}@{known}"
        if len(common) <= 254:  # RFC 5321 §4.5.3.1.3, less the angle brackets
            return common
    return _normalise_rare(address)


@lru_cache(maxsize=65_536)
def _ascii_domain(domain: str) -> str | None:
    try:
        return validate_email(f"a@{domain}", check_deliverability=False, test_environment=True).ascii_domain
    except EmailNotValidError:
        return None


def _normalise_rare(address: str) -> str | None:
    wrapped = WRAPPED.fullmatch(address.strip())
    bare = address if wrapped is None else (wrapped[1] or wrapped[2] or "")
    try:
        valid = validate_email(bare.strip(), check_deliverability=False, test_environment=True, strict=True)
    except EmailNotValidError:
        return None
    return f"{unicodedata.normalize('NFC', valid.local_part.lower())}@{valid.ascii_domain}"
