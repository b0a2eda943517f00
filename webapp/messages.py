"""The local mailbox, where mail lands that may not leave the machine: every message as its reader would see it."""

from email.message import EmailMessage
from pathlib import Path

from flask import Blueprint, Response, abort, g, render_template, request

from nurture.content.system_mails import SYSTEM_MAILS
from nurture.delivery.mailbox import Mailbox, Stored
from nurture.engine.engine import Engine
from nurture.insight.outbox import posted_mail
from nurture.insight.timeline import person
from nurture.vocabulary.touch import lead_of, outbox_id_of
from webapp.acting import i_may
from webapp.rights import Permission, area
from webapp.safety import as_mail

PAGE_SIZE = 50
HEADERS_SHOWN = ("From", "To", "Date", "Subject", "List-Unsubscribe", "List-Unsubscribe-Post", "Message-ID")


def pages(engine: Engine, mailbox_path: Path | None) -> Blueprint:
    pages = area("mailbox", see=Permission.SEE)
    mailbox = Mailbox(mailbox_path or Path("no-mailbox"))

    @pages.get("/mailbox")
    def messages() -> str:
        number = max(1, request.args.get("page", 1, type=int))
        everything = readable(mailbox)
        shown = everything[(number - 1) * PAGE_SIZE : number * PAGE_SIZE]
        return render_template(
            "mailbox.html",
            is_kept=mailbox_path is not None,
            count=len(everything),
            lines=[
                (stored, mailbox.headers(stored), outbox_id_of(stored.touch_id) is not None)
                for stored in shown
            ],
            number=number,
            has_more=number * PAGE_SIZE < len(everything),
        )

    @pages.get("/mailbox/<name>")
    def message(name: str) -> str:
        stored, found = read(mailbox, name)
        with engine.database.reading() as connection:
            who = person(connection, lead_of(stored.touch_id), g.now)
            outbox_id = outbox_id_of(stored.touch_id)
            posted = None if outbox_id is None else posted_mail(connection, outbox_id)
        return render_template(
            "message.html",
            stored=stored,
            mail=found,
            text=body(found, "plain"),
            shown=HEADERS_SHOWN,
            who=who,
            posted=posted,
            purpose=SYSTEM_MAILS[posted.mail].purpose if posted and posted.mail in SYSTEM_MAILS else "",
        )

    @pages.get("/mailbox/<name>/html")
    def html(name: str) -> Response:
        _, found = read(mailbox, name)
        return as_mail(body(found, "html"), framed=True)

    @pages.get("/mailbox/<name>/source")
    def source(name: str) -> Response:
        _, found = read(mailbox, name)
        return Response(found.as_bytes().decode("utf-8", "replace"), mimetype="text/plain")

    return pages


def readable(mailbox: Mailbox) -> list[Stored]:
    """What whoever asks may read, newest first: the links in mails to people of ours let in, so admins alone see those."""
    is_admin = i_may(Permission.ADMINISTER)
    return [each for each in mailbox.newest_first() if is_admin or lead_of(each.touch_id)]


def read(mailbox: Mailbox, name: str) -> tuple[Stored, EmailMessage]:
    """A stored message by its name in a URL; 404 for one that is not ours, gone, or not for whoever asks."""
    stored = next((each for each in readable(mailbox) if each.name == name), None)
    if stored is None:
        abort(404)
    return stored, mailbox.message(name)


def body(message: EmailMessage, kind: str) -> str:
    """The text of the part of this kind; "" where the message has none."""
    part = message.get_body((kind,))
    return "" if part is None else str(part.get_content())
