"""What ends the right to mail: written, suppression included, before whoever asked gets an answer."""

from collections.abc import Mapping
from datetime import datetime

import msgspec
from sqlalchemy import Connection, select

from nurture.engine.aliases import other_addresses, survivor_of
from nurture.engine.intake import say
from nurture.engine.suppress import is_listed, lift, suppress
from nurture.engine.untracked import set_tracking
from nurture.store import records as table
from nurture.store.mapping import unpacked
from nurture.vocabulary.words import EventKind, SuppressionCause


def unsubscribe(
    connection: Connection,
    lead_id: int,
    *,
    now: datetime,
    how: str,
    touch_id: int | None = None,
    by: str | None = None,
    why: str | None = None,
) -> None:
    """End marketing mail to the lead, at once and for what is already claimed (RFC 8058 §3.2). Once more changes nothing.

    It ends at every address that the person is known by, whichever of two merged leads got the mail that it answers.
    """
    addresses = every_address(connection, lead_id)
    if addresses and all(is_listed(connection, each, SuppressionCause.UNSUBSCRIBED) for each in addresses):
        return
    suppress(connection, addresses, SuppressionCause.UNSUBSCRIBED, now)
    say(connection, "consent", lead_id, EventKind.UNSUBSCRIBED, now, touch=touch_id, how=how, by=by, why=why)


class Choice(msgspec.Struct, frozen=True, kw_only=True):
    """What is chosen anew on a page; what stays as it was is left out.

    topics    whether to hear of each.
    tracking  whether it may be measured what the lead opens and follows.
    language  two letters.
    """

    topics: Mapping[str, bool] = {}
    tracking: bool | None = None
    language: str | None = None


def prefer(
    connection: Connection,
    lead_id: int,
    choice: Choice,
    *,
    now: datetime,
    touch_id: int | None = None,
    by: str | None = None,
    why: str | None = None,
) -> None:
    """Keep what was chosen. The lead that agrees to a topic lifts its own unsubscription, no other cause.

    by, why  who of us chose it in the lead's name, and for what reason: that lifts nothing.
    """
    if by is None and any(choice.topics.values()):
        lift(connection, address_of(connection, survivor_of(connection, lead_id)))
    if choice.tracking is not None:
        set_tracking(connection, survivor_of(connection, lead_id), on=choice.tracking)
    say(
        connection,
        "consent",
        lead_id,
        EventKind.PREFERENCES_CHANGED,
        now,
        touch=touch_id,
        topics=choice.topics,
        tracking=choice.tracking,
        fields=None if choice.language is None else {"language": choice.language},
        by=by,
        why=why,
    )


def snooze(
    connection: Connection,
    lead_id: int,
    until: datetime | None,
    *,
    now: datetime,
    by: str | None = None,
    why: str | None = None,
) -> None:
    """Rest until a moment, or end the rest; a pause is not an opt-out."""
    moment = None if until is None else until.isoformat()
    say(connection, "consent", lead_id, EventKind.SNOOZED, now, until=moment, by=by, why=why)


def every_address(connection: Connection, lead_id: int) -> list[str]:
    """All addresses that the person is known by, with those of leads that were merged."""
    person = survivor_of(connection, lead_id)
    own = address_of(connection, person)
    return [*([own] if own else []), *other_addresses(connection, person)]


def address_of(connection: Connection, lead_id: int) -> str | None:
    """Where the lead's mail goes."""
    state = connection.execute(
        select(table.lead_state.c.state).where(table.lead_state.c.lead_id == lead_id)
    ).scalar()
    return None if state is None else unpacked(state).lead.email
