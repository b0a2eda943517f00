"""May this touch leave now? The gates in their order; the first that does not pass decides, and says when to ask again.

``judge`` is pure. What it needs to know about the lead's other mail, the recipient's domain and the sender's ramp comes
in as Facts, loaded for a whole batch. A pass may name counters to reserve, which the engine takes with the claim.
"""

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta

import msgspec

from nurture.content.conditions import holds
from nurture.content.model import Campaign, Programme, Step
from nurture.scheduling.caps import Cap, next_under_caps
from nurture.scheduling.spread import spread
from nurture.scheduling.windows import next_opening
from nurture.scheduling.zones import local_day
from nurture.statemachine.allocation import is_held_out
from nurture.statemachine.calendars import closed_on, send_window, zone
from nurture.statemachine.scope import Scope
from nurture.statemachine.steps import step_named
from nurture.vocabulary.state import Enrolment, LeadState
from nurture.vocabulary.touch import Touch
from nurture.vocabulary.words import Gate, MailClass, StageOwner, SuppressionCause, Verdict


class Rival(msgspec.Struct, frozen=True):
    """Another touch of the same lead that waits."""

    touch_id: int
    priority: int
    due_at: datetime


class Facts(msgspec.Struct, frozen=True, kw_only=True):
    """What the gates need to know, as loaded for the batch.

    suppressed     cause for which the lead's address stands in the suppression list, beside the lead's own state.
    recent         when the lead's marketing touches of the last eight days were claimed, sent or became unknown.
    rivals         the lead's other touches that wait.
    domain_free    when the recipient's domain may be written to again; None for now.
    warm_up_left   mails that today's ramp still allows; None where there is no ramp.
    warm_up_free   when the next day's ramp begins.
    """

    programme: Programme
    state: LeadState
    suppressed: SuppressionCause | None = None
    recent: Sequence[datetime] = ()
    rivals: Sequence[Rival] = ()
    domain_free: datetime | None = None
    warm_up_left: int | None = None
    warm_up_free: datetime | None = None


class Answer(msgspec.Struct, frozen=True):
    """One gate's verdict, why, and when to ask again where it defers."""

    verdict: Verdict
    why: str = ""
    next_at: datetime | None = None


class Check(msgspec.Struct, frozen=True):
    """One line of a decision record."""

    gate: Gate
    verdict: Verdict
    why: str


class Judgement(msgspec.Struct, frozen=True):
    """What the gates say of a touch.

    gate     the one that did not pass; None where all did.
    checks   every gate asked, in order.
    next_at  for a deferral, when the touch is eligible next.
    """

    verdict: Verdict
    checks: tuple[Check, ...]
    gate: Gate | None = None
    why: str = ""
    next_at: datetime | None = None


PASS = Answer(Verdict.PASS)


def judge(touch: Touch, facts: Facts, now: datetime) -> Judgement:
    """Whether *touch*, whose `due_at` is the last written next eligible time, may leave at *now*."""
    checks: list[Check] = []
    for gate, asked in GATES:
        answer = asked(touch, facts, now)
        checks.append(Check(gate, answer.verdict, answer.why))
        if answer.verdict is not Verdict.PASS:
            return Judgement(answer.verdict, tuple(checks), gate, answer.why, answer.next_at)
    return Judgement(Verdict.PASS, tuple(checks))


def suppressed(touch: Touch, facts: Facts, now: datetime) -> Answer:
    """Suppressed or without consent: never; snoozed or resting after a reply: later."""
    state = facts.state
    cause = facts.suppressed or state.suppressed
    if state.lead.email is None:
        return Answer(Verdict.STOP, "the lead has no address")
    if cause is not None and (
        touch.mail_class is MailClass.MARKETING or cause is not SuppressionCause.UNSUBSCRIBED
    ):
        return Answer(Verdict.STOP, f"the address is suppressed: {cause}")
    if touch.mail_class is MailClass.OPERATIONAL:
        return PASS
    campaign, enrolment = _campaign(touch, facts), _enrolment(touch, facts)
    if campaign is not None and campaign.topic in state.opted_out:
        return Answer(Verdict.STOP, f"the lead does not want the topic {campaign.topic}")
    if state.snoozed_until is not None and now < state.snoozed_until:
        return Answer(Verdict.DEFER, "the lead asked for a pause", state.snoozed_until)
    if enrolment is not None and enrolment.paused_until is not None and now < enrolment.paused_until:
        return Answer(Verdict.DEFER, "the lead has replied", enrolment.paused_until)
    return PASS


def goal_or_exit(touch: Touch, facts: Facts, now: datetime) -> Answer:
    """A lead that is out of the campaign, or is about to be, gets no more of it."""
    campaign, enrolment = _campaign(touch, facts), _enrolment(touch, facts)
    if campaign is None or enrolment is None or _step(touch, facts) is None:
        return Answer(Verdict.STOP, "the lead is not in this step any more")
    scope = Scope(facts.programme, facts.state, None, now)
    if campaign.goal is not None and holds(campaign.goal.when, scope).value:
        return Answer(Verdict.STOP, f"the goal is reached: {campaign.goal.name}")
    for leaving in campaign.exit:
        if holds(leaving.when, scope).value:
            return Answer(Verdict.STOP, f"an exit is reached: {leaving.when}")
    return PASS


def sales_owned(touch: Touch, facts: Facts, now: datetime) -> Answer:  # noqa: ARG001 every gate is asked alike
    """While sales owns the lead, marketing is silent."""
    policy = facts.programme.stages.get(facts.state.stage)
    if touch.mail_class is MailClass.OPERATIONAL or policy is None or policy.owner is not StageOwner.SALES:
        return PASS
    return Answer(Verdict.STOP, f"sales owns the lead: stage {facts.state.stage}")


def already_had(touch: Touch, facts: Facts, now: datetime) -> Answer:  # noqa: ARG001
    """No content twice, in any track or campaign, unless the step says so."""
    at = facts.state.had.get(touch.mail)
    step = _step(touch, facts)
    if at is None or (step is not None and step.repeat):
        return PASS
    return Answer(Verdict.SKIP, f"the lead had {touch.mail} on {at:%Y-%m-%d}")


def condition(touch: Touch, facts: Facts, now: datetime) -> Answer:
    """The step's own `when` and `unless`."""
    step = _step(touch, facts)
    if step is None or (step.when is None and step.unless is None):
        return PASS
    scope = Scope(facts.programme, facts.state, None, now)
    if step.when is not None:
        outcome = holds(step.when, scope)
        if not outcome.value:
            return Answer(Verdict.SKIP, _because(f"does not hold: {step.when}", outcome.unknown))
    if step.unless is not None and holds(step.unless, scope).value:
        return Answer(Verdict.SKIP, f"holds: {step.unless}")
    return PASS


def holdout(touch: Touch, facts: Facts, now: datetime) -> Answer:  # noqa: ARG001
    """Some leads are deliberately not mailed."""
    if touch.mail_class is MailClass.MARKETING and is_held_out(facts.programme, touch.lead_id):
        return Answer(Verdict.SKIP, "the lead is held out to measure what mail causes")
    return PASS


def frequency_cap(touch: Touch, facts: Facts, now: datetime) -> Answer:
    """Not more mail than the caps allow, on the lead's own calendar."""
    sending = facts.programme.sending
    if touch.mail_class is MailClass.OPERATIONAL or not facts.recent:
        return PASS
    caps = tuple(Cap(amount=cap.mails, per=cap.per) for cap in sending.at_most)
    allowed = next_under_caps(now, facts.recent, caps, zone(facts.programme, facts.state.lead))
    if allowed <= now:
        return PASS
    verdict = Verdict.SKIP if sending.overflow == "drop" else Verdict.DEFER
    return Answer(verdict, f"{len(facts.recent)} mails within eight days", allowed)


def window(touch: Touch, facts: Facts, now: datetime) -> Answer:
    """Inside the send window, on a weekday that is not a public holiday, by the lead's clock."""
    opening = _opening(touch, facts, now)
    return PASS if opening <= now else Answer(Verdict.DEFER, "outside the send window", opening)


def priority(touch: Touch, facts: Facts, now: datetime) -> Answer:
    """Yields to a higher-priority campaign's touch that is due the same local day."""
    if touch.mail_class is MailClass.OPERATIONAL or not facts.rivals:
        return PASS
    _, tomorrow = local_day(now, zone(facts.programme, facts.state.lead))
    for rival in facts.rivals:
        if rival.priority > touch.priority and rival.due_at < tomorrow:
            opening = _opening(touch, facts, tomorrow)
            return Answer(Verdict.DEFER, f"yields to touch {rival.touch_id} of a campaign before it", opening)
    return PASS


def misfire(touch: Touch, facts: Facts, now: datetime) -> Answer:
    """A touch whose moment passed while the system was away is skipped, or spread over the window: never a burst."""
    sending = facts.programme.sending
    late = now - touch.due_at
    if late <= sending.max_lateness.elapsed:
        return PASS
    if sending.misfire == "skip":
        return Answer(Verdict.SKIP, f"{_days(late)} late")
    opening = _opening(touch, facts, now)
    _, end = local_day(opening, zone(facts.programme, facts.state.lead))
    closing = min(end, opening + _open_for(facts))
    return Answer(
        Verdict.DEFER, f"{_days(late)} late", spread(touch.id, opening + timedelta(seconds=1), closing)
    )


def domain_throttle(touch: Touch, facts: Facts, now: datetime) -> Answer:  # noqa: ARG001
    """As fast as the recipient's domain is written to."""
    if facts.domain_free is None or facts.domain_free <= now:
        return PASS
    return Answer(Verdict.DEFER, "the recipient's domain has had its share", facts.domain_free)


def warm_up(touch: Touch, facts: Facts, now: datetime) -> Answer:  # noqa: ARG001
    """As many as the sender's ramp allows today."""
    if facts.warm_up_left is None or facts.warm_up_left > 0 or touch.mail_class is MailClass.OPERATIONAL:
        return PASS
    return Answer(Verdict.DEFER, "today's warm-up is used up", facts.warm_up_free)


GATES: tuple[tuple[Gate, Callable[[Touch, Facts, datetime], Answer]], ...] = (
    (Gate.SUPPRESSED, suppressed),
    (Gate.GOAL_OR_EXIT, goal_or_exit),
    (Gate.SALES_OWNED, sales_owned),
    (Gate.ALREADY_HAD, already_had),
    (Gate.CONDITION, condition),
    (Gate.HOLDOUT, holdout),
    (Gate.FREQUENCY_CAP, frequency_cap),
    (Gate.SEND_WINDOW, window),
    (Gate.PRIORITY, priority),
    (Gate.MISFIRE, misfire),
    (Gate.THROTTLE, domain_throttle),
    (Gate.WARM_UP, warm_up),
)


def _campaign(touch: Touch, facts: Facts) -> Campaign | None:
    return facts.programme.campaigns.get(touch.campaign)


def _enrolment(touch: Touch, facts: Facts) -> Enrolment | None:
    """The live enrolment that the touch belongs to, if it still waits for it."""
    return next((each for each in facts.state.live_enrolments if each.serial == touch.enrolment), None)


def _step(touch: Touch, facts: Facts) -> Step | None:
    campaign = _campaign(touch, facts)
    track = None if campaign is None else campaign.track(touch.track)
    return None if track is None else step_named(track, touch.step)


def _opening(touch: Touch, facts: Facts, after: datetime) -> datetime:
    if touch.mail_class is MailClass.OPERATIONAL:
        return after
    lead = facts.state.lead
    return next_opening(
        after,
        send_window(facts.programme.sending),
        zone(facts.programme, lead),
        closed_on(facts.programme, lead),
    )


def _open_for(facts: Facts) -> timedelta:
    """How long the send window is open on a day."""
    opens, closes = facts.programme.sending.between
    length = timedelta(hours=closes.hour - opens.hour, minutes=closes.minute - opens.minute)
    return length if length > timedelta(0) else length + timedelta(days=1)


def _days(late: timedelta) -> str:
    return f"{late / timedelta(days=1):.1f} days"


def _because(what: str, unknown: Sequence[str]) -> str:
    return f"{what} ({', '.join(unknown)} unknown)" if unknown else what
