"""The proof of what a lead agreed to, and what it took back: when, where, in which words, and how."""

from datetime import datetime

import msgspec
from sqlalchemy import Connection, select

from nurture.engine.aliases import whole
from nurture.insight.sentences import sentence
from nurture.store.mapping import event_of
from nurture.store.records import event
from nurture.vocabulary.words import EventKind

SAID = (
    EventKind.CONSENT_GIVEN,
    EventKind.CONSENT_ASKED,
    EventKind.PREFERENCES_CHANGED,
    EventKind.SNOOZED,
    EventKind.UNSUBSCRIBED,
    EventKind.MAIL_COMPLAINED,
    EventKind.SUPPRESSED,
    EventKind.SUPPRESSION_LIFTED,
)
ABOUT = ("form", "site", "path", "how", "by", "why", "asked_at", "client", "confirmed_by")


class ConsentLine(msgspec.Struct, frozen=True):
    """Something that was said about consent.

    words    the sentences that were shown beside the box, by topic; {} where there was none.
    details  how it was said, by name, as far as it is known.
    """

    at: datetime
    what: str
    words: dict[str, str]
    details: dict[str, str]


def agreements(connection: Connection, lead_id: int) -> list[ConsentLine]:
    """All of a lead, newest first."""
    kinds = [kind.value for kind in SAID]
    asked = select(event).where(event.c.lead_id.in_(whole(connection, lead_id)), event.c.kind.in_(kinds))
    found = map(event_of, connection.execute(asked.order_by(event.c.id.desc())))
    return [
        ConsentLine(
            at=each.occurred_at,
            what=sentence(each),
            words={
                topic: words
                for topic, words in each.table("topics").items()
                if isinstance(words, str) and words
            },
            details={name: text for name in ABOUT if (text := each.text(name))},
        )
        for each in found
    ]
