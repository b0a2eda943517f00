"""The dashboard: the worst problem first, then the hot leads that wait, then the day's numbers."""

from flask import Blueprint, g, render_template

from nurture.engine.engine import Engine
from nurture.insight.inbox import open_hand_offs
from nurture.insight.today import Trouble, today
from webapp.moments import day_began
from webapp.rights import Permission, area

WAITING_SHOWN = 5

TROUBLES = {
    Trouble.NOT_SENDING: (
        "should have left more than 5 minutes ago",
        "Is a worker running? Start “nurture up”",
        None,
    ),
    Trouble.BREACHED: ("late with sales", "Open the inbox", "inbox.inbox"),
    Trouble.UNKNOWN: ("may or may not have left", "See which", "mails.unknown"),
    Trouble.FAILED: ("bounced or failed today", "See why", "mails.failed"),
    Trouble.UNOWNED: ("with no rep: nobody has room", "Open the inbox", "inbox.inbox"),
    Trouble.DEFERRED: ("put off by their servers; tried again by themselves", "See which", "mails.deferred"),
}
"""What is said of each trouble, what to do, and where."""

OF_LEADS = (Trouble.BREACHED, Trouble.UNOWNED)


def pages(engine: Engine) -> Blueprint:
    pages = area("dashboard", see=Permission.SEE)

    @pages.get("/")
    def dashboard() -> str:
        with engine.database.reading() as connection:
            hand_offs = open_hand_offs(connection, now=g.now, since=day_began())
            counts = today(connection, hand_offs, now=g.now, since=day_began())
        waiting = [line for line in hand_offs if line.accepted_at is None and line.answer is None]
        return render_template(
            "dashboard.html",
            today=counts,
            waiting=waiting[:WAITING_SHOWN],
            waiting_count=len(waiting),
            troubles=TROUBLES,
            of_leads=OF_LEADS,
        )

    return pages
