"""Every page in German: no English sentence is left on any of them, outside of what the company itself has written."""

from flask import Flask
from lxml import html

from nurture.engine.accounts import Role
from tests.webapp.german import english
from tests.webapp.stand import Stand
from tools.page_walk import Walk

START = ("/", "/login", "/go", "/settings/account", "/settings/account/second-step", "/campaigns/new", "/broadcasts/new", "/scoring",
    "/settings/sending", "/settings/sender", "/settings/times", "/personas/new", "/suppressions", "/health", "/pace")  # fmt: skip
PAGES_MIN = 45


def test_no_page_has_english_left(stand: Stand, app: Flask):
    client = stand.client(app, Role.ADMIN)
    walk, left = Walk(app, START, most=2), {}
    for path in walk:
        answer = client.get(path, headers={"Accept-Language": "de"})
        if answer.mimetype != "text/html":
            continue
        page = html.document_fromstring(answer.get_data(as_text=True))
        if page.get("lang") == "de":
            left |= dict.fromkeys(english(page), path)
        walk.links(page.xpath("//a/@href"))
    assert len(walk.paths) >= PAGES_MIN
    assert not left, "\n".join(f"{path}: {words}" for words, path in left.items())
