"""DKIM signatures (RFC 6376, RFC 8463), relaxed/relaxed, made directly on the cryptography library."""

from base64 import b64encode
from collections.abc import Callable, Sequence
from functools import lru_cache
from hashlib import sha256

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import load_pem_private_key

from nurture.errors import SetupError
from nurture.languages.told import told

SIGNED = (
    b"from",
    b"to",
    b"subject",
    b"date",
    b"message-id",
    b"reply-to",
    b"mime-version",
    b"content-type",
    b"list-unsubscribe",
    b"list-unsubscribe-post",  # RFC 8058 §4: both must be covered for one-click to be believed
    b"list-id",
    b"list-help",
    b"feedback-id",
)
"""Each is listed once more than it occurs, so that nobody can add another (RFC 6376 §8.15)."""

RSA_BITS_MIN = 2_048

B64_LINE = 72


class Signer:
    """Signs for one domain with one key; a message signed by two signers carries both signatures."""

    def __init__(self, *, domain: str, selector: str, key_pem: bytes) -> None:
        """*key_pem*: an unencrypted RSA (2048 bits or more) or Ed25519 private key. Raises SetupError for any other."""
        try:
            key = load_pem_private_key(key_pem, password=None)
        except (TypeError, ValueError) as error:
            raise SetupError(
                told(
                    "the DKIM key of {domain} is no unencrypted private key in PEM: {quoted}",
                    domain=domain,
                    quoted=error,
                )
            ) from error
        if isinstance(key, RSAPrivateKey) and key.key_size < RSA_BITS_MIN:
            raise SetupError(
                told(
                    "the DKIM key of {domain} has {size} bits; make one of {least} or Ed25519",
                    domain=domain,
                    size=key.key_size,
                    least=RSA_BITS_MIN,
                )
            )
        if not isinstance(key, RSAPrivateKey | Ed25519PrivateKey):
            raise SetupError(
                told("the DKIM key of {domain} is neither RSA nor Ed25519; make one of them", domain=domain)
            )
        self._key = key
        algorithm = "rsa-sha256" if isinstance(key, RSAPrivateKey) else "ed25519-sha256"
        self._tags = f"v=1; a={algorithm}; c=relaxed/relaxed; d={domain}; s={selector};\r\n ".encode()

    def sign(self, message: bytes) -> bytes:
        """The message, a complete one with CRLF line ends, led by its DKIM-Signature field."""
        head, _, body = message.partition(b"\r\n\r\n")
        names, lines = _chosen(head)
        body_hash = b64encode(sha256(relaxed_body(body)).digest())
        tags = b"%bh=%b;\r\n bh=%b;\r\n b=" % (self._tags, _name_list(names), body_hash)
        lines.append(b"dkim-signature:" + tags.replace(b"\r\n", b""))
        signature = b64encode(self._signature(b"\r\n".join(lines)))
        folded = b"\r\n ".join(signature[i : i + B64_LINE] for i in range(0, len(signature), B64_LINE))
        return b"DKIM-Signature: %b%b\r\n%b" % (tags, folded, message)

    def _signature(self, data: bytes) -> bytes:
        if isinstance(self._key, Ed25519PrivateKey):
            return self._key.sign(sha256(data).digest())  # RFC 8463 §3: what is signed is the hash
        return self._key.sign(data, PKCS1v15(), SHA256())


def signing_with(signers: Sequence[Signer]) -> Callable[[bytes], bytes]:
    """What puts the signature of each signer before a message. None covers another, so each holds by itself."""

    def sign(message: bytes) -> bytes:
        for signer in signers:
            message = signer.sign(message)
        return message

    return signers[0].sign if len(signers) == 1 else sign


def relaxed_body(body: bytes) -> bytes:
    """RFC 6376 §3.4.4: runs of white space are one space, none at line ends, no empty lines at the end."""
    body = body.replace(b"\t", b" ")
    while b"  " in body:
        body = body.replace(b"  ", b" ")
    body = body.replace(b" \r\n", b"\r\n").rstrip(b"\r\n ")
    return body + b"\r\n" if body else b""


def _chosen(head: bytes) -> tuple[tuple[bytes, ...], list[bytes]]:
    """The names for ``h=`` and the relaxed fields that they stand for, the last of a repeated field first."""
    found: dict[bytes, list[bytes]] = {name: [] for name in SIGNED}
    for line in head.replace(b"\r\n ", b" ").replace(b"\r\n\t", b" ").split(b"\r\n"):
        name, _, value = line.partition(b":")
        name = name.strip().lower()
        if name in found:
            found[name].insert(0, b"%b:%b" % (name, b" ".join(value.split())))
    names = tuple(name for name, lines in found.items() for _ in range(len(lines) + 1))
    return names, [line for lines in found.values() for line in lines]


@lru_cache(maxsize=256)
def _name_list(names: tuple[bytes, ...]) -> bytes:
    """The names joined by colons, folded to lines of 78."""
    lines = [b""]
    for name in names:
        if len(lines[-1]) + len(name) > 70:
            lines.append(b"")
        lines[-1] += name + b":"
    return b"\r\n ".join(lines).removesuffix(b":")
