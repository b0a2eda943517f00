"""The local mailbox, where mail lands that may not leave the machine: every message as its reader would see it."""

from email.message import EmailMessage
from pathlib import Path

from flask import Blueprint, Response, abort, g, render_template, request

from nurture.delivery.mailbox import Mailbox, Stored
from nurture.engine.engine import Engine
from nurture.insight.timeline import person
from nurture.vocabulary.touch import lead_of
from webapp.rights import Permission, area
from webapp.safety import as_mail

PAGE_SIZE = 50
HEADERS_SHOWN = ("From", "To", "Date", "Subject", "List-Unsubscribe", "List-Unsubscribe-Post", "Message-ID")


def pages(engine: Engine, mailbox_path: Path | None) -> Blueprint:
    pages = area("mailbox", see=Permission.ADMINISTER)
    mailbox = Mailbox(mailbox_path or Path("no-mailbox"))

    @pages.get("/mailbox")
    def messages() -> str:
        number = max(1, request.args.get("page", 1, type=int))
        everything = mailbox.newest_first()
        shown = everything[(number - 1) * PAGE_SIZE : number * PAGE_SIZE]
        return render_template(
            "mailbox.html",
            is_kept=mailbox_path is not None,
            count=len(everything),
            lines=[(stored, mailbox.headers(stored)) for stored in shown],
            number=number,
            has_more=number * PAGE_SIZE < len(everything),
        )

    @pages.get("/mailbox/<name>")
    def message(name: str) -> str:
        stored, found = read(mailbox, name)
        with engine.database.reading() as connection:
            who = person(connection, lead_of(stored.touch_id), g.now)
        return render_template(
            "message.html",
            stored=stored,
            mail=found,
            text=body(found, "plain"),
            shown=HEADERS_SHOWN,
            who=who,
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


def read(mailbox: Mailbox, name: str) -> tuple[Stored, EmailMessage]:
    """A stored message by its name in a URL; 404 for one that is not ours or gone."""
    stored = next((each for each in mailbox.newest_first() if each.name == name), None)
    if stored is None:
        abort(404)
    return stored, mailbox.message(name)


def body(message: EmailMessage, kind: str) -> str:
    """The text of the part of this kind; "" where the message has none."""
    part = message.get_body((kind,))
    return "" if part is None else str(part.get_content())
