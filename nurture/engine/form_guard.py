"""What looks like a machine's submission. It is held for a person to see, and never thrown away."""

import re
from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta

from nurture.vocabulary.lead import FieldValue

QUICKEST = timedelta(seconds=2)
"""Nobody reads a form and types an address in less."""
WINDOW = timedelta(minutes=10)
HELD_FROM = 10
"""Submissions of one network address within WINDOW: a workshop's guests share one, so the next are held, not refused."""
REFUSED_FROM = 60

LINK = re.compile(r"https?:|www\.|\[url|<a\s|\bt\.me/", re.IGNORECASE)


def suspicion(
    *,
    trap: str,
    opened_at: datetime,
    now: datetime,
    fields: Mapping[str, FieldValue],
    recent: int,
    from_elsewhere: str,
) -> str | None:
    """Why a submission is held, in words for people of ours; None where nothing speaks against it.

    trap            what stands in the field that people do not see.
    recent          how many the same network address has sent within WINDOW.
    from_elsewhere  the site it was sent from, where that is none of ours; else empty.
    """
    if trap:
        return "the field that people do not see was filled in"
    if now - opened_at < QUICKEST:
        seconds = (now - opened_at).total_seconds()
        return f"it was sent {seconds:.1f} seconds after the form was opened"
    if from_elsewhere:
        return f"it was sent from another site, {from_elsewhere[:100]}"
    if name := next(_with_links(fields), None):
        return f"there is a link in the field {name}"
    if recent >= HELD_FROM:
        return f"it is number {recent + 1} from one network address within {WINDOW.seconds // 60} minutes"
    return None


def _with_links(fields: Mapping[str, FieldValue]) -> Iterator[str]:
    return (name for name, value in fields.items() if isinstance(value, str) and LINK.search(value))
