"""A planned or sent mail of one lead for one step."""

from datetime import datetime

import msgspec

from nurture.vocabulary.words import MailClass


class Touch(msgspec.Struct, frozen=True):
    """Unique by (enrolment, visit, step) of its lead.

    id         lead id and serial in one number (``identity.touch_id``).
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
