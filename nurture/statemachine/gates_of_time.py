"""The later gates: may it leave at this moment?"""

from datetime import datetime, timedelta

from nurture.scheduling.caps import Cap, next_under_caps
from nurture.scheduling.zones import local_day
from nurture.statemachine.calendars import opening, spread_over_window, zone
from nurture.statemachine.facts import PASS, Answer, Facts
from nurture.vocabulary.touch import Touch
from nurture.vocabulary.words import MailClass, Verdict


def paused(touch: Touch, facts: Facts, now: datetime) -> Answer:
    """While somebody has paused the campaign or everything, or it has paused itself, the mail waits for a person."""
    if facts.paused is None:
        return PASS
    late = misfire(touch, facts, now)  # nothing is late for a pause, nor is it excused by one
    return late if late.verdict is Verdict.SKIP else Answer(Verdict.DEFER, facts.paused)


def frequency_cap(touch: Touch, facts: Facts, now: datetime) -> Answer:
    """Not more mail than the caps allow, on the lead's own calendar; then in the window that opens next."""
    sending, lead = facts.programme.sending, facts.state.lead
    if touch.mail_class is MailClass.OPERATIONAL or not facts.recent:
        return PASS
    caps = tuple(Cap(amount=cap.mails, per=cap.per) for cap in sending.at_most)
    allowed = next_under_caps(now, facts.recent, caps, zone(facts.programme, lead))
    if allowed <= now:
        return PASS
    why = f"{len(facts.recent)} mails within eight days"
    if sending.overflow == "drop":
        return Answer(Verdict.SKIP, why)
    return Answer(Verdict.DEFER, why, opening(facts.programme, lead, allowed))


def window(touch: Touch, facts: Facts, now: datetime) -> Answer:
    """Inside the send window, on a weekday that is not a public holiday, by the lead's clock."""
    if touch.mail_class is MailClass.OPERATIONAL:
        return PASS
    opens = opening(facts.programme, facts.state.lead, now)
    if opens <= now:
        return PASS
    # The opening, once it is written, is no longer late: whatever the system's absence held up would leave then, at once.
    late = misfire(touch, facts, now)
    if late.verdict is not Verdict.PASS:
        return late
    return Answer(Verdict.DEFER, "outside the send window", opens)


def priority(touch: Touch, facts: Facts, now: datetime) -> Answer:
    """Yields to a higher-priority campaign's touch that is due the same local day."""
    if touch.mail_class is MailClass.OPERATIONAL or not facts.rivals:
        return PASS
    _, tomorrow = local_day(now, zone(facts.programme, facts.state.lead))
    for rival in facts.rivals:
        if rival.priority > touch.priority and rival.due_at < tomorrow:
            opens = opening(facts.programme, facts.state.lead, tomorrow)
            return Answer(Verdict.DEFER, f"yields to touch {rival.touch_id} of a campaign before it", opens)
    return PASS


def misfire(touch: Touch, facts: Facts, now: datetime) -> Answer:
    """A touch whose moment passed while the system was away: too late, it is skipped or spread over a window, by policy; any
    other is spread over what is left of the window. Never a burst.
    """
    programme = facts.programme
    late = now - touch.due_at
    is_too_late = late > programme.sending.max_lateness.elapsed
    is_operational = touch.mail_class is MailClass.OPERATIONAL
    was_missed = not is_operational and any(span.holds(touch.due_at) for span in facts.away)
    if not is_too_late and not was_missed:
        return PASS
    days = f"{late / timedelta(days=1):.1f} days late"
    why = days if is_too_late else "its moment passed while nothing could leave"
    if is_too_late and programme.sending.misfire == "skip":
        return Answer(Verdict.SKIP, why)
    spread = spread_over_window(programme, facts.state.lead, touch.id, now, always_open=is_operational)
    return Answer(Verdict.DEFER, why, spread)


def domain_throttle(touch: Touch, facts: Facts, now: datetime) -> Answer:  # noqa: ARG001 every gate is asked alike
    """As fast as the recipient's domain is written to."""
    if facts.domain_free is None or facts.domain_free <= now:
        return PASS
    return Answer(Verdict.DEFER, "the recipient's domain has had its share", facts.domain_free)


def warm_up(touch: Touch, facts: Facts, now: datetime) -> Answer:  # noqa: ARG001
    """As many as the sender's ramp allows today."""
    if facts.warm_up_left is None or facts.warm_up_left > 0 or touch.mail_class is MailClass.OPERATIONAL:
        return PASS
    return Answer(Verdict.DEFER, "today's warm-up is used up", facts.warm_up_free)
