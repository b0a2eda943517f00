"""The sample leads: what they are, and the one form that removes them."""

from pathlib import Path

from flask import Blueprint, flash, g, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from nurture.engine.audit import audit
from nurture.engine.engine import Engine
from nurture.engine.sample import remove_sample, sample_count
from webapp.rights import Permission, area


def pages(engine: Engine, mailbox: Path | None) -> Blueprint:
    pages = area("sample", see=Permission.SEE, change=Permission.LEADS)

    def count() -> int:
        with engine.database.reading() as connection:
            return sample_count(connection)

    @pages.get("/sample")
    def sample() -> str:
        return render_template("sample.html", count=count(), wrong=False)

    @pages.post("/sample")
    def remove() -> Response | tuple[str, int]:
        """Remove them, if somebody has typed how many they are."""
        there = count()
        if request.form.get("typed", "").strip().replace(",", "") != str(there):
            return render_template("sample.html", count=there, wrong=True), 422
        removed = remove_sample(engine.database, mailbox)
        with engine.deciding() as (connection, now):
            audit(connection, actor=g.account.email, what="removed the sample", now=now)
        flash(
            f"{removed.leads:,} sample leads and their {removed.mails:,} mails are gone; {removed.left} rows left."
        )
        return redirect(url_for("dashboard.dashboard"), 303)

    return pages
