"""What a turn asks the engine to do. Values only; ``engine.apply`` carries them out in the turn's transaction."""

from collections.abc import Mapping
from datetime import datetime

import msgspec

from nurture.vocabulary.event import PropertyValue
from nurture.vocabulary.points import ScoreEntry
from nurture.vocabulary.touch import Touch
from nurture.vocabulary.words import EventKind, Lane, SuppressionCause


class PlanTouch(msgspec.Struct, frozen=True):
    """Put a mail on the due queue, in its lane."""

    touch: Touch
    lane: Lane = Lane.CADENCE


class CancelTouch(msgspec.Struct, frozen=True):
    """Take a planned mail off the queue; one that is already being sent finishes."""

    touch_id: int
    why: str


class WriteEntry(msgspec.Struct, frozen=True):
    """Append to the score ledger."""

    entry: ScoreEntry


class Record(msgspec.Struct, frozen=True):
    """Append an event that the turn decided, with its trigger and values."""

    kind: EventKind
    properties: Mapping[str, PropertyValue]


class CreateTask(msgspec.Struct, frozen=True):
    """Give a person something to do.

    assignee  an address; None for the lead's owner, whoever that is when the task is read.
    """

    task: str
    assignee: str | None
    note: str | None
    enrolment: int
    visit: int
    step: str


class CallWebhook(msgspec.Struct, frozen=True):
    """Post the lead's story to a named endpoint, once a visit."""

    webhook: str
    enrolment: int
    visit: int
    step: str


class HandOver(msgspec.Struct, frozen=True):
    """Give the lead to a rep of *team*, or to its owner where it has one."""

    serial: int
    team: str
    owner: str | None


class CloseHandOff(msgspec.Struct, frozen=True):
    """Sales has answered, or is done with the lead.

    accepted  False for what closes a hand-off: a rejection, a return, a lead that was won, lost or disqualified.
    reason    of a rejection or a return; None where the lead's stage tells.
    rep       who has accepted; None for what closes.
    lead_id   whose it is; None for the lead of the turn.
    """

    serial: int
    accepted: bool
    reason: str | None = None
    rep: str | None = None
    lead_id: int | None = None


class MoveHandOff(msgspec.Struct, frozen=True):
    """A hand-off is another lead's now: a lead and its serial there, each."""

    source: tuple[int, int]
    target: tuple[int, int]


class ReopenHandOff(msgspec.Struct, frozen=True):
    """What a merge closed is open again."""

    lead_id: int
    serial: int


class Suppress(msgspec.Struct, frozen=True):
    """Never mail the lead's address again.

    of  the lead whose address it is about, which was merged into this one; None for the lead of the turn.
    """

    cause: SuppressionCause
    of: int | None = None


class Label(msgspec.Struct, frozen=True):
    """Show the lead under these tags, or no longer."""

    tags: tuple[str, ...]
    on: bool


class Answered(msgspec.Struct, frozen=True):
    """A person has opened a touch, or clicked in it, for the first time."""

    touch_id: int
    kind: EventKind
    at: datetime


class AnswerOverturned(msgspec.Struct, frozen=True):
    """When a person first opened a touch, or clicked in it, is another moment than was thought; None for never."""

    touch_id: int
    kind: EventKind
    first_at: datetime | None


class Notify(msgspec.Struct, frozen=True):
    """Tell a person of ours.

    to  an address; None for the lead's owner.
    """

    to: str | None
    what: str


Effect = (
    PlanTouch
    | CancelTouch
    | WriteEntry
    | Record
    | CreateTask
    | CallWebhook
    | HandOver
    | CloseHandOff
    | MoveHandOff
    | ReopenHandOff
    | Suppress
    | Label
    | Answered
    | AnswerOverturned
    | Notify
)
