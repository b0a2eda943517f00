"""Leads that were merged into others: whose what still comes for them is, and by which addresses a person is known.

The row of a lead that went is gone from every list; its number lives on in old mails, links and cookies, and is looked up here.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping

from sqlalchemy import Connection, select

from nurture.store import records as table

FEW = 8
IN_FORCE = table.lead_merge.c.undone_at.is_(None)


def survivors(connection: Connection, lead_ids: Iterable[int]) -> dict[int, int]:
    """Whose each of these leads is now that was merged into another, which may have been merged since; no others."""
    into: dict[int, int] = {}
    wanted = {each for each in lead_ids if each}
    if len(wanted) > FEW and not _any(connection):
        return into
    while wanted:
        merges = table.lead_merge.c
        rows = connection.execute(
            select(merges.other_id, merges.lead_id).where(merges.other_id.in_(sorted(wanted)), IN_FORCE)
        ).all()
        into |= {row.other_id: row.lead_id for row in rows}
        wanted = {row.lead_id for row in rows} - into.keys()
    return {lead_id: _followed(into, lead_id) for lead_id in into}


def survivor_of(connection: Connection, lead_id: int) -> int:
    """The lead that *lead_id* is now: itself, unless it was merged."""
    return survivors(connection, [lead_id]).get(lead_id, lead_id)


def aliases_of(connection: Connection, lead_ids: Collection[int]) -> dict[int, int]:
    """The leads that went into one of these, with which of them each is now."""
    merges, found = table.lead_merge.c, dict[int, int]()
    of: Mapping[int, int] = {each: each for each in lead_ids}
    if len(of) > FEW and not _any(connection):
        return found
    while of:
        rows = connection.execute(
            select(merges.other_id, merges.lead_id).where(merges.lead_id.in_(sorted(of)), IN_FORCE)
        ).all()
        of = {row.other_id: of[row.lead_id] for row in rows}
        found |= of
    return found


def whole(connection: Connection, lead_id: int) -> list[int]:
    """The lead, and all that were merged into it."""
    return [lead_id, *sorted(aliases_of(connection, [lead_id]))]


def by_address(connection: Connection, addresses: Collection[str]) -> dict[str, int]:
    """Who has these addresses, as far as they are those of leads that were merged: the survivors, by address."""
    merges = table.lead_merge.c
    rows = connection.execute(
        select(merges.email, merges.other_id).where(merges.email.in_(sorted(addresses)), IN_FORCE)
    ).all()
    now = survivors(connection, [row.other_id for row in rows])
    return {row.email: now[row.other_id] for row in rows}


def addresses_of(connection: Connection, lead_ids: Collection[int]) -> dict[int, str]:
    """The address of each of these that was merged, where it had one."""
    merges = table.lead_merge.c
    rows = connection.execute(
        select(merges.other_id, merges.email).where(
            merges.other_id.in_(sorted(lead_ids)), merges.email.is_not(None), IN_FORCE
        )
    )
    return {row.other_id: row.email for row in rows}


def other_addresses(connection: Connection, lead_id: int) -> Iterator[str]:
    """The addresses of leads that were merged into this one."""
    yield from addresses_of(connection, aliases_of(connection, [lead_id])).values()


def _any(connection: Connection) -> bool:
    """Whether there is anything to look up: where nobody was merged, a batch pays for one row and not for a thousand."""
    return (
        connection.execute(select(table.lead_merge.c.event_id).where(IN_FORCE).limit(1)).first() is not None
    )


def _followed(into: Mapping[int, int], lead_id: int) -> int:
    while lead_id in into:
        lead_id = into[lead_id]
    return lead_id
