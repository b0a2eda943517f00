"""A planned or sent mail of one lead for one step."""

from datetime import datetime

import msgspec

from nurture.vocabulary.words import MailClass


class Touch(msgspec.Struct, frozen=True):
    """Unique by (enrolment, visit, step) of its lead.

    id         lead id and serial in one number (``touch_id``).
    enrolment  serial of the enrolment.
    mail       'campaign/mail'.
    variant    of the experiment, where there is one.
    due_at     when it may leave at the earliest.
    priority   the campaign's.
    """

    id: int
    lead_id: int
    enrolment: int
    visit: int
    campaign: str
    track: str
    step: str
    mail: str
    mail_class: MailClass
    due_at: datetime
    planned_at: datetime
    priority: int
    variant: str | None = None


HONEYPOT = 0
"""The index of the link that no person sees; links that mails name count from 1."""

TOUCHES_A_LEAD = 1_000_000
FIRST_MESSAGE = 1 << 62
"""Where the numbers of messages begin that are no lead's touch: beyond the touches of four trillion leads."""


def touch_id(lead_id: int, serial: int) -> int:
    """The id of a lead's touch number *serial*: given without asking the store, and the same in every replay."""
    assert 0 < serial < TOUCHES_A_LEAD
    return lead_id * TOUCHES_A_LEAD + serial


def lead_of(touch: int) -> int:
    """The lead that a touch id belongs to; 0, which is nobody, for the number of a system mail."""
    return 0 if touch >= FIRST_MESSAGE else touch // TOUCHES_A_LEAD


def serial_of(touch: int) -> int:
    """Which touch of its lead a touch id is."""
    return touch % TOUCHES_A_LEAD


def number_in(lead_id: int, touch: int) -> int:
    """How a lead's state names a touch: its own by serial, that of a lead that was merged into it by the whole id."""
    return serial_of(touch) if lead_of(touch) in (0, lead_id) else touch


def whole(lead_id: int, number: int) -> int:
    """The id of a touch that a lead's state names so; 0, which is none, for none."""
    return touch_id(lead_id, number) if 0 < number < TOUCHES_A_LEAD else number


def message_number(outbox_id: int) -> int:
    """What stands for a system mail wherever a touch id stands for a touch: on the wire, in receipts, in file names."""
    return FIRST_MESSAGE + outbox_id


def outbox_id_of(number: int) -> int | None:
    """The system mail that a number stands for; None for a touch."""
    return number - FIRST_MESSAGE if number >= FIRST_MESSAGE else None
