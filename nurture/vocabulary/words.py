"""The closed sets of the glossary: one word, one meaning. Each value is how files, rows and pages spell it."""

from enum import IntEnum, StrEnum
from typing import Literal


class Temperature(StrEnum):
    COLD = "cold"
    WARM = "warm"
    HOT = "hot"

    @property
    def rank(self) -> int:
        """0 for cold, 1 for warm, 2 for hot."""
        return ("cold", "warm", "hot").index(self.value)


class Stage(StrEnum):
    """The success path in order, then the detours."""

    INQUIRY = "inquiry"
    MQL = "mql"
    SAL = "sal"
    SQL = "sql"
    OPPORTUNITY = "opportunity"
    CUSTOMER = "customer"
    ADVOCATE = "advocate"
    RECYCLED = "recycled"
    DISQUALIFIED = "disqualified"
    LOST = "lost"


class StageOwner(StrEnum):
    """Who runs a stage; nurture pauses only while it is sales."""

    MARKETING = "marketing"
    SALES = "sales"
    SUCCESS = "success"


class BuyingRole(StrEnum):
    CHAMPION = "champion"
    BUYER = "buyer"
    DECISION_MAKER = "decision-maker"
    USER = "user"


class Grade(StrEnum):
    A = "A"
    B = "B"
    C = "C"
    D = "D"
    E = "E"


class MailClass(StrEnum):
    """Operational mail is exempt from caps and topic opt-outs."""

    MARKETING = "marketing"
    OPERATIONAL = "operational"


class Lane(IntEnum):
    """Which due mail leaves before which; of one lane the oldest first.

    OPERATIONAL  somebody waits for it.
    TRIGGERED    answers what the person has just done.
    CADENCE      everything that only its time has come for.
    """

    OPERATIONAL = 0
    TRIGGERED = 1
    CADENCE = 2

    @classmethod
    def anew(cls, mail_class: MailClass) -> "Lane":
        """The lane of a mail that is put into the queue again: whatever it answered is long past."""
        return cls.OPERATIONAL if mail_class is MailClass.OPERATIONAL else cls.CADENCE


class EventKind(StrEnum):
    """Everything that happens, in the past tense. The first group comes from outside, the second from deciding."""

    LEAD_CREATED = "lead.created"
    LEAD_CHANGED = "lead.changed"
    LEAD_MERGED = "lead.merged"
    LEAD_UNMERGED = "lead.unmerged"
    LEAD_TAGGED = "lead.tagged"
    LEAD_UNTAGGED = "lead.untagged"
    MAIL_SENT = "mail.sent"
    MAIL_DEFERRED = "mail.deferred"
    MAIL_BOUNCED = "mail.bounced"
    MAIL_FAILED = "mail.failed"
    MAIL_SKIPPED = "mail.skipped"
    MAIL_CANCELLED = "mail.cancelled"
    MAIL_UNKNOWN = "mail.unknown"
    MAIL_LOST = "mail.lost"
    MAIL_OPENED = "mail.opened"
    MAIL_CLICKED = "mail.clicked"
    VERDICT_OVERTURNED = "verdict.overturned"
    MAIL_REPLIED = "mail.replied"
    MAIL_COMPLAINED = "mail.complained"
    UNSUBSCRIBED = "unsubscribed"
    PREFERENCES_CHANGED = "preferences.changed"
    SNOOZED = "snoozed"
    SUPPRESSED = "suppressed"
    SUPPRESSION_LIFTED = "suppression.lifted"
    SUNSET_BEGUN = "sunset.begun"
    SUNSET_ENDED = "sunset.ended"
    CONSENT_ASKED = "consent.asked"
    CONSENT_GIVEN = "consent.given"
    PAGE_VISITED = "page.visited"
    FILE_DOWNLOADED = "file.downloaded"
    FORM_SUBMITTED = "form.submitted"
    HAND_OFF_ACCEPTED = "hand_off.accepted"
    HAND_OFF_REJECTED = "hand_off.rejected"
    HAND_OFF_SNOOZED = "hand_off.snoozed"
    CONTACTED = "contacted"
    CONTACT_TRIED = "contact.tried"
    NOTE_WRITTEN = "note.written"
    TASK_DONE = "task.done"
    TASK_CHANGED = "task.changed"
    STAGE_SET = "stage.set"
    CAMPAIGN_STARTED = "campaign.started"
    CAMPAIGN_STOPPED = "campaign.stopped"
    TRACK_SET = "track.set"
    TRACK_UNSET = "track.unset"
    BROADCAST_REACHED = "broadcast.reached"
    BROADCAST_CANCELLED = "broadcast.cancelled"
    TIMER_DUE = "timer.due"
    PROGRAMME_APPLIED = "programme.applied"

    BROADCAST_MISSED = "broadcast.missed"
    CAMPAIGN_ENTERED = "campaign.entered"
    CAMPAIGN_LEFT = "campaign.left"
    TRACK_ENTERED = "track.entered"
    TRACK_FINISHED = "track.finished"
    TEMPERATURE_CHANGED = "temperature.changed"
    STAGE_CHANGED = "stage.changed"
    PERSONA_CHANGED = "persona.changed"
    GRADE_CHANGED = "grade.changed"
    HAND_OFF_MADE = "hand_off.made"
    SLA_WARNED = "sla.warned"
    SLA_BREACHED = "sla.breached"
    TASK_CREATED = "task.created"
    WEBHOOK_CALLED = "webhook.called"
    VARIANT_ASSIGNED = "variant.assigned"
    EXPERIMENT_WEIGHTED = "experiment.weighted"


class ContactHow(StrEnum):
    """How a rep turns to a lead."""

    CALL = "call"
    MAIL = "mail"


class ContactOutcome(StrEnum):
    """What came of it."""

    REACHED = "reached"
    MEETING_BOOKED = "meeting-booked"
    NO_ANSWER = "no-answer"
    WRONG_NUMBER = "wrong-number"

    @property
    def is_contact(self) -> bool:
        """Whether rep and lead have spoken, which is what is agreed; else somebody has only tried."""
        return self in (ContactOutcome.REACHED, ContactOutcome.MEETING_BOOKED)


ENGAGEMENTS = frozenset(
    {
        EventKind.MAIL_OPENED,
        EventKind.MAIL_CLICKED,
        EventKind.MAIL_REPLIED,
        EventKind.PAGE_VISITED,
        EventKind.FORM_SUBMITTED,
        EventKind.FILE_DOWNLOADED,
    }
)
"""What leads do, where a person did it."""


class TouchStatus(StrEnum):
    PLANNED = "planned"
    CLAIMED = "claimed"
    SENDING = "sending"
    SENT = "sent"
    DEFERRED = "deferred"
    BOUNCED = "bounced"
    FAILED = "failed"
    SKIPPED = "skipped"
    CANCELLED = "cancelled"
    UNKNOWN = "unknown"

    @property
    def is_final(self) -> bool:
        """Whether nothing more will be tried; `unknown` may still be settled, but is never sent again by itself."""
        return self not in (
            TouchStatus.PLANNED,
            TouchStatus.CLAIMED,
            TouchStatus.SENDING,
            TouchStatus.DEFERRED,
        )


class BounceKind(StrEnum):
    """Why a message was refused: the address, the moment, or us."""

    HARD = "hard"
    SOFT = "soft"
    BLOCK = "block"


class Gate(StrEnum):
    """Why a touch may not leave now, in the order in which the gates are asked."""

    SUPPRESSED = "suppressed"
    GOAL_OR_EXIT = "goal or exit"
    SALES_OWNED = "owned by sales"
    ALREADY_HAD = "already had"
    CONDITION = "condition"
    HOLDOUT = "holdout"
    PAUSED = "paused"
    FREQUENCY_CAP = "frequency cap"
    SEND_WINDOW = "send window"
    PRIORITY = "priority"
    MISFIRE = "misfire"
    THROTTLE = "domain throttle"
    WARM_UP = "warm-up"


class Verdict(StrEnum):
    """What a gate answers. Skip passes the step and the track goes on; stop ends the touch without passing it."""

    PASS = "pass"  # noqa: S105 a verdict, not a secret
    DEFER = "defer"
    SKIP = "skip"
    STOP = "stop"


class ExitReason(StrEnum):
    GOAL = "goal"
    EXIT = "exit"
    FINISHED = "finished"
    REPLACED = "replaced"
    REMOVED = "removed"
    STOPPED = "stopped"


class SuppressionCause(StrEnum):
    UNSUBSCRIBED = "unsubscribed"
    HARD_BOUNCE = "hard bounce"
    SOFT_BOUNCES = "soft bounces"
    COMPLAINT = "complaint"
    IMPORTED = "imported"
    MANUAL = "manual"
    ERASED = "erased"
    SUNSET = "sunset"

    @property
    def gravity(self) -> int:
        """Which of two causes is told: what a person did not want weighs more than what nobody answered, a complaint most."""
        return GRAVITY.index(self)

    @property
    def scope(self) -> Literal["marketing", "all"]:
        """What it ends: marketing mail, or all mail. Who only wants no marketing, or never answers it, may still owe us money."""
        return "marketing" if self in MARKETING_ALONE else "all"


SUNSET = "sunset"
"""The key of the campaign that `sending: sunset:` means; no other may have it."""
MARKETING_ALONE = (SuppressionCause.UNSUBSCRIBED, SuppressionCause.SUNSET)
OF_THE_ADDRESS = (SuppressionCause.HARD_BOUNCE, SuppressionCause.SOFT_BOUNCES)
"""Causes that lie with an address, not with the person: another address is free of them."""
BY_CONSENT = (SuppressionCause.UNSUBSCRIBED, SuppressionCause.SUNSET, SuppressionCause.ERASED)
"""Causes that end when the person agrees anew to hear from us."""

GRAVITY = (
    SuppressionCause.SUNSET,
    SuppressionCause.UNSUBSCRIBED,
    SuppressionCause.IMPORTED,
    SuppressionCause.MANUAL,
    SuppressionCause.SOFT_BOUNCES,
    SuppressionCause.HARD_BOUNCE,
    SuppressionCause.COMPLAINT,
    SuppressionCause.ERASED,
)
