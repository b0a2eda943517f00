"""Mails that somebody may have to look at: of unknown fate, failed today, put off."""

from flask import Blueprint, render_template

from nurture.engine.engine import Engine
from nurture.insight.mails import mails_with
from nurture.vocabulary.words import TouchStatus
from webapp.moments import day_began
from webapp.rights import Permission, area

MOST = 200


def pages(engine: Engine) -> Blueprint:
    pages = area("mails", see=Permission.SEE)

    @pages.get("/unknown")
    def unknown() -> str:
        with engine.database.reading() as connection:
            found = mails_with(connection, [TouchStatus.UNKNOWN], most=MOST)
        return render_template("mails.html", kind="unknown", mails=found, most=MOST)

    @pages.get("/failed")
    def failed() -> str:
        refused = (TouchStatus.BOUNCED, TouchStatus.FAILED)
        with engine.database.reading() as connection:
            found = mails_with(connection, refused, since=day_began(), most=MOST)
        return render_template("mails.html", kind="failed", mails=found, most=MOST)

    @pages.get("/deferred")
    def deferred() -> str:
        with engine.database.reading() as connection:
            found = mails_with(connection, [TouchStatus.DEFERRED], most=MOST)
        return render_template("mails.html", kind="deferred", mails=found, most=MOST)

    return pages
