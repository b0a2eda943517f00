"""The local mailbox: what was written is listed newest first and reads back."""

from datetime import UTC, datetime, timedelta

import pytest

from nurture.delivery.mailbox import Mailbox
from nurture.delivery.maildir import MaildirTransport
from nurture.ports import OutgoingMessage, ReceiptStatus


class SteppingClock:
    """A minute passes at each look."""

    def __init__(self) -> None:
        self.time = datetime(2026, 3, 2, 10, 0, tzinfo=UTC)

    def now(self) -> datetime:
        self.time += timedelta(minutes=1)
        return self.time


def mail(touch_id: int) -> OutgoingMessage:
    data = f"Subject: Mail {touch_id}\r\n\r\nHello\r\n".encode()
    return OutgoingMessage(touch_id, f"b+{touch_id}@acme.example", "jane@example.com", data)


@pytest.fixture
def mailbox(tmp_path):
    transport = MaildirTransport(tmp_path / "mailbox", SteppingClock())
    assert all(receipt.status is ReceiptStatus.SENT for receipt in transport.send(map(mail, range(1, 8))))
    return Mailbox(tmp_path / "mailbox")


def test_it_pages_newest_first(mailbox):
    assert [stored.touch_id for stored in mailbox.page(number=1, size=3)] == [7, 6, 5]
    assert [stored.touch_id for stored in mailbox.page(number=3, size=3)] == [1]
    assert mailbox.page(number=4, size=3) == []


def test_an_absent_mailbox_is_empty(tmp_path):
    assert Mailbox(tmp_path / "none").newest_first() == []


def test_a_message_reads_back_with_its_envelope(mailbox):
    stored = mailbox.page(number=1, size=1)[0]
    assert mailbox.headers(stored)["Subject"] == "Mail 7"
    message = mailbox.message(stored.name)
    assert message["Return-Path"] == "<b+7@acme.example>"
    assert message["Delivered-To"] == "jane@example.com"
    assert message.get_content() == "Hello\r\n"


def test_a_second_write_of_a_touch_is_seen(mailbox, tmp_path):
    fresh_process = MaildirTransport(tmp_path / "mailbox", SteppingClock())
    list(fresh_process.send([mail(3), mail(3)]))
    assert sorted(stored.write for stored in mailbox.newest_first() if stored.touch_id == 3) == [1, 2, 3]


def test_a_message_that_a_mail_program_has_read_stays_listed(mailbox, tmp_path):
    path = tmp_path / "mailbox"
    name = mailbox.page(number=1, size=1)[0].name
    (path / "new" / name).rename(path / "cur" / f"{name}:2,S")
    assert mailbox.page(number=1, size=1)[0].name == f"{name}:2,S"
    assert mailbox.message(f"{name}:2,S")["Subject"] == "Mail 7"


@pytest.mark.parametrize("name", ["../../etc/passwd", "new/x", "", "1772445660.T9N1.nurture"])
def test_no_other_file_is_read(mailbox, name):
    with pytest.raises(FileNotFoundError):
        mailbox.message(name)


def test_a_mailbox_that_cannot_be_written_defers(tmp_path):
    (tmp_path / "mailbox").write_text("a file where the folder should be")
    (receipt,) = MaildirTransport(tmp_path / "mailbox", SteppingClock()).send([mail(1)])
    assert receipt.status is ReceiptStatus.DEFERRED
    assert "takes no mail" in receipt.text


def test_nothing_is_left_half_written(mailbox, tmp_path):
    assert list((tmp_path / "mailbox" / "tmp").iterdir()) == []
