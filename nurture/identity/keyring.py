"""Signs what leaves us and knows it again when it comes back, without a database read.

A token is read by making it anew from the ids that it claims and comparing the whole text in constant time: so each
token has one spelling, and another spelling of the same bytes is refused too.
"""

import struct
from base64 import urlsafe_b64decode, urlsafe_b64encode
from binascii import Error as EncodingError
from binascii import b2a_base64
from collections.abc import Sequence
from datetime import UTC, datetime
from functools import lru_cache
from hmac import compare_digest

import msgspec

from nurture.errors import TokenError
from nurture.identity.mac import Mac
from nurture.identity.webhook import signature, webhook_key, written

TOUCH = struct.Struct(">QI")
NUMBER = struct.Struct(">Q")

TOUCH_MAC_BYTES = 10
"""80 bits: a million guesses a second would forge one open in 38 billion years."""
MAIL_MAC_BYTES = 12
SEAL_MAC_BYTES = 16

TOUCH_TOKEN_LENGTH = 30
RETURN_PATH_PREFIX = "b+"
REPLY_PREFIX = "reply+"
UNSUBSCRIBE_PREFIX = "unsubscribe+"
URL_SAFE = bytes.maketrans(b"+/", b"-_")


class TouchToken(msgspec.Struct, frozen=True):
    """What a link or pixel of a mail says: whose mail, and the revision in which the link's index counts."""

    touch_id: int
    mail_revision: int


class Keyring:
    """The keys of one installation: signs with *secret*, and still reads what the *retired* ones signed."""

    def __init__(self, secret: bytes, *retired: bytes) -> None:
        secrets = (secret, *retired)
        self._secrets = secrets
        self._touch = [Mac(each, "touch token", TOUCH_MAC_BYTES) for each in secrets]
        self._return_path = [Mac(each, "return path", MAIL_MAC_BYTES) for each in secrets]
        self._message_id = [Mac(each, "message id", MAIL_MAC_BYTES) for each in secrets]
        self._reply = [Mac(each, "reply address", MAIL_MAC_BYTES) for each in secrets]
        self._unsubscribe = [Mac(each, "unsubscribe address", MAIL_MAC_BYTES) for each in secrets]
        self._seal = lru_cache(maxsize=64)(
            lambda purpose: [Mac(each, f"seal {purpose}", SEAL_MAC_BYTES) for each in secrets]
        )

    def touch_token(self, touch_id: int, mail_revision: int) -> str:
        """The 30 URL-safe characters that stand for a touch in every link of its mail.

        touch_id       below 2**64.
        mail_revision  the number of the mail's revision in the store, below 2**32.
        """
        return _touch_token(self._touch[0], TOUCH.pack(touch_id, mail_revision)).decode()

    def read_touch_token(self, token: str) -> TouchToken:
        """The ids in a token of ours. Raises TokenError for any other text."""
        given = _ascii(token)
        packed = _bytes_of(given[:16])  # 16 characters are the 12 bytes of the ids
        if len(packed) == TOUCH.size:
            for mac in self._touch:
                if compare_digest(_touch_token(mac, packed), given):
                    return TouchToken(*TOUCH.unpack(packed))
        raise TokenError("this link was not made here, or was changed on the way")

    def return_path(self, touch_id: int, domain: str) -> str:
        """The envelope sender of a touch (VERP), where its bounce comes back; its case carries no meaning."""
        return f"{RETURN_PATH_PREFIX}{_mail_token(self._return_path[0], touch_id)}@{domain}"

    def read_return_path(self, address: str) -> int:
        """The touch whose return path this is, in whatever case. Raises TokenError if it is none of ours."""
        return _read_mail_token(self._return_path, _token_after(RETURN_PATH_PREFIX, address))

    def reply_address(self, touch_id: int, domain: str) -> str:
        """Where the answer to a touch goes, so that it is known whose it is; its case carries no meaning."""
        return f"{REPLY_PREFIX}{_mail_token(self._reply[0], touch_id)}@{domain}"

    def read_reply_address(self, address: str) -> int:
        """The touch that a mail to this address answers. Raises TokenError if it is none of ours."""
        return _read_mail_token(self._reply, _token_after(REPLY_PREFIX, address))

    def unsubscribe_address(self, touch_id: int, domain: str) -> str:
        """The address of List-Unsubscribe (RFC 2369 §3.2): any mail to it unsubscribes the touch's lead."""
        return f"{UNSUBSCRIBE_PREFIX}{_mail_token(self._unsubscribe[0], touch_id)}@{domain}"

    def read_unsubscribe_address(self, address: str) -> int:
        """The touch whose lead a mail to this address unsubscribes. Raises TokenError if it is none of ours."""
        return _read_mail_token(self._unsubscribe, _token_after(UNSUBSCRIBE_PREFIX, address))

    def message_id(self, touch_id: int, domain: str) -> str:
        """The Message-ID of a touch: always the same, so that a second copy of a mail is known as a copy."""
        return f"<{_mail_token(self._message_id[0], touch_id)}@{domain}>"

    def read_message_id(self, message_id: str) -> int:
        """The touch that the header of a reply or bounce names. Raises TokenError if it is none of ours."""
        return _read_mail_token(self._message_id, message_id.strip("<> ").partition("@")[0].lower())

    def webhook_secret(self, webhook: str) -> str:
        """What the receiver of *webhook* verifies our posts with: 'whsec_' and base64, as Standard Webhooks has it."""
        return written(webhook_key(self._secrets[0], webhook))

    def webhook_headers(self, webhook: str, message_id: str, at: datetime, body: bytes) -> dict[str, str]:
        """The three headers that prove a post at *at* ours; a retired secret signs too, so that a receiver may change
        to the new one in its own time.
        """
        second = int(at.timestamp())
        keys = [webhook_key(each, webhook) for each in self._secrets]
        return {
            "webhook-id": message_id,
            "webhook-timestamp": str(second),
            "webhook-signature": " ".join(signature(key, message_id, second, body) for key in keys),
        }

    def pseudonym(self, purpose: str, text: str) -> str:
        """A name for *text* that is always the same, and that without our key nobody can tell from it or make of it."""
        return self.pseudonyms(purpose, text)[0]

    def pseudonyms(self, purpose: str, text: str) -> tuple[str, ...]:
        """Every name that *text* may have had: one of each secret, the retired ones included."""
        return tuple(
            Mac(each, f"pseudonym {purpose}", SEAL_MAC_BYTES).sign(text.encode()).hex()
            for each in self._secrets
        )

    def seal(self, purpose: str, text: str, expires_at: datetime) -> str:
        """*text*, signed but not hidden, in URL-safe characters that :meth:`open` takes before *expires_at*."""
        body = NUMBER.pack(int(expires_at.timestamp())) + text.encode()
        return _sealed(self._seal(purpose)[0], body).decode()

    def open(self, purpose: str, sealed: str, now: datetime) -> str:
        """The text sealed for *purpose*. Raises TokenError if it was changed, made for another, or has expired."""
        given = _ascii(sealed)
        body = _bytes_of(given + b"=" * (-len(given) % 4))[:-SEAL_MAC_BYTES]
        if not any(compare_digest(_sealed(mac, body), given) for mac in self._seal(purpose)):
            raise TokenError(
                "this link was not made here, was changed on the way, or was made for something else"
            )
        expires_at = datetime.fromtimestamp(NUMBER.unpack_from(body)[0], UTC)
        if now >= expires_at:
            raise TokenError(f"this link was good until {expires_at:%Y-%m-%d %H:%M} UTC; ask for a new one")
        return body[NUMBER.size :].decode()


def _touch_token(mac: Mac, packed: bytes) -> bytes:
    return b2a_base64(packed + mac.sign(packed), newline=False).translate(URL_SAFE)[:TOUCH_TOKEN_LENGTH]


def _mail_token(mac: Mac, touch_id: int) -> str:
    # 20 bytes are 40 hexadecimal digits, which survive servers that fold the case.
    packed = NUMBER.pack(touch_id)
    return (packed + mac.sign(packed)).hex()


def _token_after(prefix: str, address: str) -> str:
    before, _, token = address.partition("@")[0].lower().rpartition(prefix)
    if before:
        raise TokenError(f"an address of ours begins with {prefix!r}")
    return token


def _read_mail_token(macs: Sequence[Mac], token: str) -> int:
    try:
        (touch_id,) = NUMBER.unpack(bytes.fromhex(token)[: NUMBER.size])
    except (ValueError, struct.error):
        raise TokenError("this address names no touch of ours") from None
    if not any(compare_digest(_mail_token(mac, touch_id), token) for mac in macs):
        raise TokenError("this address was not made here, or was changed on the way")
    return int(touch_id)


def _sealed(mac: Mac, body: bytes) -> bytes:
    return urlsafe_b64encode(body + mac.sign(body)).rstrip(b"=")


def _bytes_of(encoded: bytes) -> bytes:
    """What base64 stands for, or nothing where it is none: no signature of ours fits nothing."""
    try:
        return urlsafe_b64decode(encoded)
    except EncodingError:
        return b""


def _ascii(text: str) -> bytes:
    try:
        return text.encode("ascii")
    except UnicodeEncodeError:
        raise TokenError(
            "this link was changed on the way: it has characters that no token of ours has"
        ) from None
