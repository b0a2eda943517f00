"""Everything that deciding needs to know about one lead, in a size that does not grow with its history.

``statemachine.advance`` takes a LeadState and gives the next one; the store keeps it as one value. What history it
stands for is in the events and the score ledger, of which it is the fold.
"""

from collections.abc import Mapping
from datetime import datetime

import msgspec

from nurture.vocabulary.lead import Lead
from nurture.vocabulary.words import ExitReason, Grade, Stage, SuppressionCause, Temperature


class Accumulator(msgspec.Struct, frozen=True):
    """Interest of one group that decays with one half-life.

    half_life  seconds.
    value      points at the moment *at*.
    """

    group: str
    half_life: int
    value: float
    at: datetime


class Allowance(msgspec.Struct, frozen=True):
    """How often a rule with `at_most` has counted in the period that began at *since*."""

    since: datetime
    used: int


class Planned(msgspec.Struct, frozen=True):
    """The one step that an enrolment waits for.

    touch   serial of the touch, for a mail; 0 for a task, a webhook or a choice, which the lead's timer runs.
    due_at  when it may happen; the send window only moves a mail later.
    """

    step: str
    due_at: datetime
    touch: int = 0


class ByHand(msgspec.Struct, frozen=True, omit_defaults=True):
    """A person of ours has moved the lead to a track, whatever persona, temperature and stage would choose.

    instead  the track that they chose then; None where they chose none. It holds until they choose another.
    step     the key of the step at which it was to begin; None for its start.
    by       who moved it; None where nobody said.
    before   the enrolment as it was, to which taking the move back returns; None where there was none, or for a move
             before the last one.
    """

    track: str
    instead: str | None
    at: datetime
    step: str | None = None
    by: str | None = None
    before: "Enrolment | None" = None


class Enrolment(msgspec.Struct, frozen=True, omit_defaults=True):
    """One lead's membership of one campaign.

    serial        number among the lead's enrolments, from 1.
    track         where the lead is; None while it rests (owned by sales, suppressed, nothing fits).
    visit         number of this stay in a track, counted over all tracks of the enrolment.
    passed        keys of the steps that are behind the lead, by track.
    chosen        branch taken at each choice, by 'track/step'.
    variants      variant assigned in each experiment, by step key; kept when a campaign changes.
    last_step_at  the previous touch's 250, or the decision that passed the previous step.
    last_mail_at  the previous mail's 250.
    chose         whether the previous step was a choice, which has already waited for the next one.
    paused_until  after a human reply.
    exhausted_at  when nothing was left in the track; finished_at when its rest was over.
    once          whether it is a broadcast's, which is forgotten when it is over: its mail is in what the lead had.
    by_hand       the move by a person that holds; None while persona, temperature and stage choose.
    """

    serial: int
    campaign: str
    revision: str
    entered_at: datetime
    track: str | None = None
    visit: int = 0
    visit_since: datetime | None = None
    passed: Mapping[str, tuple[str, ...]] = {}
    chosen: Mapping[str, str] = {}
    variants: Mapping[str, str] = {}
    planned: Planned | None = None
    last_step_at: datetime | None = None
    last_mail_at: datetime | None = None
    chose: bool = False
    paused_until: datetime | None = None
    exhausted_at: datetime | None = None
    finished_at: datetime | None = None
    left_at: datetime | None = None
    left_because: ExitReason | None = None
    once: bool = False
    by_hand: ByHand | None = None

    @property
    def is_live(self) -> bool:
        return self.left_at is None


class HandOffState(msgspec.Struct, frozen=True, omit_defaults=True):
    """The latest hand-off of the lead to sales."""

    serial: int
    made_at: datetime
    accepted_at: datetime | None = None
    closed_at: datetime | None = None

    @property
    def accepted(self) -> bool:
        return self.accepted_at is not None and self.closed_at is None


class SlaClock(msgspec.Struct, frozen=True, omit_defaults=True):
    """A running clock in business hours; one for the stage that the lead is in."""

    name: str
    stage: Stage
    started_at: datetime
    due_at: datetime
    warn_at: datetime | None = None
    warned_at: datetime | None = None
    breached_at: datetime | None = None


class Reception(msgspec.Struct, frozen=True):
    """A mail that was delivered and has until *due_at* for a human act, else it counts as unreceived.

    touch  its serial; the whole id where a lead that was merged into this one got it.
    """

    touch: int
    due_at: datetime


class SunsetState(msgspec.Struct, frozen=True, omit_defaults=True):
    """A lead that is asked whether we should go on.

    ignored  how many mails in a row it had not answered then.
    due_at   until when it may answer; None until the mail that asks has arrived.
    """

    ignored: int
    due_at: datetime | None = None


class LeadState(msgspec.Struct, frozen=True, omit_defaults=True):
    """One lead, now.

    allowances   of the interest rules with `at_most`, by rule key.
    tried        when each persona was last current, by key.
    unreceived   mails in a row without a human act, since the persona was last changed for it.
    ignored      mails in a row without a human act, whatever the persona.
    sunset       whether the lead is asked if we should go on, and until when it may answer.
    blind        whether the lead's opens cannot be seen (proxied or blocked).
    held         stages whose `enter_when` held at the last decision: they fire on becoming true.
    had          mails that the lead had, 'campaign/mail', and when.
    acts         last human act of each kind that conditions can ask for, such as 'clicked:checklist:docs'.
    soft_bounces when mail came back softly from the address of now, lately.
    opted_out    topics; opted_in likewise.
    unsubscribed whether the person asked for no more mail, whatever graver cause stands beside it: a new address keeps it.
    unconfirmed  whether a form made this lead and nobody has proved yet that the address agreed: no marketing mail until then.
    untracked    whether nobody may measure what the lead opens and follows.
    merged       leads that were merged into this one, by number, the latest last.
    touches, enrolled, handed_off   serials given so far.
    """

    lead: Lead
    accumulators: tuple[Accumulator, ...] = ()
    allowances: Mapping[str, Allowance] = {}
    fit_score: int = 0
    completeness: float = 0.0
    grade: Grade = Grade.E
    persona: str | None = None
    tried: Mapping[str, datetime] = {}
    unreceived: int = 0
    ignored: int = 0
    sunset: SunsetState | None = None
    receptions: tuple[Reception, ...] = ()
    blind: bool = False
    temperature: Temperature = Temperature.COLD
    temperature_since: datetime | None = None
    stage: Stage = Stage.INQUIRY
    stage_since: datetime | None = None
    held: tuple[Stage, ...] = ()
    enrolments: tuple[Enrolment, ...] = ()
    had: Mapping[str, datetime] = {}
    acts: Mapping[str, datetime] = {}
    hand_off: HandOffState | None = None
    clock: SlaClock | None = None
    suppressed: SuppressionCause | None = None
    soft_bounces: tuple[datetime, ...] = ()
    opted_out: tuple[str, ...] = ()
    opted_in: tuple[str, ...] = ()
    unconfirmed: bool = False
    unsubscribed: bool = False
    snoozed_until: datetime | None = None
    untracked: bool = False
    merged: tuple[int, ...] = ()
    touches: int = 0
    enrolled: int = 0
    handed_off: int = 0

    @property
    def live_enrolments(self) -> tuple[Enrolment, ...]:
        return tuple(enrolment for enrolment in self.enrolments if enrolment.is_live)
