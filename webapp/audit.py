"""The audit log: who did what, to what, when; newest first, of everybody or of one person."""

from flask import Blueprint, render_template, request

from nurture.engine.engine import Engine
from nurture.insight.accounts import accounts, audit_page
from webapp.rights import Permission, area

PAGE_SIZE = 50


def pages(engine: Engine) -> Blueprint:
    pages = area("audit", see=Permission.ADMINISTER)

    @pages.get("/settings/audit")
    def audit() -> str:
        actor, before = request.args.get("who") or None, request.args.get("before", type=int)
        with engine.database.reading() as connection:
            found = audit_page(connection, actor=actor, before=before, size=PAGE_SIZE)
            people = accounts(connection)
        return render_template("audit.html", page=found, people=people, actor=actor, is_first=before is None)

    return pages
