"""The dashboard with everything open, and the page of the sample: on a phone and on a desk, light, dark and printed."""

import pytest
from playwright.sync_api import Browser
from sqlalchemy import update

from nurture.store.records import daily_count, lead
from tests.browser.conftest import logged_in
from tests.browser.test_look import SMALL_TARGETS, Scheme
from tests.browser.wcag import RULES, violations
from tests.webapp.stand import Stand

PATHS = ("/", "/sample")
OPEN_ALL = "document.querySelectorAll('main details').forEach(each => each.open = true)"


@pytest.fixture(scope="module")
def sampled(company: Stand) -> Stand:
    """The company, all of whose leads were made for show."""
    with company.engine.database.writing() as connection:
        connection.execute(update(lead).values(sample=True))
        connection.execute(update(daily_count).values(sample=True))
    return company


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [320, 375, 768, 1152, 1280, 1440])
def test_it_fits_with_everything_open(sampled: Stand, browser: Browser, scheme: Scheme, width: int):
    context = browser.new_context(
        color_scheme=scheme, viewport={"width": width, "height": 800}, storage_state=logged_in()
    )
    page, wrong = context.new_page(), []
    for path in PATHS:
        page.goto(sampled.engine.base_url + path)
        page.evaluate(OPEN_ALL)
        if page.evaluate("document.documentElement.scrollWidth") > width:
            wrong.append(f"{path}: wider than {width}")
        wrong += [f"{path}: small target {target}" for target in page.evaluate(SMALL_TARGETS)]
    context.close()
    assert wrong == []


@pytest.mark.parametrize(
    ("scheme", "width"), [("light", 1280), ("dark", 1280), ("light", 375), ("dark", 375)]
)
def test_it_is_accessible_with_everything_open(sampled: Stand, browser: Browser, scheme: Scheme, width: int):
    context = browser.new_context(
        color_scheme=scheme, viewport={"width": width, "height": 800}, storage_state=logged_in()
    )
    page, wrong = context.new_page(), []
    for path in PATHS:
        page.goto(sampled.engine.base_url + path)
        page.evaluate(OPEN_ALL)
        wrong += [f"{path}: {each}" for each in violations(page, RULES[scheme])]
        page.locator("details.acting summary").click()  # it lies over the page, so it is asked for itself
        wrong += [f"{path}: {each}" for each in violations(page, RULES[scheme], within="details.acting")]
    context.close()
    assert wrong == []


def test_charts_are_printed_and_first_steps_are_not(sampled: Stand, browser: Browser):
    context = browser.new_context(storage_state=logged_in())
    page = context.new_page()
    page.goto(sampled.engine.base_url + "/")
    page.emulate_media(media="print")
    assert page.locator(".day-bars").first.is_visible()
    assert page.locator(".stacked").is_visible()
    assert not page.locator(".steps-card").is_visible()
    context.close()
