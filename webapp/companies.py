"""Companies: the hottest first, and one with its people, their mails and hand-offs."""

from flask import Blueprint, abort, g, render_template, request

from nurture.engine.engine import Engine
from nurture.insight.companies import (
    HAND_OFFS_MAX,
    PEOPLE_MAX,
    CompanyOrder,
    account,
    company_count,
    company_page,
    last_act,
)
from webapp.rights import Permission, area

PAGE_SIZE = 50
SEARCH_MAX = 100
ORDERS = {
    CompanyOrder.HOTTEST: "hottest first",
    CompanyOrder.LARGEST: "most leads first",
    CompanyOrder.NAME: "by name",
}


def pages(engine: Engine) -> Blueprint:
    pages = area("companies", see=Permission.SEE)

    @pages.get("/companies")
    def companies() -> str:
        try:
            order = CompanyOrder(request.args.get("sort", ""))
        except ValueError:
            order = CompanyOrder.HOTTEST
        search = request.args.get("q", "").strip()[:SEARCH_MAX]
        after = request.args.get("after")
        with engine.database.reading() as connection:
            page = company_page(connection, search, order, after, size=PAGE_SIZE)
            total = company_count(connection)
        return render_template(
            "companies.html",
            page=page,
            total=total,
            search=search,
            order=order,
            orders=ORDERS,
            is_first=after is None,
        )

    @pages.get("/companies/<path:key>")
    def company(key: str) -> str:
        with engine.database.reading() as connection:
            found = account(connection, key, g.now) or abort(404)
        return render_template(
            "company.html",
            company=found,
            last_act=last_act,
            people_max=PEOPLE_MAX,
            hand_offs_max=HAND_OFFS_MAX,
        )

    return pages
