"""The suppression list, as the engine writes it: an address, what its suppression ends, and the gravest cause of it."""

from collections.abc import Collection, Iterable
from datetime import datetime

from sqlalchemy import Connection, delete, select

from nurture.store import records as table
from nurture.store.statements import insert_if_new
from nurture.vocabulary.words import BY_CONSENT, SuppressionCause


def suppress(
    connection: Connection, addresses: Iterable[str | None], cause: SuppressionCause, now: datetime
) -> None:
    """No more mail from this transaction on, what is already claimed included.

    Of several causes that end the same mail the gravest is kept, whichever was told first.
    """
    rows = [
        {"address": each, "scope": cause.scope, "cause": cause.value, "at": now}
        for each in dict.fromkeys(addresses)
        if each
    ]
    if not rows:
        return
    insert_if_new(connection, table.suppression, rows)
    lighter = [
        each.value for each in SuppressionCause if each.scope == cause.scope and each.gravity < cause.gravity
    ]
    listed = table.suppression.c
    connection.execute(
        table.suppression.update()
        .where(
            listed.address.in_([row["address"] for row in rows]),
            listed.scope == cause.scope,
            listed.cause.in_(lighter),
        )
        .values(cause=cause.value, at=now)
    )


def is_listed(connection: Connection, address: str, cause: SuppressionCause) -> bool:
    """Whether the address stands on the list for this very cause."""
    listed = table.suppression.c
    asked = select(listed.cause).where(listed.address == address, listed.cause == cause.value)
    return connection.execute(asked).first() is not None


def lift(
    connection: Connection, address: str | None, causes: Collection[SuppressionCause] = BY_CONSENT
) -> bool:
    """Take an address off the list where it stands there for one of *causes*. Returns whether it did.

    Without *causes*: whoever has the address agrees to hear from us again; bounces, complaints and what we decided stay.
    """
    listed = table.suppression.c
    gone = connection.execute(
        delete(table.suppression).where(
            listed.address == address, listed.cause.in_([each.value for each in causes])
        )
    )
    return gone.rowcount > 0
