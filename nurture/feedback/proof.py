"""Which touch a message is about, and what proves it: an address or Message-ID that carries our signature."""

from collections.abc import Callable
from enum import StrEnum

import msgspec

from nurture.errors import TokenError
from nurture.feedback.addresses import addresses_in
from nurture.feedback.letter import Letter
from nurture.identity import Keyring

ADDRESSED = ("Delivered-To", "X-Original-To", "Envelope-To", "X-Envelope-To", "X-Delivered-To", "To", "Cc")
MESSAGE_IDS_MAX = 50
"""Of a long thread, the last ones count."""


class Way(StrEnum):
    """Which of our addresses a message came to."""

    RETURN_PATH = "return path"
    REPLY = "reply"
    UNSUBSCRIBE = "unsubscribe"
    MESSAGE_ID = "message id"


class Proof(msgspec.Struct, frozen=True):
    """The touch, and by which way it is proven."""

    touch_id: int
    way: Way


def proof_of(
    letter: Letter, keyring: Keyring, envelope_to: str = "", *, of_report: bool = False
) -> Proof | None:
    """The strongest proof in a message; None if nothing in it was made by us.

    envelope_to  the recipient of the envelope, where the way in knows it; "" else.
    of_report    whether a mail system or provider seems to have written it: what they write comes to the return path or
                 encloses our mail, while everybody in a conversation knows where its answers go.
    """
    to = [envelope_to, *(each for name in ADDRESSED for each in addresses_in(letter.field(name)))]
    sent_from = addresses_in(letter.of_returned("Return-Path"))
    ways: list[tuple[Way, Callable[[str], int], list[str]]] = [
        (Way.RETURN_PATH, keyring.read_return_path, [*to, *sent_from]),
        (Way.UNSUBSCRIBE, keyring.read_unsubscribe_address, [] if of_report else to),
        (Way.REPLY, keyring.read_reply_address, [] if of_report else to),
        (Way.MESSAGE_ID, keyring.read_message_id, message_ids(letter)),
    ]
    for way, read, found in ways:
        for each in found:
            try:
                return Proof(read(each), way)
            except TokenError:
                continue
    return None


def message_ids(letter: Letter) -> list[str]:
    """The earlier messages that it names: the nearest first."""
    named = [letter.of_returned("Message-ID"), letter.field("In-Reply-To")]
    named += reversed(letter.field("References").split()[-MESSAGE_IDS_MAX:])
    return [each for each in named if each]
