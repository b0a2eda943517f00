"""The zone of a browser: offered on the account's page where it has another clock, kept when somebody presses."""

from playwright.sync_api import Browser, expect

from nurture.engine.accounts import Role, account
from tests.browser.conftest import logged_in
from tests.webapp.stand import Stand

OFFER = "[data-offered-zone]"


def test_the_browser_s_zone_is_offered_where_it_differs_and_kept_when_pressed(
    browser: Browser, company: Stand
):
    who = company.account(Role.VIEWER)
    address = f"{company.engine.base_url}/settings/account"
    with browser.new_context(storage_state=logged_in(Role.VIEWER), timezone_id="Europe/Paris") as context:
        page = context.new_page()
        page.goto(address)  # the same clock as Berlin all year, under another name
        expect(page.get_by_role("heading", name="Your clock")).to_be_visible()
        expect(page.locator(OFFER)).to_be_hidden()
    with browser.new_context(storage_state=logged_in(Role.VIEWER), timezone_id="Asia/Kolkata") as context:
        page = context.new_page()
        page.goto(address)
        offer = page.locator(OFFER)
        expect(offer).to_be_visible()
        assert kept(company, who.id) is None  # nothing silently
        offer.click()
        expect(page.get_by_text("times in Asia/Kolkata")).to_be_visible()
        expect(page.locator(OFFER)).to_be_hidden()
    assert kept(company, who.id) == "Asia/Kolkata"


def test_on_the_first_visit_it_is_ticked_where_it_differs(browser: Browser, company: Stand):
    who = company.account(Role.APPROVER)
    with browser.new_context(storage_state=logged_in(Role.APPROVER), timezone_id="Asia/Kolkata") as context:
        page = context.new_page()
        page.goto(f"{company.engine.base_url}/welcome")
        # Browsers keep the old name; we keep today’s.
        expect(page.get_by_label("Tell me the time in Asia/Calcutta")).to_be_checked()
        page.get_by_label("Password").fill("correct horse battery staple")
        page.get_by_role("button", name="Save").click()
        expect(page.get_by_text("Your account is set up.")).to_be_visible()
    assert kept(company, who.id) == "Asia/Kolkata"


def kept(company: Stand, number: int) -> str | None:
    with company.engine.database.reading() as connection:
        found = account(connection, number)
    assert found
    return found.time_zone
