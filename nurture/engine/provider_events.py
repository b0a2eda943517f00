"""What mail providers report, taken in: each webhook is kept once, each of its events acts once, in one transaction.

    request --reports--> rows of provider_event, new ones --act--> suppressions, events, touches settled
                                                  └ opens and clicks wait to be judged (provider_hits)

The order in which events come changes nothing: what is new is added, and what is known of a touch is read from all of
its events together.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Any

import msgspec
from sqlalchemy import Connection, select

from nurture.engine.engine import Engine
from nurture.engine.erased import gone
from nurture.engine.provider_acts import act, class_of
from nurture.engine.provider_touch import touch_in
from nurture.engine.traces import Names
from nurture.log import get_log
from nurture.providers.known import KNOWN
from nurture.providers.model import Report, ReportKind, Request
from nurture.store import records as table
from nurture.store.statements import insert_new

log = get_log(__name__)

RAW_MAX = 8 * 1024 * 1024
"""Bytes of a webhook; the largest batches of providers stay below it."""
RAW_KEPT = timedelta(days=90)
JUDGED_LATER = (ReportKind.OPENED, ReportKind.CLICKED)
WORDS_MAX = 2_000


class Taken(msgspec.Struct, frozen=True):
    """What came of one webhook: how many events it reports, and how many of them were new."""

    events: int
    new: int


def take_in(engine: Engine, provider: str, request: Request) -> Taken:
    """Take in one webhook that is proven; durable when this returns. Taken in twice, it changes nothing the second time."""
    reports = _reports(provider, request)
    with engine.deciding() as (connection, now):
        delivery_id = _kept(connection, provider, request, now)
        if delivery_id is None:
            return Taken(events=len(reports), new=0)
        rows = {
            row["key"]: row
            for row in (
                _row(report, provider=provider, touch_id=touch_in(report, engine.keyring), now=now)
                for report in reports
            )
        }
        forgotten = gone(connection, [row["touch_id"] for row in rows.values()])
        if forgotten:
            _forget(connection, delivery_id, [row for row in rows.values() if row["touch_id"] in forgotten])
            rows = {key: row for key, row in rows.items() if row["touch_id"] not in forgotten}
        # In the order of their keys, so that two webhooks that share events wait for each other in one direction only.
        ordered = [{**rows[key], "delivery_id": delivery_id} for key in sorted(rows)]
        new = insert_new(connection, table.provider_event, ordered, key="key")
        act(connection, [row for row in ordered if row["key"] in new], now)
    log.info("provider reported", provider=provider, events=len(reports), new=len(new))
    return Taken(events=len(reports), new=len(new))


def forget_deliveries(engine: Engine) -> int:
    """Forget the bytes of webhooks that came long ago; what they reported stays. Returns of how many."""
    with engine.deciding() as (connection, now):
        old = table.provider_delivery.c.received_at < now - RAW_KEPT
        forgotten = connection.execute(
            table.provider_delivery.update()
            .where(old, table.provider_delivery.c.raw.is_not(None))
            .values(raw=None)
        )
        return forgotten.rowcount


def _reports(provider: str, request: Request) -> list[Report]:
    try:
        return KNOWN[provider].reports(request)
    except Exception as error:  # noqa: BLE001 else the one webhook that meets a bug of ours comes back for a day
        log.error("webhook not understood", provider=provider, error=error)  # noqa: TRY400 it adds the traceback
        return []


def _kept(connection: Connection, provider: str, request: Request, now: datetime) -> int | None:
    """The number of its new row; None if the very same bytes came before."""
    key = sha256(f"{provider}\x00{request.content_type}\x00".encode() + request.body).hexdigest()
    row = {
        "key": key,
        "provider": provider,
        "received_at": now,
        "content_type": request.content_type[:200],
        "raw": request.body[:RAW_MAX],
    }
    found = insert_new(connection, table.provider_delivery, [row], key="key")
    return found.get(key)


def _forget(connection: Connection, delivery_id: int, rows: Sequence[Mapping[str, Any]]) -> None:
    """Take the names of people who were erased out of what is kept of a webhook."""
    delivery = table.provider_delivery.c
    raw = connection.execute(select(delivery.raw).where(delivery.id == delivery_id)).scalar_one()
    for address in {row["recipient"] for row in rows if row["recipient"]}:
        raw = Names(address).taken_out(raw)
    connection.execute(table.provider_delivery.update().where(delivery.id == delivery_id).values(raw=raw))


def _row(report: Report, *, provider: str, touch_id: int | None, now: datetime) -> dict[str, Any]:
    waits = report.kind in JUDGED_LATER and touch_id is not None
    bounce = class_of(report)
    return {
        "key": key_of(report, provider),
        "provider": provider,
        "kind": report.kind.value,
        # A provider whose clock is ahead, or who leaves the moment out, knows nothing of what is to come.
        "occurred_at": now if report.at is None else min(report.at, now),
        "received_at": now,
        "touch_id": touch_id,
        "recipient": report.recipient,
        "message_id": report.message_id,
        "reason": None if report.reason is None else report.reason.value,
        "bounce": None if bounce is None else bounce.value,
        "code": report.code,
        "text": (report.response or report.description)[:WORDS_MAX],
        "url": report.url,
        "user_agent": report.user_agent,
        "address": report.address,
        "prefetched": report.prefetched,
        "did": None if waits else "kept it",
    }


def key_of(report: Report, provider: str) -> str:
    """What makes an event the same when it is told again, in whichever webhook: its number, else all that it says."""
    event = report.fact or report.event_id or report.raw
    said = (provider, event, report.kind.value, report.recipient, report.message_id)
    return sha256("\x00".join(said).encode()).hexdigest()
