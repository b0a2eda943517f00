"""What WCAG 2.2 AA forbids on a page, as axe finds it."""

from typing import Any

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

WCAG = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
ANYTHING = [*WCAG, "best-practice"]
LOOKS = ["color-contrast", "link-in-text-block", "scrollable-region-focusable", "target-size"]
"""The rules that ask for colours and sizes; what the others find is found by day and by night, at every width."""
RULES = {"light": ANYTHING, "dark": LOOKS}


def violations(page: Page, rules: list[str] = ANYTHING, *, within: str | None = None) -> list[str]:
    """Each as its rule and the element, in short. *within*: a selector; the whole page if None."""
    # Of what axe finds in order, which is most, it would write a long report too.
    options: dict[str, Any] = {"runOnly": rules, "resultTypes": ["violations"]}
    found = Axe().run(page, context=within, options=options).response["violations"]
    return [f"{each['id']}: {node['html'][:200]}" for each in found for node in each["nodes"]]
