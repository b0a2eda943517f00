"""What people and their providers do with a mail that has arrived: they read, end our right to mail them, and report it, late and twice."""

import json
from datetime import datetime, timedelta
from functools import partial

from nurture.engine import consent
from nurture.engine.feedback import receive
from nurture.engine.provider_events import take_in
from nurture.engine.provider_hits import GRACE, judge_reported
from nurture.ports import OutgoingMessage
from nurture.providers.model import Request
from nurture.simulation.faults.agenda import Agenda
from nurture.simulation.faults.ground import Ground
from nurture.simulation.faults.oracle import Oracle
from nurture.simulation.faults.programme import DOMAIN
from nurture.simulation.faults.web import Web
from nurture.simulation.faults.worker import KEYRING
from nurture.vocabulary.event import Event, PropertyValue
from nurture.vocabulary.touch import lead_of
from nurture.vocabulary.words import EventKind

SECOND, MINUTE, HOUR, DAY = (timedelta(**{unit: 1}) for unit in ("seconds", "minutes", "hours", "days"))
OPENS, CLICKS, VISITS, REPLIES, SNOOZES, UNSUBSCRIBES = 0.5, 0.6, 0.7, 0.05, 0.05, 0.06
COMPLAINS, RETURNS, RETURNS_HARD = 0.04, 0.08, 0.6
DSN = """From: Mail Delivery System <MAILER-DAEMON@mx.example>
To: {to}
Subject: Undelivered Mail Returned to Sender
Message-ID: <{number}@mx.example>
MIME-Version: 1.0
Content-Type: multipart/report; report-type=delivery-status; boundary="x"

--x

It came back.
--x
Content-Type: message/delivery-status

Reporting-MTA: dns; mx.example

Final-Recipient: rfc822; {address}
Action: failed
Status: {status}
Diagnostic-Code: smtp; {words}

--x--
"""
HARD = ("5.1.1", "550 5.1.1 User unknown")
SOFT = ("4.2.2", "452 4.2.2 Mailbox full")


class People:
    """Those behind the far end."""

    def __init__(self, ground: Ground, agenda: Agenda, oracle: Oracle, web: Web) -> None:
        self._ground = ground
        self._agenda = agenda
        self._oracle = oracle
        self._web = web
        self._count = 0

    def receive(self, message: OutgoingMessage) -> None:
        """A lead's mail has arrived. What follows depends on the mail alone, not on when it came."""
        ground, touch = self._ground, message.touch_id
        if (
            not lead_of(touch) or not ground.perils.switch
        ):  # the end of the run: nobody does anything any more
            return
        chance, at = ground.chance, ground.now
        if chance.happens(ground.perils.reports, "reports", touch):
            self._report(message, "delivered", at)
        if chance.happens(RETURNS, "returns", touch):
            self._return(message, hard=chance.happens(RETURNS_HARD, "hard", touch))
        elif chance.happens(COMPLAINS, "complains", touch):
            self._report(message, "spamreport", at + self._after("complains", touch, DAY))
        elif chance.happens(UNSUBSCRIBES, "unsubscribes", touch):
            self._agenda.at(
                at + self._after("unsubscribes", touch, DAY),
                f"lead {lead_of(touch)} unsubscribes",
                lambda: self.unsubscribe(touch, message.rcpt_to),
            )
        if chance.happens(OPENS, "opens", touch):
            self._read(message, at + self._after("opens", touch, DAY))

    def unsubscribe(self, touch: int, address: str) -> None:
        """One click (RFC 8058), answered when this returns."""
        with self._web.engine.deciding() as (connection, now):
            consent.unsubscribe(connection, lead_of(touch), touch_id=touch, now=now, how="one-click")
        self._oracle.ends(address, all_mail=False)

    def _read(self, message: OutgoingMessage, at: datetime) -> None:
        chance, touch, lead = self._ground.chance, message.touch_id, lead_of(message.touch_id)
        if chance.happens(self._ground.perils.reports, "opens by report", touch):
            self._report(message, "open", at)
        self._does(touch, EventKind.MAIL_OPENED, at, humanity=0.9)
        if chance.happens(REPLIES, "replies", touch):
            self._does(touch, EventKind.MAIL_REPLIED, at + 9 * MINUTE)
        if chance.happens(CLICKS, "clicks", touch):
            self._does(touch, EventKind.MAIL_CLICKED, at + MINUTE, humanity=1.0, link="site")
            if chance.happens(VISITS, "visits", touch):
                self._does(touch, EventKind.PAGE_VISITED, at + 3 * MINUTE, path="/pricing")
        if chance.happens(SNOOZES, "snoozes", touch):

            def snooze() -> None:
                with self._web.engine.deciding() as (connection, now):
                    consent.snooze(connection, lead, now + 2 * DAY, now=now)

            self._agenda.at(at + 5 * MINUTE, f"lead {lead} wants two days of silence", snooze)

    def _does(self, touch: int, kind: EventKind, at: datetime, **values: PropertyValue) -> None:
        """An act that our own tracking sees."""
        lead = lead_of(touch)
        row = self._oracle.touches.rows[touch]
        about: dict[str, PropertyValue] = {"touch": touch, "mail": row.mail, "campaign": row.campaign}

        def act() -> None:
            now = self._web.clock.now()
            event = Event(
                lead_id=lead,
                kind=kind,
                occurred_at=now,
                received_at=now,
                source="tracking",
                source_id=f"{touch}:{kind}",
                properties={**about, **values},
            )
            if number is None:
                self._web.record(event)
            else:
                self._web.record_late(number, event)

        number = None
        if self._ground.chance.happens(self._ground.perils.late, "late", touch, kind):
            number = self._web.take_number()
        self._agenda.at(at, f"lead {lead}: {kind}" + (f", as event {number}" if number else ""), act)

    def _report(self, message: OutgoingMessage, kind: str, at: datetime, **said: str) -> None:
        """A webhook, told up to three times, each at its own time, in one batch with others or alone."""
        ground, touch = self._ground, message.touch_id
        event = {
            "event": kind,
            "email": message.rcpt_to,
            "sg_event_id": f"{kind}:{touch}",
            "smtp-id": KEYRING.message_id(touch, DOMAIN),
            "timestamp": int(at.timestamp()),
            **said,
        }
        times = 1 + int(3 * ground.chance.lot("told times", touch, kind))
        for time in range(times):
            moment = at + ground.chance.between(timedelta(0), 2 * DAY, "told", touch, kind, time)
            batch = [event, {**event, "marketing_campaign_id": time}] if time == 1 else [event]
            posts = partial(self._post, message, kind, said, json.dumps(batch).encode())
            self._agenda.at(moment, f"the provider reports {kind} of touch {touch}", posts)
            self._agenda.at(moment + GRACE + SECOND, "reports are judged", self._judge)

    def _post(self, message: OutgoingMessage, kind: str, said: dict[str, str], body: bytes) -> None:
        take_in(self._web.engine, "sendgrid", Request(body=body))
        if kind == "spamreport" or (kind == "bounce" and said["status"] == HARD[0]):
            self._oracle.ends(message.rcpt_to, all_mail=True)

    def _judge(self) -> None:
        judge_reported(self._web.engine)

    def _return(self, message: OutgoingMessage, *, hard: bool) -> None:
        """It comes back after it was taken: by a webhook, or as a notice to the return path, or by both."""
        ground, touch = self._ground, message.touch_id
        status, words = HARD if hard else SOFT
        how = ground.chance.lot("comes back by", touch)
        at = ground.now + self._after("comes back", touch, 6 * HOUR)
        if how < 2 / 3 and ground.perils.reports:
            self._report(message, "bounce", at, type="bounce", status=status, reason=words)
        if how > 1 / 3:
            raw = DSN.format(
                to=message.mail_from, number=touch, address=message.rcpt_to, status=status, words=words
            )

            def receive_notice() -> None:
                receive(self._web.engine, raw.encode(), source="pipe", envelope_to=message.mail_from)
                if hard:
                    self._oracle.ends(message.rcpt_to, all_mail=True)

            self._agenda.at(at, f"a notice says that touch {touch} came back: {status}", receive_notice)

    def _after(self, what: str, touch: int, most: timedelta) -> timedelta:
        return self._ground.chance.between(SECOND, most, what, touch)
