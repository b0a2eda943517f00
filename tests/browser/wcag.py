"""What WCAG 2.2 AA forbids on a page, as axe finds it."""

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

WCAG = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
ANYTHING = [*WCAG, "best-practice"]
LOOKS = ["color-contrast", "link-in-text-block", "scrollable-region-focusable", "target-size"]
"""The rules that ask for colours and sizes; what the others find is found by day and by night, at every width."""
RULES = {"light": ANYTHING, "dark": LOOKS}


AXE = Axe()
FOUND = """([where, how]) => axe.run(where ?? document, how)
  .then(({violations}) => violations.flatMap(({id, nodes}) => nodes.map(({html}) => `${id}: ${html.slice(0, 200)}`)))"""


def violations(page: Page, rules: list[str] = ANYTHING, *, within: str | None = None) -> list[str]:
    """Each as its rule and the element, in short. *within*: a selector; the whole page if None."""
    if not page.evaluate("'axe' in window"):  # half a megabyte, the same for each look at a page
        page.evaluate(AXE.axe_script)
    # Of what axe finds in order, which is most, it would write a long report too.
    found: list[str] = page.evaluate(FOUND, [within, {"runOnly": rules, "resultTypes": ["violations"]}])
    return found
