"""What SendGrid tells of one lead's mail, in short words, and all that it may have changed."""

import json
from datetime import timedelta

import msgspec

from nurture.engine.provider_events import take_in
from nurture.engine.provider_hits import GRACE, judge_reported
from nurture.providers.model import Request
from nurture.store import records as table
from nurture.vocabulary.words import EventKind

PERSON = "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/17.4 Safari/605.1.15"


class Told:
    def __init__(self, company, lead_id, name="jane"):
        self.company = company
        self.name = name
        self.email = f"{name}@x.example"
        self.lead_id = lead_id
        self.message_id = company.engine.keyring.message_id(self.touch.id, "small.example")
        self.count = 0

    @property
    def touch(self):
        return self.company.touches(self.lead_id)[0]

    def event(self, kind, *, email=None, minutes=10, message_id=None, **fields):
        self.count += 1
        at = self.company.clock.now() - timedelta(minutes=10) + timedelta(minutes=minutes)
        return {
            "event": kind,
            "email": email or self.email,
            "sg_event_id": f"{self.name}{self.count}",
            "smtp-id": self.message_id if message_id is None else message_id,
            "timestamp": int(at.timestamp()),
            **fields,
        }

    def comes(self, *events):
        return take_in(self.company.engine, "sendgrid", Request(body=json.dumps(events).encode()))

    def bounce(self, code="5.1.1", words="550 5.1.1 User unknown", **fields):
        return self.event("bounce", **{"type": "bounce", "status": code, "reason": words, **fields})

    def suppressions(self):
        return sorted((row.address, row.cause) for row in self.company.rows(table.suppression))

    def kept(self):
        return [(row.kind, row.did) for row in self.company.rows(table.provider_event)]

    def judged(self):
        """Time enough passes for opens and clicks."""
        self.company.later(seconds=GRACE.seconds + 1)
        judge_reported(self.company.engine)


def state(company, told):
    """All that webhooks may have changed of one lead, without what tells it from another."""
    events = company.rows(
        table.event, table.event.c.lead_id == told.lead_id, table.event.c.source != "import"
    )
    reported = company.rows(table.provider_event, table.provider_event.c.touch_id == told.touch.id)
    lead = msgspec.json.encode(company.state(told.lead_id)).decode()
    for own, word in ((str(told.touch.id), "touch"), (f'"id":{told.lead_id},', "lead"), (told.name, "name")):
        lead = lead.replace(own, word)
    return {
        "touch": (
            told.touch.status,
            told.touch.code,
            told.touch.answer,
            told.touch.opened_at,
            told.touch.clicked_at,
        ),
        "suppressed": [cause for address, cause in told.suppressions() if address == told.email],
        "reported": sorted((row.kind, row.occurred_at, row.url, row.did) for row in reported),
        "events": sorted(
            (row.kind, row.source, row.occurred_at, str(row.properties.get("bounce")))
            for row in events
            if is_told(row)
        ),
        "lead": lead,
    }


def is_told(row):
    return row.kind.startswith("mail.") or row.kind == EventKind.UNSUBSCRIBED


def everything(told):
    """One of each, as a mail of a changeable reader."""
    where = {"useragent": PERSON, "ip": "203.0.113.9"}
    return [
        [told.event("processed", minutes=0)],
        [told.event("deferred", minutes=1, response="450 greylisted")],
        [told.event("delivered", minutes=2)],
        [
            told.event("open", minutes=4, **where),
            told.event("click", minutes=5, url="https://small.example/a", **where),
        ],
        [told.event("click", minutes=7, url="https://small.example/b", **where)],
        [told.bounce("4.2.2", "452 4.2.2 over quota", type="expired", minutes=6)],
        [told.bounce("5.7.1", "550 5.7.1 policy", type="blocked", minutes=7), {"event": "teleported"}],
        [told.event("spamreport", minutes=8), told.event("unsubscribe", minutes=9)],
        [told.event("unsubscribe", message_id="<x@y.example>", email="kim@x.example")],
    ]
