"""A transport into a Maildir: mail lands in a folder that the web page, or any mail program, reads."""

import os
from collections import Counter
from collections.abc import Iterable, Iterator
from pathlib import Path

from nurture.delivery.mailbox import FOLDERS, Mailbox, file_name
from nurture.ports import UNLOGGED, Clock, OutgoingMessage, Receipt, ReceiptStatus, SendLog


class MaildirTransport:
    """Writes each message to ``tmp`` and moves it to ``new`` whole, so no reader ever sees half of one.

    A file is named by second, touch and count, so a touch that was written twice shows as two files. It survives the
    end of this process, not a power cut: nothing is fsynced, since this mailbox is for looking, not for keeping.
    """

    name = "maildir"
    leaves_machine = False

    def __init__(self, path: Path, clock: Clock) -> None:
        """*path* is the Maildir; it is made when the first message comes."""
        self._path = path
        self._clock = clock
        self._writes: Counter[int] | None = None

    def send(self, messages: Iterable[OutgoingMessage], log: SendLog = UNLOGGED) -> Iterator[Receipt]:
        for message in messages:
            receipt = self._deliver(message, log)
            log.answered(receipt)
            yield receipt

    def close(self) -> None:
        """Nothing is held open."""

    def _deliver(self, message: OutgoingMessage, log: SendLog) -> Receipt:
        at = self._clock.now()
        try:
            log.before_dot(message.touch_id)
            self._write(message, int(at.timestamp()))
        except OSError as error:
            text = f"the mailbox {self._path} takes no mail: {error.strerror or error}"
            return Receipt(message.touch_id, ReceiptStatus.DEFERRED, at=at, text=text)
        return Receipt(message.touch_id, ReceiptStatus.SENT, at=at)

    def _write(self, message: OutgoingMessage, second: int) -> None:
        writes = self._writes_so_far()
        # What final delivery adds (RFC 5321 §4.4), so that the envelope can be seen too.
        trace = f"Return-Path: <{message.mail_from}>\r\nDelivered-To: {message.rcpt_to}\r\n"
        while True:
            name = file_name(second=second, touch_id=message.touch_id, write=writes[message.touch_id] + 1)
            draft = self._path / "tmp" / f"{name}.{os.getpid()}"
            draft.write_bytes(trace.encode() + message.data)
            writes[message.touch_id] += 1
            try:
                os.link(draft, self._path / "new" / name)  # unlike a rename, refuses a name that is taken
            except FileExistsError:
                continue
            finally:
                draft.unlink()
            return

    def _writes_so_far(self) -> Counter[int]:
        if self._writes is None:
            for folder in FOLDERS:
                (self._path / folder).mkdir(parents=True, exist_ok=True)
            self._writes = Counter(stored.touch_id for stored in Mailbox(self._path).newest_first())
        return self._writes
