"""What ended the right to mail a person, as an export says it. Of two readings, the one that mails less."""

from collections.abc import Iterator, Mapping
from datetime import datetime

from nurture.capture.exports.fact import Fact
from nurture.capture.exports.product import SUPPRESSES, Export, Standing
from nurture.capture.exports.said import Said, is_yes, moment
from nurture.capture.names import words
from nurture.capture.sayings import REFUSED, Saying
from nurture.vocabulary.event import PropertyValue
from nurture.vocabulary.words import EventKind, SuppressionCause

SUBSCRIPTIONS: Mapping[str, Standing] = {
    "subscribed": Standing.SUBSCRIBED,
    "confirmed": Standing.SUBSCRIBED,
    "unconfirmed": Standing.NOT_ASKED,
    "pending": Standing.NOT_ASKED,
    "double opt in pending": Standing.NOT_ASKED,
    "unsubscribed": Standing.UNSUBSCRIBED,
}
COMPLAINTS = ("abuse", "spam", "complain")
DO_NOT_CONTACT = {
    "1": SuppressionCause.UNSUBSCRIBED,
    "unsubscribed": SuppressionCause.UNSUBSCRIBED,
    "2": SuppressionCause.HARD_BOUNCE,
    "bounced": SuppressionCause.HARD_BOUNCE,
    "3": SuppressionCause.IMPORTED,
    "manual": SuppressionCause.IMPORTED,
    "0": None,
    "contactable": None,
}
"""Mautic's reasons, as numbers and as words."""
ORDER = (
    SuppressionCause.UNSUBSCRIBED,
    SuppressionCause.IMPORTED,
    SuppressionCause.HARD_BOUNCE,
    SuppressionCause.COMPLAINT,
)
"""The weakest first: the last one taken in is the one that stays with the lead."""
KINDS = {
    SuppressionCause.HARD_BOUNCE: EventKind.MAIL_BOUNCED,
    SuppressionCause.COMPLAINT: EventKind.MAIL_COMPLAINED,
}


def endings(said: Said, export: Export) -> tuple[Fact, ...]:
    """At most one of each cause, with its time where the export says it."""
    found: dict[SuppressionCause, tuple[datetime | None, str]] = {}
    for cause, at, why in _said_endings(said, export):
        known_at, known_why = found.get(cause, (None, ""))
        found[cause] = known_at or at, known_why or why
    if SuppressionCause.COMPLAINT in found:
        found.pop(SuppressionCause.UNSUBSCRIBED, None)  # the complaint is how the person left
    return tuple(
        Fact(
            kind=KINDS.get(cause, EventKind.UNSUBSCRIBED),
            at=found[cause][0],
            properties=_properties(cause, found[cause][1], said, export),
            detail=cause.value,
            cause=cause,
        )
        for cause in ORDER
        if cause in found
    )


def standings(said: Said, export: Export) -> set[Standing]:
    """Where the person stands, by the row and by the file."""
    product = export.product
    of_row = product.standings.get(words(str(said.get(Saying.STANDING, ""))))
    of_list = SUBSCRIPTIONS.get(words(str(said.get(Saying.SUBSCRIPTION, ""))))
    return {each for each in (of_row, of_list, export.standing) if each is not None}


def refused_kinds(said: Said) -> list[str]:
    """The kinds of mail that the person does not want, in plain words."""
    return [words(key.removeprefix(REFUSED)) for key in said if key.startswith(REFUSED) and is_yes(said[key])]


def _said_endings(said: Said, export: Export) -> Iterator[tuple[SuppressionCause, datetime | None, str]]:
    """Each with its time and its reason, however often they say the same."""
    name = export.product.name
    left_at, bounced_at = moment(said, Saying.UNSUBSCRIBED_AT), moment(said, Saying.BOUNCED_AT)
    why = ", ".join(str(said[each]) for each in REASONS if each in said)
    if left_at is not None or why or is_yes(said.get(Saying.UNSUBSCRIBED)):
        complained = any(word in why.casefold() for word in COMPLAINTS)
        yield SuppressionCause.COMPLAINT if complained else SuppressionCause.UNSUBSCRIBED, left_at, why
    if is_yes(said.get(Saying.COMPLAINED)):
        yield SuppressionCause.COMPLAINT, None, ""
    if bounced_at is not None or any(is_yes(said.get(each)) for each in BOUNCES):
        reason = next((str(said[each]) for each in BOUNCES if is_yes(said.get(each))), "")
        yield SuppressionCause.HARD_BOUNCE, bounced_at, reason
    if is_yes(said.get(Saying.BLOCKED)):
        yield SuppressionCause.IMPORTED, None, f"{name} mails this person no more"
    for cause in _do_not_contact(said):
        note = str(said.get(Saying.DO_NOT_CONTACT_NOTE, ""))
        yield cause, moment(said, Saying.DO_NOT_CONTACT_AT), note
    where = standings(said, export)
    for standing in where & SUPPRESSES.keys():
        yield SUPPRESSES[standing], None, f"{standing.value} in {name}"
    refused = refused_kinds(said)
    # A kind of mail that is no topic of ours may be any mail of ours.
    if refused and (Standing.NOT_ASKED in where or any(each not in export.topics for each in refused)):
        yield SuppressionCause.UNSUBSCRIBED, None, f"refused {', '.join(refused)} in {name}"


REASONS = (Saying.UNSUBSCRIBED_WHY, Saying.UNSUBSCRIBED_NOTE)
BOUNCES = (Saying.BOUNCED, Saying.BAD_ADDRESS, Saying.BOUNCED_ELSEWHERE)


def _do_not_contact(said: Said) -> Iterator[SuppressionCause]:
    """The causes in '1:email,2:sms', 'Unsubscribed: Email' or a lone reason; other channels are no mail of ours."""
    channel = str(said.get(Saying.DO_NOT_CONTACT_CHANNEL, "email"))
    if "mail" not in channel.casefold():
        return
    for each in str(said.get(Saying.DO_NOT_CONTACT, "")).split(","):
        reason, _, of_channel = (part.strip() for part in each.partition(":"))
        if reason and "mail" in (of_channel or "mail").casefold() and is_yes(reason):
            cause = DO_NOT_CONTACT.get(reason.casefold(), SuppressionCause.UNSUBSCRIBED)
            if cause is not None:
                yield cause


def _properties(cause: SuppressionCause, why: str, said: Said, export: Export) -> dict[str, PropertyValue]:
    bounced = cause is SuppressionCause.HARD_BOUNCE
    mail = said.get(Saying.BOUNCED_MAIL if bounced else Saying.UNSUBSCRIBED_MAIL)
    found = {
        "told_by": export.product.name,
        "cause": cause.value if cause is SuppressionCause.IMPORTED else "",
        "why": why,
        "mail": str(mail or ""),
        "bounce": "hard" if bounced else "",
    }
    return {key: value for key, value in found.items() if value}
