"""What another product's export says of a person beyond who it is: consent, suppression, history, stage, tags."""

from enum import StrEnum


class Saying(StrEnum):
    """What one column says, in our words; a mapping names it as ``says``."""

    STANDING = "standing"
    """Of the person on the list, in the product's word: enabled, blocklisted, confirmed, ..."""
    SUBSCRIPTION = "subscription"
    """The same for the one list that the file is."""
    CONSENT_AT = "consent_at"
    CONSENT_IP = "consent_ip"
    CONFIRMED_AT = "confirmed_at"
    """When the link of a double opt-in was followed."""
    CONFIRMED_IP = "confirmed_ip"
    LEGAL_BASIS = "legal_basis"
    """Why the person may be written to, in the words of the export."""
    UNSUBSCRIBED = "unsubscribed"
    UNSUBSCRIBED_AT = "unsubscribed_at"
    UNSUBSCRIBED_WHY = "unsubscribed_why"
    UNSUBSCRIBED_NOTE = "unsubscribed_note"
    UNSUBSCRIBED_MAIL = "unsubscribed_mail"
    BOUNCED = "bounced"
    """TRUE, or why: any word but a no is a hard bounce."""
    BOUNCED_AT = "bounced_at"
    BOUNCED_MAIL = "bounced_mail"
    BOUNCED_ELSEWHERE = "bounced_elsewhere"
    """The address bounced for other senders of the product."""
    BAD_ADDRESS = "bad_address"
    COMPLAINED = "complained"
    BLOCKED = "blocked"
    """The product mails the person no more, for a reason of its own."""
    DO_NOT_CONTACT = "do_not_contact"
    """Reasons and channels, such as '1:email' or 'Unsubscribed: Email'."""
    DO_NOT_CONTACT_AT = "do_not_contact_at"
    DO_NOT_CONTACT_CHANNEL = "do_not_contact_channel"
    DO_NOT_CONTACT_NOTE = "do_not_contact_note"
    OPENED_FIRST_AT = "opened_first_at"
    OPENED_LAST_AT = "opened_last_at"
    CLICKED_FIRST_AT = "clicked_first_at"
    CLICKED_LAST_AT = "clicked_last_at"
    SUBMITTED_FIRST_AT = "submitted_first_at"
    SUBMITTED_FIRST = "submitted_first"
    SUBMITTED_LAST_AT = "submitted_last_at"
    SUBMITTED_LAST = "submitted_last"
    VISITED_FIRST_AT = "visited_first_at"
    VISITED_FIRST = "visited_first"
    VISITED_LAST_AT = "visited_last_at"
    VISITED_LAST = "visited_last"
    STAGE = "stage"
    TAGS = "tags"
    OWNER = "owner"
    ATTRIBUTES = "attributes"
    """Fields of the person as a JSON object."""


REFUSED = "refused:"
"""Before the name of a kind of mail that the person does not want: 'refused:Events'."""

MOMENTS = frozenset(each for each in Saying if each.endswith("_at"))


def is_saying(key: str) -> bool:
    """Whether a mapping may name it."""
    return key in set(Saying) or (key.startswith(REFUSED) and len(key) > len(REFUSED))
