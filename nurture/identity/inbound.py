"""The addresses at which a touch's lead reaches us by mail: one token each, so that we know who writes about what."""

from nurture.identity.keyring import Keyring


def reply_address(keyring: Keyring, touch_id: int, domain: str) -> str:
    """Where the answer to a touch goes: its Reply-To."""
    return keyring.reply_address(touch_id, domain)


def unsubscribe_mailto(keyring: Keyring, touch_id: int, domain: str) -> str:
    """The second way out of List-Unsubscribe, for mail programs without HTTP (RFC 2369 §3.2, RFC 6068)."""
    return f"mailto:{keyring.unsubscribe_address(touch_id, domain)}?subject=unsubscribe"
