"""All that is kept of one person, as a zip that it may take away: first what people can read, then every row as it is kept.

GDPR articles 15 and 20: what is known, in a form that machines read too.
"""

import json
from collections.abc import Callable, Iterator
from datetime import datetime
from io import BytesIO
from typing import Any
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

import msgspec
from sqlalchemy import Connection, select

from nurture.capture.spreadsheet import csv_line
from nurture.content.model import Programme
from nurture.engine.aliases import whole
from nurture.engine.removal import rows_of
from nurture.insight.consent import Standing, standing
from nurture.insight.mails import MailLine, mails_of
from nurture.insight.sentences import sentence
from nurture.store.mapping import event_of
from nurture.store.records import event
from nurture.vocabulary.words import TouchStatus

ReadMail = Callable[[int], str | None]
"""The HTML of a touch as its reader sees it; None where it cannot be shown any more."""

WAS_SENT = (TouchStatus.SENT, TouchStatus.BOUNCED, TouchStatus.UNKNOWN)
README = """Everything that is kept of {name}, written on {now:%Y-%m-%d %H:%M} UTC.

person.json    who the person is to us: what was told, where it stands, how it is scored, what it agreed to
history.csv    everything that happened, in order; times in UTC
mails/         the mails that were sent, as they read
records/       every row that is kept, table by table, as it is kept
"""


def person_file(
    connection: Connection, programme: Programme, lead_id: int, now: datetime, *, read_mail: ReadMail
) -> bytes | None:
    """The zip; None where there is no such lead."""
    found = standing(connection, programme, lead_id, now)
    if found is None:
        return None
    into = BytesIO()
    with ZipFile(into, "w", ZIP_DEFLATED) as file:
        for path, text in _parts(connection, found, now, read_mail):
            file.writestr(ZipInfo(path, now.timetuple()[:6]), text, ZIP_DEFLATED)
    return into.getvalue()


def _parts(
    connection: Connection, found: Standing, now: datetime, read_mail: ReadMail
) -> Iterator[tuple[str, str]]:
    lead_id = found.state.lead.id
    yield "README.txt", README.format(name=found.state.lead.email or f"lead {lead_id}", now=now)
    yield "person.json", _json(_who(found))
    yield "history.csv", "".join(_history(connection, lead_id))
    for mail in reversed(mails_of(connection, lead_id)):
        html = read_mail(mail.touch.id) if mail.status in WAS_SENT else None
        if html is not None:
            yield _path(mail), html
    for each, theirs in rows_of(whole(connection, lead_id)):
        rows = [dict(row) for row in connection.execute(select(each).where(theirs)).mappings()]
        if rows:
            yield f"records/{each.name}.json", _json(rows)


def _who(found: Standing) -> dict[str, Any]:
    state = msgspec.to_builtins(found.state)
    return {
        **state.pop("lead"),
        "wants": {topic.name: topic.wanted for topic in found.topics},
        "no mail because": found.cause,
        "quiet until": found.snoozed_until,
        "as the engine sees it": state,
    }


def _history(connection: Connection, lead_id: int) -> Iterator[str]:
    yield csv_line("when", "what", "kind")
    rows = connection.execute(
        select(event).where(event.c.lead_id.in_(whole(connection, lead_id))).order_by(event.c.id)
    )
    for each in map(event_of, rows):
        yield csv_line(each.occurred_at.isoformat(), sentence(each), each.kind.value)


def _path(mail: MailLine) -> str:
    return f"mails/{mail.touch.due_at:%Y-%m-%d}-{mail.touch.mail.rpartition('/')[2]}-{mail.touch.id}.html"


def _json(value: Any) -> str:
    return json.dumps(value, indent=1, ensure_ascii=False, default=_plain)


def _plain(value: Any) -> Any:
    if isinstance(value, bytes):
        return value.decode("utf-8", "backslashreplace")
    return msgspec.to_builtins(value)
