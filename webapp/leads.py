"""The list of leads. Its filters, order and page stand in the URL, so that a view is a link."""

from enum import StrEnum
from typing import Any, TypeVar

from flask import Blueprint, g, render_template, request, url_for

from nurture.engine.engine import Engine
from nurture.insight.leads import LeadFilter, Order, lead_page, temperature_counts
from nurture.vocabulary.words import Grade, Stage, Temperature
from webapp.acting import everyone
from webapp.rights import Permission, area

PAGE_SIZE = 50
SEARCH_MAX = 100
ChoiceT = TypeVar("ChoiceT", bound=StrEnum)


def pages(engine: Engine) -> Blueprint:
    pages = area("leads", see=Permission.SEE, change=Permission.LEADS)

    @pages.get("/leads")
    def leads() -> str:
        wanted, order = asked(), choice(Order, "sort") or Order.HOTTEST
        after = request.args.get("after")
        with engine.database.reading() as connection:
            page = lead_page(connection, wanted, order, after, size=PAGE_SIZE, now=g.now)
            counts = temperature_counts(connection, wanted)
        programme = g.live.programme if g.live else None
        return render_template(
            "leads.html",
            page=page,
            counts=counts,
            total=sum(counts.values()),
            wanted=wanted,
            order=order,
            orders=Order,
            is_first=after is None,
            stages=tuple(Stage) if programme is None else tuple(programme.stages),
            grades=tuple(Grade),
            personas=() if programme is None else programme.personas,
            owners=everyone(),
            filters=sum(bool(value) for name, value in request.args.items() if name not in ("sort", "after")),
            link=link,
        )

    return pages


def asked() -> LeadFilter:
    """The filter in the URL; a value that is none of ours does not ask."""
    args = request.args
    return LeadFilter(
        temperature=choice(Temperature, "temperature"),
        stage=choice(Stage, "stage"),
        grade=choice(Grade, "grade"),
        persona=args.get("persona") or None,
        owner=args.get("owner") or None,
        search=args.get("q", "").strip()[:SEARCH_MAX] or None,
        unmailable=args.get("unmailable") == "1",
    )


def choice(kind: type[ChoiceT], name: str) -> ChoiceT | None:
    try:
        return kind(request.args.get(name, ""))
    except ValueError:
        return None


def link(**changes: str | None) -> str:
    """The list with some of its URL changed; a changed filter begins at the first page."""
    kept = {name: value for name, value in request.args.items() if name != "after" and value}
    asked_for: dict[str, Any] = {name: value for name, value in {**kept, **changes}.items() if value}
    return url_for("leads.leads", **asked_for)
