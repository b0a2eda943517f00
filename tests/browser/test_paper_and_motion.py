"""On paper there is nothing to press and no table goes beyond the sheet; nothing moves for whoever wants no motion."""

import pytest
from playwright.sync_api import Page

from tests.webapp.stand import Stand

A4 = 703
"""Points of CSS between margins of 12 mm."""
PATHS = (
    "/", "/leads", "/inbox", "/reports?compare=1", "/reports/steps?compare=1", "/personas",
    "/campaigns/long-cycle", "/campaigns/long-cycle/tracks/warm-champion",
)  # fmt: skip
ON_PAPER = """wide => {
  const shown = [...document.querySelectorAll('body *')].filter(each => each.getClientRects().length);
  return [
    ...shown.filter(each => each.matches('button, .button, .side, .plus, details:not([open]) > summary, iframe')),
    ...shown.filter(each => each.matches('table') && each.getBoundingClientRect().right > wide + 1),
  ].map(each => each.outerHTML.slice(0, 80));
}"""
MOVING = """() => [...document.querySelectorAll('*')].filter(each => {
  const style = getComputedStyle(each);
  return style.transitionDuration.split(', ').some(one => one !== '0s') || style.animationName !== 'none' || style.scrollBehavior === 'smooth';
}).map(each => each.outerHTML.slice(0, 80))"""


@pytest.mark.parametrize("path", PATHS)
def test_paper_has_nothing_to_press_and_what_rests_does_not_move(company: Stand, page: Page, path: str):
    page.set_viewport_size({"width": A4, "height": 1000})
    page.emulate_media(reduced_motion="reduce")
    page.goto(company.engine.base_url + path)
    assert page.evaluate(MOVING) == []
    page.emulate_media(media="print", color_scheme="dark")
    assert page.evaluate(ON_PAPER, A4) == []
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(255, 255, 255)"
    assert page.evaluate("getComputedStyle(document.querySelector('h1')).color") == "rgb(0, 0, 0)"
