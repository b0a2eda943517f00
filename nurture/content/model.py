"""What authors write: a programme of agreed definitions, and campaigns of tracks and steps.

    Programme ── personas, scoring, temperature, stages, routing, sending        campaigns/programme.yaml
    └─ Campaign ── entry, goal, exit                                             campaigns/<slug>/campaign.yaml
       └─ Track ── for a persona at a temperature and a stage
          └─ Step ── a mail, a task, a webhook, or a choice between branches

Values only: frozen, compared by content, free of marks and files. ``codec`` reads them from YAML, ``check`` says which
promises they break, ``statemachine.advance`` lives by them. Each class lists its keys as ``key  meaning (default)``; the
reference table and the editors' schemas are generated from these lines and the types.
"""

from collections.abc import Iterator, Mapping
from datetime import datetime, time
from enum import StrEnum
from functools import cached_property
from typing import Literal

import msgspec

from nurture.content.wall_clock import WallClock
from nurture.durations import Count, Duration, Percent, Rate, Unit
from nurture.vocabulary.words import (
    SUNSET,
    BuyingRole,
    EventKind,
    Grade,
    MailClass,
    Stage,
    StageOwner,
    Temperature,
)


class Expression(msgspec.Struct, frozen=True):
    """A sandboxed Jinja expression, as written; ``conditions`` compiles and asks it."""

    source: str

    @classmethod
    def parse(cls, text: str) -> "Expression":
        return cls(text)

    def __str__(self) -> str:
        return self.source


def _days(amount: int) -> Duration:
    return Duration(amount=amount, unit=Unit.DAY)


# ---------------------------------------------------------------- who leads are


class FieldType(StrEnum):
    TEXT = "text"
    INTEGER = "integer"
    NUMBER = "number"
    CHOICE = "choice"
    BOOLEAN = "boolean"
    DATE = "date"


class Field(msgspec.Struct, frozen=True, kw_only=True):
    """Something the company keeps about a lead.

    type     text, integer, number, choice, boolean or date.
    of       the choices, for type choice.
    profile  whether it counts towards completeness (no).
    default  the value of a lead for whom it is not known (none).
    """

    type: FieldType
    of: tuple[str, ...] = ()
    profile: bool = False
    default: str | int | float | bool | None = None


class Topic(msgspec.Struct, frozen=True, kw_only=True):
    """Something people may hear about, or not.

    name    as the preference page shows it.
    opt_in  whether only those hear of it who asked for it (no).
    """

    name: str
    opt_in: bool = False


class Rule(msgspec.Struct, frozen=True, kw_only=True):
    """A condition on the lead that is worth points.

    key     its stable name.
    when    the condition.
    points  what it adds; may be negative.
    """

    key: str
    when: Expression
    points: int


class Persona(msgspec.Struct, frozen=True, kw_only=True):
    """A kind of buyer.

    key       its stable name.
    name      as pages show it.
    role      champion, buyer, decision-maker or user.
    goals     what this person wants.
    triggers  what makes this person look for us.
    fit       rules whose points, 0 to 100 in all, rank every lead against this persona.
    was       keys that it had before: a lead that has one of them has this persona.
    """

    key: str
    name: str
    role: BuyingRole
    was: tuple[str, ...] = ()
    goals: tuple[str, ...] = ()
    triggers: tuple[str, ...] = ()
    fit: tuple[Rule, ...] = ()


class PersonaPolicy(msgspec.Struct, frozen=True, kw_only=True):
    """When a lead gets a persona, and another one.

    min_fit            fit points below which no persona is given (40).
    switch_margin      by how many points another persona must be ahead (10).
    qualified_fit      fit score from which the next-best persona is worth trying (40).
    unreceptive_after  mails without a human act before it is tried (4 mails).
    retry_after        how long a persona that was tried is not tried again (180 days).
    """

    min_fit: int = 40
    switch_margin: int = 10
    qualified_fit: int = 40
    unreceptive_after: Count = Count(4, "mails")
    retry_after: Duration = _days(180)


# ---------------------------------------------------------------- what they are worth


class InterestRule(msgspec.Struct, frozen=True, kw_only=True):
    """An event that is worth points for a while.

    key        its stable name.
    event      the kind of event.
    when       a condition on the event (always).
    points     what it adds when it happens; may be negative.
    group      the group whose limit it counts against.
    at_most    how often it counts for one lead (no limit).
    half_life  after how long it is worth half.
    """

    key: str
    event: EventKind
    points: int
    group: str
    half_life: Duration
    when: Expression | None = None
    at_most: Rate | None = None


class Interest(msgspec.Struct, frozen=True, kw_only=True):
    """What leads do.

    groups  the most that each group can be worth.
    rules   the events that count.
    """

    groups: Mapping[str, int]
    rules: tuple[InterestRule, ...]


class GradeBounds(msgspec.Struct, frozen=True, kw_only=True):
    """The least that a grade asks for.

    fit       fit score (0).
    interest  interest score (0).
    """

    fit: int = 0
    interest: int = 0


class Scoring(msgspec.Struct, frozen=True, kw_only=True):
    """Fit x interest.

    fit       rules on who a lead is; the sum is the fit score, 0 to 100.
    interest  rules on what a lead does; the decayed sum is the interest score, 0 to 100.
    grades    from the best down; the first that holds. E when none does, or completeness is below 0.5.
    """

    interest: Interest
    fit: tuple[Rule, ...] = ()
    grades: Mapping[Grade, GradeBounds] = {}


class Band(msgspec.Struct, frozen=True, kw_only=True):
    """Hysteresis of one temperature.

    enter  interest score from which a lead rises into it.
    leave  interest score below which a lead falls out of it.
    """

    enter: int
    leave: int


class TemperaturePolicy(msgspec.Struct, frozen=True, kw_only=True):
    """When a lead is hot, warm or cold.

    hot        its band.
    warm       its band.
    min_dwell  how long a lead stays before it may fall (3 days); rising is immediate.
    """

    hot: Band
    warm: Band
    min_dwell: Duration = _days(3)

    def band(self, temperature: Temperature) -> Band | None:
        """The band of *temperature*; cold has none."""
        return {Temperature.HOT: self.hot, Temperature.WARM: self.warm}.get(temperature)


# ---------------------------------------------------------------- who works them


class StagePolicy(msgspec.Struct, frozen=True, kw_only=True):
    """One stage of the way to a customer.

    owner       marketing, sales or success; nurture pauses while it is sales (marketing).
    enter_when  the condition that moves a lead here when it becomes true (only people move leads here).
    hand_off    who is handed the lead on entry (nobody).
    sla         the clock that starts on entry (none).
    detour      whether it lies off the success path (no).
    final       whether nothing leads out of it (no).
    from        the stages from which a detour may be taken (all that are not final).
    """

    owner: StageOwner = StageOwner.MARKETING
    enter_when: Expression | None = None
    hand_off: Literal["sales"] | None = None
    sla: str | None = None
    detour: bool = False
    final: bool = False
    from_: tuple[Stage, ...] = msgspec.field(default=(), name="from")


class RecycleReason(msgspec.Struct, frozen=True, kw_only=True):
    """What happens to a lead that sales hands back for this reason.

    score        keep, halve or zero the interest score (keep).
    temperature  the temperature it is brought down to (as its score says).
    persona      next: try the next-best persona (keep).
    campaign     the campaign that takes it up again (as entries say).
    """

    score: Literal["keep", "halve", "zero"] = "keep"
    temperature: Temperature | None = None
    persona: Literal["next"] | None = None
    campaign: str | None = None


class BusinessHoursPolicy(msgspec.Struct, frozen=True, kw_only=True):
    """When people of ours work.

    days      the working days.
    between   opening and closing, wall clock of the programme's time zone.
    holidays  country whose public holidays are free (none).
    """

    days: tuple[str, ...] = ("mon", "tue", "wed", "thu", "fri")
    between: tuple[time, time] = (time(9), time(17))
    holidays: str | None = None


class Sla(msgspec.Struct, frozen=True, kw_only=True):
    """An agreed time.

    within       when it is breached.
    warn_after   when the rep is warned (never).
    escalate_to  who hears of a breach (nobody).
    """

    within: Duration
    warn_after: Duration | None = None
    escalate_to: str | None = None


class Route(msgspec.Struct, frozen=True, kw_only=True):
    """Which leads go to which team; the first that holds.

    key   its stable name.
    when  a condition on the lead (always).
    to    a team.
    """

    key: str
    to: str
    when: Expression | None = None


class Member(msgspec.Struct, frozen=True, kw_only=True):
    """A rep in a team.

    email      address of the rep.
    weight     share of the team's leads, for the weighted strategy (1).
    capacity   most leads waiting or in work at a time (no limit).
    name       as mails and pages show it (the address).
    title      what the rep does, for a signature (none).
    phone      where leads may call, for a signature (none).
    signature  what ends a mail from the rep, in place of name, title and phone; a line break starts a new line (none).
    """

    email: str
    weight: int = 1
    capacity: int | None = None
    name: str | None = None
    title: str | None = None
    phone: str | None = None
    signature: str | None = None


class Team(msgspec.Struct, frozen=True, kw_only=True):
    """Reps who share leads.

    strategy  round-robin or weighted (round-robin).
    members   who they are.
    """

    members: tuple[Member, ...]
    strategy: Literal["round-robin", "weighted"] = "round-robin"


class LeadQuota(msgspec.Struct, frozen=True, kw_only=True):
    """Qualified leads that marketing owes, worked back from revenue.

    period              such as 2026-Q4.
    revenue             what sales is to win.
    average_deal        worth of one deal.
    win_rate            share of opportunities that are won.
    mql_to_opportunity  share of qualified leads that become opportunities.
    """

    period: str
    revenue: float
    average_deal: float
    win_rate: float
    mql_to_opportunity: float


# ---------------------------------------------------------------- what they are asked


class Question(msgspec.Struct, frozen=True, kw_only=True):
    """One question of a form, or a value that it sets without asking.

    field     the lead's field that it fills in; email is asked by every form.
    label     what it asks, as people read it (the field's name).
    help      a hint below the label (none).
    required  whether it has to be answered (no).
    hidden    whether it is set to `value` and never shown (no).
    value     what a hidden one is set to (none).
    """

    field: str
    label: str | None = None
    help: str | None = None
    required: bool = False
    hidden: bool = False
    value: str | int | float | bool | None = None


class Agreement(msgspec.Struct, frozen=True, kw_only=True):
    """What people agree to with a form, kept word for word as its proof.

    wording  what they read.
    by       box: by ticking a box, which starts empty; sending: by sending the form, above whose button it stands (box).
    """

    wording: str
    by: Literal["box", "sending"] = "box"


class Form(msgspec.Struct, frozen=True, kw_only=True):
    """A form that people fill in, on a page of its own or inside a page of the company.

    name           as our own pages show it.
    title          its heading (the name).
    intro          a sentence or two below the heading (none).
    language       en or de: the language of what the form says by itself (en).
    fields         what it asks, in this order.
    topics         what people agree to hear about with it, by topic (nothing).
    double_opt_in  whether an agreement counts only once it is confirmed by mail (no).
    ask            most questions at a time, beside the address: who comes again is asked the next ones (all).
    button         what its button says (Send).
    thanks         what the page says afterwards (Thank you. We have got it.).
    redirect       an https address to go to afterwards, instead of thanks (none).
    notify         an address that hears of each submission (nobody).
    """

    name: str
    fields: tuple[Question, ...]
    title: str | None = None
    intro: str | None = None
    language: Literal["en", "de"] = "en"
    topics: Mapping[str, Agreement] = {}
    double_opt_in: bool = False
    ask: int | None = None
    button: str | None = None
    thanks: str | None = None
    redirect: str | None = None
    notify: str | None = None


class Segment(msgspec.Struct, frozen=True, kw_only=True):
    """Leads that have something in common, for lists and broadcasts. It is asked at a moment, never watched.

    name  as pages show it.
    when  the condition.
    """

    name: str
    when: Expression


# ---------------------------------------------------------------- how mail leaves


class Sender(msgspec.Struct, frozen=True, kw_only=True):
    """Who mail is from.

    name       display name.
    address    From address; its domain signs and receives bounces.
    reply_to   where answers go (the address).
    signature  what ends a mail from this sender; a line break starts a new line (the name).
    """

    name: str
    address: str
    reply_to: str | None = None
    signature: str | None = None

    @property
    def domain(self) -> str:
        return self.address.rpartition("@")[2]


class Utm(msgspec.Struct, frozen=True, kw_only=True):
    """What tells a site which mail a visit comes from; what a link says itself is never overwritten.

    source    utm_source (nurture).
    medium    utm_medium (email).
    campaign  utm_campaign (the campaign's key).
    content   utm_content (the mail's name).
    """

    source: str = "nurture"
    medium: str = "email"
    campaign: str | None = None
    content: str | None = None


class ZoneChoice(msgspec.Struct, frozen=True, kw_only=True):
    """Whose wall clock counts.

    from       lead.
    otherwise  the zone for leads whose own is not known.
    """

    otherwise: str
    from_: Literal["lead"] = msgspec.field(default="lead", name="from")


class FrequencyCap(msgspec.Struct, frozen=True, kw_only=True):
    """Most marketing mails for one lead.

    mails  how many.
    per    day (a calendar day in the lead's zone) or week (any 168 hours).
    """

    mails: int
    per: Literal["day", "week"]


class WarmUp(msgspec.Struct, frozen=True, kw_only=True):
    """The daily ramp of a new sender.

    start         mails on the first day.
    double_every  how long until twice as many may leave.
    full          mails a day at which the ramp ends.
    """

    start: Rate
    double_every: Duration
    full: Rate


class Sunset(msgspec.Struct, frozen=True, kw_only=True):
    """When we stop mailing those who never answer.

    after   unreceived mails in a row; twice as many of a lead whose opens cannot be seen.
    mail    the last one, which asks whether to go on: campaign/mail.
    within  how long after it a click, an answer or a form keeps the mails coming; then there are none (30 days).
    """

    after: Count
    mail: str
    within: Duration = _days(30)


class ImpliedConsent(msgspec.Struct, frozen=True, kw_only=True):
    """How long a lead gets marketing mail that has agreed to nothing, as in Canada's anti-spam law (CASL, section 10).

    inquiry    after it sent us a form, or else after it became a lead (183 days, half a year).
    customer   after it became a customer (730 days, two years).
    countries  of whom, as two letters; of all leads, if left out.
    """

    inquiry: Duration = _days(183)
    customer: Duration = _days(730)
    countries: tuple[str, ...] = ()


class Sending(msgspec.Struct, frozen=True, kw_only=True):
    """When marketing mail may leave.

    time_zone     whose wall clock counts.
    days          on which days (mon to fri).
    between       between which times (09:00 to 17:00).
    holidays      lead: the public holidays of the lead's country are free; or a country; or null for none (lead).
    at_most       frequency caps (none).
    overflow      what happens to a mail over a cap: defer or drop (defer).
    max_lateness  the system's own absence after which a mail is a misfire (2 days).
    misfire       what happens to a misfire: next-window or skip (next-window).
    per_domain    rate per recipient domain, shared by those of one provider (googlemail.com counts with gmail.com) unless
                  they are named; otherwise is for each of all others (no limit).
    warm_up       daily ramp of a new sender (none).
    holdout       share of leads deliberately not mailed (0 percent).
    unknown       a mail that may have left before a crash: hold, until a person says, or resend under its Message-ID (hold).
    sunset        when to stop mailing those who never answer (never).
    implied_consent  when to stop mailing those who never agreed (never).
    approval      which mails an approver has to approve, word for word, before they can be sent: those that pages make live,
                  or all, files included (pages).
    """

    time_zone: ZoneChoice
    days: tuple[str, ...] = ("mon", "tue", "wed", "thu", "fri")
    between: tuple[time, time] = (time(9), time(17))
    holidays: str | None = "lead"
    at_most: tuple[FrequencyCap, ...] = ()
    overflow: Literal["defer", "drop"] = "defer"
    max_lateness: Duration = _days(2)
    misfire: Literal["next-window", "skip"] = "next-window"
    per_domain: Mapping[str, Rate] = {}
    warm_up: WarmUp | None = None
    holdout: Percent = Percent(0)
    unknown: Literal["hold", "resend"] = "hold"
    sunset: Sunset | None = None
    implied_consent: ImpliedConsent | None = None
    approval: Literal["pages", "all"] = "pages"


# ---------------------------------------------------------------- campaigns


class Experiment(msgspec.Struct, frozen=True, kw_only=True):
    """A randomised comparison inside a step.

    variants  weight of each variant, by the name it has in the mail; the first is the control.
    judge_by  the human act that counts (mail.clicked).
    method    fixed: by the written weights; thompson: by them until the first mails are out, then weighed anew each day by
              how likely each variant is to be the best, none below 5 percent (fixed).
    """

    variants: Mapping[str, int]
    judge_by: EventKind = EventKind.MAIL_CLICKED
    method: Literal["fixed", "thompson"] = "fixed"


class StepKind(StrEnum):
    MAIL = "mail"
    TASK = "task"
    WEBHOOK = "webhook"
    CHOOSE = "choose"


class Step(msgspec.Struct, frozen=True, kw_only=True):
    """One entry of a track: exactly one of mail, task, webhook and choose.

    key           its stable name, unique in its track (the mail's, task's or webhook's name).
    mail          the mail that is sent: its name, or campaign/name.
    task          the task that a person gets.
    webhook       the endpoint that is called.
    choose        branches; the first whose condition holds.
    wait          how long after the previous touch (the track's cadence).
    when          a condition; where it does not hold, the step is passed (always).
    unless        a condition; where it holds, the step is passed (never).
    buying_stage  the buying stage that it is for (any).
    experiment    a randomised comparison of the mail's variants (none).
    repeat        whether the mail is sent again to those who had it (no).
    for           who gets the task: owner, or an address (owner).
    note          text of the task; a template (none).
    """

    key: str = ""
    mail: str | None = None
    task: str | None = None
    webhook: str | None = None
    choose: tuple["Branch", ...] = ()
    wait: Duration | None = None
    when: Expression | None = None
    unless: Expression | None = None
    buying_stage: str | None = None
    experiment: Experiment | None = None
    repeat: bool = False
    for_: str = msgspec.field(default="owner", name="for")
    note: str | None = None

    @property
    def kind(self) -> StepKind:
        if self.mail is not None:
            return StepKind.MAIL
        if self.task is not None:
            return StepKind.TASK
        return StepKind.WEBHOOK if self.webhook is not None else StepKind.CHOOSE


class Branch(msgspec.Struct, frozen=True, kw_only=True):
    """One way on, inside a choice. After it the track goes on.

    key    its stable name.
    when   the condition (always).
    steps  what follows.
    mail   short for one step.
    """

    key: str
    when: Expression | None = None
    steps: tuple[Step, ...] = ()
    mail: str | None = None

    @property
    def all_steps(self) -> tuple[Step, ...]:
        """The steps, the short form included."""
        if self.mail is None:
            return self.steps
        return (Step(key=self.mail.rpartition("/")[2], mail=self.mail), *self.steps)


class CadencePolicy(msgspec.Struct, frozen=True, kw_only=True):
    """The gap between two touches of a track.

    every  how long.
    """

    every: Duration


class Exhausted(msgspec.Struct, frozen=True, kw_only=True):
    """What happens to a lead that has had everything.

    wait  how long it rests before the track counts as finished (0 days).
    then  stay (new content revives it) or exit (stay).
    """

    wait: Duration = _days(0)
    then: Literal["stay", "exit"] = "stay"


class Track(msgspec.Struct, frozen=True, kw_only=True):
    """The ordered content for some leads of a campaign; the most specific match wins.

    key          its stable name.
    personas     for these personas (all).
    temperature  at this temperature (any).
    stages       at these stages (any).
    purpose      what it is for, in a sentence.
    order        sequence, or pool: always the first item not yet had (sequence).
    cadence      the gap between touches of steps without a wait (7 days).
    steps        the content.
    exhausted    what happens when it has been had.
    """

    key: str
    steps: tuple[Step, ...]
    personas: tuple[str, ...] = ()
    temperature: Temperature | None = None
    stages: tuple[Stage, ...] = ()
    purpose: str | None = None
    order: Literal["sequence", "pool"] = "sequence"
    cadence: CadencePolicy = CadencePolicy(every=_days(7))
    exhausted: Exhausted = Exhausted()

    def fits(self, persona: str | None, temperature: Temperature, stage: Stage) -> bool:
        return (
            (not self.personas or persona in self.personas)
            and self.temperature in (None, temperature)
            and (not self.stages or stage in self.stages)
        )

    @property
    def specificity(self) -> int:
        """How many of persona, temperature and stage the track asks for."""
        return bool(self.personas) + (self.temperature is not None) + bool(self.stages)

    def walk(self) -> Iterator[Step]:
        """Every step, those inside branches included, in written order."""
        return _walk(self.steps)


def _walk(steps: tuple[Step, ...]) -> Iterator[Step]:
    for step in steps:
        yield step
        for branch in step.choose:
            yield from _walk(branch.all_steps)


class Entry(msgspec.Struct, frozen=True, kw_only=True):
    """Who enters.

    when         the condition.
    again_after  how long after an exit the same lead may enter again (never).
    """

    when: Expression
    again_after: Duration | None = None


class Goal(msgspec.Struct, frozen=True, kw_only=True):
    """What counts as success.

    name    as reports show it.
    when    the condition; a lead that meets it leaves.
    within  how long after entry it counts (always).
    """

    name: str
    when: Expression
    within: Duration | None = None


class Exit(msgspec.Struct, frozen=True, kw_only=True):
    """Who leaves without success.

    when  the condition.
    key   its name (its condition).
    """

    when: Expression
    key: str = ""


class Broadcast(msgspec.Struct, frozen=True, kw_only=True):
    """One mail to many leads, once: to those of a segment, or to those with a tag. It passes the same gates as any mail.

    to    the segment, as it is when the broadcast comes to each lead.
    tag   the tag, in place of a segment.
    mail  the mail that is sent: its name, or campaign/name.
    at    when it begins, wall clock of the programme's time zone, such as "2026-12-01 09:00".
    """

    mail: str
    at: WallClock
    to: str | None = None
    tag: str | None = None


NOBODY = Entry(when=Expression("false"))
"""Who enters a campaign that leads do not enter by themselves."""


class Edits(msgspec.Struct, frozen=True, kw_only=True):
    """What a new revision does to leads inside.

    in_flight  pin: they stay on the tracks that they are in; migrate: they move by step key (migrate).
    """

    in_flight: Literal["pin", "migrate"] = "migrate"


class Campaign(msgspec.Struct, frozen=True, kw_only=True):
    """Who enters, what they are sent, what counts as success; or one mail to many leads, once.

    format     1.
    key        its stable name, the folder's.
    name       as pages show it.
    contact    who answers for it.
    class      marketing or operational: exempt from caps and topic opt-outs; a mail may say otherwise (marketing).
    from       who its mails are from: programme, or owner, the lead's rep; a mail may say otherwise (programme).
    topic      what it is about; people may opt out of it (none).
    entry      who enters; every campaign but a broadcast says it.
    goal       what counts as success (none).
    exit       who leaves without success (nobody).
    priority   between campaigns that want the same lead on the same day; higher goes first (50).
    edits      what a new revision does to leads inside (migrate).
    tracks     the content; every campaign but a broadcast has it.
    draft      nobody enters while it is one (no).
    tracking   whether it is measured who opens its mails and follows their links (yes).
    broadcast  one mail to many leads, in place of entry, goal, exit, edits and tracks (none).
    """

    format: Literal[1]
    key: str
    name: str
    entry: Entry = NOBODY
    tracks: tuple[Track, ...] = ()
    contact: str | None = None
    class_: MailClass = msgspec.field(default=MailClass.MARKETING, name="class")
    from_: Literal["programme", "owner"] = msgspec.field(default="programme", name="from")
    topic: str | None = None
    goal: Goal | None = None
    exit: tuple[Exit, ...] = ()
    priority: int = 50
    edits: Edits = Edits()
    broadcast: Broadcast | None = None
    draft: bool = False
    tracking: bool = True

    def track(self, key: str) -> Track | None:
        return next((track for track in self.tracks if track.key == key), None)

    def track_for(self, persona: str | None, temperature: Temperature, stage: Stage) -> Track | None:
        """The most specific track for such a lead; ``check`` refuses ties."""
        fitting = (track for track in self.tracks if track.fits(persona, temperature, stage))
        return max(fitting, key=lambda track: track.specificity, default=None)

    def mail_ref(self, name: str) -> str:
        """The full name of a mail that a step of this campaign names: 'campaign/mail'."""
        return name if "/" in name else f"{self.key}/{name}"


class Superseded(msgspec.Struct, frozen=True, kw_only=True):
    """A campaign as those follow it who were inside before its tracks were edited, and stay on them.

    before    who entered before this moment (aware UTC) and after that of an earlier one.
    campaign  with the tracks of then; all else is as it is now.
    """

    before: datetime
    campaign: Campaign


class Programme(msgspec.Struct, frozen=True, kw_only=True, dict=True):
    """A company's agreed definitions.

    format          1.
    name            the company.
    time_zone       its own wall clock.
    sender          who mail is from.
    postal_address  every marketing mail shows it.
    fields          what we keep about a lead, beside the built-in fields.
    topics          what people may hear about.
    personas        the kinds of buyer.
    persona_policy  when a lead gets a persona, and another one.
    scoring         what leads are worth.
    temperature     when a lead is hot, warm or cold.
    stages          the way to a customer, and its detours.
    recycle_reasons what happens to a lead that sales hands back.
    business_hours  when people of ours work.
    sla             agreed times, by name.
    routing         which leads go to which team.
    teams           reps who share leads.
    webhooks        endpoints that steps may call, by name.
    utm             what links tell the sites that they lead to; null for nothing.
    segments        leads that have something in common, by key.
    forms           what people fill in, by name.
    sending         when marketing mail may leave.
    quota           qualified leads that marketing owes.
    """

    format: Literal[1]
    name: str
    time_zone: str
    sender: Sender
    postal_address: str
    scoring: Scoring
    temperature: TemperaturePolicy
    stages: Mapping[Stage, StagePolicy]
    sending: Sending
    fields: Mapping[str, Field] = {}
    topics: Mapping[str, Topic] = {}
    personas: tuple[Persona, ...] = ()
    persona_policy: PersonaPolicy = PersonaPolicy()
    recycle_reasons: Mapping[str, RecycleReason] = {}
    business_hours: BusinessHoursPolicy = BusinessHoursPolicy()
    sla: Mapping[str, Sla] = {}
    routing: tuple[Route, ...] = ()
    teams: Mapping[str, Team] = {}
    webhooks: Mapping[str, str] = {}
    utm: Utm | None = Utm()
    segments: Mapping[str, Segment] = {}
    forms: Mapping[str, Form] = {}
    quota: tuple[LeadQuota, ...] = ()

    campaigns: Mapping[str, Campaign] = {}
    """Assembled by ``catalog``, never a key of programme.yaml."""
    weights: Mapping[str, Mapping[str, float]] = {}
    """What experiments have learned: the weight of each variant by 'campaign/step'. Assembled by ``engine.live``."""
    mail_classes: Mapping[str, MailClass] = {}
    """The class of each mail that says one of its own, by 'campaign/mail'. Assembled by ``catalog``."""

    sunset_campaign: Campaign | None = None
    """What `sending: sunset:` means, as a campaign that no file has. Assembled by ``catalog``."""
    superseded: Mapping[str, tuple[Superseded, ...]] = {}
    """Tracks that leads are pinned to, by campaign, the oldest first. Assembled by ``engine.live``."""

    def persona(self, key: str) -> Persona | None:
        """The persona of this key, or the one that had it before."""
        return next((each for each in self.personas if key == each.key or key in each.was), None)

    def persona_key(self, key: str | None) -> str | None:
        """The key that a persona has now which once had *key*; as given where there is none."""
        return None if key is None else self.former_keys.get(key, key)

    @cached_property
    def former_keys(self) -> Mapping[str, str]:
        """The key that a persona has now, by each that it had before: conditions ask for it lead by lead."""
        return {was: each.key for each in self.personas for was in each.was}

    def member(self, email: str) -> Member | None:
        """The rep with this address, in whichever team."""
        members = (member for team in self.teams.values() for member in team.members)
        return next((member for member in members if member.email == email), None)

    def followed(self, campaign: str, entered_at: datetime) -> Campaign | None:
        """*campaign* as a lead follows it that entered then; None for one that was removed."""
        live = self.campaigns.get(campaign)
        if live is not None:
            for each in self.superseded.get(campaign, ()):
                if entered_at < each.before:
                    return each.campaign
        return live or self.named(campaign)

    def named(self, campaign: str) -> Campaign | None:
        """The live campaign of this key, the sunset's included."""
        found = self.campaigns.get(campaign)
        return self.sunset_campaign if found is None and campaign == SUNSET else found

    def every_campaign(self) -> Iterator[Campaign]:
        """The live ones, and those that leads are pinned to."""
        yield from self.campaigns.values()
        for kept in self.superseded.values():
            yield from (each.campaign for each in kept)

    def class_of(self, campaign: Campaign, mail: str) -> MailClass:
        """The class of *mail*, 'campaign/mail', as *campaign* sends it."""
        return self.mail_classes.get(mail, campaign.class_)


ASSEMBLED = frozenset({"campaigns", "weights", "mail_classes", "sunset_campaign", "superseded"})
"""Attributes of Programme that are put together from elsewhere."""
