"""What was said passes by itself, unless somebody reads it or must act; and what is printed can be read on paper."""

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.conftest import logged_in
from tests.webapp.stand import Stand

A4 = 718
"""The width of a page of paper between its edges, in pixels of CSS."""
PRESSABLE = "button, .button, nav:not(.queue), .side, .foot, .filters, .acts, .pager, .pick"


@pytest.fixture
def said(page: Page, company: Stand):
    """Says something on the list of leads, at a clock that only the test turns."""

    def say():
        page.clock.install()
        page.goto(f"{company.engine.base_url}/leads?stage=mql")
        page.get_by_text("Save this view").click()
        page.get_by_label("Name", exact=True).fill("Qualified")
        page.get_by_role("button", name="Save", exact=True).click()
        toast = page.get_by_text("Saved as “Qualified”.")
        expect(toast).to_be_visible()
        return toast

    return say


def test_what_was_said_passes_after_ten_seconds(page: Page, said):
    toast = said()
    page.clock.run_for(9_000)
    expect(toast).to_be_visible()
    page.clock.run_for(2_000)
    expect(toast).to_have_count(0)


def test_it_waits_for_whoever_reads_it(page: Page, said):
    toast = said()
    toast.hover()
    page.clock.run_for(60_000)
    expect(toast).to_be_visible()
    page.mouse.move(0, 0)
    page.locator("[data-passing]").focus()
    page.clock.run_for(60_000)
    expect(toast).to_be_visible()
    page.locator("h1").click()
    page.locator("[data-passing]").blur()
    page.clock.run_for(11_000)
    expect(toast).to_have_count(0)


def test_what_went_wrong_stays(page: Page, company: Stand):
    page.clock.install()
    page.goto(f"{company.engine.base_url}/leads")
    page.get_by_role("button", name="Do it").click()
    wrong = page.get_by_role("alert").filter(has_text="Tick the leads first")
    expect(wrong).to_be_visible()
    page.clock.run_for(120_000)
    expect(wrong).to_be_visible()


def test_paper_shows_what_there_is_to_read_and_nothing_to_press(company: Stand, browser: Browser):
    """Also where the screen is dark, and narrower than any table."""
    context = browser.new_context(
        storage_state=logged_in(), color_scheme="dark", viewport={"width": A4, "height": 1000}
    )
    page, wrong = context.new_page(), []
    page.emulate_media(media="print")
    ada = company.lead_id("ada")
    for path in (
        "/",
        "/leads",
        f"/leads/{ada}",
        "/campaigns/long-cycle",
        "/settings/audit",
        "/scoring",
        "/personas",
    ):
        page.goto(company.engine.base_url + path)
        if page.evaluate("document.documentElement.scrollWidth") > A4:
            wrong.append(f"{path}: wider than paper")
        wrong += [f"{path}: shows {each}" for each in page.evaluate(SEEN, PRESSABLE)]
        wrong += [f"{path}: {each}" for each in page.evaluate(TABLES)]
        if page.evaluate("getComputedStyle(document.body).color") != "rgb(0, 0, 0)":
            wrong.append(f"{path}: is not black on white")
    context.close()
    assert wrong == []


SEEN = """what => [...document.querySelectorAll(what)].filter(each => each.checkVisibility())
  .map(each => each.outerHTML.slice(0, 80))"""
TABLES = """() => [...document.querySelectorAll(".list")].filter(each => each.checkVisibility())
  .filter(each => getComputedStyle(each.tHead).display !== "table-header-group"
    || [...each.rows].some(row => getComputedStyle(row).display !== "table-row"))
  .map(each => `a table in pieces: ${each.caption?.textContent}`)"""


def test_a_form_whose_server_is_away_keeps_what_was_typed_and_is_sent_when_it_is_back(
    page: Page, company: Stand
):
    page.clock.install()
    page.goto(f"{company.engine.base_url}/leads/{company.lead_id('bob')}")
    page.get_by_text("Write a note").click()
    note = page.get_by_label("Note", exact=True)
    note.fill("Asked for the price list")
    page.route("**/mark.svg*", lambda route: route.abort())
    page.clock.run_for(5_000)
    banner = page.get_by_text("What you typed is kept here")
    expect(banner).to_be_visible()
    form = page.locator("form", has=note)
    form.locator("button.primary, button.button").first.click()
    expect(note).to_have_value("Asked for the price list")
    page.unroute("**/mark.svg*")
    banner.get_by_role("button", name="Try again").click()
    expect(page.get_by_text("Asked for the price list")).to_be_visible()
    expect(banner).to_have_count(0)


def test_what_is_to_be_given_elsewhere_is_copied_by_a_press(page: Page, company: Stand):
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    page.goto(f"{company.engine.base_url}/settings/webhooks")
    address = page.locator("[data-copy]").first.text_content()
    page.get_by_role("button", name="Copy", exact=True).first.click()
    expect(page.get_by_role("button", name="Copied")).to_be_visible()
    assert page.evaluate("navigator.clipboard.readText()") == address
