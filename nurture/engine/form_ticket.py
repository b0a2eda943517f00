"""What a form carries back to us: which questions it showed, to whom, and since when. Signed, so that nobody changes it.

It takes the place of a session: a public form sets no cookie, and may stand inside a page of another site.
"""

from datetime import datetime, timedelta

import msgspec

from nurture.errors import TokenError
from nurture.identity import Keyring

PURPOSE = "form"
GOOD_FOR = timedelta(days=1)


class Ticket(msgspec.Struct, frozen=True):
    """One showing of a form.

    nonce  tells one showing from the next.
    lead   who is known to have the address, by a link in a mail of ours; 0 for nobody.
    """

    form: str
    nonce: str
    opened_at: datetime
    asked: tuple[str, ...]
    lead: int = 0


def issue(keyring: Keyring, ticket: Ticket) -> str:
    """The ticket as the form carries it, for a day."""
    text = msgspec.json.encode(ticket).decode()
    return keyring.seal(PURPOSE, text, ticket.opened_at + GOOD_FOR)


def read(keyring: Keyring, text: str, form: str, now: datetime) -> Ticket | None:
    """The ticket of this form; None where it was made up, changed, is for another form, or is too old."""
    try:
        ticket = msgspec.json.decode(keyring.open(PURPOSE, text, now), type=Ticket)
    except TokenError:
        return None
    return ticket if ticket.form == form else None
