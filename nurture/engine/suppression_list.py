"""The suppression list in the hands of people of ours: put an address on it, bring a list along, take an address off."""

import csv
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from io import StringIO

import msgspec
from sqlalchemy import Connection, or_, select

from nurture.capture.addresses import normalise
from nurture.capture.spreadsheet import csv_line
from nurture.engine.aliases import by_address
from nurture.engine.audit import audit
from nurture.engine.intake import add_events
from nurture.engine.suppress import is_listed, lift, suppress
from nurture.errors import NurtureError
from nurture.store import records as table
from nurture.vocabulary.event import Event
from nurture.vocabulary.words import EventKind, SuppressionCause

BY_HAND = (SuppressionCause.MANUAL, SuppressionCause.UNSUBSCRIBED)
"""What a person of ours may put an address on the list for: we decided so, or the person asked for it."""
THE_PERSONS_OWN = (SuppressionCause.COMPLAINT, SuppressionCause.UNSUBSCRIBED)
"""What only the person can take back, by an agreement that is proven."""
BROUGHT = tuple(each for each in SuppressionCause if each is not SuppressionCause.ERASED)
COLUMNS = ("address", "scope", "cause", "at")
AT_ONCE = 1_000
SOURCE = "suppression"


class SuppressionError(NurtureError):
    """The list cannot be changed so, and why, for whoever asked."""


class Brought(msgspec.Struct, frozen=True):
    """What became of a list: addresses that are on it now, and lines without one."""

    taken: int
    unreadable: int


def put_on(
    connection: Connection, text: str, cause: SuppressionCause, *, by: str, why: str, now: datetime
) -> None:
    """Suppress one address, in force with this transaction. Raises SuppressionError for what is none."""
    address = normalise(text)
    if address is None:
        raise SuppressionError("This is no e-mail address. Write such as name@example.com.")
    if cause not in BY_HAND:
        raise SuppressionError("Choose why: we decide so, or the person asked for it.")
    suppress(connection, [address], cause, now)
    told = _tell(connection, [(address, cause)], EventKind.SUPPRESSED, by=by, why=why, now=now)
    audit(
        connection, actor=by, what="suppressed an address", target=told, detail=_detail(cause, why), now=now
    )


def take_off(
    connection: Connection, address: str, cause: SuppressionCause, *, by: str, why: str, now: datetime
) -> None:
    """Take one address off. Raises SuppressionError where only the person may, or nobody has given a reason."""
    if not why:
        raise SuppressionError("Write why: whoever asks later wants to know.")
    if not is_listed(connection, address, cause):
        raise SuppressionError("The address does not stand on the list for this any more.")
    if not may_be_lifted(connection, address, cause):
        raise SuppressionError(
            "Only the person can take this back, by agreeing anew: with a form, and the mail that confirms it."
        )
    lift(connection, address, [cause])
    told = _tell(connection, [(address, cause)], EventKind.SUPPRESSION_LIFTED, by=by, why=why, now=now)
    audit(connection, actor=by, what="lifted a suppression", target=told, detail=_detail(cause, why), now=now)


def may_be_lifted(connection: Connection, address: str, cause: SuppressionCause) -> bool:
    """Whether a person of ours may lift it: a complaint or an unsubscription only after a newer, proven agreement."""
    if cause not in THE_PERSONS_OWN:
        return cause is not SuppressionCause.ERASED
    listed, lead, said = table.suppression.c, table.lead.c, table.event.c
    since = select(listed.at).where(listed.address == address, listed.cause == cause.value).scalar_subquery()
    merged = by_address(connection, [address]).get(address, 0)
    of_the_address = select(lead.id).where(or_(lead.email == address, lead.id == merged))
    given = connection.execute(
        select(said.properties).where(
            said.lead_id.in_(of_the_address),
            said.kind == EventKind.CONSENT_GIVEN.value,
            said.occurred_at > since,
        )
    ).scalars()
    return any(properties.get("proven") for properties in given)


def bring(connection: Connection, text: str, *, by: str, now: datetime) -> Brought:
    """Take in a list, as ``written`` writes it or one address a line; a cause that is not named is "imported"."""
    rows = list(csv.reader(StringIO(text.removeprefix("\ufeff"))))
    head = [cell.strip().lower() for cell in rows[0]] if rows else []
    place = next((head.index(name) for name in ("address", "email", "e-mail") if name in head), None)
    at_cause = head.index("cause") if place is not None and "cause" in head else None
    found: dict[str, SuppressionCause] = {}
    unreadable = 0
    for row in rows[1 if place is not None else 0 :]:
        if not any(cell.strip() for cell in row):
            continue
        cell = row[place or 0] if len(row) > (place or 0) else ""
        address = normalise(cell.strip().lstrip("'"))
        if address is None:
            unreadable += 1
            continue
        named = row[at_cause].strip().lower() if at_cause is not None and len(row) > at_cause else ""
        cause = next((each for each in BROUGHT if each == named), SuppressionCause.IMPORTED)
        if address not in found or found[address].gravity < cause.gravity:
            found[address] = cause
    for cause in BROUGHT:
        for part in _parts([address for address, its in found.items() if its is cause]):
            suppress(connection, part, cause, now)
    why = "brought along with a list"
    _tell(connection, list(found.items()), EventKind.SUPPRESSED, by=by, why=why, now=now)
    detail = {"addresses": len(found), "unreadable": unreadable}
    audit(connection, actor=by, what="brought a suppression list", detail=detail, now=now)
    return Brought(len(found), unreadable)


def written(connection: Connection) -> Iterator[str]:
    """The list as CSV, a line at a time; what a spreadsheet would take for a formula is made text."""
    yield csv_line(*COLUMNS)
    rows = connection.execute(select(table.suppression).order_by(table.suppression.c.address))
    for row in rows:
        yield csv_line(row.address, row.scope, row.cause, row.at.isoformat())


def _tell(
    connection: Connection,
    listed: Sequence[tuple[str, SuppressionCause]],
    kind: EventKind,
    *,
    by: str,
    why: str,
    now: datetime,
) -> str:
    """Let those of them that are leads learn of it. Returns whom it concerned, without an address."""
    causes, leads = dict(listed), table.lead.c
    people: list[int] = []
    for part in _parts(causes):
        rows = connection.execute(select(leads.id, leads.email).where(leads.email.in_(part)))
        whose = [(row.id, row.email) for row in rows]
        whose += [(lead_id, address) for address, lead_id in by_address(connection, part).items()]
        events = [
            Event(
                lead_id=lead_id,
                kind=kind,
                occurred_at=now,
                received_at=now,
                source=SOURCE,
                source_id=f"{kind}:{lead_id}:{causes[address]}:{now.isoformat()}",
                properties={"cause": causes[address].value, "by": by, "why": why},
            )
            for lead_id, address in whose
        ]
        add_events(connection, events)
        people += [lead_id for lead_id, _ in whose]
    return f"lead {people[0]}" if len(people) == 1 else "an address that is no lead's"


def _detail(cause: SuppressionCause, why: str) -> dict[str, str]:
    return {"cause": cause.value, "why": why}


def _parts(addresses: Iterable[str]) -> Iterator[list[str]]:
    ordered = sorted(addresses)
    for start in range(0, len(ordered), AT_ONCE):
        yield ordered[start : start + AT_ONCE]
