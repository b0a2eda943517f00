"""How Amazon knows whose request it is: Signature Version 4 (docs.aws.amazon.com, 'Create a signed AWS API request')."""

import hmac
from collections.abc import Mapping
from datetime import UTC, datetime
from hashlib import sha256
from urllib.parse import urlsplit

import msgspec


class Signatory(msgspec.Struct, frozen=True):
    """Whose key signs, for which service where."""

    access_key: str
    secret: str
    region: str
    service: str

    def __repr__(self) -> str:
        return f"Signatory({self.access_key!r}, ...)"


def signed(
    signatory: Signatory, method: str, url: str, headers: Mapping[str, str], *, body: bytes, at: datetime
) -> dict[str, str]:
    """The *headers* and those that sign the request: all of them, the host, the moment and the body.

    url  without a query, its path needing no encoding.
    at   aware; Amazon refuses what is more than five minutes from its own clock.
    """
    parts = urlsplit(url)
    assert not parts.query, "a query is not signed here"
    moment = at.astimezone(UTC).strftime("%Y%m%dT%H%M%SZ")
    covered = {name.lower(): " ".join(value.split()) for name, value in headers.items()}
    covered |= {"host": parts.netloc, "x-amz-date": moment}
    names = ";".join(sorted(covered))
    canonical = "\n".join(
        (
            method,
            parts.path or "/",
            "",
            *(f"{name}:{covered[name]}" for name in sorted(covered)),
            "",
            names,
            sha256(body).hexdigest(),
        )
    )
    scope = f"{moment[:8]}/{signatory.region}/{signatory.service}/aws4_request"
    to_sign = "\n".join(("AWS4-HMAC-SHA256", moment, scope, sha256(canonical.encode()).hexdigest()))
    signature = hmac.digest(_key(signatory, moment[:8]), to_sign.encode(), sha256).hex()
    credential = f"Credential={signatory.access_key}/{scope}, SignedHeaders={names}, Signature={signature}"
    return {**headers, "X-Amz-Date": moment, "Authorization": f"AWS4-HMAC-SHA256 {credential}"}


def _key(signatory: Signatory, day: str) -> bytes:
    """The key of one day, region and service; the secret itself signs nothing."""
    key = b"AWS4" + signatory.secret.encode()
    for word in (day, signatory.region, signatory.service, "aws4_request"):
        key = hmac.digest(key, word.encode(), sha256)
    return key
