"""The commands that name sender and recipient of one message, and the messages for which there are none."""

import re
from enum import StrEnum

import msgspec

from nurture.delivery.headers import ascii_domain
from nurture.delivery.outcome import Outcome
from nurture.delivery.smtp.opening import Extensions
from nurture.delivery.smtp.route import Timeouts
from nurture.ports import OutgoingMessage, ReceiptStatus

ADDRESS = re.compile(r"[^\s<>\x00-\x20\x7f]{1,254}")
"""What may stand between the angle brackets of MAIL and RCPT; RFC 5321 §4.5.3.1.3 allows 254 characters."""


class Kind(StrEnum):
    RSET = "RSET"
    MAIL = "MAIL"
    RCPT = "RCPT"
    DATA = "DATA"


RSET, MAIL, RCPT, DATA = Kind


class Command(msgspec.Struct, frozen=True):
    """One command, and the seconds to wait for its reply."""

    kind: Kind
    line: bytes
    wait: float

    def accepts(self, code: int) -> bool:
        return code == 354 if self.kind is DATA else 200 <= code < 300


def envelope(
    message: OutgoingMessage, extensions: Extensions, timeouts: Timeouts, *, first: bool
) -> list[Command]:
    """RSET, MAIL, RCPT, DATA; without RSET for a session's *first* message.

    RSET is not optional: Postfix 3.7 lets the next envelope through in pieces after it refused a message at the dot.
    """
    wait = timeouts.command
    sender, recipient = ascii_domain(message.mail_from), ascii_domain(message.rcpt_to)
    parameters = f" SIZE={len(message.data)}" if extensions.size_max else ""
    if not message.data.isascii():
        parameters += " BODY=8BITMIME"
    if not (sender.isascii() and recipient.isascii()):
        parameters += " SMTPUTF8"
    commands = [
        Command(MAIL, f"MAIL FROM:<{sender}>{parameters}\r\n".encode(), wait),
        Command(RCPT, f"RCPT TO:<{recipient}>\r\n".encode(), wait),
        Command(DATA, b"DATA\r\n", timeouts.data),
    ]
    return commands if first else [Command(RSET, b"RSET\r\n", wait), *commands]


def unsendable(message: OutgoingMessage, extensions: Extensions) -> Outcome | None:
    """Why this message can never go this way, with the remedy; None if it can."""
    sender, recipient, data = message.mail_from, message.rcpt_to, message.data
    if not (ADDRESS.fullmatch(recipient) and (not sender or ADDRESS.fullmatch(sender))):
        text = "an address of the envelope holds characters that SMTP forbids; correct the lead's address"
    elif extensions.size_max and len(data) > extensions.size_max:
        text = f"the message has {len(data)} bytes, the relay takes {extensions.size_max}; shorten the mail"
    elif not extensions.smtputf8 and not (ascii_domain(sender) + ascii_domain(recipient)).isascii():
        text = (
            "the address is international (RFC 6531) and the relay does not offer SMTPUTF8; "
            "use a relay that does, or an address in ASCII"
        )
    elif not extensions.eight_bit and not data.isascii():
        text = "the message is 8-bit and the relay does not offer 8BITMIME; encode it as quoted-printable"
    else:
        return None
    return Outcome(ReceiptStatus.FAILED, "", text)
