"""Mail beside the tracks: what came back to us, and what the product itself sent. Newest first, a page after another."""

from flask import Blueprint, render_template, request

from nurture.engine.engine import Engine
from nurture.insight.inbound import came_back
from nurture.insight.outbox import posted_mails
from webapp.rights import Permission, area

NAMES = {
    "confirmation": "Confirmation",
    "invitation": "Invitation",
    "password-reset": "New password",
    "hand-off": "Hand-off to sales",
    "hand-off-warned": "Hand-off: the time is running out",
    "hand-off-breached": "Hand-off: the time has passed",
    "form-notification": "Form sent in",
    "reply-forwarded": "Reply passed on",
    "sending-paused": "Sending has stopped",
}
"""What system mails are called on pages."""

PAGE_SIZE = 50


def pages(engine: Engine) -> Blueprint:
    pages = area("post", see=Permission.SEE)

    @pages.get("/replies")
    def inbound() -> str:
        before = request.args.get("before", type=int)
        with engine.database.reading() as connection:
            lines = came_back(connection, before=before, most=PAGE_SIZE)
        return render_template("inbound.html", lines=lines, before=before, size=PAGE_SIZE)

    @pages.get("/system-mail")
    def outbox() -> str:
        before, troubled = request.args.get("before", type=int), "troubled" in request.args
        with engine.database.reading() as connection:
            lines = posted_mails(connection, before=before, most=PAGE_SIZE, troubled=troubled)
        return render_template(
            "outbox.html", lines=lines, before=before, size=PAGE_SIZE, troubled=troubled, names=NAMES
        )

    return pages
