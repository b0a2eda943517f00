"""The list of leads. Its filters, order and page stand in the URL, so that a view is a link, and a name for one a saved view."""

from enum import StrEnum
from typing import Any, TypeVar
from urllib.parse import parse_qsl, urlencode

from flask import Blueprint, abort, flash, g, redirect, render_template, request, url_for
from werkzeug.datastructures import MultiDict
from werkzeug.wrappers import Response

from nurture.engine.audit import audit
from nurture.engine.engine import Engine
from nurture.engine.saved_views import EVERYBODY, NAME_MAX, forget_view, save_view
from nurture.engine.tags import tag_all, tags_in
from nurture.insight.leads import LeadFilter, Order, lead_page, temperature_counts
from nurture.insight.segments import audiences
from nurture.insight.words import distinct, saved_views
from nurture.store.records import lead, lead_tag
from nurture.vocabulary.words import Grade, Stage, Temperature
from webapp.acting import actor, everyone
from webapp.rights import Permission, area, needs

PAGE_SIZE = 50
SEARCH_MAX = 100
ORDERS = {
    Order.HOTTEST: "hottest first",
    Order.NEWEST: "newest first",
    Order.NAME: "by name",
    Order.FIT: "best fit first",
}
SAMPLES = {"1": True, "0": False}
MORE = ("tag", "segment", "company", "source", "campaign", "sample", "unmailable", "suppressed", "owner")
"""Filters that stand behind a fold, which is open while one of them is asked."""
ChoiceT = TypeVar("ChoiceT", bound=StrEnum)


def pages(engine: Engine) -> Blueprint:
    pages = area("leads", see=Permission.SEE, change=Permission.LEADS)

    @pages.get("/leads")
    def leads() -> str:
        wanted, order = asked(request.args), choice(request.args, Order, "sort") or Order.HOTTEST
        after = request.args.get("after")
        with engine.database.reading() as connection:
            page = lead_page(connection, wanted, order, after, size=PAGE_SIZE, now=g.now)
            counts = temperature_counts(connection, wanted)
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
            more=any(request.args.get(name) for name in MORE),
            filters=sum(bool(value) for name, value in request.args.items() if name not in ("sort", "after")),
            link=link,
        )

    @pages.post("/leads/tags")
    def tag_them() -> Response:
        """Put a tag on everyone whom the list shows, on all its pages."""
        kept = request.form.get("query", "")
        tags = tags_in(request.form.get("tags", ""))
        if not tags:
            abort(400, "Write the tag, or several apart by commas.")
        on = request.form.get("on") != "0"
        wanted = asked(MultiDict(parse_qsl(kept)))
        with engine.deciding() as (connection, now):
            tag_all(connection, wanted, tags, on=on, by=actor(), now=now)
            what = "tagged leads" if on else "took a tag off leads"
            detail = {"filter": kept or "all"}
            audit(connection, actor=actor(), what=what, target=", ".join(tags), detail=detail, now=now)
        flash(
            f"{'Tagging' if on else 'Untagging'} begins with the next turn of the engine, a thousand leads at a time."
        )
        return redirect(f"{url_for('leads.leads')}?{kept}" if kept else url_for("leads.leads"))

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


def asked(args: MultiDict[str, str]) -> LeadFilter:
    """The filter in the URL; a value that is none of ours does not ask."""
    return LeadFilter(
        temperature=choice(args, Temperature, "temperature"),
        stage=choice(args, Stage, "stage"),
        grade=choice(args, Grade, "grade"),
        search=args.get("q", "").strip()[:SEARCH_MAX] or None,
        unmailable=args.get("unmailable") == "1",
        suppressed=args.get("suppressed") == "1",
        sample=SAMPLES.get(args.get("sample", "")),
        **{
            name: args.get(name, "").strip() or None
            for name in ("persona", "owner", "tag", "segment", "company", "source", "campaign")
        },
    )


def choice(args: MultiDict[str, str], kind: type[ChoiceT], name: str) -> ChoiceT | None:
    try:
        return kind(args.get(name, ""))
    except ValueError:
        return None


def query() -> str:
    """What the list is filtered and sorted by, as it stands in the address."""
    return urlencode([(name, value) for name, value in request.args.items() if name != "after" and value])


def link(**changes: str | None) -> str:
    """The list with some of its URL changed; a changed filter begins at the first page."""
    kept = {name: value for name, value in request.args.items() if name != "after" and value}
    asked_for: dict[str, Any] = {name: value for name, value in {**kept, **changes}.items() if value}
    return url_for("leads.leads", **asked_for)
