"""Demo data: the sample leads as a page loads them, says how far they are, and takes them out again."""

from pathlib import Path
from typing import Any

from flask import Blueprint, Response, flash, g, jsonify, redirect, render_template, request, url_for
from sqlalchemy import select
from werkzeug.wrappers import Response as AnyResponse

from nurture.engine.at_work import worker_at
from nurture.engine.audit import audit
from nurture.engine.engine import Engine
from nurture.engine.sample import remove_sample, sample_count
from nurture.engine.sample_loads import Phase, SampleLoad, ask_for_sample, last_load, stop_load
from nurture.errors import SetupError
from nurture.simulation.sample import HISTORY, LEADS
from nurture.store.records import lead
from webapp.acting import actor
from webapp.import_shown import WORKER_GONE
from webapp.rights import Permission, area, needs
from webapp.said import said


def pages(engine: Engine, mailbox: Path | None) -> Blueprint:
    pages = area("sample", see=Permission.SEE, change=Permission.ADMINISTER)

    @pages.get("/sample")
    def sample() -> str:
        return shown()

    @pages.post("/sample/load")
    def load() -> AnyResponse:
        """Have a worker load them. Pressed twice it is one load."""
        if engine.transport.leaves_machine:
            return redirect(url_for("sample.sample"), 303)  # the page says why not
        try:
            with engine.deciding() as (connection, now):
                ask_for_sample(connection, by=actor(), now=now)
                audit(connection, actor=actor(), what="loaded the sample", now=now)
        except SetupError as error:
            flash(str(error), "wrong")
        return redirect(url_for("sample.sample"), 303)

    @pages.post("/sample/stop")
    def stop() -> AnyResponse:
        with engine.deciding() as (connection, _):
            stop_load(connection)
        return redirect(url_for("sample.sample"), 303)

    @pages.get("/sample/progress.json")
    def progress() -> Response:
        with engine.database.reading() as connection:
            load = last_load(connection)
        return jsonify(progress_of(load))

    @pages.post("/sample")
    @needs(Permission.LEADS)
    def remove() -> AnyResponse | tuple[str, int]:
        """Take them out, if somebody has typed how many they are."""
        with engine.database.reading() as connection:
            there = sample_count(connection)
        if not there or request.form.get("typed", "").strip().replace(",", "") != str(there):
            return shown(wrong=True), 422
        removed = remove_sample(engine.database, mailbox)
        with engine.deciding() as (connection, now):
            audit(connection, actor=g.account.email, what="removed the sample", now=now)
        flash(
            f"{removed.leads:,} sample leads and their {removed.mails:,} mails are gone; {removed.left} rows left."
        )
        return redirect(url_for("dashboard.dashboard"), 303)

    def shown(*, wrong: bool = False) -> str:
        with engine.database.reading() as connection:
            count, load = sample_count(connection), last_load(connection)
            has_leads = connection.execute(select(lead.c.id).limit(1)).first() is not None
            worker = worker_at(connection)
        return render_template(
            "sample.html",
            count=count,
            wrong=wrong,
            load=load,
            has_leads=has_leads,
            leaves=engine.transport.leaves_machine,
            programme=engine.live.programme if engine.has_programme else None,
            progress=progress_of(load),
            is_loading=load is not None and load.phase is Phase.LOADING,
            nobody_works=worker is None or g.now - worker > WORKER_GONE,
            leads=LEADS,
            days=HISTORY.days,
        )

    return pages


def progress_of(load: SampleLoad | None) -> dict[str, Any]:
    """How far it is, as the page says it and its script asks."""
    days = 0 if load is None else round(load.share * HISTORY.days)
    of = HISTORY.days
    words = f"Day {days} of {of} is played" if days else "It begins in a moment"
    return {
        "words": said(words),
        "done": days,
        "of": of,
        "over": load is None or load.phase is not Phase.LOADING,
    }
