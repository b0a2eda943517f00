"""An event in plain words, for a person who has not read the code: what happened, in the lead's world."""

from collections.abc import Callable, Mapping
from datetime import UTC, datetime, tzinfo

from msgspec.structs import replace

from nurture.languages.said import plain
from nurture.vocabulary.event import Event
from nurture.vocabulary.words import EventKind, Stage


def sentence(event: Event, zone: tzinfo = UTC, personas: Mapping[str, str] = {}) -> str:
    """What happened, without a full stop.

    zone      on whose clock a moment in it is told; UTC says so beside it.
    personas  what they are called, by key; one that is not among them is told by its key.
    """
    if event.kind is EventKind.PERSONA_CHANGED:
        named = {name: personas.get(event.text(name) or "", event.text(name)) for name in ("before", "after")}
        event = replace(event, properties={**event.properties, **named})
    told = OF_MOMENTS.get(event.kind)
    return SENTENCES[event.kind](event) if told is None else told(event, zone)


def is_machine(event: Event) -> bool:
    """Whether no person did it."""
    return not event.by_person


def stage_name(stage: str) -> str:
    """A stage as people say it: the three that are abbreviations in capitals."""
    return stage.upper() if stage in (Stage.MQL, Stage.SAL, Stage.SQL) else stage


def _mail(event: Event) -> str:
    name = event.text("mail")
    return f"“{plain(name.rpartition('/')[2])}”" if name else "a mail"


def _by(event: Event) -> str:
    who = event.text("actor") if event.kind is EventKind.STAGE_CHANGED else event.text("by")
    return f" by {who}" if who else ""


def _because(event: Event) -> str:
    why = event.text("why") or event.text("reason") or event.text("code")
    return f": {why}" if why else ""


def _created(event: Event) -> str:
    return f"Became a lead, from {event.source}"


def _changed(event: Event) -> str:
    fields = event.table("fields")
    if set(fields) == {"owner"}:
        return f"Belongs to {fields['owner']}"
    return f"Profile changed: {', '.join(map(plain, fields))}" if fields else "Profile seen again, unchanged"


def _opened(event: Event) -> str:
    words = "A machine opened {}{gave_away}" if is_machine(event) else "Opened {}{gave_away}"
    return words.format(_mail(event), gave_away=_pattern(event))


def _clicked(event: Event) -> str:
    words = "A machine clicked {} in {}{gave_away}" if is_machine(event) else "Clicked {} in {}{gave_away}"
    return words.format(_link(event), _mail(event), gave_away=_pattern(event))


def _link(event: Event) -> str:
    link = event.text("link")
    return f"“{plain(link)}”" if link else "a hidden link" if event.number("link_index") == 0 else "a link"


def _overturned(event: Event) -> str:
    if event.text("act") == EventKind.MAIL_CLICKED:
        words = "A machine clicked {} in {}" if is_machine(event) else "A person clicked {} in {}"
        act = words.format(_link(event), _mail(event))
    else:
        act = ("A machine opened {}" if is_machine(event) else "A person opened {}").format(_mail(event))
    says = event.text("by")
    return f"{act}, says {says}" if says else f"{act} after all{_pattern(event)}"


def _pattern(event: Event) -> str:
    pattern = event.text("machine_pattern")
    return f" ({plain(pattern)})" if pattern and is_machine(event) else ""


def _moved(to: str, on: str) -> Callable[[Event], str]:
    """*to* where nothing was before, else *on* from one to the other."""

    def moved(event: Event) -> str:
        before, after = (stage_name(event.text(name) or "") for name in ("before", "after"))
        return on.format(before, after, _by(event)) if before else to.format(after or "?")

    return moved


def _snoozed(event: Event, zone: tzinfo) -> str:
    until = event.text("until")
    if not until:
        return "Ended the pause"
    day = f"{datetime.fromisoformat(until).astimezone(zone):%d %B %Y}"
    return f"Asked for a pause until {day}"


def _told_by(event: Event) -> str:
    product = event.text("told_by")
    return f", as {product} says" if product else ""


def _unsubscribed(event: Event) -> str:
    what = "Is mailed no more" if event.text("cause") else "Unsubscribed from marketing mail"
    why = _because(event) if event.text("told_by") else ""
    return f"{what}{_told_by(event)}{why}"


def _suppressed(event: Event) -> str:
    why = event.text("why") or event.text("cause")
    return f"Is mailed no more{_by(event)}{f': {why}' if why else ''}"


def _lifted(event: Event) -> str:
    cause = event.text("cause") or "?"
    return f"May be mailed again{_by(event)} after “{cause}”{_because(event)}"


def _preferred(event: Event) -> str:
    topics = event.table("topics")
    if event.text("told_by"):
        return f"Refused to hear about {', '.join(map(plain, topics))}{_told_by(event)}"
    wanted = ", ".join(plain(topic) for topic, wants in topics.items() if wants)
    return f"Chose what to hear about: {wanted or 'nothing'}"


def _agreed(event: Event) -> str:
    topics = ", ".join(plain(topic) for topic, wording in event.table("topics").items() if wording)
    if event.text("told_by"):  # the proof of another product, which may be of no topic of ours
        what = f"about {topics}" if topics else "from us"
        return f"Agreed to hear {what}{_told_by(event)}: {event.text('how')}"
    how = "confirmed by mail" if event.text("how") == "mail" else "not confirmed by mail"
    return f"Agreed to hear about {topics} with the form “{plain(event.text('form') or '?')}”, {how}"


def _noted(what: str) -> Callable[[Event], str]:
    def noted(event: Event) -> str:
        note = event.text("note")
        return what.format(by=_by(event), note=f": {note}" if note else "")

    return noted


def _contacted(event: Event) -> str:
    """A contact or a try: how, what came of it, and the note; either may be of before they were asked for."""
    how, outcome = event.text("how"), event.text("outcome")
    tried = event.kind is EventKind.CONTACT_TRIED
    otherwise = "Tried to reach{by}{came}{note}" if tried else "Spoken to{by}{came}{note}"
    words = {"call": "Called{by}{came}{note}", "mail": "Written to{by}{came}{note}"}.get(how or "", otherwise)
    came = f", {plain(outcome)}" if outcome else ""
    note = event.text("note")
    return words.format(by=_by(event), came=came, note=f": {note}" if note else "")


def _task(what: str) -> Callable[[Event], str]:
    def said(event: Event) -> str:
        whose = f", for {event.text('assignee')}" if event.text("assignee") else ""
        return what.format(_by(event), plain(event.text("task") or "?"), whose)

    return said


def _put_off(event: Event, zone: tzinfo) -> str:
    until = event.text("until")
    if not until:
        return f"Back in the inbox{_by(event)}"
    moment = f"{datetime.fromisoformat(until).astimezone(zone):%Y-%m-%d %H:%M}{' UTC' if zone is UTC else ''}"
    return f"Put off in the inbox{_by(event)} until {moment}"


def _of_mail(what: str) -> Callable[[Event], str]:
    return lambda event: what.format(_mail(event), _because(event))


def _sent(event: Event) -> str:
    who = event.text("by")  # where nobody could know, and a person says so
    return f"{_mail(event)} arrived, says {who}" if who else f"Was sent {_mail(event)}"


def _agreed_time(by_stage: Mapping[str, str], otherwise: str) -> Callable[[Event], str]:
    """What became of an agreed time: by the stage whose it is, else by its name."""

    def said(event: Event) -> str:
        return by_stage.get(event.text("stage") or "") or otherwise.format(plain(event.text("sla") or "?"))

    return said


def _named(template: str, *properties: str) -> Callable[[Event], str]:
    """A sentence with the words of some properties in it."""
    return lambda event: template.format(
        *(plain(str(event.properties.get(name, "?"))) for name in properties)
    )


def _in_campaign(what: str) -> Callable[[Event], str]:
    return lambda event: what.format(plain(event.text("campaign") or "?"), _by(event))


def _track_set(event: Event) -> str:
    step = event.text("step")
    words = (
        "Moved by hand to the step “{step}” of the track “{track}” of “{campaign}”{by}"
        if step
        else "Moved by hand to the start of the track “{track}” of “{campaign}”{by}"
    )
    named = {name: plain(event.text(name) or "?") for name in ("step", "track", "campaign")}
    return words.format(**named, by=_by(event))


def _track_unset(event: Event) -> str:
    names = (plain(event.text(name) or "?") for name in ("track", "campaign"))
    return "The move by hand to the track “{}” of “{}” was taken back{}".format(*names, _by(event))


def _tagged(what: str) -> Callable[[Event], str]:
    return lambda event: what.format(", ".join(event.table("tags")) or "?", _by(event))


def _unmerged(event: Event) -> str:
    if event.number("came_from") is not None:
        return f"Is a lead of its own again, apart from {_lead(event, 'came_from')}"
    return f"The merge with {_lead(event, 'other')} was undone{_by(event)}"


def _lead(event: Event, name: str) -> str:
    number = event.number(name)
    return "another lead" if number is None else f"lead {number:.0f}"


def _assigned(event: Event) -> str:
    chance = event.number("probability")
    how_likely = "" if chance is None else f", by a chance of {chance:.0%}"
    return f"Gets “{event.text('variant') or '?'}” in the experiment “{plain(event.text('step') or '?')}”{how_likely}"


SENTENCES: Mapping[EventKind, Callable[[Event], str]] = {
    EventKind.LEAD_CREATED: _created,
    EventKind.LEAD_CHANGED: _changed,
    EventKind.LEAD_MERGED: lambda event: (
        f"{_lead(event, 'other').capitalize()} was merged into this one{_by(event)}"
    ),
    EventKind.LEAD_UNMERGED: _unmerged,
    EventKind.LEAD_TAGGED: _tagged("Tagged: {}{}"),
    EventKind.LEAD_UNTAGGED: _tagged("No longer tagged: {}{}"),
    EventKind.BROADCAST_REACHED: _named("The broadcast “{}” came to the lead", "campaign"),
    EventKind.BROADCAST_MISSED: _named("The broadcast “{}” passed by: {}", "campaign", "why"),
    EventKind.BROADCAST_CANCELLED: _named("The broadcast “{}” was cancelled", "campaign"),
    EventKind.MAIL_SENT: _sent,
    EventKind.MAIL_DEFERRED: _of_mail("{} was put off by the server{}"),
    EventKind.MAIL_BOUNCED: _of_mail("{} bounced{}"),
    EventKind.MAIL_FAILED: _of_mail("{} could not be sent{}"),
    EventKind.MAIL_SKIPPED: _of_mail("{} was skipped{}"),
    EventKind.MAIL_CANCELLED: _of_mail("{} was not sent{}"),
    EventKind.MAIL_UNKNOWN: _of_mail("{} may or may not have left{}"),
    EventKind.MAIL_LOST: lambda event: (
        f"{_mail(event)} did not arrive and is sent again, says {event.text('by') or '?'}"
    ),
    EventKind.MAIL_OPENED: _opened,
    EventKind.MAIL_CLICKED: _clicked,
    EventKind.VERDICT_OVERTURNED: _overturned,
    EventKind.MAIL_REPLIED: lambda event: f"Replied to {_mail(event)}",
    EventKind.MAIL_COMPLAINED: lambda event: f"Reported {_mail(event)} as spam",
    EventKind.UNSUBSCRIBED: _unsubscribed,
    EventKind.PREFERENCES_CHANGED: _preferred,
    EventKind.SUPPRESSED: _suppressed,
    EventKind.SUPPRESSION_LIFTED: _lifted,
    EventKind.SUNSET_BEGUN: _named(
        "Has answered none of {} mails in a row, and is asked whether to go on", "ignored"
    ),
    EventKind.SUNSET_ENDED: lambda _: "Is there: mail goes on",
    EventKind.CONSENT_ASKED: _named(
        "Was asked to confirm by mail what it agreed to in the form “{}”", "form"
    ),
    EventKind.CONSENT_GIVEN: _agreed,
    EventKind.PAGE_VISITED: lambda event: f"Visited {event.text('path') or 'a page'}",
    EventKind.FILE_DOWNLOADED: lambda event: (
        f"Downloaded {event.text('path') or event.text('file') or 'a file'}"
    ),
    EventKind.FORM_SUBMITTED: _named("Sent the form “{}”", "form"),
    EventKind.HAND_OFF_ACCEPTED: _noted("Accepted{by}{note}"),
    EventKind.HAND_OFF_REJECTED: lambda event: (
        (
            f"Given back{_by(event)}: {plain(event.text('reason') or '')}"
            if event.text("reason")
            else f"Given back{_by(event)} without a reason"
        )
        + (f" — {event.text('note')}" if event.text("note") else "")
    ),
    EventKind.CONTACTED: _contacted,
    EventKind.CONTACT_TRIED: _contacted,
    EventKind.STAGE_SET: lambda event: (
        f"Set to {stage_name(event.text('stage') or '?')}{_by(event)}{_because(event)}"
    ),
    EventKind.TIMER_DUE: lambda _: "A timer was due",
    EventKind.PROGRAMME_APPLIED: lambda _: "Decided anew under a new revision",
    EventKind.CAMPAIGN_STARTED: _in_campaign("Put into the campaign “{}”{}"),
    EventKind.CAMPAIGN_STOPPED: _in_campaign("Taken out of the campaign “{}”{}"),
    EventKind.TRACK_SET: _track_set,
    EventKind.TRACK_UNSET: _track_unset,
    EventKind.CAMPAIGN_ENTERED: _named("Entered the campaign “{}”", "campaign"),
    EventKind.CAMPAIGN_LEFT: _named("Left the campaign “{}”: {}", "campaign", "reason"),
    EventKind.TRACK_ENTERED: _named("Took the track “{}” of “{}”", "track", "campaign"),
    EventKind.TRACK_FINISHED: _named("Had everything in the track “{}” of “{}”", "track", "campaign"),
    EventKind.TEMPERATURE_CHANGED: _moved("Temperature: {}", "Temperature: {} → {}{}"),
    EventKind.STAGE_CHANGED: _moved("Stage: {}", "Stage: {} → {}{}"),
    EventKind.PERSONA_CHANGED: _moved("Persona: {}", "Persona: {} → {}{}"),
    EventKind.GRADE_CHANGED: _moved("Grade: {}", "Grade: {} → {}{}"),
    EventKind.HAND_OFF_MADE: _named("Handed to sales, {}", "team"),
    EventKind.SLA_WARNED: _agreed_time(
        {
            Stage.MQL: "The agreed time to accept the lead is running out",
            Stage.SAL: "The agreed time to speak to the lead is running out",
        },
        "The agreed time for “{}” is running out",
    ),
    EventKind.SLA_BREACHED: _agreed_time(
        {
            Stage.MQL: "The agreed time to accept the lead has passed",
            Stage.SAL: "The agreed time to speak to the lead has passed",
        },
        "The agreed time for “{}” has passed",
    ),
    EventKind.NOTE_WRITTEN: _noted("Note{by}{note}"),
    EventKind.TASK_CREATED: _task("A task was made{}: {}{}"),
    EventKind.TASK_DONE: _task("A task was done{}: {}{}"),
    EventKind.TASK_CHANGED: lambda event: _task(
        "A task was opened again{}: {}{}" if event.properties.get("again") else "A task was passed on{}: {}{}"
    )(event),
    EventKind.WEBHOOK_CALLED: _named("The webhook “{}” was called", "webhook"),
    EventKind.VARIANT_ASSIGNED: _assigned,
    EventKind.EXPERIMENT_WEIGHTED: _named("The experiment “{}” was weighed anew", "step"),
}

OF_MOMENTS: Mapping[EventKind, Callable[[Event, tzinfo], str]] = {
    EventKind.SNOOZED: _snoozed,
    EventKind.HAND_OFF_SNOOZED: _put_off,
}
"""Those that name a moment."""
