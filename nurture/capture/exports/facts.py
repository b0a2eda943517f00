"""Which facts one row of an export states: each is one event with its own time, never a number of invented ones.

In the order in which they are to be taken in: what the person agreed to, what it refused, what it did, where it stood in
the funnel, and last what ended the right to mail it.
"""

from collections.abc import Iterator
from datetime import datetime
from urllib.parse import urlsplit

from nurture.capture.exports.consent import consents
from nurture.capture.exports.endings import endings
from nurture.capture.exports.fact import Fact
from nurture.capture.exports.product import Export
from nurture.capture.exports.said import Said, said_by
from nurture.capture.rows import LeadRow
from nurture.capture.sayings import Saying
from nurture.vocabulary.event import PropertyValue
from nurture.vocabulary.words import EventKind, Stage


def facts_of(row: LeadRow, export: Export) -> tuple[Fact, ...]:
    """Everything that *row* states beyond who the person is."""
    said = said_by(row)
    ended = endings(said, export)
    return (
        *consents(said, export, ended=bool(ended)),
        *sorted(_history(said, export), key=lambda fact: str(fact.at)),
        *_stage(said, export),
        *ended,
    )


def _history(said: Said, export: Export) -> Iterator[Fact]:
    """First and last dates; where both are one moment, it happened once. Counts say no time and are no events."""
    told_by = export.product.name
    for kind, dated, name, prop in HISTORY:
        moments: dict[tuple[datetime, str], str] = {}
        for which in ("last", "first"):
            at, what = said.get(dated.format(which)), said.get(name.format(which), "")
            if isinstance(at, datetime):
                moments.setdefault((at, str(what)), which)
        for (at, what), which in moments.items():
            named: dict[str, PropertyValue] = {prop: PATHS.get(kind, str)(what)} if what else {}
            yield Fact(
                kind=kind, at=at, detail=what, properties={"told_by": told_by, "told_as": which, **named}
            )


def _stage(said: Said, export: Export) -> Iterator[Fact]:
    """Where the lead stood; the first stage of the path needs no saying."""
    theirs = said.get(Saying.STAGE)
    ours = export.stage_of(theirs) if isinstance(theirs, str) else None
    if ours is not None and ours is not Stage.INQUIRY:
        name = export.product.name
        yield Fact(
            kind=EventKind.STAGE_SET,
            at=None,
            detail=ours.value,
            properties={
                "stage": ours.value,
                "by": name,
                "role": "admin",
                "reason": f"{theirs} in {name}",
            },
        )


def path_of(url: str) -> str:
    """The path of a page's address, as the tracking script gives it: '/pricing'."""
    try:
        return urlsplit(url if "//" in url else f"//{url}").path or "/"
    except ValueError:
        return "/"


HISTORY = (
    (EventKind.MAIL_OPENED, "opened_{}_at", "", "mail"),
    (EventKind.MAIL_CLICKED, "clicked_{}_at", "", "mail"),
    (EventKind.FORM_SUBMITTED, "submitted_{}_at", "submitted_{}", "form"),
    (EventKind.PAGE_VISITED, "visited_{}_at", "visited_{}", "path"),
)
"""The kind, the saying that dates it, the one that names what it was about, and the property that keeps the name."""
PATHS = {EventKind.PAGE_VISITED: path_of}
