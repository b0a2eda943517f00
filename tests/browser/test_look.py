"""Every page, light and dark, on a phone and on a desk: nothing hidden to the side, nothing that WCAG 2.2 AA forbids."""

from typing import Literal

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser

from tests.webapp.stand import Stand

WCAG = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]}
Scheme = Literal["light", "dark"]
SMALL_TARGETS = """() => [...document.querySelectorAll("a, button, summary, input, select, textarea")]
  .filter(each => each.checkVisibility() && !each.matches(".skip, p a, dd a, dt a, h2 a, h3 a, input[type=hidden]"))
  .map(each => [each.outerHTML.slice(0, 80), each.getBoundingClientRect()])
  .filter(([, box]) => box.height < 24 || box.width < 24)
  .map(([html]) => html)"""
"""Below 24 pixels (WCAG 2.2, 2.5.8); links in running text are exempt."""


def paths(company: Stand) -> list[str]:
    ada, token = company.lead_id("ada"), company.token("ada")
    assert company.mailbox
    message = next(path.name for path in (company.mailbox / "new").iterdir())
    return [
        "/", "/inbox", f"/inbox?lead={ada}", "/inbox?show=late", "/leads", "/leads?q=zz", f"/leads/{ada}",
        f"/leads/mails/{company.first_touch('ada')}", "/campaigns", "/campaigns/long-cycle", "/mailbox",
        f"/mailbox/{message}", "/unknown", "/failed", "/tasks", "/nope", f"/u/{token}", f"/p/{token}", "/u/nonsense",
    ]  # fmt: skip


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [320, 375, 768, 1280, 1440])
def test_every_page_fits(company: Stand, browser: Browser, scheme: Scheme, width: int):
    context = browser.new_context(color_scheme=scheme, viewport={"width": width, "height": 800})
    page, wrong = context.new_page(), []
    for path in paths(company):
        page.goto(company.engine.base_url + path)
        if page.evaluate("document.documentElement.scrollWidth") > width:
            wrong.append(f"{path}: wider than {width}")
        wrong += [f"{path}: small target {target}" for target in page.evaluate(SMALL_TARGETS)]
    context.close()
    assert wrong == []


@pytest.mark.parametrize(("scheme", "width"), [("light", 1280), ("dark", 375)])
def test_every_page_is_accessible(company: Stand, browser: Browser, scheme: Scheme, width: int):
    context = browser.new_context(color_scheme=scheme, viewport={"width": width, "height": 800})
    page, wrong = context.new_page(), []
    for path in paths(company):
        page.goto(company.engine.base_url + path)
        violations = Axe().run(page, options=WCAG).response["violations"]
        wrong += [
            f"{path}: {each['id']}: {node['html'][:200]}" for each in violations for node in each["nodes"]
        ]
    context.close()
    assert wrong == []
