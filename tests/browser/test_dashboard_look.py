"""The dashboard with everything open, and the page of the sample: on a phone and on a desk, light, dark and printed."""

from itertools import product
from typing import get_args

import pytest
from playwright.sync_api import Browser, Page
from sqlalchemy import update

from nurture.store.records import daily_count, lead
from tests.browser.conftest import logged_in
from tests.browser.test_look import SMALL_TARGETS, Scheme, wears
from tests.browser.wcag import RULES, violations
from tests.webapp.stand import Stand

PATHS = ("/", "/sample")
WIDTHS = (320, 375, 768, 1152, 1280, 1440)
SCHEMES: tuple[Scheme, ...] = get_args(Scheme)
OPEN_ALL = "document.querySelectorAll('main details').forEach(each => each.open = true)"


@pytest.fixture(scope="module")
def sampled(company: Stand) -> Stand:
    """The company, all of whose leads were made for show."""
    with company.engine.database.writing() as connection:
        connection.execute(update(lead).values(sample=True))
        connection.execute(update(daily_count).values(sample=True))
    return company


def opened(page: Page, path: str) -> None:
    """Each is opened once and looked at in every way, as in ``test_look``."""
    page.goto(path)
    page.evaluate(OPEN_ALL)


@pytest.mark.parametrize("path", PATHS)
def test_it_fits_with_everything_open(sampled: Stand, page: Page, path: str):
    opened(page, sampled.engine.base_url + path)
    wrong = []
    for scheme, width in product(SCHEMES, WIDTHS):
        wears(page, scheme, width)
        if page.evaluate("document.documentElement.scrollWidth") > width:
            wrong.append(f"wider than {width}, {scheme}")
        wrong += [f"small target {target}" for target in page.evaluate(SMALL_TARGETS)]
    assert wrong == []


@pytest.mark.parametrize("path", PATHS)
def test_it_is_accessible_with_everything_open(sampled: Stand, page: Page, path: str):
    opened(page, sampled.engine.base_url + path)
    wrong, acting = [], page.locator("details.acting summary")
    for scheme, width in product(SCHEMES, (1280, 375)):
        wears(page, scheme, width)
        wrong += [f"{scheme} at {width}: {each}" for each in violations(page, RULES[scheme])]
        acting.click()  # it lies over the page, so it is asked for itself
        within = violations(page, RULES[scheme], within="details.acting")
        wrong += [f"{scheme} at {width}: {each}" for each in within]
        acting.click()
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
