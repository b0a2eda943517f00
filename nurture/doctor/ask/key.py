"""The public half of a DKIM key, as its record publishes it."""

from base64 import b64encode
from hashlib import sha256

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat, load_pem_private_key

from nurture.delivery.dkim import Signer


def published_form(key_pem: bytes, *, domain: str) -> str:
    """'v=DKIM1; k=rsa; p=...' (RFC 6376 §3.6.1; RFC 8463 §4). Raises SetupError for a key that does not sign."""
    Signer(domain=domain, selector="doctor", key_pem=key_pem)  # it knows what a key must be
    public = load_pem_private_key(key_pem, password=None).public_key()
    if isinstance(load_pem_private_key(key_pem, password=None), Ed25519PrivateKey):
        kind, data = "ed25519", public.public_bytes(Encoding.Raw, PublicFormat.Raw)
    else:
        kind, data = "rsa", public.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    return f"v=DKIM1; k={kind}; p={b64encode(data).decode()}"


def fingerprint(key_pem: bytes) -> str:
    """SHA-256 of the public half (DER), by which a person knows a key again: 'SHA256:' and 16 hexadecimal digits.

    Raises ValueError where it is no key.
    """
    public = load_pem_private_key(key_pem, password=None).public_key()
    return f"SHA256:{sha256(public.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)).hexdigest()[:16]}"


def kind_of(key_pem: bytes) -> str:
    """'RSA, 2048 bits' or 'Ed25519'. Raises ValueError where it is no key."""
    key = load_pem_private_key(key_pem, password=None)
    return f"RSA, {key.key_size} bits" if isinstance(key, RSAPrivateKey) else "Ed25519"
