"""Addresses of people who had themselves erased: on the suppression list as a keyed hash, so that nobody writes to them again.

Nobody can tell an address from its hash. When the address comes in anew, by a list or a form, it is known again at that
moment, and stands on the list before any mail could be planned.
"""

from collections.abc import Collection, Iterable, Mapping
from datetime import datetime

from sqlalchemy import Connection, select

from nurture.engine.aliases import survivors
from nurture.engine.suppress import suppress
from nurture.identity import Keyring
from nurture.store import records as table
from nurture.vocabulary.event import Event
from nurture.vocabulary.state import LeadState
from nurture.vocabulary.touch import lead_of
from nurture.vocabulary.words import EventKind, SuppressionCause

PREFIX = "erased:"
"""What such a line of the list begins with; it has no @, so it is nobody's address."""
PURPOSE = "erased address"
BRINGING = (EventKind.LEAD_CREATED, EventKind.LEAD_CHANGED)


def remember(connection: Connection, keyring: Keyring, address: str, now: datetime) -> None:
    """Keep the hash of an address that was erased."""
    suppress(connection, [PREFIX + keyring.pseudonym(PURPOSE, address)], SuppressionCause.ERASED, now)


def is_remembered(connection: Connection, keyring: Keyring, address: str) -> bool:
    """Whether the address was erased."""
    hashes = [PREFIX + each for each in keyring.pseudonyms(PURPOSE, address)]
    listed = table.suppression.c.address
    return connection.execute(select(listed).where(listed.in_(hashes)).limit(1)).first() is not None


def new_addresses(events: Iterable[Event], states: Mapping[int, LeadState]) -> set[str]:
    """Addresses that *events* bring, of which the leads' states know nothing yet."""
    return {
        address
        for event in events
        if event.kind in BRINGING and event.lead_id in states
        if isinstance(address := event.table("fields").get("email"), str)
        if address != states[event.lead_id].lead.email
    }


def recall(connection: Connection, keyring: Keyring, addresses: Collection[str], now: datetime) -> None:
    """Put those of *addresses* on the list again that were erased once."""
    if not addresses:
        return
    hashes = {
        PREFIX + each: address for address in addresses for each in keyring.pseudonyms(PURPOSE, address)
    }
    listed = table.suppression.c.address
    known = connection.execute(select(listed).where(listed.in_(sorted(hashes)))).scalars()
    suppress(connection, [hashes[each] for each in known], SuppressionCause.ERASED, now)


def gone(connection: Connection, touches: Collection[int | None]) -> set[int]:
    """Which of these touches, each proven by a signature of ours, are of leads that are no longer here."""
    leads = {lead_of(touch) for touch in touches if touch is not None} - {0}
    if not leads:
        return set()
    here = set(
        connection.execute(select(table.lead.c.id).where(table.lead.c.id.in_(sorted(leads)))).scalars()
    ) | set(survivors(connection, leads))
    return {touch for touch in touches if touch is not None and lead_of(touch) in leads - here}
