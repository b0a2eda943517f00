"""What a message that came back says."""

from enum import StrEnum

import msgspec

from nurture.vocabulary.words import BounceKind


class FeedbackKind(StrEnum):
    """What came back. Only a reply was written by a person to be read by one."""

    BOUNCE = "bounce"
    COMPLAINT = "complaint"
    UNSUBSCRIBE = "unsubscribe"
    AUTO_REPLY = "auto-reply"
    REPLY = "reply"
    OTHER = "other"


class Failure(msgspec.Struct, frozen=True):
    """One recipient that a mail did not reach.

    recipient  the address as the notice names it last, behind any forwarding; "" where it names none.
    code       RFC 3463 ("5.1.1"), else the reply code ("550"), else "".
    text       the words of the server that refused, one line.
    is_delay   whether somebody still tries: nothing is decided yet.
    original   the address that was written to, where the notice tells it apart (RFC 3464 §2.3.1); else "".
    """

    recipient: str
    code: str
    text: str
    bounce: BounceKind
    is_delay: bool = False
    original: str = ""


class Feedback(msgspec.Struct, frozen=True, kw_only=True):
    """A message that came back, read.

    failures    of a bounce, one a recipient.
    recipients  whom it is about: of a complaint, who complained; of a notice of success, who has got the mail.
    touch_id    the touch that it is about, proven by an address or Message-ID with our signature; None if nothing is.
    message_id  of the message itself; "" if it has none.
    sender      the address that it says it is from, in lower case; "" if it says none.
    text        of a reply, what its author wrote, without what is quoted; else the words of the notice.
    """

    kind: FeedbackKind
    failures: tuple[Failure, ...] = ()
    recipients: tuple[str, ...] = ()
    touch_id: int | None = None
    message_id: str = ""
    sender: str = ""
    subject: str = ""
    text: str = ""
