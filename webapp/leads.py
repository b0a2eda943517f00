"""The list of leads. Its filters, order and page stand in the URL, so that a view is a link, and a name for one a saved view."""

from typing import Any
from urllib.parse import parse_qsl, urlencode

from flask import Blueprint, abort, flash, g, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from nurture.engine.bulk_acts import Act
from nurture.engine.engine import Engine
from nurture.engine.lead_filter import LACKED
from nurture.engine.saved_views import EVERYBODY, NAME_MAX, forget_view, save_view
from nurture.insight.bulk import act_line
from nurture.insight.leads import Order, lead_page, temperature_counts
from nurture.insight.segments import audiences
from nurture.insight.words import distinct, saved_views
from nurture.store.records import lead, lead_tag
from nurture.vocabulary.words import Grade, Stage
from webapp.acting import actor, everyone
from webapp.lead_query import asked
from webapp.moving import moved_in
from webapp.rights import Permission, area, needs
from webapp.written import choice_of
from webapp.zones import programme_zone

PAGE_SIZE = 50
ORDERS = {
    Order.HOTTEST: "hottest first",
    Order.NEWEST: "newest first",
    Order.NAME: "by name",
    Order.FIT: "best fit first",
}
OF_THE_PAGE = ("sort", "after", "act")
"""What stands in the address and filters nothing."""
MORE = (
    "tag",
    "segment",
    "company",
    "source",
    "campaign",
    "lacks",
    "sample",
    "unmailable",
    "suppressed",
    "owner",
)
"""Filters that stand behind a fold, which is open while one of them is asked."""


def pages(engine: Engine) -> Blueprint:
    pages = area("leads", see=Permission.SEE, change=Permission.LEADS)

    @pages.get("/leads")
    def leads() -> str:
        wanted, order = asked(request.args), choice_of(request.args, Order, "sort") or Order.HOTTEST
        after = request.args.get("after")
        with engine.database.reading() as connection:
            page = lead_page(connection, wanted, order, after, size=PAGE_SIZE, now=g.now)
            counts = temperature_counts(connection, wanted)
            act = act_line(connection, request.args.get("act", 0, type=int), programme_zone())
            views = saved_views(connection, actor())
            tags, sources = distinct(connection, lead_tag.c.tag), distinct(connection, lead.c.source)
            counted = audiences(connection).get(("segment", wanted.segment or ""))
        programme = g.live.programme if g.live else None
        return render_template(
            "leads.html",
            page=page,
            counts=counts,
            total=sum(count for each, count in counts.items() if wanted.temperature in (None, each)),
            everyone_counted=sum(counts.values()),
            wanted=wanted,
            order=order,
            orders=ORDERS,
            is_first=after is None,
            stages=tuple(Stage) if programme is None else tuple(programme.stages),
            grades=tuple(Grade),
            personas=() if programme is None else programme.personas,
            segments={} if programme is None else programme.segments,
            campaigns={} if programme is None else programme.campaigns,
            counted=counted,
            owners=everyone(),
            tags=tags,
            sources=sources,
            views=views,
            query=query(),
            name_max=NAME_MAX,
            lacked=LACKED,
            more=any(request.args.get(name) for name in MORE),
            filters=sum(bool(value) for name, value in request.args.items() if name not in OF_THE_PAGE),
            link=link,
            act=act,
            acts=ACTS,
            moving=() if programme is None else moved_in(programme),
        )

    @pages.post("/leads/views")
    @needs(Permission.SEE)
    def save() -> Response:
        """Give the list as it is filtered a name."""
        name = request.form.get("name", "").strip()
        kept = urlencode(parse_qsl(request.form.get("query", "")))
        if not name:
            abort(400, "Give the view a name.")
        owner = EVERYBODY if request.form.get("shared") == "1" else actor()
        with engine.deciding() as (connection, now):
            save_view(connection, owner=owner, name=name, query=kept, now=now)
        flash(f"Saved as “{name[:NAME_MAX]}”.")
        return redirect(f"{url_for('leads.leads')}?{kept}")

    @pages.post("/leads/views/<int:view>/forget")
    @needs(Permission.SEE)
    def forget(view: int) -> Response:
        with engine.deciding() as (connection, _):
            if not forget_view(connection, view, owner=actor()):
                abort(404)
        flash("The view is gone. The leads are as they were.")
        return redirect(url_for("leads.leads"))

    return pages


ACTS = {
    Act.TAG: "Put tags on",
    Act.UNTAG: "Take tags off",
    Act.OWNER: "Give to a rep",
    Act.PAUSE: "Pause marketing mail",
    Act.START: "Put into a campaign",
    Act.STOP: "Take out of a campaign",
    Act.TRACK: "Move to a track",
    Act.SUPPRESS: "Suppress: no more mail",
}
"""What can be done with the leads of a list, and how its form calls it."""


def query() -> str:
    """What the list is filtered and sorted by, as it stands in the address."""
    return urlencode(
        [(name, value) for name, value in request.args.items() if name not in ("after", "act") and value]
    )


def link(**changes: str | None) -> str:
    """The list with some of its URL changed; a changed filter begins at the first page."""
    kept = {name: value for name, value in request.args.items() if name not in ("after", "act") and value}
    asked_for: dict[str, Any] = {name: value for name, value in {**kept, **changes}.items() if value}
    return url_for("leads.leads", **asked_for)
