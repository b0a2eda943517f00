"""Segments: leads that have something in common, with how many they were when they were last counted."""

from flask import Blueprint, abort, flash, g, redirect, render_template, url_for
from werkzeug.wrappers import Response

from nurture.engine import segments as counts
from nurture.engine.engine import Engine
from nurture.insight.leads import LeadFilter, Order, lead_page
from nurture.insight.segments import audiences, counting
from webapp.acting import actor
from webapp.rights import Permission, area

SHOWN = 20


def pages(engine: Engine) -> Blueprint:
    pages = area("segments", see=Permission.SEE, change=Permission.LEADS)

    @pages.get("/segments")
    def segments() -> str:
        with engine.database.reading() as connection:
            counted, under_way = audiences(connection), counting(connection)
        return render_template(
            "segments.html", programme=engine.live.programme, counted=counted, under_way=under_way
        )

    @pages.get("/segments/<key>")
    def segment(key: str) -> str:
        found = engine.live.programme.segments.get(key) or abort(404)
        with engine.database.reading() as connection:
            counted, under_way = audiences(connection).get(("segment", key)), counting(connection)
            first = lead_page(connection, LeadFilter(segment=key), Order.HOTTEST, None, size=SHOWN, now=g.now)
        return render_template(
            "segment.html",
            key=key,
            segment=found,
            counted=counted,
            under_way=under_way,
            page=first,
            broadcasts=[
                each
                for each in engine.live.programme.campaigns.values()
                if each.broadcast is not None and each.broadcast.to == key
            ],
        )

    @pages.post("/segments/count")
    def count() -> Response:
        with engine.deciding() as (connection, now):
            counts.refresh(connection, by=actor(), now=now)
        flash("Counting begins with the next turn of the engine, a thousand leads at a time.")
        return redirect(url_for("segments.segments"))

    return pages
