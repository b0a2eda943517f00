"""No page offers what its reader may not do: whoever fills in a form is not told at its end that it is not for them."""

import re
from collections.abc import Iterator
from html.parser import HTMLParser
from urllib.parse import urlsplit

import pytest
from flask import Flask
from werkzeug.exceptions import HTTPException
from werkzeug.routing import RequestRedirect

from nurture.engine.accounts import Role
from tests.webapp.stand import Stand
from webapp.navigation import MENU
from webapp.rights import may, permission_of

OTHERS = (
    "/campaigns/long-cycle", "/campaigns/long-cycle/tracks/warm-champion", "/campaigns/long-cycle/tracks/warm-champion?at=see-it",
    "/campaigns/long-cycle/enters", "/files/campaigns/programme.yaml", "/files/campaigns/long-cycle/mails/six-lines.mjml",
    "/files/campaigns/long-cycle/mails/six-lines.mjml/review", "/files/campaigns/long-cycle/mails/six-lines.mjml/history",
    "/personas/champion", "/scoring/rules/interest/of/clicked", "/failed", "/deferred", "/sample", "/segments/dach", "/forms/demo",
    "/leads/duplicates", "/companies/engine%20ltd", "/settings/account", "/broadcasts/product-note", "/leads?q=zzzz",
)  # fmt: skip


class Offers(HTMLParser):
    """What a page offers within its main part: links, and what its buttons that work would send where."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[tuple[str, str]] = []
        self._in_main = False
        self._forms: dict[str, tuple[str, str]] = {}
        self._form: tuple[str, str] | None = None
        self._off: list[bool] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        has = dict(attrs)
        if tag == "main":
            self._in_main = True
        if not self._in_main:
            return
        if tag == "form":
            self._form = (has.get("method") or "get", has.get("action") or "")
            self._forms[has.get("id") or ""] = self._form
        elif tag == "fieldset":
            self._off.append("disabled" in has)
        elif tag == "a" and (has.get("href") or "").startswith("/"):
            self.found.append(("get", has["href"] or ""))
        elif tag == "button" and has.get("type") != "button" and "disabled" not in has and not any(self._off):
            form = self._forms.get(has["form"] or "") if "form" in has else self._form
            if form is not None:
                self.found.append((has.get("formmethod") or form[0], has.get("formaction") or form[1]))

    def handle_endtag(self, tag: str) -> None:
        if tag == "main":
            self._in_main = False
        elif tag == "form":
            self._form = None
        elif tag == "fieldset" and self._off:
            self._off.pop()


def dead_ends(app: Flask, role: Role, path: str, page: str) -> Iterator[str]:
    """What *page* offers and *role* may not do."""
    offers = Offers()
    offers.feed(page)
    urls = app.url_map.bind("localhost")
    for method, to in offers.found:
        try:
            endpoint, _ = urls.match(urlsplit(to).path or urlsplit(path).path, method=method.upper())
        except (HTTPException, RequestRedirect):
            yield f"{role} on {path}: {method} {to} is nothing"
            continue
        if not may(role, permission_of(app, endpoint, method.upper())):
            yield f"{role} on {path}: {method} {to} is refused"


@pytest.mark.parametrize("role", Role)
def test_no_page_offers_what_its_reader_may_not_do(stand: Stand, app: Flask, client_as, role: Role):
    client = client_as(role)
    with app.test_request_context():
        menu = [app.url_for(place.endpoint) for group in MENU for place in group.places]
    ada = stand.lead_id("ada")
    refused = []
    for path in (*menu, *OTHERS, f"/leads/{ada}", f"/inbox?lead={ada}"):
        answer = client.get(path)
        if answer.status_code == 200:
            refused += dead_ends(app, role, path, answer.text)
        else:
            assert answer.status_code in (403, 404), path
    assert refused == []


def test_who_only_reads_sees_the_sender_and_the_times_and_sends_nothing(client_as):
    client = client_as(Role.SALES)
    for path in ("/settings/sender", "/settings/times"):
        page = client.get(path).text
        assert "Who may publish changes this" in page
        assert re.search("<fieldset[^>]* disabled", page)


def test_sales_sees_who_waits_before_anything_else(client_as):
    """The steps to a programme of one's own are for those who take them."""
    page = client_as(Role.SALES).get("/").text
    assert "Hot leads waiting for sales" in page
    assert "Say who sends" not in page
    assert "Say who sends" in client_as(Role.AUTHOR).get("/").text
