"""A worker's line to the relay: several messages at once, and at each command what a relay or a network does to a sender."""

from collections.abc import Iterable, Iterator
from datetime import timedelta
from enum import StrEnum

import msgspec

from nurture.delivery.outcome import Outcome, judge
from nurture.ports import UNLOGGED, Clock, OutgoingMessage, Receipt, ReceiptStatus, SendLog
from nurture.simulation.faults.far_end import FarEnd, named
from nurture.simulation.faults.ground import Ground
from nurture.simulation.faults.store import Process

AT_ONCE_MAX = 4
SILENCE = timedelta(minutes=10)
"""How long we wait for the answer to a dot (RFC 5321 §4.5.3.2.6)."""
LATER = ((421, "4.7.0", "too many messages in this session"), (450, "4.2.1", "mailbox busy"), (451, "4.3.0", "local error in processing"), (451, "4.7.1", "greylisted, try again in 5 minutes"), (452, "4.2.2", "mailbox full for now"), (454, "4.7.0", "TLS not available"), (432, "4.7.12", "a password transition is needed"))  # fmt: skip
NEVER = ((550, "5.1.1", "user unknown"), (550, "5.1.2", "no such domain"), (550, "5.2.1", "mailbox disabled"), (552, "5.2.2", "mailbox full"), (552, "5.3.4", "message too big"), (554, "5.6.0", "content refused"), (550, "5.7.1", "blocked by policy"), (550, "5.7.26", "unauthenticated"), (550, "", "no"), (503, "5.5.1", "bad sequence of commands"))  # fmt: skip
"""Reply codes, enhanced codes and words of 4xx and 5xx, a few of every class."""


class Fate(StrEnum):
    """What becomes of one try."""

    TAKEN = "taken"
    REFUSED = "refused"
    REFUSED_AT_THE_DOT = "refused at the dot"
    CUT_BEFORE = "cut before the dot"
    CUT_AFTER = "cut after the dot"
    CUT_AND_TAKEN = "cut after the dot, and taken"


class Carried(msgspec.Struct):
    """A message on its way.

    dotted  whether its dot has left.
    """

    message: OutgoingMessage
    fate: Fate
    said: Outcome
    silent: bool
    dotted: bool = False


class Line:
    """A transport over which real perils lie; one worker's."""

    name = "troubled"
    leaves_machine = True

    def __init__(self, ground: Ground, far_end: FarEnd, process: Process, clock: Clock) -> None:
        self.carried: list[Carried] = []
        self._ground = ground
        self._far_end = far_end
        self._process = process
        self._clock = clock
        self._at_once = 1 + int(ground.lot("at once") * AT_ONCE_MAX)

    def in_flight(self) -> list[int]:
        """Whose dot has left without an answer: of these nobody here can know."""
        return [each.message.touch_id for each in self.carried if each.dotted]

    def send(self, messages: Iterable[OutgoingMessage], log: SendLog = UNLOGGED) -> Iterator[Receipt]:
        waiting, failure = iter(messages), None
        more = True
        self.carried = []
        while more or self.carried:
            if more and len(self.carried) < self._at_once and self._ground.happens(0.7, "takes another"):
                try:
                    message = self._next(waiting)
                except Exception as error:  # noqa: BLE001 raised when those under way have ended
                    message, failure = None, error
                more = message is not None
                if message is not None:
                    self.carried.append(self._begun(message))
            elif self.carried:
                receipt = self._turn(self._ground.pick(self.carried, "whose turn"), log)
                if receipt is not None:
                    yield receipt
        if failure is not None:
            raise failure

    def close(self) -> None:
        """Nothing is held open."""

    def _next(self, waiting: Iterator[OutgoingMessage]) -> OutgoingMessage | None:
        self._process.point("before a message")
        message = next(waiting, None)
        if message is not None:
            self._far_end.begun(message)
            self._process.point("after RCPT")
        return message

    def _begun(self, message: OutgoingMessage) -> Carried:
        ground, perils = self._ground, self._ground.perils
        said = judge(250, "2.0.0", "queued")
        fate = Fate.TAKEN
        if ground.happens(perils.deferred, "deferred"):
            fate = ground.pick((Fate.REFUSED, Fate.REFUSED_AT_THE_DOT), "where deferred")
            said = judge(*ground.pick(LATER, "how deferred"))
        elif ground.happens(perils.bounced, "bounced"):
            fate = ground.pick((Fate.REFUSED, Fate.REFUSED_AT_THE_DOT), "where bounced")
            said = judge(*ground.pick(NEVER, "how bounced"))
        elif ground.happens(perils.dropped, "dropped"):
            fate = ground.pick((Fate.CUT_BEFORE, Fate.CUT_AFTER, Fate.CUT_AND_TAKEN), "where dropped")
        return Carried(message, fate, said, ground.happens(perils.silent, "silent"))

    def _turn(self, each: Carried, log: SendLog) -> Receipt | None:
        """The next step of one message; its receipt, where that was the last one."""
        if each.dotted:
            return self._answer(each, log)
        if each.fate in (Fate.REFUSED, Fate.CUT_BEFORE):
            return self._receipt(each, log)
        self._process.point("before the dot")
        try:
            log.before_dot(each.message.touch_id)
        except OSError as error:
            self._ground.tell(f"{self._process.name}: {named(each.message.touch_id)} must not leave: {error}")
            self.carried.remove(each)
            return self._told(
                each, log, Outcome(ReceiptStatus.DEFERRED, "", f"it must not leave now: {error}")
            )
        each.dotted = True
        if each.fate in (Fate.TAKEN, Fate.CUT_AND_TAKEN):
            self._far_end.takes(each.message)
        self._process.point("after the dot")
        return None

    def _answer(self, each: Carried, log: SendLog) -> Receipt:
        if each.silent:
            self._ground.tell(f"{self._process.name}: the relay says nothing for {SILENCE}")
            self._ground.pass_time(SILENCE)
            self._process.point("in the silence")
        return self._receipt(each, log)

    def _receipt(self, each: Carried, log: SendLog) -> Receipt:
        match each.fate:
            case Fate.CUT_BEFORE:
                outcome = Outcome(ReceiptStatus.DEFERRED, "", "the connection broke before the last byte")
            case Fate.CUT_AFTER | Fate.CUT_AND_TAKEN:
                outcome = Outcome(ReceiptStatus.UNKNOWN, "", "the connection broke after the last byte")
                self._far_end.doubted.add(each.message.touch_id)
            case _:
                outcome = each.said
        receipt = self._told(each, log, outcome)
        self.carried.remove(each)
        return receipt

    def _told(self, each: Carried, log: SendLog, outcome: Outcome) -> Receipt:
        receipt = Receipt(
            touch_id=each.message.touch_id,
            status=outcome.status,
            at=self._clock.now(),
            code=outcome.code,
            text=outcome.text,
            bounce=outcome.bounce,
        )
        log.answered(receipt)
        each.dotted = False  # what came of it is known
        self._ground.tell(
            f"{self._process.name}: {named(receipt.touch_id)} is {outcome.status} {outcome.code} {outcome.text}"
        )
        self._process.point("after an answer")
        return receipt
