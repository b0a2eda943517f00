"""Signatures of webhooks: Standard Webhooks 1.0.0, symmetric (v1), with one key for each endpoint."""

import hmac
from base64 import b64encode
from hashlib import sha256

from nurture.identity.mac import derive


def webhook_key(secret: bytes, webhook: str) -> bytes:
    """What signs for the endpoint called *webhook*: no endpoint can speak for us to another."""
    return derive(secret, f"webhook {webhook}")


def written(key: bytes) -> str:
    """The key as receivers' libraries take it."""
    return f"whsec_{b64encode(key).decode()}"


def signature(key: bytes, message_id: str, timestamp: int, body: bytes) -> str:
    """Over id, moment (seconds since 1970) and body; an id without a dot keeps them apart."""
    signed = f"{message_id}.{timestamp}.".encode() + body
    return f"v1,{b64encode(hmac.digest(key, signed, sha256)).decode()}"
