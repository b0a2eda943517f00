"""One message through an open session: the envelope, then the body and its dot (RFC 5321 §3.3).

Where the relay offers PIPELINING (RFC 2920), the envelope is one group and a message costs two round trips;
elsewhere each command waits for its reply. The body follows only a 354, and after a 354 comes the whole body or the
end of the connection: a dot alone would queue an empty mail.
"""

import re

import msgspec

from nurture.delivery.outcome import Outcome, judge
from nurture.delivery.smtp.envelope import DATA, MAIL, RSET, Command, envelope, unsendable
from nurture.delivery.smtp.opening import Extensions
from nurture.delivery.smtp.reply import Reply
from nurture.delivery.smtp.route import Timeouts
from nurture.delivery.smtp.script import Lost, Script, Step
from nurture.ports import OutgoingMessage, ReceiptStatus
from nurture.vocabulary.words import BounceKind


class Done(msgspec.Struct, frozen=True, kw_only=True):
    """How the transaction ended.

    usable     the session may carry the next message.
    untouched  the session was gone before it answered anything, so the message may try another at once.
    """

    outcome: Outcome
    usable: bool
    untouched: bool = False


def transaction(
    message: OutgoingMessage, *, extensions: Extensions, timeouts: Timeouts, first: bool
) -> Script[Done]:
    """Send one message; *first* says that the session has carried none before."""
    failed = unsendable(message, extensions)
    if failed is not None:
        return Done(outcome=failed, usable=True)
    commands = envelope(message, extensions, timeouts, first=first)
    refused = yield from _offer(commands, pipelining=extensions.pipelining, first=first)
    return refused or (yield from _hand_over(message.data, timeouts))


def _offer(commands: list[Command], *, pipelining: bool, first: bool) -> Script[Done | None]:
    """Say the envelope. Returns None after the go-ahead, else how it was refused."""
    refusal: tuple[Command, Reply] | None = None
    group = b"".join(command.line for command in commands) if pipelining else b""
    answered = False
    for command in commands:
        write = command.line if not pipelining else b"" if answered else group
        try:
            reply = yield Step(write, command.wait)
        except Lost as lost:
            outcome = _refused(*refusal) if refusal else _deferred(str(lost))
            return Done(outcome=outcome, usable=False, untouched=not answered)
        answered = True
        if command.accepts(reply.code):
            continue
        if reply.code < 400:
            text = f"the relay answered {reply.code} to {command.kind}: it is out of step"
            return Done(outcome=_refused(*refusal) if refusal else _deferred(text), usable=False)
        refusal = refusal or (command, reply)
        if reply.code == 421 or command.kind is RSET:  # RFC 5321 §3.8: 421 is followed by the end
            return Done(outcome=_refused(*refusal), usable=False)
        if not pipelining:
            break
    if refusal is None:
        return None
    # A server that says 354 after a refusal awaits a body that must not come, and one that refuses MAIL for now, in a
    # session that was good until then, has reached its limit of messages (OpenSMTPD answers 452 to the 101st).
    go_ahead = command.kind is DATA and reply.code == 354
    limit = refusal[0].kind is MAIL and refusal[1].code < 500 and not first
    return Done(outcome=_refused(*refusal), usable=not (go_ahead or limit))


def _hand_over(data: bytes, timeouts: Timeouts) -> Script[Done]:
    """The body, its dot, and what the relay makes of it."""
    try:
        reply = yield Step(stuffed(data), timeouts.dot, ends_message=True)
    except Lost as lost:
        status = ReceiptStatus.UNKNOWN if lost.all_written else ReceiptStatus.DEFERRED
        return Done(outcome=Outcome(status, "", str(lost)), usable=False)
    if 300 <= reply.code < 400:
        text = f"the relay answered {reply.code} to the final dot: {reply.text}"
        return Done(outcome=Outcome(ReceiptStatus.UNKNOWN, str(reply.code), text), usable=False)
    return Done(outcome=judge(reply.code, reply.enhanced, reply.text), usable=reply.code != 421)


LINE_DOT = re.compile(rb"\n\.")


def stuffed(data: bytes) -> bytes:
    """The message as DATA wants it (RFC 5321 §4.5.2): dots at line starts doubled, the final dot added.

    A dot after a bare LF is doubled too. Composed mail holds none, and if it did, no server that takes LF for a line
    end could be made to end the message there and read on for smuggled commands.
    """
    if data.startswith(b"."):
        data = b"." + data
    data = LINE_DOT.sub(
        b"\n..", data
    )  # a third of what bytes.replace takes where there is something to replace
    return data + (b".\r\n" if data.endswith(b"\r\n") else b"\r\n.\r\n")


def _refused(command: Command, reply: Reply) -> Outcome:
    if command.kind is RSET:  # it speaks of the session, not of the message
        return _deferred(f"the relay answered {reply.code} to RSET: {reply.text}")
    outcome = judge(reply.code, reply.enhanced, reply.text)
    if command.kind is MAIL and outcome.bounce is BounceKind.HARD:
        return msgspec.structs.replace(
            outcome, bounce=BounceKind.BLOCK
        )  # the sender's address, not the lead's
    return outcome


def _deferred(text: str) -> Outcome:
    return Outcome(ReceiptStatus.DEFERRED, "", text)
